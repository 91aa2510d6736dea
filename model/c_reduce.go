package model

import "slices"

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
		case Mlock, Mlock2, Mlockall:
			locked = true
		case Mmap:
			locked = locked || c.Locked
		case Munlock, Munlockall:
			s.keep[i] = locked
		case Capset:
			s.keep[i] = !drops[c.Drop]
			drops[c.Drop] = true
		case Fork:
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
		_, touch := x.command.(Touch)
		return !touch // what was touched before is not touched for the first time
	}
	return false
}

// cKind is the same of commands of which the last one counts, "" of others.
func cKind(c Command) string {
	switch c := c.(type) {
	case Mprotect:
		return "mprotect"
	case Touch:
		if c.Every <= 1 {
			return "touch " + string(c.Access)
		}
	case Memset:
		return "memset"
	case Mlock:
		return "mlock"
	case Mlock2:
		if !c.OnFault {
			return "mlock"
		}
		return "mlock onfault"
	case Munlock:
		return "munlock"
	case Setrlimit:
		return "setrlimit"
	case Munlockall:
		return "munlockall"
	case Madvise:
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
	m, ok := st.command.(Memset)
	return !ok || m.T.Form != ByteSpan && m.T.Form != RawSpan
}

// meets reports whether a step between could see what an earlier one did.
func meets(x, y *cStep) bool {
	switch y.command.(type) {
	case Setrlimit, Capset:
		return false
	}
	switch x.command.(type) {
	case Setrlimit:
		switch y.command.(type) {
		case Mlock, Mlock2, Mlockall, Mmap, Mremap, Brk, Malloc, Shmget, Shmctl:
			return true
		}
		return false
	case Munlockall:
		return true
	}
	switch y.command.(type) {
	case Mlockall, Munlockall:
		return true
	}
	var at spans
	for _, own := range x.own {
		at.add(own)
	}
	return at.hits(y.makes) || at.hits(y.frees) || slices.ContainsFunc(y.own, at.hits)
}
