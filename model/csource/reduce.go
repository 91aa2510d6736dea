package csource

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// reduce takes away what a later step makes again, and what comes to nothing.
func (s *cSlice) reduce() {
	for i := range s.steps {
		if s.keep[i] && s.overwritten(i) {
			s.keep[i] = false
		}
	}
	drops := map[string]bool{}
	locked := false // something can be, so far
	for i := range s.steps {
		if !s.keep[i] {
			continue
		}
		st := &s.steps[i]
		switch v := st.verb; {
		case v.locks != nil:
			locked = locked || v.locks(st.command)
		case v.unlocks:
			s.keep[i] = locked
		case v.forks:
			locked = false
			s.keep[i] = slices.Contains(s.keep[:i], true)
		}
		if c, ok := st.command.(lang.Capset); ok {
			s.keep[i] = !drops[c.Drop]
			drops[c.Drop] = true
		}
	}
}

// overwritten reports whether a later step makes all that this one did, with nothing between
// that could have met it.
func (s *cSlice) overwritten(i int) bool {
	x := &s.steps[i]
	kind := x.kind()
	if !x.event.OK() || kind == "" {
		return false
	}
	seen := 0
	for j := i + 1; j < len(s.steps); j++ {
		if !s.keep[j] {
			continue
		}
		y := &s.steps[j]
		if seen++; y.forked != "" || seen > cMost { // more are not looked at: thousands of locks would take seconds
			return false
		}
		if kind == y.kind() && y.event.OK() && covers(y, x) {
			return true
		}
		if meets(x, y) {
			return false
		}
	}
	if kind == s.target.kind() && s.target.event.OK() && covers(s.target, x) {
		_, touch := x.command.(lang.Touch)
		return !touch // what was touched before is not touched for the first time
	}
	return false
}

// kind returns the same of steps of which the last one counts, and "" of others.
func (st *cStep) kind() string {
	if kind := st.verb.kind; kind != nil {
		return kind(st.command)
	}
	return ""
}

// covers reports whether a step is about all that an earlier one was about.
func covers(later, earlier *cStep) bool {
	var all spans
	for _, at := range later.own {
		all.add(at)
	}
	for _, at := range earlier.own {
		if parts := all.within(at); at.Len > 0 && (len(parts) != 1 || parts[0] != at) {
			return false
		}
	}
	return later.whole() || !earlier.whole()
}

// whole reports whether a memset reaches the same bytes each time: two of them that begin within
// a page are not told apart by their pages.
func (st *cStep) whole() bool {
	m, ok := st.command.(lang.Memset)
	return !ok || m.T.Form != model.ByteSpan && m.T.Form != model.PageBytes && m.T.Form != model.RawSpan
}

// meets reports whether a step between could see what an earlier one did.
func meets(x, y *cStep) bool {
	switch {
	case y.verb.limits:
		return false
	case x.verb.limits:
		return y.verb.charged
	case x.verb.everywhere, y.verb.everywhere:
		return true
	}
	var at spans
	for _, own := range x.own {
		at.add(own)
	}
	return at.hits(y.makes) || at.hits(y.frees) || slices.ContainsFunc(y.own, at.hits)
}
