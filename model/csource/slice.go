package csource

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// cSlice chooses from the past of a call what its answer depends on.
type cSlice struct {
	steps  []cStep
	target *cStep
	space  *cSpace      // as it is before the target
	limits model.Limits // as the session began
	cut    bool         // there were steps before those that are known

	contents bool // what is in the pages matters
	advice   bool // flags of VMAs matter that only joining and copying looks at
	locks    bool // which pages are locked matters
	limit    bool // RLIMIT_MEMLOCK and capabilities matter
	account  bool // all that is locked counts
	sums     bool // and of what is not in the target's range only how much it is
	heap     bool
	lost     bool // an alias of the target's file is gone, and what it did with it
	forks    bool // a fork stands between, which advices are about

	interest spans        // addresses that matter; after backward, those that do from the beginning on
	need     map[int]bool // regions that are named, by their number
	keep     []bool
}

// choose returns the steps to be kept, in order.
func (s *cSlice) choose() []int {
	s.ask(s.target)
	s.backward()
	s.reduce()
	var kept []int
	for i, k := range s.keep {
		if k {
			kept = append(kept, i)
		}
	}
	return kept
}

// ask notes what the answer of the target can depend on.
func (s *cSlice) ask(t *cStep) {
	if t.verb.asks != nil {
		t.verb.asks(s, t)
	}
	for _, at := range t.own {
		if c, ok := t.command.(lang.Mmap); !ok || c.At != nil {
			s.interest.add(at)
		}
	}
	for _, i := range t.names {
		s.named(i)
	}
	if refusedByItself(t, s.space.pageSize) {
		*s = cSlice{steps: s.steps, target: t, space: s.space, limits: s.limits, cut: s.cut, need: s.need}
		t.own = nil
		return
	}
	if t.verb.aliases {
		s.aliases()
	}
	if s.limits.IPCLock && !s.dropped() || !t.short() {
		s.limit = s.limit || s.locks && s.raised()
		return
	}
	if t.verb.askLimit != nil {
		t.verb.askLimit(s)
	}
}

// short reports whether a step was answered as the limit, or a lack of memory, is.
func (st *cStep) short() bool {
	e := st.event
	return e.Errno == "ENOMEM" || e.Errno == "EAGAIN" || e.Errno == "EPERM"
}

// askLocked notes that the limit can have refused the target, and all that is locked with it.
func (s *cSlice) askLocked() {
	if s.target.event.Errno == "EPERM" { // a limit of 0, whatever is locked (mm/mlock.c, can_do_mlock)
		s.limit = true
		return
	}
	if !s.overLimit() {
		s.limit = s.limit || s.locks && s.raised()
		return
	}
	s.locks, s.limit, s.account = true, true, true
	if s.sums {
		return
	}
	for _, at := range s.space.locked {
		s.interest.add(at)
	}
}

// reached returns the numbers of the regions that the target names, and those that lie in what it is about: one may have
// been mapped into another.
func (s *cSlice) reached() []int {
	list := slices.Clone(s.target.names)
	for i, n := range s.space.number {
		r := &s.space.regions[i]
		hit := func(at model.Span) bool { return spans{{Addr: r.Base, Len: r.Len}}.hits(at) }
		if !slices.Contains(list, n) && slices.ContainsFunc(s.target.own, hit) {
			list = append(list, n)
		}
	}
	return list
}

// aliases adds the other places at which the target's files are mapped: what is done there changes
// what is in them.
func (s *cSlice) aliases() {
	files, reached := map[int]bool{}, s.reached()
	for _, n := range reached {
		files[s.space.fileOf(n)] = true
	}
	for n := range s.space.count {
		if !files[s.space.fileOf(n)] || slices.Contains(reached, n) {
			continue
		}
		if i := slices.Index(s.space.number, n); i >= 0 {
			s.interest.add(model.Span{Addr: s.space.regions[i].Base, Len: s.space.regions[i].Len})
			s.named(n)
		} else {
			s.lost = true
		}
	}
}

// refusedByItself reports whether a call was refused for its arguments alone, whatever was done
// before.
func refusedByItself(t *cStep, pageSize uint64) bool {
	return t.event.Errno == "EINVAL" && t.verb.refused != nil && t.verb.refused(t, pageSize)
}

// byItself says so of a call of which EINVAL says nothing else.
func byItself(*cStep, uint64) bool { return true }

// byRange says so of one that refuses other things in the same way.
func byRange(t *cStep, pageSize uint64) bool {
	e := t.event
	return len(e.Args) > 1 && (e.Args[0].Value%pageSize != 0 || e.Args[0].Value+e.Args[1].Value < e.Args[0].Value)
}

// lastExec returns the last execve, by its number, or -1. It gives root back what capset dropped (capabilities(7)), and
// nobody else has CAP_IPC_LOCK to lose.
func (s *cSlice) lastExec() int {
	for i := len(s.steps) - 1; i >= 0; i-- {
		if exited(&s.steps[i]) {
			return i
		}
	}
	return -1
}

// dropped reports whether the process can have lost CAP_IPC_LOCK.
func (s *cSlice) dropped() bool {
	return slices.ContainsFunc(s.steps[s.lastExec()+1:], func(st cStep) bool {
		c, ok := st.command.(lang.Capset)
		return ok && c.Drop == capIPCLock && st.event.OK()
	})
}

// unbound reports whether the limit does not refuse a step that locks what is locked already.
func (s *cSlice) unbound(st *cStep) bool {
	if s.limit || s.limits.IPCLock && !s.dropped() {
		return true
	}
	soft := s.limits.MemlockSoft
	for i := range s.steps {
		if &s.steps[i] == st {
			break
		}
		if c, ok := lockLimit(s.steps[i].command); ok && s.steps[i].event.OK() {
			soft = limitOf(c.Soft, int64(s.space.pageSize))
		}
	}
	return soft == model.Unlimited || st.held <= uint64(soft)
}

// raised reports whether the limit was ever set to more than it was before: what is locked may
// be so only since then.
func (s *cSlice) raised() bool {
	was := s.limits.MemlockSoft
	for i := range s.steps {
		c, ok := lockLimit(s.steps[i].command)
		if !ok || !s.steps[i].event.OK() {
			continue
		}
		now := limitOf(c.Soft, int64(s.space.pageSize))
		if was != model.Unlimited && (now == model.Unlimited || now > was) {
			return true
		}
		was = now
	}
	return false
}

// limitOf returns an amount as a limit of the process has it; pageSize is in bytes.
func limitOf(a lang.Amount, pageSize int64) int64 {
	if a.Unlimited {
		return model.Unlimited
	}
	return int64(a.Size.Bytes(pageSize))
}

// named notes that a region is named: what made it is needed, for the name to mean the same.
func (s *cSlice) named(i int) {
	if s.need == nil {
		s.need = map[int]bool{}
	}
	s.need[i] = true
}

// backward goes from the target to the beginning.
func (s *cSlice) backward() {
	b := cBackward{cSlice: s, lockedPages: s.locks, heapMoves: s.heap}
	s.keep = make([]bool, len(s.steps))
	for at := len(s.steps) - 1; at >= 0; at-- {
		i, st := at, &s.steps[at]
		if st.verb.limits {
			_, drops := st.command.(lang.Capset)
			if c, ok := st.command.(lang.Setrlimit); ok && c.Of != lang.LimitMemlock {
				_, asked := s.target.command.(lang.Setrlimit)
				s.keep[i] = asked && st.event.OK() // a hard limit that was lowered
				continue
			}
			s.keep[i] = s.limit && st.event.OK() && !st.event.Aside && !(drops && b.gone)
			continue
		}
		if exited(st) { // nothing mapped before it is there
			b.gone = true
		}
		if b.gone {
			continue
		}
		if st.forked != "" {
			s.keep[i] = true // where nothing comes before it, reduce takes it away
			// A child has no locks, but the VMAs that they have parted, and the pages that they brought in.
			b.lockedPages, s.forks = s.advice || s.resident() || b.oneVMA, true
			continue
		}
		if st.event.Aside {
			i = s.commandOf(i) // malloc is kept for what it maps and moves
			if i < 0 || s.keep[i] || !b.touches(st) || !s.steps[i].event.OK() {
				continue
			}
			b.heapMoves = true
		} else if !b.keeps(st) {
			continue
		}
		s.keep[i] = true
		b.asks(&s.steps[i])
	}
	if b.gone {
		s.interest, s.need = nil, nil
	}
}

// commandOf returns the step that a call of the heap's was made for, which comes behind it, or -1.
func (s *cSlice) commandOf(i int) int {
	for ; i < len(s.steps) && s.steps[i].verb.ofHeap; i++ {
		if !s.steps[i].event.Aside {
			return i
		}
	}
	return -1
}

// cBackward is what matters at the place that backward has come to, besides what the slice says.
type cBackward struct {
	*cSlice
	lockedPages bool // which pages are locked
	heapMoves   bool // what the heap was made of
	oneVMA      bool // what a step takes that is kept has to be one VMA
	gone        bool // nothing that was mapped: an exec lies between
}

// keeps reports whether a step is to be kept.
func (b *cBackward) keeps(st *cStep) bool {
	if st.verb.ofHeap {
		keep := (b.heapMoves || b.touches(st)) && st.event.OK()
		b.heapMoves = b.heapMoves || keep
		return keep
	}
	return b.wanted(st, b.lockedPages) && b.touches(st)
}

// asks notes what the answer of a step that is kept depends on.
func (b *cBackward) asks(st *cStep) {
	b.interest.remove(st.makes)
	b.interest.remove(st.frees)
	if st.frees.Len == 0 && st.made < 0 || st.verb.moves {
		for _, at := range st.own {
			b.interest.add(at)
		}
	}
	for _, n := range st.names {
		b.named(n)
	}
	if st.verb.needs != nil {
		st.verb.needs(b)
	}
}

// resident reports whether the target asks which pages are there.
func (s *cSlice) resident() bool {
	return s.target.verb.counts && s.contents
}

// touches reports whether a step is about what is of interest.
func (s *cSlice) touches(st *cStep) bool {
	switch {
	case st.verb.everywhere:
		return true
	case st.verb.byName:
		return slices.ContainsFunc(st.names, func(n int) bool { return s.need[n] })
	}
	if st.made >= 0 && s.need[st.made] || s.interest.hits(st.makes) || st.verb.ofFile && s.touchesFile(st) {
		return true
	}
	return slices.ContainsFunc(st.own, s.interest.hits)
}

// touchesFile reports whether what is of interest has the file of what a step names behind it.
func (s *cSlice) touchesFile(st *cStep) bool {
	files := map[int]bool{}
	for _, n := range st.names {
		files[s.space.fileOf(n)] = true
	}
	for i, n := range s.space.number {
		r := &s.space.regions[i]
		if files[s.space.fileOf(n)] && (s.need[n] || s.interest.hits(model.Span{Addr: r.Base, Len: r.Len})) {
			return true
		}
	}
	return false
}

// wanted reports whether a step can have changed something that matters.
func (s *cSlice) wanted(st *cStep, locks bool) bool {
	return st.verb.wanted != nil && st.verb.wanted(s, st, locks)
}

// succeeded says so of a step that did what it was asked.
func succeeded(_ *cSlice, st *cStep, _ bool) bool { return st.event.OK() }
