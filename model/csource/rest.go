package csource

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// What a call that RLIMIT_MEMLOCK refused depends on is how much was locked, and of what is not in its own
// range nothing but that. So where the locks of the session are many, their sum stands for them: one mapping
// of that length, locked right before the limit is set.

// overLimit reports whether the limit can have refused the target.
func (s *cSlice) overLimit() bool {
	over := s.target.verb.overLimit
	return over == nil || over(s)
}

// lockOverLimit is overLimit of mlock, which charges the whole range, and takes off what is locked in it already
// (mm/mlock.c, do_mlock).
func (s *cSlice) lockOverLimit() bool {
	t := s.target
	if s.limits == (model.Limits{}) || s.cut || len(t.own) != 1 {
		return true
	}
	soft := s.softNow()
	sum := t.held + t.own[0].Len - spans(s.space.locked.within(t.own[0])).sum()
	return soft != model.Unlimited && (sum > uint64(soft) || sum < t.held)
}

// tryAgain is overLimit of what answers with EAGAIN then (mm/mmap.c, mm/mremap.c: mlock_future_ok).
func tryAgain(s *cSlice) bool { return s.target.event.Errno == "EAGAIN" }

// softNow returns RLIMIT_MEMLOCK as the target met it, in bytes.
func (s *cSlice) softNow() int64 {
	soft := s.limits.MemlockSoft
	for i := range s.steps {
		if c, ok := lockLimit(s.steps[i].command); ok && s.steps[i].event.OK() {
			soft = limitOf(c.Soft, int64(s.space.pageSize))
		}
	}
	return soft
}

// pick chooses what the answer of the target depends on. sums says that the rest of what is locked is told by
// its sum alone.
func (t *cTold) pick(target cStep, sums bool) (s cSlice, kept []int) {
	past := t.slice
	var more spans
	const most = 4 // times: what undoes a lock can itself be undone
	for range most {
		again := target
		s = cSlice{steps: past.steps, target: &again, space: past.space, limits: past.limits, cut: past.cut, sums: sums, interest: slices.Clone(more)}
		kept = s.choose()
		if !s.account {
			break
		}
		undone := t.madeOf(s.steps, kept)
		for _, at := range s.space.locked {
			undone.remove(at)
		}
		if len(undone) == 0 {
			break
		}
		for _, at := range undone { // a step that is kept locked it, and one that is not unlocked it
			more.add(at)
		}
	}
	return s, kept
}

// madeOf returns what would be locked if only the kept steps were made.
func (t *cTold) madeOf(steps []cStep, kept []int) spans {
	made := t.first.clone()
	for _, i := range kept {
		first := i
		for first > 0 && steps[i].verb.ofHeap && steps[first-1].verb.ofHeap && steps[first-1].event.Aside {
			first-- // what malloc maps and moves is made with it
		}
		for k := first; k < i; k++ {
			aside := steps[k]
			made.apply(&aside)
		}
		st := steps[i]
		made.apply(&st)
		if c, ok := st.command.(lang.Mlockall); ok && c.Current && st.event.OK() {
			made.locked = nil
			for _, at := range made.mapped {
				for _, part := range st.all.within(at) {
					made.locked.add(part)
				}
			}
		}
	}
	return made.locked
}

// choose puts together what the program is made of: one mapping stands for all that was locked outside of the
// target's range, where that makes it shorter.
func (t *cTold) choose(target *cStep) {
	was := *target
	s, kept := t.pick(was, false)
	switch _, all := was.command.(lang.Mlockall); {
	case !s.account || s.limits == (model.Limits{}) || s.cut || len(t.first.regions) > 0:
	case all: // all that is mapped counts, locked or not (mm/mlock.c, SYSCALL_DEFINE1(mlockall))
		s.interest, s.need, s.keep = nil, nil, nil
		kept, t.sums, t.rest = nil, true, s.space.mapped.sum()
	default:
		const more = 5 // the mapping and its lock; and the session's own commands are what can be read
		short, few := t.pick(was, true)
		rest, ok := t.heldBeside(short.steps, &few)
		if ok && rest > 0 && len(few)+more < len(kept) {
			s, kept, t.sums, t.rest = short, few, true, rest
		}
	}
	*target = *s.target
	s.target = target
	t.slice, t.kept = s, kept
}

// heldBeside returns how many bytes were locked that the kept steps do not lock; false where the sum cannot stand
// for them: they lock what was unlocked since, or all that is mapped. What locks nothing is left out.
func (t *cTold) heldBeside(steps []cStep, kept *[]int) (uint64, bool) {
	var left []int
	mapped := false // anything that the program makes
	for _, i := range *kept {
		st := &steps[i]
		if st.verb.limits {
			continue // it is set in the end
		}
		if c, ok := st.command.(lang.Mlockall); ok && c.Current {
			if c.Future || mapped {
				return 0, false
			}
			continue
		}
		mapped = mapped || st.makes.Len > 0
		left = append(left, i)
	}
	*kept = left
	held, own := t.slice.space.locked.sum()+uint64(t.slice.space.self), t.madeOf(steps, left).sum()
	return held - own, own <= held
}

// mapRest maps what stands for all else that was locked, and has the limit let it be locked.
func (t *cTold) mapRest() {
	if !t.sums {
		return
	}
	p := t.cProgram
	most, hard := t.lim.MemlockSoft, t.lim.MemlockHard
	for i := range t.slice.steps {
		c, ok := lockLimit(t.slice.steps[i].command)
		if !ok || !t.slice.steps[i].event.OK() {
			continue
		}
		if n := limitOf(c.Soft, t.pageSize); most != model.Unlimited && (n == model.Unlimited || n > most) {
			most = n
		}
		if c.Hard == nil {
			continue
		}
		if n := limitOf(*c.Hard, t.pageSize); hard != model.Unlimited && (n == model.Unlimited || n > hard) {
			hard = n
		}
	}
	if most != t.lim.MemlockSoft {
		p.say("RLIMIT_MEMLOCK as high as the session ever had it, soft and hard")
		t.setLimit(most, hard)
	}
	if t.rest == 0 {
		return
	}
	p.gnu = true
	p.header("sys/mman.h")
	if _, all := t.slice.target.command.(lang.Mlockall); all {
		p.say("stands for all that was mapped, of which the sum alone counts")
	} else {
		p.say("stands for all else that was locked, of which the sum alone counts")
	}
	p.line(cCall("char *rest = ", "mmap", []string{"NULL", p.length(t.rest), "PROT_READ", "MAP_PRIVATE | MAP_ANONYMOUS", "-1", "0"}, ";")...)
	p.unless("rest == MAP_FAILED", "mmap")
}

// lockRest locks that, where the call does not count what is mapped alone, and sets the limit and the capabilities that the call met.
func (t *cTold) lockRest() {
	if !t.sums {
		return
	}
	p := t.cProgram
	if _, all := t.slice.target.command.(lang.Mlockall); !all {
		p.header("sys/mman.h")
		p.line(cCall("if (", "mlock", []string{"rest", p.length(t.rest)}, " == -1)")...)
		p.bail("mlock")
	}
	t.setLimit(t.lim.MemlockSoft, t.lim.MemlockHard)
	drops := map[string]bool{}
	for i := range t.slice.steps {
		st := &t.slice.steps[i]
		if c, ok := st.command.(lang.Capset); ok && st.event.OK() && !drops[c.Drop] && i > t.slice.lastExec() {
			drops[c.Drop] = true
			p.capset(c)
		}
	}
}

// unlocked returns an mmap of before a fork: a child has no locks, and what undid this one may be left out where
// only the limit asks for locks. What MAP_LOCKED brought in is brought in.
func (t *cTold) unlocked(c lang.Mmap, i int) lang.Mmap {
	forked := func(k int) bool { return k > i && t.slice.steps[k].forked != "" }
	refused := func(k int) bool { return k > i && t.slice.steps[k].event.Errno == "EINVAL" } // for the lock, as a madvise is
	if c.Locked && t.slice.limit && !t.slice.advice && slices.ContainsFunc(t.kept, forked) && !slices.ContainsFunc(t.kept, refused) {
		c.Locked, c.Populate = false, true
	}
	return c
}
