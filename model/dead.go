package model

import (
	"cmp"
	"fmt"
	"slices"
)

// What a State keeps of the dead, so that a session may fork and end processes for ever: of the
// newest DeadWhole all that was last seen, of the newest DeadKept what they were called, how they
// died and what they had of memory. Of those before nothing is kept but their number.
// The first process is always kept whole: its end is the session's.
const (
	DeadWhole = 8
	DeadKept  = 64
)

// bury forgets what is not kept of the dead.
func (s State) bury() State {
	dead := make([]int, 0, DeadKept+1) // indexes in Procs
	for i := range s.Procs {
		if p := &s.Procs[i]; p.Death != nil && p.Name != Main {
			dead = append(dead, i)
		}
	}
	if len(dead) <= DeadWhole {
		return s
	}
	slices.SortStableFunc(dead, func(a, b int) int { return -cmp.Compare(s.Procs[a].Death.Time, s.Procs[b].Death.Time) })
	forgotten := map[int]bool{}
	procs := slices.Clone(s.Procs)
	for k, i := range dead[DeadWhole:] {
		p := &procs[i]
		p.Regions, p.Gone, p.VMAs, p.Frame, p.Latencies = nil, nil, nil, nil, nil
		if k+DeadWhole >= DeadKept {
			forgotten[i] = true
		}
	}
	s.Procs = procs[:0]
	for i := range procs {
		if !forgotten[i] {
			s.Procs = append(s.Procs, procs[i])
		}
	}
	s.Forgotten += len(forgotten)
	return s
}

// NoProcess says that there is no process of that name, and what makes one. Of the dead some may
// have had it.
func (s State) NoProcess(name string) string {
	return fmt.Sprintf("there is no process %s%s: fork makes one", name, s.OrForgotten())
}

// OrForgotten is to stand behind the words that a process is not there.
func (s State) OrForgotten() string {
	if s.Forgotten == 0 {
		return ""
	}
	return fmt.Sprintf(", or it is one of the %d that died before the newest %d dead, which alone are kept", s.Forgotten, DeadKept)
}
