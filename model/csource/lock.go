package csource

import (
	"strings"

	"incore/model"
	"incore/model/lang"
)

// lockVerbs is what locks and unlocks pages.
var lockVerbs = []verb{
	{
		name: "mlock", call: "mlock",
		write:   writes(func(p *cProgram, c lang.Mlock) { p.onSpan("mlock", c.T) }),
		targets: one(func(c lang.Mlock) model.Target { return c.T }),
		asks:    func(s *cSlice, _ *cStep) { s.locks = true }, refused: byItself, askLimit: (*cSlice).askLocked, overLimit: (*cSlice).lockOverLimit,
		done: locksOwn, partly: locksPart, wanted: lockWanted,
		kind:  sameKind,
		fills: true, locks: always, charged: true, needsOld: true,
	},
	{
		name: "mlock2", call: "mlock2",
		write: writes(func(p *cProgram, c lang.Mlock2) {
			p.gnu = true
			flags := "0"
			if c.OnFault {
				flags = "MLOCK_ONFAULT"
			}
			p.say("glibc 2.27, Linux 4.4")
			p.onSpan("mlock2", c.T, flags)
		}),
		targets: one(func(c lang.Mlock2) model.Target { return c.T }),
		asks:    func(s *cSlice, _ *cStep) { s.locks = true }, refused: byItself, askLimit: (*cSlice).askLocked, overLimit: (*cSlice).lockOverLimit,
		done: locksOwn, partly: locksPart, wanted: lockWanted,
		kind: asked(func(c lang.Mlock2) string {
			if c.OnFault {
				return "mlock onfault"
			}
			return "mlock"
		}),
		fills: true, locks: always, charged: true, needsOld: true,
	},
	{
		name: "munlock", call: "munlock",
		write:   writes(func(p *cProgram, c lang.Munlock) { p.onSpan("munlock", c.T) }),
		targets: one(func(c lang.Munlock) model.Target { return c.T }),
		asks:    func(s *cSlice, _ *cStep) { s.locks = true }, refused: byItself,
		done:    func(s *cSpace, st *cStep) { s.unlock(st.own) },
		partly:  func(s *cSpace, st *cStep) { s.unlock(s.beforeHole(st.own)) },
		wanted:  func(_ *cSlice, st *cStep, locks bool) bool { return locks && st.event.Errno != "EINVAL" },
		kind:    sameKind,
		unlocks: true,
	},
	{
		name: "mlockall", call: model.CallMlockall,
		write: writes((*cProgram).mlockall),
		again: repeats((*cTold).lockAll),
		warn: func(t *cTold, target *cStep) {
			if c, _ := target.command.(lang.Mlockall); c.Current && target.event.OK() && !t.roomy(target) {
				t.cannot("mlockall locks what this program itself is made of too, libc among it, of which the subject has nothing, and RLIMIT_MEMLOCK is near")
			}
		},
		everywhere: true,
		asks:       func(s *cSlice, _ *cStep) { s.locks = true }, refused: byItself,
		askLimit: func(s *cSlice) {
			s.limit, s.account = true, true
			for _, at := range s.space.mapped {
				s.interest.add(at)
			}
		},
		done: func(s *cSpace, st *cStep) {
			if c, ok := st.command.(lang.Mlockall); ok {
				s.lockAll(st, c)
			}
		},
		wanted: func(_ *cSlice, st *cStep, locks bool) bool { return locks && st.event.OK() },
		fills:  true, locks: always, charged: true, needsOld: true,
	},
	{
		name: "munlockall", call: model.CallMunlockall,
		write: writes(func(p *cProgram, _ lang.Munlockall) {
			p.header("sys/mman.h")
			p.check("munlockall")
		}),
		everywhere: true,
		done: func(s *cSpace, _ *cStep) {
			s.relock(func() { s.locked = nil })
			s.future, s.self = false, 0
		},
		wanted:  func(_ *cSlice, st *cStep, locks bool) bool { return locks && st.event.OK() },
		kind:    sameKind,
		unlocks: true,
	},
}

func locksOwn(s *cSpace, st *cStep) { s.lock(st.own) }

// locksPart is what a lock that failed has done: the limit refuses all of it, a hole what lies behind.
func locksPart(s *cSpace, st *cStep) {
	if st.event.VmLck != 0 {
		s.lock(s.beforeHole(st.own))
	}
}

// lockWanted reports whether a lock changed something that matters. What was locked already is locked in this way now,
// whatever came of bringing it in.
func lockWanted(s *cSlice, st *cStep, locks bool) bool {
	e := st.event
	return locks && (e.OK() || e.VmLck != 0 || st.holed && s.advice || st.again && e.Errno == "ENOMEM" && s.unbound(st))
}

func (p *cProgram) mlockall(c lang.Mlockall) {
	p.header("sys/mman.h")
	var flags []string
	for i, set := range []bool{c.Current, c.Future, c.OnFault} {
		if set {
			flags = append(flags, []string{"MCL_CURRENT", "MCL_FUTURE", "MCL_ONFAULT"}[i])
		}
	}
	if flags == nil {
		flags = []string{"0"}
	}
	p.gnu = p.gnu || c.OnFault
	p.check("mlockall", strings.Join(flags, " | "))
}
