package ui

import (
	"slices"

	"incore/model"
	"incore/ui/canvas"
)

// block is a region's part of the grid panel.
type block struct {
	place
	area    canvas.Area // cells with their gutter, without heading and column numbers
	heading canvas.Area // empty where the region is named elsewhere
	header  canvas.Area // column numbers
	rows    int         // of cells; a row of big ones is two of the screen
	shift   uint8       // a cell is 1<<shift pages
}

// leastRows is how much of a region is worth to be seen beside another one.
const leastRows = 4

// rowsOf is how many rows of n pages a region takes, at most 1<<20: beyond that it
// does not fit on any screen.
func rowsOf(pages int64, n int) int {
	return int(min((pages+int64(n)-1)/int64(n), 1<<20))
}

// rowsOf is how many rows of the screen a region takes.
func (s *scene) rowsOf(r *model.Region) int { return s.rowsOfPages(r.Pages.Len()) }

// rowsOfPages is how many rows of the screen a region of n pages takes.
func (s *scene) rowsOfPages(n int64) int {
	shift := s.shiftOfPages(n)
	return rowsOf((n+int64(1)<<shift-1)>>shift, max(1, s.plan.perRow)) * s.plan.cell.h
}

// twins are the regions of that name: of the current process, and of the others that
// live, in the order of the processes, so that going from one to the other moves nothing
// but the cursor. It is valid until it is called again.
func (ar *arranger) twins(name string) []place {
	ar.group = ar.group[:0]
	for i := range ar.state.Procs {
		p := &ar.state.Procs[i]
		if (p.Death == nil || p.Name == ar.view.current.proc) && p.Region(name) != nil {
			ar.group = append(ar.group, place{p.Name, name})
		}
	}
	return ar.group
}

// heightOf is how many rows the regions of that name take, with a heading each.
func (ar *arranger) heightOf(name string) int {
	n := 0
	for _, at := range ar.twins(name) {
		_, r := ar.regionAt(at)
		n += 1 + ar.rowsOf(r)
	}
	return n
}

// wanted is how many rows the grid of all regions takes: a heading each, one row
// of column numbers for all, a blank row between those of different names.
func (ar *arranger) wanted() int {
	n := 1
	regions := ar.proc().Regions
	if len(regions) == 0 {
		n = emptyRows
	}
	for i := range regions {
		n += ar.heightOf(regions[i].Name)
		if i > 0 {
			n++
		}
		if n > ar.height {
			return n
		}
	}
	for at := range ar.elsewhereOnly {
		_, r := ar.regionAt(at)
		if n += 2 + ar.rowsOf(r); n > ar.height {
			break
		}
	}
	return n
}

// elsewhereOnly yields the regions of the other processes that live, but for those of a
// name that the current process has, or a process before them.
func (ar *arranger) elsewhereOnly(yield func(place) bool) {
	cur := ar.proc()
	for i := range ar.state.Procs {
		p := &ar.state.Procs[i]
		for k := range p.Regions {
			name := p.Regions[k].Name
			was := func(q model.Process) bool { return q.Death == nil && q.Region(name) != nil }
			if p == cur || p.Death != nil || cur.Region(name) != nil || slices.ContainsFunc(ar.state.Procs[:i], was) {
				continue
			}
			if !yield(place{p.Name, name}) {
				return
			}
		}
	}
}

// placeBlocks shares the grid panel out among the regions of the current process, in
// their order, from one on that leaves the current one whole, or half of the panel.
// Those of the same name of other processes stand right below each other.
func (ar *arranger) placeBlocks() {
	l := ar.lay
	regions := ar.proc().Regions
	if l.grid.Empty() {
		return
	}
	if len(regions) == 0 {
		if l.size != sizeSmall {
			ar.placeOthers(l.grid.Y + emptyRows)
		}
		return
	}
	cur := max(0, ar.view.index)
	if l.size == sizeSmall {
		ar.addBlock(ar.view.current, l.grid, canvas.Area{}, canvas.Area{})
		return
	}
	_, rest := l.grid.CutTop(2)
	room := rest.H + 1 // with the first block's heading, which stands over the column numbers
	room -= ar.needOfCurrent(room)
	first := min(ar.view.first, cur)
	for first < cur {
		need := 0
		for i := first; i < cur && need <= room; i++ {
			need += 2 + ar.rowsOf(regions[i])
		}
		if need <= room {
			room -= need
			break
		}
		first++
	}
	first = ar.fillAbove(first)
	ar.view.first = first
	y, end := l.grid.Y, l.grid.Y+l.grid.H
	for i := first; i < len(regions) && y < end; i++ {
		if i > cur {
			room = end - y - 1 - ar.rowsOf(regions[i])
		}
		more := ar.heightOf(regions[i].Name) - 1 - ar.rowsOf(regions[i])
		group := ar.twins(regions[i].Name)
		switch {
		case i == cur:
		case more <= room:
			room -= more
		default: // its twins are shown where there is room for them all
			group = append(group[:0], place{ar.view.current.proc, regions[i].Name})
		}
		y = ar.placeTwins(group, y, i == cur) + 1
	}
	ar.placeOthers(y)
}

// fillAbove is the first region from which on all of them fit, where they do from one before
// first on: else rows would stay empty.
func (ar *arranger) fillAbove(first int) int {
	regions := ar.proc().Regions
	need := 1 // the column numbers
	for i := first; i < len(regions); i++ {
		if need += ar.heightOf(regions[i].Name) + 1; need > ar.lay.grid.H+1 {
			return first
		}
	}
	for first > 0 {
		if need += ar.heightOf(regions[first-1].Name) + 1; need > ar.lay.grid.H+1 {
			break
		}
		first--
	}
	return first
}

// placeOthers places what only other processes have, from row y on.
func (ar *arranger) placeOthers(y int) {
	if y >= ar.lay.grid.Y+ar.lay.grid.H {
		return
	}
	for at := range ar.elsewhereOnly {
		if y >= ar.lay.grid.Y+ar.lay.grid.H {
			return
		}
		ar.group = append(ar.group[:0], at)
		y = ar.placeTwins(ar.group, y, false) + 1
	}
}

// emptyRows is what the grid panel of a process without a region takes to say so.
const emptyRows = 4

// needOfCurrent is how many of the rows there are the current region is to have: beside
// those of other processes it is to be compared, so they go before other regions.
func (ar *arranger) needOfCurrent(room int) int {
	h := ar.heightOf(ar.view.current.region)
	if len(ar.group) > 1 {
		return min(h, room)
	}
	return min(h, max(4, room/2))
}

// placeTwins places the regions of one name from row y on, and returns the row behind
// them. Of the current region and its twins, where they do not fit, as many are shown as
// leave each its share.
func (ar *arranger) placeTwins(group []place, y int, current bool) int {
	l := ar.lay
	end := l.grid.Y + l.grid.H
	room := end - y
	if len(l.blocks) == 0 {
		room-- // for the column numbers
	}
	lo, hi, shares := 0, len(group), []int(nil)
	if current {
		lo, hi, shares = ar.share(group, room)
	}
	for i := lo; i < hi; i++ {
		head, header := canvas.Area{X: l.grid.X, Y: y, W: l.grid.W, H: 1}, canvas.Area{}
		y++
		if len(l.blocks) == 0 {
			header = canvas.Area{X: l.grid.X, Y: y, W: l.grid.W, H: 1}
			y++
		}
		// A heading with no row under it says nothing.
		if y >= end {
			break
		}
		_, r := ar.regionAt(group[i])
		rows := min(ar.rowsOf(r), end-y)
		if current {
			rows = shares[i]
		}
		ar.addBlock(group[i], canvas.Area{X: l.grid.X, Y: y, W: l.grid.W, H: rows}, head, header)
		y += rows
	}
	return y
}

// share shares rows out among the current region and its twins: which of them are shown,
// and how many rows each has.
func (ar *arranger) share(group []place, room int) (lo, hi int, rows []int) {
	cur := max(0, slices.Index(group, ar.view.current))
	full, rows := make([]int, len(group)), make([]int, len(group))
	for i, at := range group {
		_, r := ar.regionAt(at)
		full[i] = ar.rowsOf(r)
		rows[i] = min(full[i], leastRows)
	}
	lo, hi = cur, cur+1
	used := 1 + rows[cur]
	for grown := true; grown; {
		grown = false
		for _, i := range [2]int{hi, lo - 1} {
			if i >= 0 && i < len(group) && used+1+rows[i] <= room {
				used += 1 + rows[i]
				lo, hi, grown = min(lo, i), max(hi, i+1), true
			}
		}
	}
	if hi-lo == 1 {
		rows[cur] = max(0, min(full[cur], room-1))
		return lo, hi, rows
	}
	for more := true; more; {
		more = false
		for k := range hi - lo {
			i := lo + (cur-lo+k)%(hi-lo) // the current one first
			if used < room && rows[i] < full[i] {
				rows[i]++
				used++
				more = true
			}
		}
	}
	return lo, hi, rows
}

func (ar *arranger) addBlock(at place, cells, heading, header canvas.Area) {
	l := ar.lay
	_, r := ar.regionAt(at)
	if r == nil {
		return
	}
	rows := min(ar.rowsOf(r), cells.H) / l.cell.h
	if rows <= 0 {
		return
	}
	ar.view.of(at).scroll(ar.pagesPerRow(r), rows, r.Pages.Len())
	l.blocks = append(l.blocks, block{at, cells, heading, header, rows, ar.shiftOf(r)})
}

// block is the current region's block, or nil where it is not on the screen.
func (s *scene) block() *block {
	for i := range s.plan.blocks {
		if s.plan.blocks[i].place == s.view.current {
			return &s.plan.blocks[i]
		}
	}
	return nil
}

// blockAt is the block at a point of the screen, with its heading, or nil.
func (s *scene) blockAt(x, y int) *block {
	for i := range s.plan.blocks {
		if b := &s.plan.blocks[i]; b.area.Contains(x, y) || b.heading.Contains(x, y) {
			return b
		}
	}
	return nil
}
