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
		switch c := s.steps[i].command.(type) {
		case lang.Mlock, lang.Mlock2, lang.Mlockall:
			locked = true
		case lang.Mmap:
			locked = locked || c.Locked
		case lang.Munlock, lang.Munlockall:
			s.keep[i] = locked
		case lang.Capset:
			s.keep[i] = !drops[c.Drop]
			drops[c.Drop] = true
		case lang.Fork:
			locked = false
			s.keep[i] = slices.Contains(s.keep[:i], true)
		}
	}
}

// overwritten reports whether a later step makes all that this one did, with nothing between
// that could have met it.
func (s *cSlice) overwritten(i int) bool {
	x := &s.steps[i]
	kind := cKind(x.command)
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
		if kind == cKind(y.command) && y.event.OK() && covers(y, x) {
			return true
		}
		if meets(x, y) {
			return false
		}
	}
	if kind == cKind(s.target.command) && s.target.event.OK() && covers(s.target, x) {
		_, touch := x.command.(lang.Touch)
		return !touch // what was touched before is not touched for the first time
	}
	return false
}

// cKind is the same of commands of which the last one counts, "" of others.
func cKind(c model.Command) string {
	switch c := c.(type) {
	case lang.Mprotect:
		return "mprotect"
	case lang.Touch:
		if c.Every <= 1 {
			return "touch " + string(c.Access)
		}
	case lang.Memset:
		return "memset"
	case lang.Mlock:
		return "mlock"
	case lang.Mlock2:
		if !c.OnFault {
			return "mlock"
		}
		return "mlock onfault"
	case lang.Munlock:
		return "munlock"
	case lang.Setrlimit:
		return "setrlimit"
	case lang.Munlockall:
		return "munlockall"
	case lang.Madvise:
		return "madvise " + string(c.Advice)
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
	return !ok || m.T.Form != model.ByteSpan && m.T.Form != model.RawSpan
}

// meets reports whether a step between could see what an earlier one did.
func meets(x, y *cStep) bool {
	switch y.command.(type) {
	case lang.Setrlimit, lang.Capset:
		return false
	}
	switch x.command.(type) {
	case lang.Setrlimit:
		switch y.command.(type) {
		case lang.Mlock, lang.Mlock2, lang.Mlockall, lang.Mmap, lang.Mremap, lang.Brk, lang.Malloc, lang.Shmget, lang.Shmctl:
			return true
		}
		return false
	case lang.Munlockall:
		return true
	}
	switch y.command.(type) {
	case lang.Mlockall, lang.Munlockall:
		return true
	}
	var at spans
	for _, own := range x.own {
		at.add(own)
	}
	return at.hits(y.makes) || at.hits(y.frees) || slices.ContainsFunc(y.own, at.hits)
}
