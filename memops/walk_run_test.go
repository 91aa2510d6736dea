//go:build linux && (amd64 || arm64)

package memops_test

import (
	"context"
	"fmt"
	"math"
	"strings"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// walker runs commands on the kernel and on the reference, and holds the one against the
// other after each.
type walker struct {
	lab      *memops.Lab
	machine  machine
	wrong    wrongRule
	hurry    bool // leave all shrinking to the walker
	ref      *reference
	lines    []string       // what ran since the last start
	commands int            // run in all
	thorough bool           // compare all processes after each command
	tally    map[string]int // how often a verb ended how
	ran      map[int]int    // how often a row of the table ran
	maps     []uint64       // where the mappings lie that asides of the command made or moved, in order
	brk      uint64         // what the first brk aside of the command returned
	// saw is handed each event of a command's own call, with the state of before it; it may be nil.
	saw func(before model.State, e model.Event)
}

// disagreement is what the reference promised and the kernel did not do.
type disagreement struct {
	what    string   // for people
	expects []string // that fail where the disagreement is
}

func newWalker(l *memops.Lab, m machine) *walker {
	return &walker{lab: l, machine: m, tally: map[string]int{}, ran: map[int]int{}}
}

// start begins a sequence of commands with a fresh subject.
func (w *walker) start() *disagreement {
	w.lines = nil
	w.ref = newReference(w.machine, w.wrong)
	w.lab.Do(context.Background(), lang.Reset{})
	main := w.ref.procs[model.Main]
	main.own = w.look(main).VMAs
	return w.compare(main)
}

// look observes a process exactly. Swap may come while a walk is under way: others use the
// machine too.
func (w *walker) look(p *refProcess) *model.Process {
	w.lab.Refresh(context.Background(), p.name)
	s := w.lab.State()
	w.ref.swap = w.ref.swap || s.System.SwapTotal > 0
	if k := s.Process(p.name); k != nil {
		return k
	}
	return &model.Process{Name: p.name}
}

// step runs a command, if the reference admits it.
func (w *walker) step(c model.Command) *disagreement {
	name, do := model.Main, c
	if in, ok := c.(lang.In); ok {
		name, do = in.Proc, in.Do
	}
	p := w.ref.procs[name]
	if p == nil || !w.ref.admits(p, do) {
		return nil
	}
	w.lines = append(w.lines, c.String())
	w.commands++
	var seen observed
	if m, ok := do.(lang.Mremap); ok {
		seen.vmaEnd = w.vmaEnd(p, p.regions[m.T.Region].base)
		seen.vmas = w.vmas(p)
	}
	if m, ok := do.(lang.Realloc); ok {
		seen.vmaEnd = w.vmaEnd(p, p.regions[m.Name].base)
	}
	w.maps, w.brk = nil, 0
	e := w.event(c)
	seen.brk, seen.maps = w.brk, w.maps
	if len(w.maps) > 0 {
		seen.aside = w.maps[0]
	}
	if m, ok := do.(lang.Mremap); ok && m.DontUnmap {
		seen.after = w.vmas(p)
	}
	if e.Mapped != nil {
		seen.addr = e.Mapped.Base
	}
	want := w.ref.run(p, do, seen)
	w.tally[kindOf(do)+" "+want.String()]++
	if d := w.outcome(p, e, want); d != nil {
		return d
	}
	if stat, ok := do.(lang.Shmctl); ok && stat.Op == "stat" && want.errno == "" {
		if wrong := w.ref.segmentTold(p, stat, e.Segment); wrong != "" {
			return &disagreement{"shmctl stat: " + wrong, []string{inProcess(p, "expect errno EINVAL")}}
		}
	}
	return w.afterwards(p, do)
}

// kindOf is a command's verb, with what tells its forms apart.
func kindOf(c model.Command) string {
	switch c := c.(type) {
	case lang.Madvise:
		return "madvise " + string(c.Advice)
	case lang.Setrlimit:
		return "setrlimit " + string(c.Of)
	case lang.Shmctl:
		return "shmctl " + string(c.Op)
	case lang.Syscall:
		return "syscall " + c.Name
	case lang.Mremap:
		return strings.Join(strings.Fields("mremap "+when(c.T.Form != model.WholeRegion, "part ")+when(c.At != nil, "at ")+when(c.DontUnmap, "dontunmap ")+when(c.Stay, "stay")), " ")
	}
	return c.Verb()
}

// event runs a command on the kernel and returns the event of its own call.
func (w *walker) event(c model.Command) (e model.Event) {
	before := w.lab.State()
	defer func() {
		if w.saw != nil {
			w.saw(before, e)
		}
	}()
	for _, item := range w.lab.Do(context.Background(), c) {
		it, ok := item.(model.Event)
		switch {
		case ok && !it.Aside:
			e = it
		case ok && (it.Call == "mmap" || it.Call == "mremap") && it.OK():
			w.maps = append(w.maps, uint64(it.Ret))
		case ok && it.Call == "brk" && w.brk == 0:
			w.brk = uint64(it.Ret)
		}
	}
	return e
}

// vmas are the VMAs of a process, as the kernel has them, by page number.
func (w *walker) vmas(p *refProcess) (list []refSpan) {
	ps := uint64(w.machine.pageSize)
	for _, v := range w.look(p).VMAs {
		list = append(list, refSpan{v.Start / ps, v.End / ps})
	}
	return list
}

// vmaEnd is the page number at which the VMA of a page ends, as the kernel has it.
func (w *walker) vmaEnd(p *refProcess, page uint64) uint64 {
	ps := uint64(w.machine.pageSize)
	for _, v := range w.look(p).VMAs {
		if v.Start <= page*ps && page*ps < v.End {
			return v.End / ps
		}
	}
	return page
}

// othersEvery is after how many commands the other processes are compared too: looking is
// what a walk's time goes into, and it is its own process that a command changes first.
const othersEvery = 4

// afterwards compares what the command can have changed: its process, and now and then
// the others, which may share memory with it. Of a process that is gone there is its end.
func (w *walker) afterwards(p *refProcess, c model.Command) *disagreement {
	switch c := c.(type) {
	case lang.Execve:
		p.own = w.look(p).VMAs
	case lang.Exit:
		return w.ended(p, "", c.Code)
	case lang.Kill:
		return w.ended(p, c.Signal, 0)
	}
	if d := w.compare(p); d != nil {
		return d
	}
	if _, forked := c.(lang.Fork); !forked && !w.thorough && w.commands%othersEvery != 0 {
		return nil
	}
	return w.compareOthers(p)
}

// compareOthers compares all processes but one, which may be nil.
func (w *walker) compareOthers(p *refProcess) *disagreement {
	for _, name := range append([]string{model.Main}, walkChildren...) {
		if other := w.ref.procs[name]; other != nil && other != p {
			if d := w.compare(other); d != nil {
				return d
			}
		}
	}
	return nil
}

// ended compares the end of a process.
func (w *walker) ended(p *refProcess, signal string, code int) *disagreement {
	k := w.lab.State().Process(p.name)
	if k != nil && k.Death != nil && k.Death.Signal == signal && k.Death.Code == code {
		return nil
	}
	d := &disagreement{what: p.name + " did not end as it should", expects: []string{"expect dead " + p.name}}
	if signal != "" {
		d.expects[0] += " " + signal
	}
	return d
}

// outcome compares how a call ended.
func (w *walker) outcome(p *refProcess, e model.Event, want refOutcome) *disagreement {
	d := &disagreement{}
	add := func(expect, format string, args ...any) {
		d.expects = append(d.expects, inProcess(p, "expect "+expect))
		d.what += fmt.Sprintf(format+"; ", args...)
	}
	switch {
	case e.Refused != "":
		add("ok", "incore refused the command: %s", e.Refused)
	case want.errno != "" && e.Errno != want.errno:
		add("errno "+want.errno, "the call ended with %s, the reference has %s", e.Strace(), want.errno)
	case want.signal != nil && (e.Signal == nil || e.Signal.Name != want.signal.Name || e.Signal.Code != want.signal.Code || e.Signal.Addr != want.signal.Addr):
		add(fmt.Sprintf("signal %s %s in %s", want.signal.Name, want.signal.Code, w.pageAt(p, want.signal.Addr)),
			"the access ended with %s, the reference has %s", e.Strace(), want.signal)
	case want.errno == "" && want.signal == nil && !e.OK():
		add("ok", "the call ended with %s, the reference has success", e.Strace())
	case want.errno == "" && !want.retUnsure && !e.RetHex && e.Ret != want.ret && e.Call != "clone":
		add(fmt.Sprintf("return %d", want.ret), "the call returned %d, the reference has %d", e.Ret, want.ret)
	}
	if want.addr != 0 && uint64(e.Ret) != want.addr {
		add("errno ENOMEM", "the call returned %#x, the reference has %#x", e.Ret, want.addr)
	}
	minor, major := e.Minor, e.Major
	if !kernelSince(6, 1) || w.ref.disk { // a fault that reads a disk is major; before 6.1 one that is tried again too, as of a first write to shared memory
		minor, major = minor+major, 0
	}
	if n := want.faults; n.Hi > 0 && minor < n.Lo {
		add(fmt.Sprintf("minor >= %d", n.Lo), "it took %d minor faults, the reference has %d at least", minor, n.Lo)
	} else if n.Hi > 0 && minor > n.Hi {
		add(fmt.Sprintf("minor <= %d", n.Hi), "it took %d minor faults, the reference has %d at most", minor, n.Hi)
	}
	if major != 0 && !w.ref.swap {
		add("major 0", "it took %d major faults, and there is no swap", major)
	}
	if d.expects == nil {
		return nil
	}
	return d
}

// inProcess is a line for a process.
func inProcess(p *refProcess, line string) string {
	if p.name == model.Main {
		return line
	}
	return "in " + p.name + " " + line
}

// pageAt is the target that names the page of an address.
func (w *walker) pageAt(p *refProcess, addr uint64) string {
	return w.target(p, addr/uint64(w.machine.pageSize), 1)
}

// target names n pages from page number lo on, by the region that has the first, or the
// one that ends the nearest before it.
func (w *walker) target(p *refProcess, lo uint64, n int64) string {
	name, nearest := "", uint64(math.MaxUint64)
	for _, region := range p.sortedRegions() {
		reg := p.regions[region]
		if pg := p.pages[lo]; pg != nil && pg.region == region {
			name = region
			break
		}
		if reg.base <= lo && lo-reg.base < nearest {
			name, nearest = region, lo-reg.base
		}
	}
	if name == "" {
		return fmt.Sprintf("%#x,%d", lo*uint64(w.machine.pageSize), n*w.machine.pageSize)
	}
	first := int64(lo - p.regions[name].base)
	if n == 1 {
		return fmt.Sprintf("%s[%d]", name, first)
	}
	return fmt.Sprintf("%s[%d..%d]", name, first, first+n-1)
}
