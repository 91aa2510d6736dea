package scene

// ListRow is a line of the regions panel: a region, or the heading of a process.
type ListRow struct {
	Proc   int // index in the state
	Region int // index in the process; -1 is its heading
}

// Relist makes the lines of the panel anew: the regions of every process, below a heading if there are several
// processes.
func (s *Scene) Relist() {
	s.List = s.List[:0]
	for i := range s.State.Procs {
		if s.Several() {
			s.List = append(s.List, ListRow{i, -1})
		}
		for k := range s.State.Procs[i].Regions {
			s.List = append(s.List, ListRow{i, k})
		}
	}
}

// PlaceOf returns the region of a line. The line must not be a heading.
func (s *Scene) PlaceOf(row ListRow) Place {
	p := &s.State.Procs[row.Proc]
	return Place{p.Name, p.Regions[row.Region].Name}
}

// ListIndex returns the line of the current region, or of its process if that has no region.
func (s *Scene) ListIndex() int {
	at := 0
	for i := range s.State.Procs {
		p, head := &s.State.Procs[i], 0
		if s.Several() {
			head = 1
		}
		if p.Name != s.Focus.Current.Proc {
			at += head + len(p.Regions)
			continue
		}
		if s.Focus.Current.Region != "" {
			at += head + s.Focus.Index
		}
		return at
	}
	return 0
}
