package calls

import (
	"incore/model"
	"incore/model/lang"
)

// sessionFamily has the verbs that make no call. Most are about the session as a whole.
var sessionFamily = []dossier{
	{verb: "reset", of: ofSession, reach: func(r *reacher, _ model.Command) {
		r.out.Effect = "ends every process and starts a fresh subject, without regions"
		for i := range r.s.Procs {
			if p := &r.s.Procs[i]; p.Death == nil && p.PageSize > 0 {
				r.whole(p)
			}
		}
	}},
	{verb: "say", of: ofSession, reach: func(r *reacher, _ model.Command) { r.out.Effect = "shows a text" }},
	{verb: "wait", of: ofSession, reach: following(func(r *reacher, c lang.Wait) { r.out.Effect = "does nothing for " + c.For.String() })},
	{verb: "speed", of: ofSession, reach: following(func(r *reacher, c lang.Speed) { r.out.Effect = "a touch that names no pace goes at " + c.Rate.String() })},
	{verb: "look", of: ofProcess, reach: following((*reacher).looks)},
	{verb: "in", of: ofSession, reach: following(func(r *reacher, c lang.In) { r.inProcess(c.Proc, c.Do) })},
	{verb: "expect", of: ofProcess, reach: following((*reacher).expects)},
}

// looks is what look goes to. It changes nothing of the process.
func (r *reacher) looks(c lang.Look) {
	r.out.Effect = "sets what the screen shows"
	if c.T == (model.Target{}) {
		return
	}
	if s, ok := r.resolve(c.T); ok {
		r.reaches(r.p, r.outwards(s))
	}
}

// expects is what expect asks about. It changes nothing.
func (r *reacher) expects(x lang.Expect) {
	r.out.Effect = "checks, and changes nothing"
	asks := x.In
	switch x.Kind {
	case lang.ExpectAll, lang.ExpectNo, lang.ExpectCount, lang.ExpectVMAs:
		asks = true
	}
	if !asks {
		return
	}
	if s, ok := r.resolve(x.T); ok {
		r.reaches(r.p, r.outwards(s))
	}
}
