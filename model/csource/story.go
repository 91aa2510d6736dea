package csource

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// The bounds of a program.
const (
	cMost  = 200     // commands of the past; more are not read by anybody
	cSpare = 4 << 20 // bytes that a program with glibc is made of, at most: VmSize was 2476 KiB after mlockall (glibc 2.36, amd64; TestCSpare)
	cNear  = 1 << 30 // bytes: what is not farther from a region is beside it
)

// cTold is a program that is put together from the past of a call.
type cTold struct {
	*cProgram
	slice cSlice
	first cSpace // as it was before anything that is kept
	kept  []int
	lim   model.Limits
	sums  bool   // one mapping stands for all else that was locked, and the limit is set in the end
	rest  uint64 // bytes that it has
	// strangers says that a process that is not of the lineage did something to memory
	strangers bool
	// What the steps before the call are made of decides whether the program can do the same.
	pieced bool // an mlockall is made piece by piece
	halved bool // since then, or first of all, a lock did a part of what it was asked
	before bool // one did so before an mlockall that is made piece by piece
	forked bool
}

// tell puts the program together, and reports whether there is one. c is what the event's
// process did.
func (p *cProgram) tell(past Past, regions []model.RegionInfo, c model.Command) bool {
	t := &cTold{cProgram: p, lim: past.Limits}
	step := stepOf(&p.event, c)
	target := &step
	steps := past.lineage(p.event.Proc)
	t.strangers = past.strangers(steps)
	t.first = cSpace{pageSize: uint64(p.pageSize), file: map[int]int{}}
	t.known(regions, steps, c)
	space := t.first.clone()
	for i := range steps {
		space.resolve(&steps[i])
		space.apply(&steps[i])
	}
	space.resolve(target)
	t.slice = cSlice{steps: steps, space: space, limits: past.Limits, cut: past.Cut}
	t.choose(target)
	if past.Cut && t.slice.asks() {
		p.cannot("what the session did in the beginning is not kept")
	}
	t.shorten()
	for _, i := range t.kept {
		p.dangling(&t.slice.steps[i])
	}
	p.dangling(target)
	p.space = space
	t.warn(target)
	t.lay(target)
	p.space = t.first.clone()
	p.inSetup = true
	t.setup(target)
	p.inSetup = false
	return p.answer(target)
}

// shorten leaves out the oldest commands where there are more than anybody reads, but not what makes
// the regions and processes that the others are about.
func (t *cTold) shorten() {
	left := len(t.kept) - cMost
	if left <= 0 {
		return
	}
	gone := 0
	t.kept = slices.DeleteFunc(t.kept, func(i int) bool {
		st := &t.slice.steps[i]
		if gone >= left || st.made >= 0 || st.forked != "" {
			return false
		}
		gone++
		return true
	})
	t.cannot(fmt.Sprintf("%d commands of the past are left out, which would make it too long to read", gone))
}

// clone returns a copy that is changed apart.
func (s *cSpace) clone() *cSpace {
	c := *s
	c.regions, c.number, c.past = slices.Clone(s.regions), slices.Clone(s.number), s.past.clone()
	c.locked, c.secret = slices.Clone(s.locked), slices.Clone(s.secret)
	return &c
}

// known are the regions whose beginning the past does not tell of.
func (t *cTold) known(regions []model.RegionInfo, steps []cStep, c model.Command) {
	for _, r := range regions {
		told := slices.ContainsFunc(steps, func(st cStep) bool { return st.event.Mapped != nil && st.event.Mapped.Name == r.Name })
		if told || t.first.index(r.Name) >= 0 || newName(c) == r.Name {
			continue
		}
		t.first.put(r, true)
		t.first.mapped.add(model.Span{Addr: r.Base, Len: r.Len})
		if r.Backing == model.Secret {
			t.first.secret.add(model.Span{Addr: r.Base, Len: r.Len})
			t.first.locked.add(model.Span{Addr: r.Base, Len: r.Len})
		}
	}
}

// newName returns the name that a command gives, or "".
func newName(c model.Command) string {
	if makes := verbOf(c).makes; makes != nil {
		return makes(c)
	}
	return ""
}

// asks reports whether the answer depends on anything that was done before.
func (s *cSlice) asks() bool {
	return s.contents || s.locks || s.limit || s.heap || len(s.interest) > 0 || len(s.target.own) > 0
}

// setup makes what has to be there before the call.
func (t *cTold) setup(target *cStep) {
	p := t.cProgram
	if t.forgotten() {
		p.say("as it was mapped; what was done to it before is not known")
	} else if len(t.kept) > 0 || p.layout {
		p.say("what the answer depends on of what was done before")
	}
	if !t.sums && t.slice.limit && target.event.Errno != "" && !t.limitFirst() {
		t.begins()
	}
	t.makeOwn()
	t.mapRest()
	if p.layout {
		p.makeRoom()
	}
	for i := range p.space.regions {
		if n := p.space.number[i]; t.slice.need[n] || t.slice.interest.hits(model.Span{Addr: p.space.regions[i].Base, Len: p.space.regions[i].Len}) {
			p.asMapped(p.space.regions[i], n)
		}
	}
	next := 0
	for i := range t.slice.steps {
		st := &t.slice.steps[i]
		if next < len(t.kept) && t.kept[next] == i {
			next++
			t.step(st, i)
		} else if r, ok := lockLimit(st.command); ok && st.event.OK() {
			t.limited(r)
		}
		p.space.apply(st)
	}
	t.lockRest()
	if t.pieced && (t.halved || t.before && target.verb.counts || t.forked && t.leavesOut(func(c model.Command) bool { _, ok := c.(lang.Munlockall); return ok })) {
		p.cannot("mlockall is made piece by piece here, and beside a lock that did a part of what it was asked, or a munlockall before a fork, what is locked may differ")
	}
}

// leavesOut reports whether a command of the past is not made again.
func (t *cTold) leavesOut(is func(model.Command) bool) bool {
	for i := range t.slice.steps {
		if is(t.slice.steps[i].command) && !slices.Contains(t.kept, i) {
			return true
		}
	}
	return false
}

// forgotten reports whether a region has to be made as it was mapped: nothing tells of it.
func (t *cTold) forgotten() bool {
	for i, n := range t.first.number {
		if t.slice.need[n] || t.slice.interest.hits(model.Span{Addr: t.first.regions[i].Base, Len: t.first.regions[i].Len}) {
			return true
		}
	}
	return false
}

// step makes a command again that was made before the call.
func (t *cTold) step(st *cStep, i int) {
	switch p, e := t.cProgram, st.event; {
	case st.verb.again != nil:
		st.verb.again(t, st, i)
	case e.Errno == "":
		p.command(st.command)
	default:
		t.halved = t.halved || st.verb.partly != nil
		p.ignored = e.Errno
		p.command(st.command)
		p.ignored = ""
	}
}

// makes makes the region again that a step made.
func (t *cTold) makes(st *cStep, c model.Command) {
	t.placed, t.begun = st.event.Mapped, t.cProgram.space.count
	t.command(c)
	t.placed = nil
}

// warn says where the program cannot do the same.
func (t *cTold) warn(target *cStep) {
	p, e := t.cProgram, target.event
	if target.verb.warn != nil {
		target.verb.warn(t, target)
	}
	t.otherLimits(target)
	if t.takesHuge(target) {
		p.cannot("it takes huge pages of the machine's pool (/proc/sys/vm/nr_hugepages), which may be others by now")
	}
	if t.locksTables(target) {
		p.cannot("malloc of glibc maps tables of its own (malloc/malloc.c, tcache_init), which mlockall future locks too, and RLIMIT_MEMLOCK is near")
	}
	if slices.ContainsFunc(t.kept, t.slice.overLimitInside) {
		p.cannot("a malloc or realloc before it was refused memory by RLIMIT_MEMLOCK, which depends on all that was locked then")
	}
	grouped := func(st cStep) bool { _, ok := st.command.(lang.Memcg); return ok }
	if slices.ContainsFunc(t.slice.steps, grouped) {
		p.cannot("the memory cgroup that the process was in is left out")
	}
	if t.slice.limits.Tagged(e) {
		p.cannot("its address has a tag, and without it is that of a mapping which lies elsewhere in this program")
	}
	if e.Refused != "" {
		p.cannot("the process ended while the call went on, and the call alone need not be why")
	}
	if t.slice.limits.IPCLock && !t.slice.dropped() && t.slice.locks && e.OK() {
		p.notes = append(p.notes, "It had CAP_IPC_LOCK, which RLIMIT_MEMLOCK does not bind.")
	}
}

// fetched reports whether a touch exec brought in the page whose fetch was then refused, as x86-64 does of one
// that is absent (arch/x86/mm/fault.c, access_error).
func fetched(e *model.Event) bool { return e.Signal != nil && e.Minor+e.Major > e.Ret }

// fetchedUnsaid reports whether a step may have done so: its faults can be those of the pages that ran.
func fetchedUnsaid(st cStep) bool {
	c, ok := st.command.(lang.Touch)
	e := st.event
	return ok && c.Access == lang.Exec && e.Signal != nil && e.Ret > 0 && e.Minor+e.Major > 0 && !fetched(e)
}

// takesHuge reports whether the program takes pages of the pool of huge ones.
func (t *cTold) takesHuge(target *cStep) bool {
	if c, ok := target.command.(lang.Mmap); ok && c.HugeTLB {
		return true
	}
	return slices.ContainsFunc(t.kept, func(i int) bool {
		c, ok := t.slice.steps[i].command.(lang.Mmap)
		return ok && c.HugeTLB
	})
}

// locksTables reports whether a malloc of the program is made while what is mapped is locked, near the limit.
func (t *cTold) locksTables(target *cStep) bool {
	locks := func(st *cStep) bool {
		return st.future && st.verb.ofHeap && (st.verb.makes != nil || st.verb.moves) && !t.roomy(st)
	}
	return locks(target) || slices.ContainsFunc(t.kept, func(i int) bool { return locks(&t.slice.steps[i]) })
}

// overLimitInside reports whether RLIMIT_MEMLOCK refused a call that step i, which is of the heap, was made of.
func (s *cSlice) overLimitInside(i int) bool {
	if s.steps[i].verb.ofHeap {
		for i--; i >= 0 && s.steps[i].verb.ofHeap && s.steps[i].event.Aside; i-- {
			if s.steps[i].event.Errno == "EAGAIN" {
				return true
			}
		}
	}
	return false
}

// othersWrote reports whether a process that is not of the lineage can have done something to what is
// in a region of the target's.
func (t *cTold) othersWrote() bool {
	for _, n := range t.slice.reached() {
		i := slices.Index(t.slice.space.number, n)
		if i >= 0 && (t.slice.space.regions[i].Shared || t.slice.space.regions[i].Backing != model.Anon) && t.strangers {
			return true
		}
	}
	return false
}

// strangers reports whether an event that is not among some steps did something to memory.
func (p Past) strangers(steps []cStep) bool {
	mine := map[*model.Event]bool{}
	for i := range steps {
		mine[steps[i].event] = true
	}
	for i := range p.Events {
		if e := &p.Events[i]; !mine[e] && verbOf(lang.Inner(e.Command)).fills {
			return true
		}
	}
	return false
}

// answer makes the call itself, and reports whether C can.
func (p *cProgram) answer(target *cStep) bool {
	p.begun = p.space.count
	var before []string
	before, p.body = p.body, nil
	if !p.command(target.command) {
		return false
	}
	does := p.body
	p.body = before
	p.say(p.intro)
	p.line(does...)
	if target.verb.tells {
		return true
	}
	p.header("stdio.h")
	p.line(`puts("` + target.command.Verb() + `: ok");`)
	return true
}
