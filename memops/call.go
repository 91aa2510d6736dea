//go:build linux && (amd64 || arm64)

package memops

import (
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
)

// syscall makes one system call in the actor and tells what it cost. The words of
// args are what the kernel gets. An error means that there was no answer; the event
// then still says what was asked.
func (p *process) syscall(name string, number uint64, args ...model.Arg) (model.Event, error) {
	words := make([]uint64, len(args))
	for i, a := range args {
		words[i] = a.Value
	}
	e := model.Event{Call: name, Args: args}
	unmapped := p.aboutToUnmap(name, args)
	before := p.aroundCall(name, args)
	known := p.sampler.AboutToChange()
	writes := p.callWrites(name, args)
	var near *nearby
	if bringsIn(name, args) {
		near = p.nearby(uint64(p.lab.pageSize), model.Span{Addr: args[0].Value, Len: args[1].Value})
	}
	err := p.measured(&e, func() error {
		r, err := p.sub.Actor.Call(number, words...)
		if err != nil {
			return err
		}
		answer(&e, r)
		e.Copied = writes.Copied()
		return nil
	})
	near.came(&e, err)
	switch s := p.sampler; {
	case err != nil:
		s.ChangesVMAs()
	case known && (leavesVMAs(name) || p.failedAgain(&e)):
		s.Unchanged()
	case !leavesVMAs(name):
		s.Note(p.changeOf(&e))
	}
	if err == nil {
		p.sampler.Called(&e)
		p.made = e
		unmapped()
		if e.Errno != "" {
			e.Looked = p.lookedAt(&e, before)
		}
	}
	return e, err
}

// failedAgain reports whether a call surely left the VMAs as they are known. Reading 65,000
// of them takes a quarter of a second, which every failed call would cost that may have had
// effects. A lock of pages of one VMA can do one thing before it fails: split that VMA at
// one end, and find vm.max_map_count reached at the other (mm/vma.c, vma_modify). Where
// the call before failed in the same way, it was reached before.
func (p *process) failedAgain(e *model.Event) bool {
	switch e.Call {
	case "mlock", "mlock2", "munlock":
	default:
		return false
	}
	was := &p.made
	if e.Errno == "" || was.Call != e.Call || was.Errno != e.Errno || e.VmLck != 0 || e.RSS != 0 || e.Minor+e.Major != 0 {
		return false
	}
	span := model.Span{Addr: e.Args[0].Value, Len: e.Args[1].Value}
	vmas := p.here().VMAsIn(span)
	// From locked on fault to locked is a change that VmLck does not tell.
	return len(vmas) == 1 && vmas[0].Start <= span.Addr && span.End() <= vmas[0].End &&
		(e.Call == "munlock" || vmas[0].Lock == model.Unlocked)
}

// answer fills in what the kernel returned, and how long it took.
func answer(e *model.Event, r subject.Reply) {
	e.Elapsed = r.Elapsed()
	e.Ret = r.Ret
	if r.Ret < 0 && r.Ret > -4096 { // the range of errnos: include/linux/err.h
		e.Ret = -1
		e.Errno, e.ErrText = strace.Errno(syscall.Errno(-r.Ret))
	}
}

// measured runs f with sampling held and fills in the faults and changes of sizes that
// the process's files show before and after.
func (p *process) measured(e *model.Event, f func() error) error {
	e.Time = p.lab.now()
	release := p.lab.sampling.Gate.Hold(p.sampler.KickNow)
	err := p.counted(e, f)
	e.Watched = release() && p.lab.opts.Sampling
	return err
}

// counted is measured where sampling is kept away already.
func (p *process) counted(e *model.Event, f func() error) error {
	before, _ := p.proc.Stat()
	err := f()
	after, _ := p.proc.Stat()
	if err != nil || after.VmSize == 0 { // a process that ends has no sizes any more
		return err
	}
	e.Minor, e.Major = after.Minor-before.Minor, after.Major-before.Major
	e.VmLck = after.VmLck - before.VmLck
	if e.Minor+e.Major == 0 { // without a fault nothing was copied
		e.Copied = 0
	}
	if e.RSSLate = p.lab.rssLags; !e.RSSLate {
		e.RSS = after.RSS - before.RSS
	}
	return nil
}

// loop runs one of the subject's own loops in the actor.
func (p *process) loop(e *model.Event, number uint64, args ...uint64) (subject.Reply, error) {
	p.sampler.Accessing(number, args)
	writes := p.loopWrites(number, args)
	r, err := p.sub.Actor.Call(number, args...)
	if err != nil {
		return r, err
	}
	e.Copied += writes.Copied()
	e.Elapsed += r.Elapsed()
	if r.Signal != 0 {
		e.Signal = strace.Signal(r.Signal, r.Code, r.Addr)
		e.Signal.Key = r.Key
		e.Looked = p.lookedAtSignal(e.Signal)
	}
	return r, nil
}

// span resolves a target of the process.
func (p *process) span(t model.Target) (model.Span, error) {
	here := p.here()
	s, err := here.Resolve(t)
	if err == nil && t.Form != model.RawSpan {
		if g := here.GoneRegion(t.Region); g != nil && !slices.ContainsFunc(p.named, func(o *model.Gone) bool { return o.Name == g.Name }) {
			p.named = append(p.named, g)
		}
	}
	return s, err
}

// lieNow says of the regions that the command has named and that are gone what lies there now.
func (p *process) lieNow(here *model.Process) string {
	var said []string
	for _, g := range p.named {
		in := here.LiesIn(g.Span())
		around := p.lookAround(g.Span())
		covers := func(v proc.Borders) bool { return v.Start < g.Span().End() && v.End > g.Base }
		switch {
		case around.ok && !slices.ContainsFunc(around.vmas, covers):
			in = "nothing is mapped there"
		case in != "":
		case !around.ok:
			in = "its name still stands for where it lay"
		case g.Malloc == model.FromBrk:
			in = "the memory of the heap is still there"
		default:
			in = "memory that is no region's lies there now"
		}
		said = append(said, g.Since()+": "+in)
	}
	return strings.Join(said, "; ")
}

// regionOf is the region that a target is of: the one that it names, or the one that lies
// at its address, or where the one lay that it names; nil where there is none.
func (p *process) regionOf(t model.Target, s model.Span) *model.Region {
	here := p.here()
	if r := here.Region(t.Region); t.Form != model.RawSpan && r != nil {
		return r
	}
	for _, r := range here.Regions {
		if s.Addr < r.Base || s.Addr-r.Base >= r.Len {
			continue
		}
		if !p.holes.At(r.Name, int64((s.Addr-r.Base)/uint64(p.lab.pageSize))) {
			return r
		}
	}
	return nil
}

// onSpan makes a call whose first two arguments are the address and the length of a target.
func (p *process) onSpan(name string, number uint64, t model.Target, more ...model.Arg) (model.Event, error) {
	s, err := p.span(t)
	if err != nil {
		return model.Event{}, err
	}
	return p.syscall(name, number, append([]model.Arg{strace.Addr(s.Addr), strace.Len(s.Len)}, more...)...)
}

// aboutToWrite looks at n pages that a write is about to reach, stride bytes apart. It is nil where none can be copied.
func (p *process) aboutToWrite(addr, stride, n uint64) *proc.Write {
	ps := uint64(p.lab.pageSize)
	if n == 0 {
		return nil
	}
	addr = kernel.Untagged(addr, runtime.GOARCH)
	k := proc.Copies{Files: p.proc, Frames: &p.lab.sampling.Frames, PageSize: ps}
	k.Private = p.privateFiles(model.Span{Addr: addr &^ (ps - 1), Len: (n-1)*stride + ps})
	if len(k.Private) == 0 && !p.lab.sampling.Shares.Load() {
		return nil
	}
	if p.scan == nil && p.lab.features.Scan {
		p.scan, _ = proc.NewScanner(p.proc) // without one frames tell
	}
	k.Scan = p.scan
	return k.About(addr, stride, n)
}

// privateFiles returns where private mappings of files lie in a span.
func (p *process) privateFiles(s model.Span) (list []model.Span) {
	for _, r := range p.here().RegionsIn(s) {
		switch r.Backing {
		case model.FileOf, model.Scratch, model.Memfd:
			if !r.Shared {
				list = append(list, r.Span())
			}
		}
	}
	return list
}

// loopWrites looks at the pages that a loop of the subject is about to write to; nil where it writes to none that can be copied.
func (p *process) loopWrites(number uint64, args []uint64) *proc.Write {
	switch number {
	case subject.TouchWrite:
		return p.aboutToWrite(args[0], args[1], args[2])
	case subject.Fill, subject.CopyUp, subject.CopyDown:
		return p.bytesWritten(args[0], args[2])
	}
	return nil
}

// bytesWritten looks at the pages of bytes that are about to be written.
func (p *process) bytesWritten(addr, n uint64) *proc.Write {
	ps := uint64(p.lab.pageSize)
	if n == 0 || addr+n < addr {
		return nil
	}
	return p.aboutToWrite(addr, ps, (addr+n-1)/ps-addr/ps+1)
}

// callWrites looks at the pages that a system call is about to fault in as a write does: a lock of private
// memory that may be written (mm/gup.c, populate_vma_page_range), and MADV_POPULATE_WRITE.
func (p *process) callWrites(name string, args []model.Arg) *proc.Write {
	if name == "read" {
		return p.bytesWritten(args[1].Value, args[2].Value)
	}
	if !bringsIn(name, args) || name == "madvise" && args[2].Value != unix.MADV_POPULATE_WRITE {
		return nil
	}
	return p.bytesWritten(args[0].Value, args[1].Value)
}

// bringsIn reports whether a system call faults in the pages that its first two arguments are about.
func bringsIn(name string, args []model.Arg) bool {
	switch name {
	case "mlock":
		return true
	case "mlock2":
		return !args[2].Has(model.MlockOnFault)
	case "madvise":
		return args[2].Value == unix.MADV_POPULATE_READ || args[2].Value == unix.MADV_POPULATE_WRITE
	}
	return false
}
