package ui

import (
	"slices"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// leastRows is how much of a region is worth to be seen beside another one.
const leastRows = 4

// twins returns the regions of that name: of the current process, and of the others that
// live, in the order of the processes, so that going from one to the other moves nothing
// but the cursor. It is valid until it is called again.
func (ar *arranger) twins(name string) []scene.Place {
	ar.group = ar.group[:0]
	for i := range ar.State.Procs {
		p := &ar.State.Procs[i]
		if (p.Death == nil || p.Name == ar.Focus.Current.Proc) && p.Region(name) != nil {
			ar.group = append(ar.group, scene.Place{Proc: p.Name, Region: name})
		}
	}
	return ar.group
}

// heightOf returns how many rows the regions of that name take, with a heading each.
func (ar *arranger) heightOf(name string) int {
	if ar.lay.beside.columns > 1 {
		return ar.besideHeightOf(name)
	}
	n := 0
	for _, at := range ar.twins(name) {
		_, r := ar.RegionAt(at)
		n += 1 + ar.RowsOf(r)
	}
	return n
}

// wanted returns how many rows the grid of all regions takes: a heading each, one row
// of column numbers for all, a blank row between those of different names.
func (ar *arranger) wanted() int {
	n := 1
	regions := ar.Proc().Regions
	if len(regions) == 0 {
		n = emptyRows
	}
	for i := range regions {
		n += ar.heightOf(regions[i].Name)
		if i > 0 {
			n++
			if ar.ShiftOf(regions[i]) != ar.ShiftOf(regions[i-1]) {
				n++ // column numbers of its own
			}
		}
		if n > ar.height {
			return n
		}
	}
	for at := range ar.elsewhereOnly {
		_, r := ar.RegionAt(at)
		if n += 2 + ar.RowsOf(r); n > ar.height {
			break
		}
	}
	return n
}

// elsewhereOnly yields the regions of the other processes that live, but for those of a
// name that the current process has, or a process before them.
func (ar *arranger) elsewhereOnly(yield func(scene.Place) bool) {
	cur := ar.Proc()
	for i := range ar.State.Procs {
		p := &ar.State.Procs[i]
		for k := range p.Regions {
			name := p.Regions[k].Name
			was := func(q model.Process) bool { return q.Death == nil && q.Region(name) != nil }
			if p == cur || p.Death != nil || cur.Region(name) != nil || slices.ContainsFunc(ar.State.Procs[:i], was) {
				continue
			}
			if !yield(scene.Place{Proc: p.Name, Region: name}) {
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
	regions := ar.Proc().Regions
	if l.grid.Empty() {
		return
	}
	if len(regions) == 0 {
		if l.Size != scene.SizeSmall {
			ar.placeOthers(l.grid.Y + emptyRows)
		}
		return
	}
	cur := max(0, ar.Focus.Index)
	if l.Size == scene.SizeSmall {
		ar.addBlock(ar.Focus.Current, l.grid, canvas.Area{}, canvas.Area{})
		return
	}
	_, rest := l.grid.CutTop(2)
	room := rest.H + 1 // with the first block's heading, which stands over the column numbers
	room -= ar.needOfCurrent(room)
	first := min(ar.Focus.First, cur)
	for first < cur {
		need := 0
		for i := first; i < cur && need <= room; i++ {
			need += 2 + ar.RowsOf(regions[i])
		}
		if need <= room {
			room -= need
			break
		}
		first++
	}
	first = ar.fillAbove(first)
	ar.Focus.First = first
	y, end := l.grid.Y, l.grid.Y+l.grid.H
	for i := first; i < len(regions) && y < end; i++ {
		own := 1 + ar.RowsOf(regions[i])
		if l.beside.columns > 1 { // its twins take no rows of their own
			own = ar.heightOf(regions[i].Name)
		}
		if i > cur {
			room = end - y - own
		}
		more := ar.heightOf(regions[i].Name) - own
		group := ar.twins(regions[i].Name)
		switch {
		case i == cur:
		case more <= room:
			room -= more
		default: // its twins are shown where there is room for them all
			group = append(group[:0], scene.Place{Proc: ar.Focus.Current.Proc, Region: regions[i].Name})
		}
		y = ar.placeTwins(group, y, i == cur) + 1
	}
	ar.placeOthers(y)
}

// fillAbove returns the first region from which on all of them fit, where they do from one before
// first on: else rows would stay empty.
func (ar *arranger) fillAbove(first int) int {
	regions := ar.Proc().Regions
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

// needOfCurrent returns how many of the rows there are the current region is to have: beside
// those of other processes it is to be compared, so they go before other regions.
func (ar *arranger) needOfCurrent(room int) int {
	h := ar.heightOf(ar.Focus.Current.Region)
	if len(ar.group) > 1 {
		return min(h, room)
	}
	return min(h, max(4, room/2))
}

// placeTwins places the regions of one name from row y on, and returns the row behind
// them. Of the current region and its twins, where they do not fit, as many are shown as
// leave each its share.
func (ar *arranger) placeTwins(group []scene.Place, y int, current bool) int {
	l := ar.lay
	if l.beside.columns > 1 {
		return ar.placeBeside(group, y, current)
	}
	end := l.grid.Y + l.grid.H
	room := end - y
	if len(group) > 0 && ar.headed(group[0]) {
		room-- // for the column numbers
	}
	lo, hi, shares := 0, len(group), []int(nil)
	if current {
		lo, hi, shares = ar.share(group, room)
	}
	for i := lo; i < hi; i++ {
		head, header := canvas.Area{X: l.grid.X, Y: y, W: l.grid.W, H: 1}, canvas.Area{}
		y++
		if ar.headed(group[i]) {
			header = canvas.Area{X: l.grid.X, Y: y, W: l.grid.W, H: 1}
			y++
		}
		// A heading with no row under it says nothing.
		if y >= end {
			break
		}
		_, r := ar.RegionAt(group[i])
		rows := min(ar.RowsOf(r), end-y)
		if current {
			rows = shares[i]
		}
		ar.addBlock(group[i], canvas.Area{X: l.grid.X, Y: y, W: l.grid.W, H: rows}, head, header)
		y += rows
	}
	return y
}

// headed reports whether column numbers stand over the region that is placed next: over the first one, and where
// a cell is many pages over one that has a scale of its own.
func (ar *arranger) headed(at scene.Place) bool {
	n := len(ar.lay.Blocks)
	if n == 0 || ar.lay.Scale.Zoom != scene.ZoomFar {
		return n == 0
	}
	_, r := ar.RegionAt(at)
	return r != nil && ar.ShiftOf(r) != ar.lay.Blocks[n-1].Shift
}

// share shares rows out among the current region and its twins: which of them are shown,
// and how many rows each has.
func (ar *arranger) share(group []scene.Place, room int) (lo, hi int, rows []int) {
	cur := max(0, slices.Index(group, ar.Focus.Current))
	full, rows := make([]int, len(group)), make([]int, len(group))
	least := leastRows
	if ar.presenting { // that there is a child is worth more than its third row
		least = 2
	}
	for i, at := range group {
		_, r := ar.RegionAt(at)
		full[i] = ar.RowsOf(r)
		rows[i] = min(full[i], least)
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

func (ar *arranger) addBlock(at scene.Place, cells, heading, header canvas.Area) {
	l := ar.lay
	_, r := ar.RegionAt(at)
	if r == nil {
		return
	}
	rows := min(ar.RowsOf(r), cells.H) / l.Cell.H
	if rows <= 0 {
		return
	}
	ar.Focus.Of(at).Scroll(ar.PagesPerRow(r), rows, r.Pages.Len())
	l.Blocks = append(l.Blocks, scene.Block{Place: at, Area: cells, Heading: heading, Header: header, Rows: rows, Shift: ar.ShiftOf(r)})
}
