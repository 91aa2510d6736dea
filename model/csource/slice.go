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
	e := t.event
	failed := e.Errno == "ENOMEM" || e.Errno == "EAGAIN" || e.Errno == "EPERM"
	switch c := t.command.(type) {
	case lang.Touch, lang.Memset, lang.Memcpy, lang.Memmove, lang.Memcmp:
		s.contents = true
	case lang.Mincore:
		s.contents, s.locks = true, true
	case lang.Mlock, lang.Mlock2, lang.Munlock, lang.Msync, lang.Mlockall, lang.Mmap:
		s.locks = true
	case lang.Brk, lang.Malloc:
		s.locks, s.heap = true, true
		if b, ok := t.command.(lang.Brk); ok && b.Down && s.space.index(string(model.Heap)) >= 0 {
			i := s.space.index(string(model.Heap))
			s.named(s.space.number[i])
		}
	case lang.Free, lang.Mallopt:
		s.heap = true
	case lang.Mremap:
		s.contents, s.locks, s.advice = true, true, true
	case lang.Madvise:
		s.locks = true
		s.contents = c.Advice == "collapse"
		s.advice = c.Advice == "collapse"
	case lang.Setrlimit, lang.Capset:
		s.limit = true
	case lang.Shmctl:
		s.limit = c.Op == "lock" && failed
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
	switch t.command.(type) {
	case lang.Mincore, lang.Memcmp:
		s.aliases()
	}
	if s.limits.IPCLock && !s.dropped() || !failed {
		s.limit = s.limit || s.locks && s.raised()
		return
	}
	s.askLimit()
}

// askLimit notes that the limit can have refused the target, and all that is locked with it.
func (s *cSlice) askLimit() {
	switch s.target.command.(type) {
	case lang.Mlock, lang.Mlock2, lang.Mmap, lang.Mremap, lang.Brk, lang.Malloc, lang.Shmget:
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
	case lang.Mlockall:
		s.limit, s.account = true, true
		for _, at := range s.space.mapped {
			s.interest.add(at)
		}
	}
}

// reached are the regions that the target names, and those that lie in what it is about: one may have
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
	e := t.event
	if e.Errno != "EINVAL" {
		return false
	}
	switch t.command.(type) {
	case lang.Mlock, lang.Mlock2, lang.Munlock, lang.Munmap, lang.Mincore, lang.Mlockall, lang.Mmap:
		return true
	case lang.Mprotect, lang.Madvise, lang.Msync, lang.Mseal:
		return len(e.Args) > 1 && (e.Args[0].Value%pageSize != 0 || e.Args[0].Value+e.Args[1].Value < e.Args[0].Value)
	}
	return false
}

// lastExec is the last execve, by its number, or -1. It gives root back what capset dropped (capabilities(7)), and
// nobody else has CAP_IPC_LOCK to lose.
func (s *cSlice) lastExec() int {
	for i := len(s.steps) - 1; i >= 0; i-- {
		if _, ok := s.steps[i].command.(lang.Execve); ok && s.steps[i].event.OK() {
			return i
		}
	}
	return -1
}

// dropped reports whether the process can have lost CAP_IPC_LOCK.
func (s *cSlice) dropped() bool {
	return slices.ContainsFunc(s.steps[s.lastExec()+1:], func(st cStep) bool {
		c, ok := st.command.(lang.Capset)
		return ok && c.Drop == "ipc_lock" && st.event.OK()
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
		if c, ok := s.steps[i].command.(lang.Setrlimit); ok && s.steps[i].event.OK() {
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
		c, ok := s.steps[i].command.(lang.Setrlimit)
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

// limit is an amount as a limit of the process has it; pageSize is in bytes.
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
	for i := len(s.steps) - 1; i >= 0; i-- {
		st := &s.steps[i]
		switch st.command.(type) {
		case lang.Setrlimit, lang.Capset:
			_, drops := st.command.(lang.Capset)
			s.keep[i] = s.limit && st.event.OK() && !st.event.Aside && !(drops && b.gone)
			continue
		case lang.Execve:
			if st.event.OK() { // nothing mapped before it is there
				b.gone = true
			}
			continue
		}
		if b.gone {
			continue
		}
		if st.forked != "" {
			s.keep[i] = true // where nothing comes before it, reduce takes it away
			// A child has no locks, but the VMAs that they have parted, and the pages that they brought in.
			b.lockedPages, s.forks = s.advice || s.resident(), true
			continue
		}
		if !st.event.Aside && b.keeps(st) {
			s.keep[i] = true
			b.asks(st)
		}
	}
	if b.gone {
		s.interest, s.need = nil, nil
	}
}

// cBackward is what matters at the place that backward has come to, besides what the slice says.
type cBackward struct {
	*cSlice
	lockedPages bool // which pages are locked
	heapMoves   bool // what the heap was made of
	gone        bool // nothing that was mapped: an exec lies between
}

// keeps reports whether a step is to be kept.
func (b *cBackward) keeps(st *cStep) bool {
	switch st.command.(type) {
	case lang.Malloc, lang.Free, lang.Mallopt, lang.Brk:
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
	if st.frees.Len == 0 && st.made < 0 || isMremap(st.command) {
		for _, at := range st.own {
			b.interest.add(at)
		}
	}
	for _, n := range st.names {
		b.named(n)
	}
	switch st.command.(type) {
	case lang.Madvise: // what is locked is refused, so that it was unlocked matters too
		b.lockedPages = true
	case lang.Mremap: // it takes one VMA: what parts them matters, and what joined them again
		b.lockedPages, b.forks = true, true
	}
}

// resident reports whether the target asks which pages are there.
func (s *cSlice) resident() bool {
	_, asks := s.target.command.(lang.Mincore)
	return asks && s.contents
}

func isMremap(c model.Command) bool { _, ok := c.(lang.Mremap); return ok }

// touches reports whether a step is about what is of interest.
func (s *cSlice) touches(st *cStep) bool {
	switch st.command.(type) {
	case lang.Mlockall, lang.Munlockall:
		return true
	case lang.Shmctl:
		return slices.ContainsFunc(st.names, func(n int) bool { return s.need[n] })
	}
	if st.made >= 0 && s.need[st.made] || s.interest.hits(st.makes) {
		return true
	}
	return slices.ContainsFunc(st.own, s.interest.hits)
}

// wanted reports whether a step can have changed something that matters.
func (s *cSlice) wanted(st *cStep, locks bool) bool {
	e := st.event
	switch c := st.command.(type) {
	case lang.Mmap, lang.Shmget, lang.Mremap, lang.Munmap:
		return e.OK()
	case lang.Mseal, lang.Shmctl:
		return e.OK()
	case lang.Mprotect:
		return e.Errno != "EINVAL"
	case lang.Mlock, lang.Mlock2:
		// The limit refuses all of it, a hole what lies behind. What was locked already is locked in this way now,
		// whatever came of bringing it in.
		return locks && (e.OK() || e.VmLck != 0 || st.holed && s.advice || st.again && e.Errno == "ENOMEM" && s.unbound(st))
	case lang.Munlock:
		return locks && e.Errno != "EINVAL"
	case lang.Mlockall, lang.Munlockall:
		return locks && e.OK()
	case lang.Touch, lang.Memset, lang.Memcpy, lang.Memmove:
		return s.contents
	case lang.Memcmp: // it reads, which brings pages in
		return s.resident()
	case lang.Madvise:
		switch c.Advice {
		case "guard_install", "guard_remove":
			return true
		case "dontneed", "dontneed_locked", "free", "remove", "populate_read", "populate_write", "cold", "pageout", "collapse":
			return s.contents
		case "dontfork", "dofork", "wipeonfork", "keeponfork":
			return s.forks || s.advice
		}
		return s.advice
	}
	return false
}
