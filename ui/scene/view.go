package scene

import (
	"slices"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// Place is a region of a process: Region and Proc are their names. The same name can stand for a region of each:
// a child has those of its parent.
type Place struct{ Proc, Region string }

// Focus is where the user looks: which region of which process, which page of it, and what is selected.
type Focus struct {
	Current Place                  // its region is "" where the process has none
	Index   int                    // of current among the regions of its process
	First   int                    // the first region of the grid panel
	Regions map[Place]*RegionFocus // what is kept of each region
	resized []Place                // what was mapped since the screen was last drawn: its cursor may lie behind its end

	// atFork are the regions that were there when their process last forked, or was made:
	// a write to their pages may still be the first since.
	AtFork map[Place]bool
	Execs  map[string]int // by process: the event in which it last called execve

	Scale  Scale      // of the grid, where it was chosen (scaled)
	Scaled bool       // Scale was chosen
	Lens   *look.Lens // what cells show
	Cell   int64      // pages in a cell of the current region; 1 but in the aggregate
	Pages  int64      // of the current region

	Selecting bool  // a range from anchor to the cursor is selected
	Sticky    bool  // it was begun with v: moving without shift extends it too
	Anchor    int64 // page

	// How many pages the cells were that cursor and anchor were put on: what was selected page by
	// page stays that when the zoom changes.
	cursorCell, anchorCell int64
	lastCursor, lastAnchor int64
}

// RegionFocus is what the screen keeps of one region.
type RegionFocus struct {
	Cursor int64         // page
	Top    int64         // first page shown, a multiple of the pages a row
	Mapped int           // the event that last mapped, moved or resized it; 0 where a fork made it
	Tally  Tally         // the strip of the list
	Mini   Tally         // the strip of the minimap
	Far    []look.Column // the aggregated cells
	FarKey FarKey        // what they depend on
}

// Note notes an event that makes another one of a region or a process.
func (v *Focus) Note(e *model.Event) {
	if e.Mapped != nil {
		at := Place{e.Proc, e.Mapped.Name}
		v.Of(at).Mapped = e.Seq
		v.resized = append(v.resized, at)
	}
	if e.Call == "execve" && e.OK() {
		v.Execs[e.Proc] = e.Seq
	}
}

// Of returns what is kept of a region, and begins to keep it if nothing is.
func (v *Focus) Of(at Place) *RegionFocus {
	rv := v.Regions[at]
	if rv == nil {
		rv = &RegionFocus{}
		v.Regions[at] = rv
	}
	return rv
}

// Here returns what is kept of the current region.
func (v *Focus) Here() *RegionFocus { return v.Of(v.Current) }

// Unselect ends the selection.
func (v *Focus) Unselect() { v.Selecting, v.Sticky = false, false }

// Settle makes the focus fit the processes and regions of the state. A region that is gone gives way to its
// neighbor, a process that is gone to the first one, and every cursor lies within its region.
func (v *Focus) Settle(s *model.State) {
	p := s.Process(v.Current.Proc)
	if p == nil {
		p = s.Main()
		v.Current = Place{Proc: p.Name}
		v.Unselect()
	}
	if len(p.Regions) == 0 {
		v.Current.Region, v.Index = "", 0
		v.Unselect()
	} else {
		v.settleRegion(p)
	}
	for _, at := range v.resized {
		v.keepWithin(s.Process(at.Proc), at.Region)
	}
	v.resized = v.resized[:0]
	n := 0
	for i := range s.Procs {
		q := &s.Procs[i]
		n += len(q.Regions)
		if q != p && q.Region(v.Current.Region) != nil {
			// What is seen of one is seen of the other: beside each other they
			// show the same pages.
			rv := v.Of(Place{q.Name, v.Current.Region})
			rv.Cursor, rv.Top = v.Here().Cursor, v.Here().Top
			v.keepWithin(q, v.Current.Region)
		}
	}
	if len(v.Regions) > 2*n+16 {
		for at := range v.Regions {
			if q := s.Process(at.Proc); q == nil || q.Region(at.Region) == nil {
				delete(v.Regions, at)
			}
		}
	}
}

// keepWithin brings the cursor of a region into its pages.
func (v *Focus) keepWithin(p *model.Process, region string) {
	if p == nil {
		return
	}
	if r := p.Region(region); r != nil {
		rv := v.Of(Place{p.Name, region})
		rv.Cursor = max(0, min(rv.Cursor, r.Pages.Len()-1))
	}
}

// settleRegion finds the current region among those of its process.
func (v *Focus) settleRegion(p *model.Process) {
	at := v.Index
	if at >= len(p.Regions) || p.Regions[at].Name != v.Current.Region {
		at = slices.IndexFunc(p.Regions, func(r *model.Region) bool { return r.Name == v.Current.Region })
	}
	if at < 0 {
		at = canvas.Clamp(v.Index, 0, len(p.Regions)-1)
		v.Unselect()
	}
	r := p.Regions[at]
	v.Index, v.Current.Region = at, r.Name
	rv := v.Here()
	rv.Cursor = max(0, min(rv.Cursor, r.Pages.Len()-1))
	v.Anchor = max(0, min(v.Anchor, r.Pages.Len()-1))
}

// Begin notes a process that has begun. The first one leaves nothing of those before it. A child looks where
// its parent does.
func (v *Focus) Begin(it model.Started) {
	if it.Parent == "" {
		v.Regions, v.AtFork, v.Execs = map[Place]*RegionFocus{}, map[Place]bool{}, map[string]int{}
		v.Current = Place{Proc: it.Proc}
		v.Unselect()
		return
	}
	delete(v.Execs, it.Proc)
	for at := range v.Regions {
		if at.Proc == it.Proc { // a name that is taken again
			delete(v.Regions, at)
		}
	}
	for at := range v.AtFork {
		if at.Proc == it.Proc {
			delete(v.AtFork, at)
		}
	}
	for i := range it.Regions {
		name := it.Regions[i].Name
		v.AtFork[Place{it.Parent, name}], v.AtFork[Place{it.Proc, name}] = true, true
		if rv := v.Regions[Place{it.Parent, name}]; rv != nil {
			v.Regions[Place{it.Proc, name}] = &RegionFocus{Cursor: rv.Cursor, Top: rv.Top}
		}
	}
}

// Scroll brings the cursor into rows rows of per pages each. It leaves no row empty that the region has pages
// for.
func (rv *RegionFocus) Scroll(per int64, rows int, pages int64) {
	row, top := rv.Cursor/per, rv.Top/per
	top = max(0, min(top, (pages+per-1)/per-int64(rows)))
	if row < top {
		top = row
	}
	if last := top + int64(rows) - 1; row > last {
		top += row - last
	}
	rv.Top = top * per
}

// Selection returns the selected pages of the current region. Without a selection it returns those of the
// cursor's cell.
func (v *Focus) Selection() model.Range {
	c := v.Here().Cursor
	if !v.Selecting {
		return v.cellAt(c, v.Cell)
	}
	a, b := v.cellAt(c, v.cursorCell), v.cellAt(v.Anchor, v.anchorCell)
	return model.Range{Lo: min(a.Lo, b.Lo), Hi: max(a.Hi, b.Hi)}
}

// cellAt returns the pages of the cell that a page is in.
func (v *Focus) cellAt(page, cell int64) model.Range {
	lo := page - page%max(1, cell)
	return model.Range{Lo: lo, Hi: max(page+1, min(lo+cell, v.Pages))}
}

// NoteCells notes how large the cells are that cursor and anchor were put on.
func (v *Focus) NoteCells() {
	if c := v.Here().Cursor; !v.Selecting || c != v.lastCursor || v.cursorCell == 0 {
		v.cursorCell, v.lastCursor = v.Cell, c
	}
	if !v.Selecting || v.Anchor != v.lastAnchor || v.anchorCell == 0 {
		v.anchorCell, v.lastAnchor = v.Cell, v.Anchor
	}
}

// Proc returns the process that the cursor is in. Before any has begun it is the first one, without a PID.
func (s *Scene) Proc() *model.Process {
	if p := s.State.Process(s.Focus.Current.Proc); p != nil {
		return p
	}
	return s.State.Main()
}

// Region returns the region that the cursor is in, or nil if there is none.
func (s *Scene) Region() *model.Region { return s.Proc().Region(s.Focus.Current.Region) }

// RegionAt returns a process and its region. Either is nil if it is not there.
func (s *Scene) RegionAt(at Place) (*model.Process, *model.Region) {
	p := s.State.Process(at.Proc)
	if p == nil {
		return nil, nil
	}
	return p, p.Region(at.Region)
}

// Several reports whether there are several processes.
func (s *Scene) Several() bool { return len(s.State.Procs) > 1 }

// Named returns a name, behind the name of its process if there are several.
func (s *Scene) Named(proc, name string) string {
	if !s.Several() {
		return name
	}
	return proc + " · " + name
}
