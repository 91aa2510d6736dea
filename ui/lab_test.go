package ui_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

const pageSize = 4096

// fakeLab is a model.Lab over pages that exist only here: enough of a kernel for
// the screen to have something to show. Its clock is a counter, so that what it
// tells is the same every time.
type fakeLab struct {
	mu       sync.Mutex
	items    []model.Item
	wake     chan struct{}
	closed   bool
	failure  error
	panicked any

	folds bool        // it keeps its state, which lessons ask, and Next does not wait
	state model.State // what it has told, where it folds

	submitted   []model.Command
	looks       []model.View
	interrupted int

	now       time.Duration
	seq       int
	procs     []*fakeProc
	limits    model.Limits
	system    model.System
	copied    int64 // pages, by the running command
	*fakeProc       // the one that the running command is in
}

type fakeRegion struct {
	info  model.RegionInfo
	pages model.Runs[model.Page]
}

func newFakeLab() *fakeLab {
	l := &fakeLab{wake: make(chan struct{}, 1), limits: model.Limits{MemlockSoft: 8 << 20, MemlockHard: 8 << 20}}
	l.begin(48213)
	return l
}

func (l *fakeLab) send(items ...model.Item) {
	l.items = append(l.items, items...)
	for _, it := range items {
		if l.folds {
			l.state = l.state.Apply(it)
		}
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Submit implements model.Lab: the command has happened when it returns.
func (l *fakeLab) Submit(c model.Command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.submitted = append(l.submitted, c)
	if l.answers(c) {
		return
	}
	l.now += 137 * time.Millisecond
	l.seq++
	e := model.Event{Seq: l.seq, Time: l.now, Proc: "main", Command: c, Elapsed: 1900 * time.Nanosecond}
	if in, ok := c.(lang.In); ok {
		e.Proc, c = in.Proc, in.Do
	}
	if l.fakeProc = l.proc(e.Proc); l.fakeProc == nil {
		l.fakeProc = l.procs[0]
		e.Proc, e.Refused = "main", "there is no such process"
		l.send(e)
		return
	}
	e.Call = c.Verb()
	before := l.stat
	l.copied = 0
	l.do(c, &e)
	e.Minor, e.RSS, e.VmLck = l.stat.Minor-before.Minor, l.stat.RSS-before.RSS, l.stat.VmLck-before.VmLck
	e.Copied = l.copied
	e.Elapsed += time.Duration(e.Minor) * 1300 * time.Nanosecond
	l.send(e)
	for _, p := range l.procs {
		if !p.dead {
			l.send(l.sample(p))
		}
	}
	l.fakeProc = l.procs[0]
}

// answers answers what asks and does nothing: an expect, and a lesson's question.
func (l *fakeLab) answers(c model.Command) bool {
	if !l.folds {
		return false
	}
	check := func(c model.Command) model.Checked {
		name := ""
		if in, ok := c.(lang.In); ok {
			name = in.Proc
		}
		is := lang.Inner(c).(lang.Expect).Check(l.state, name)
		is.Time = l.now
		return is
	}
	switch x := lang.Inner(c).(type) {
	case lang.Expect:
		l.send(check(c))
	case lang.Ask:
		asked := model.Asked{Time: l.now, ID: x.ID}
		for _, set := range x.Sets {
			is := model.AskedSet{Holds: true}
			for _, e := range set {
				is.Checks = append(is.Checks, check(e))
				is.Holds = is.Holds && is.Checks[len(is.Checks)-1].OK
			}
			asked.Sets = append(asked.Sets, is)
		}
		l.send(asked)
	default:
		return false
	}
	return true
}

func (l *fakeLab) Interrupt() { l.mu.Lock(); l.interrupted++; l.mu.Unlock() }

func (l *fakeLab) Look(v model.View) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looks = append(l.looks, v)
}

func (l *fakeLab) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.send()
	return nil
}

func (l *fakeLab) Next(ctx context.Context) ([]model.Item, error) {
	if l.folds {
		return nil, io.EOF // the test pumps
	}
	for {
		l.mu.Lock()
		items, closed, failure, panicked := l.items, l.closed, l.failure, l.panicked
		l.items = nil
		l.mu.Unlock()
		switch {
		case panicked != nil:
			panic(panicked)
		case len(items) > 0:
			return items, nil
		case failure != nil:
			return nil, failure
		case closed:
			return nil, io.EOF
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// die kills the subject.
func (l *fakeLab) die(signal string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.send(model.Died{Time: l.now, Proc: l.name, Signal: signal})
}

func (l *fakeLab) sample(p *fakeProc) model.Sample {
	l.now += time.Millisecond
	s := model.Sample{Time: l.now, Proc: p.name, Stat: p.stat, Limits: l.limits, System: l.system}
	for _, r := range p.regions {
		s.Regions = append(s.Regions, model.RegionSample{Name: r.info.Name, Pages: slices.Clone(r.pages)})
		var lo int64
		for _, run := range r.pages {
			v := model.VMA{Start: r.info.Base + uint64(lo*pageSize), End: r.info.Base + uint64(run.End*pageSize),
				Prot: run.Val.Prot, Lock: run.Val.Lock, Shared: r.info.Shared}
			lo = run.End
			if n := len(s.VMAs); n > 0 && s.VMAs[n-1].End == v.Start && s.VMAs[n-1].Prot == v.Prot && s.VMAs[n-1].Lock == v.Lock {
				s.VMAs[n-1].End = v.End
			} else if run.Val.Has(model.InVMA) {
				s.VMAs = append(s.VMAs, v)
			}
		}
	}
	return s
}

func (l *fakeLab) find(name string) *fakeRegion {
	for _, r := range l.regions {
		if r.info.Name == name {
			return r
		}
	}
	return nil
}

// do is the kernel: it changes the pages and fills in the event.
func (l *fakeLab) do(c model.Command, e *model.Event) {
	word := func(s string) model.Arg { return model.Arg{Text: s} }
	span := func(t model.Target) (*fakeRegion, model.Range, bool) {
		r := l.find(t.Region)
		if r == nil {
			e.Call, e.Refused = "", "no such region: "+t.Region
			return nil, model.Range{}, false
		}
		rg := model.Range{Lo: 0, Hi: r.pages.Len()}
		if t.Form == model.PageSpan {
			rg = model.Range{Lo: t.First, Hi: t.Last + 1}
		}
		e.Args = []model.Arg{{Kind: model.ArgAddr, Value: r.info.Base + uint64(rg.Lo*pageSize)},
			{Kind: model.ArgLen, Value: uint64(rg.Len() * pageSize)}}
		return r, rg, true
	}
	switch c := c.(type) {
	case lang.Mmap:
		n := int64(c.Size.Bytes(pageSize)+pageSize-1) / pageSize
		base := uint64(0x7f3a40000000)
		for _, r := range l.regions {
			base = max(base, (r.info.Base+r.info.Len+0x400000)&^0x1fffff)
		}
		r := &fakeRegion{info: model.RegionInfo{Name: c.Name, Base: base, Len: uint64(n * pageSize), Backing: c.Backing, Shared: c.Shared}}
		p := model.Page{Residency: model.Absent, Mapping: model.InVMA, Prot: c.Prot}
		r.pages = r.pages.Add(n, p)
		l.regions = append(l.regions, r)
		l.stat.VmSize += n * pageSize
		e.Args = []model.Arg{word("NULL"), {Kind: model.ArgLen, Value: r.info.Len}, model.ProtFlags.Arg(3),
			model.FlagsArg(model.MapPrivate, model.MapAnonymous), {Value: ^uint64(0), Text: "-1"}, word("0")}
		e.Ret, e.RetHex, e.Mapped = int64(base), true, &r.info
	case lang.Munmap:
		if r, rg, ok := span(c.T); ok {
			l.change(r, rg, func(model.Page) model.Page { return model.Page{} })
			if len(r.pages) == 1 && r.pages[0].Val.Mapping == 0 {
				e.Gone = []string{r.info.Name}
				l.regions = slices.DeleteFunc(l.regions, func(x *fakeRegion) bool { return x == r })
			}
		}
	case lang.Mlock:
		if r, rg, ok := span(c.T); ok {
			if l.stat.VmLck+rg.Len()*pageSize > l.limits.MemlockSoft && !l.limits.IPCLock {
				e.Ret, e.Errno, e.ErrText = -1, "ENOMEM", "Cannot allocate memory"
				return
			}
			l.change(r, rg, func(p model.Page) model.Page { p.Lock = model.Locked; return l.fault(r, p, lang.Write) })
		}
	case lang.Mlock2:
		if r, rg, ok := span(c.T); ok {
			e.Args = append(e.Args, model.FlagsArg(model.MlockOnFault))
			l.change(r, rg, func(p model.Page) model.Page { p.Lock = model.OnFault; return p })
		}
	case lang.Munlock:
		if r, rg, ok := span(c.T); ok {
			l.change(r, rg, func(p model.Page) model.Page { p.Lock = model.Unlocked; return p })
		}
	case lang.Mprotect:
		if r, rg, ok := span(c.T); ok {
			e.Args = append(e.Args, word("PROT_"+c.Prot.String()))
			l.change(r, rg, func(p model.Page) model.Page { p.Prot = c.Prot; return p })
		}
	case lang.Madvise:
		if r, rg, ok := span(c.T); ok {
			e.Args = append(e.Args, word("MADV_"+string(c.Advice)))
			l.change(r, rg, func(p model.Page) model.Page {
				switch c.Advice {
				case "dontneed":
					p.Residency, p.Mapping = model.Absent, model.InVMA
				case "pageout":
					p.Residency, p.Mapping = model.Absent, model.InVMA|model.Swapped
				case "hugepage":
					p.Residency, p.Mapping = model.Resident, model.InVMA|model.Mapped|model.Huge|model.Exclusive
				case "guard_install":
					p.Residency, p.Mapping = model.Absent, model.InVMA|model.Guard
				case "dofork":
					p.Residency, p.Mapping = model.Resident, model.InVMA|model.Mapped|model.Shared
				case "willneed":
					p.Residency, p.Mapping = model.Resident, model.InVMA|model.File
				}
				return p
			})
		}
	case lang.Touch:
		if r, rg, ok := span(c.T); ok {
			e.Args = append(e.Args, word(string(c.Access)))
			e.Ret = rg.Len()
			for part, p := range r.pages.In(rg) {
				bad := p.Prot == 0 || c.Access == lang.Write && p.Prot&model.ProtWrite == 0 || c.Access == lang.Exec && p.Prot&model.ProtExec == 0
				if bad && e.Signal == nil {
					e.Signal = &model.Signal{Number: 11, Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: r.info.Base + uint64(part.Lo*pageSize)}
					rg.Hi = part.Lo
					e.Ret = rg.Len()
				}
			}
			l.change(r, rg, func(p model.Page) model.Page { return l.fault(r, p, c.Access) })
		}
	case lang.Reset:
		e.Call = ""
		l.send(model.Died{Time: l.now, Proc: "main", Asked: true})
		l.begin(48214)
	case lang.Fork:
		l.fork(c.Name, e)
	case lang.Kill:
		l.end(model.Died{Time: l.now, Proc: l.name, Signal: c.Signal})
	case lang.Exit:
		l.end(model.Died{Time: l.now, Proc: l.name, Code: c.Code})
	case lang.Look:
		e.Call = ""
	case lang.Say:
		e.Call, e.Note = "", c.Text
	case lang.Mincore:
		if r, rg, ok := span(c.T); ok {
			n := r.pages.Count(rg, func(p model.Page) bool { return p.Residency == model.Resident })
			e.Result = fmt.Sprintf("%d of %d resident", n, rg.Len())
		}
	}
}

func (l *fakeLab) fault(r *fakeRegion, p model.Page, a lang.Access) model.Page {
	switch {
	case r.info.Shared:
		p.Mapping = model.InVMA | model.Mapped | model.File
	case p.Has(model.Mapped) && (a != lang.Write || !p.Has(model.ZeroPage) && !p.Has(model.Shared)):
		return p
	case a == lang.Read:
		p.Mapping = model.InVMA | model.Mapped | model.ZeroPage
	default:
		p.Mapping = model.InVMA | model.Mapped | model.Exclusive
	}
	p.Residency = model.Resident
	return p
}

func (l *fakeLab) change(r *fakeRegion, rg model.Range, f func(model.Page) model.Page) {
	var with model.Runs[model.Page]
	for part, p := range r.pages.In(rg) {
		q := f(p)
		copied := p.Has(model.Mapped|model.Shared) && q.Has(model.Exclusive)
		if !p.Has(model.Mapped) && q.Has(model.Mapped) || p.Has(model.ZeroPage) && !q.Has(model.ZeroPage) || copied {
			l.stat.Minor += part.Len()
		}
		if copied {
			l.copied += part.Len()
			l.leave(r.info.Name, part)
		}
		size := func(p model.Page) int64 {
			if p.Has(model.Mapped) && !p.Has(model.ZeroPage) {
				return part.Len() * pageSize
			}
			return 0
		}
		l.stat.RSS += size(q) - size(p)
		if q.IsLocked() != p.IsLocked() {
			if q.IsLocked() {
				l.stat.VmLck += part.Len() * pageSize
			} else {
				l.stat.VmLck -= part.Len() * pageSize
			}
		}
		with = with.Add(part.Len(), q)
	}
	r.pages = r.pages.Splice(rg.Lo, with)
}

// parsed is the command of a line of the language.
var parsed = modeltest.Parsed
