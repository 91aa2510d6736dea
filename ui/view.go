package ui

import (
	"slices"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// place is a region of a process. The same name can stand for a region of each:
// a child has those of its parent.
type place struct{ proc, region string }

// view is where the user looks: which region of which process, which page of each,
// what is selected.
type view struct {
	current place // its region is "" where the process has none
	index   int   // of current among the regions of its process
	first   int   // the first region of the grid panel
	regions map[place]*regionView
	resized []place // what was mapped since the last frame: its cursor may lie behind its end

	// atFork are the regions that were there when their process last forked, or was made:
	// a write to their pages may still be the first since.
	atFork map[place]bool
	execs  map[string]int // by process: the event in which it last called execve

	scale  scale // of the grid, where it was chosen (scaled)
	scaled bool
	lens   *look.Lens
	cell   int64 // pages in a cell of the current region; 1 but in the aggregate
	pages  int64 // of the current region

	selecting bool  // a range from anchor to the cursor is selected
	sticky    bool  // it was begun with v: moving without shift extends it too
	anchor    int64 // page

	// How many pages the cells were that cursor and anchor were put on: what was selected page by
	// page stays that when the zoom changes.
	cursorCell, anchorCell int64
	lastCursor, lastAnchor int64
}

// regionView is what the screen keeps of one region.
type regionView struct {
	cursor int64 // page
	top    int64 // first page shown, a multiple of the pages a row
	mapped int   // the event that last mapped, moved or resized it; 0 where a fork made it
	tally  tally
	mini   tally // the strip of the minimap
	far    []look.Column
	farKey farKey
}

// note takes note of what makes of a region or a process another one.
func (v *view) note(e *model.Event) {
	if e.Mapped != nil {
		at := place{e.Proc, e.Mapped.Name}
		v.of(at).mapped = e.Seq
		v.resized = append(v.resized, at)
	}
	if e.Call == "execve" && e.OK() {
		v.execs[e.Proc] = e.Seq
	}
}

// of is the view of a region, made if there is none.
func (v *view) of(at place) *regionView {
	rv := v.regions[at]
	if rv == nil {
		rv = &regionView{}
		v.regions[at] = rv
	}
	return rv
}

// here is the view of the current region.
func (v *view) here() *regionView { return v.of(v.current) }

// unselect lets go of the selection.
func (v *view) unselect() { v.selecting, v.sticky = false, false }

// settle makes the view fit the processes and regions there are: a region that is
// gone gives way to its neighbour, a process that is gone to the first one, and every
// cursor lies within its region.
func (v *view) settle(s *model.State) {
	p := s.Process(v.current.proc)
	if p == nil {
		p = s.Main()
		v.current = place{proc: p.Name}
		v.unselect()
	}
	if len(p.Regions) == 0 {
		v.current.region, v.index = "", 0
		v.unselect()
	} else {
		v.settleRegion(p)
	}
	for _, at := range v.resized {
		v.keepWithin(s.Process(at.proc), at.region)
	}
	v.resized = v.resized[:0]
	n := 0
	for i := range s.Procs {
		q := &s.Procs[i]
		n += len(q.Regions)
		if q != p && q.Region(v.current.region) != nil {
			// What is seen of one is seen of the other: beside each other they
			// show the same pages.
			rv := v.of(place{q.Name, v.current.region})
			rv.cursor, rv.top = v.here().cursor, v.here().top
			v.keepWithin(q, v.current.region)
		}
	}
	if len(v.regions) > 2*n+16 {
		for at := range v.regions {
			if q := s.Process(at.proc); q == nil || q.Region(at.region) == nil {
				delete(v.regions, at)
			}
		}
	}
}

// keepWithin brings the cursor of a region into its pages.
func (v *view) keepWithin(p *model.Process, region string) {
	if p == nil {
		return
	}
	if r := p.Region(region); r != nil {
		rv := v.of(place{p.Name, region})
		rv.cursor = max(0, min(rv.cursor, r.Pages.Len()-1))
	}
}

// settleRegion finds the current region among those of its process.
func (v *view) settleRegion(p *model.Process) {
	at := v.index
	if at >= len(p.Regions) || p.Regions[at].Name != v.current.region {
		at = slices.IndexFunc(p.Regions, func(r *model.Region) bool { return r.Name == v.current.region })
	}
	if at < 0 {
		at = canvas.Clamp(v.index, 0, len(p.Regions)-1)
		v.unselect()
	}
	r := p.Regions[at]
	v.index, v.current.region = at, r.Name
	rv := v.here()
	rv.cursor = max(0, min(rv.cursor, r.Pages.Len()-1))
	v.anchor = max(0, min(v.anchor, r.Pages.Len()-1))
}

// begin takes note of a process that has begun: the first one leaves nothing of those
// before it, a child looks where its parent does.
func (v *view) begin(it model.Started) {
	if it.Parent == "" {
		v.regions, v.atFork, v.execs = map[place]*regionView{}, map[place]bool{}, map[string]int{}
		v.current = place{proc: it.Proc}
		v.unselect()
		return
	}
	delete(v.execs, it.Proc)
	for at := range v.regions {
		if at.proc == it.Proc { // a name that is taken again
			delete(v.regions, at)
		}
	}
	for at := range v.atFork {
		if at.proc == it.Proc {
			delete(v.atFork, at)
		}
	}
	for i := range it.Regions {
		name := it.Regions[i].Name
		v.atFork[place{it.Parent, name}], v.atFork[place{it.Proc, name}] = true, true
		if rv := v.regions[place{it.Parent, name}]; rv != nil {
			v.regions[place{it.Proc, name}] = &regionView{cursor: rv.cursor, top: rv.top}
		}
	}
}

// scroll brings the cursor into so many rows of per pages, and leaves none of them
// empty where the region has pages for it.
func (rv *regionView) scroll(per int64, rows int, pages int64) {
	row, top := rv.cursor/per, rv.top/per
	top = max(0, min(top, (pages+per-1)/per-int64(rows)))
	if row < top {
		top = row
	}
	if last := top + int64(rows) - 1; row > last {
		top += row - last
	}
	rv.top = top * per
}

// selection is the selected pages of the current region; those of the cursor's cell where
// nothing is selected.
func (v *view) selection() model.Range {
	c := v.here().cursor
	if !v.selecting {
		return v.cellAt(c, v.cell)
	}
	a, b := v.cellAt(c, v.cursorCell), v.cellAt(v.anchor, v.anchorCell)
	return model.Range{Lo: min(a.Lo, b.Lo), Hi: max(a.Hi, b.Hi)}
}

// cellAt is the pages of the cell that a page is in.
func (v *view) cellAt(page, cell int64) model.Range {
	lo := page - page%max(1, cell)
	return model.Range{Lo: lo, Hi: max(page+1, min(lo+cell, v.pages))}
}

// noteCells takes note of how large the cells are that cursor and anchor were put on.
func (v *view) noteCells() {
	if c := v.here().cursor; !v.selecting || c != v.lastCursor || v.cursorCell == 0 {
		v.cursorCell, v.lastCursor = v.cell, c
	}
	if !v.selecting || v.anchor != v.lastAnchor || v.anchorCell == 0 {
		v.anchorCell, v.lastAnchor = v.cell, v.anchor
	}
}

// proc is the process that the cursor is in; the first one before any has begun.
func (s *scene) proc() *model.Process {
	if p := s.state.Process(s.view.current.proc); p != nil {
		return p
	}
	return s.state.Main()
}

// region is the region that the cursor is in, or nil where there is none.
func (s *scene) region() *model.Region { return s.proc().Region(s.view.current.region) }

// regionAt is a process and one of its regions, or nil.
func (s *scene) regionAt(at place) (*model.Process, *model.Region) {
	p := s.state.Process(at.proc)
	if p == nil {
		return nil, nil
	}
	return p, p.Region(at.region)
}

// several reports whether there is more than one process to tell apart.
func (s *scene) several() bool { return len(s.state.Procs) > 1 }

// named is a name with that of its process before it, where there are several.
func (s *scene) named(proc, name string) string {
	if !s.several() {
		return name
	}
	return proc + " · " + name
}
