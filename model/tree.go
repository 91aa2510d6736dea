package model

import "slices"

// parentAt returns the place in Procs of the process that forked the one at i, or -1. It stands before it: one
// behind it has the name that a dead parent had.
func (s State) parentAt(i int) int {
	parent := s.Procs[i].Parent
	if parent == "" {
		return -1
	}
	return slices.IndexFunc(s.Procs[:i], func(p Process) bool { return p.Name == parent })
}

// Depth returns how many forks the i-th process is away from the oldest of its line that is kept: 0 for
// the first process, 1 for its child.
func (s State) Depth(i int) (n int) {
	for i = s.parentAt(i); i >= 0; i = s.parentAt(i) {
		n++
	}
	return n
}

// behindKin returns where a child of that process is to stand: behind its parent, the parent's older children, and
// theirs.
func (s State) behindKin(parent string) int {
	at := slices.IndexFunc(s.Procs, func(p Process) bool { return p.Name == parent })
	if at < 0 {
		return len(s.Procs)
	}
	end := at + 1
	for end < len(s.Procs) && s.descends(end, at) {
		end++
	}
	return end
}

// descends reports whether the i-th process descends from the one at of.
func (s State) descends(i, of int) bool {
	for i > of {
		i = s.parentAt(i)
	}
	return i == of
}
