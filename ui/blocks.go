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
func (m *Model) rowsOf(r *model.Region) int { return m.rowsOfPages(r.Pages.Len()) }

// rowsOfPages is how many rows of the screen a region of n pages takes.
func (m *Model) rowsOfPages(n int64) int {
	shift := m.shiftOfPages(n)
	return rowsOf((n+int64(1)<<shift-1)>>shift, max(1, m.lay.perRow)) * m.lay.cell.h
}

// twins are the regions of that name: of the current process, and of the others that
// live, in the order of the processes, so that going from one to the other moves nothing
// but the cursor. It is valid until it is called again.
func (m *Model) twins(name string) []place {
	m.group = m.group[:0]
	for i := range m.state.Procs {
		p := &m.state.Procs[i]
		if (p.Death == nil || p.Name == m.view.current.proc) && p.Region(name) != nil {
			m.group = append(m.group, place{p.Name, name})
		}
	}
	return m.group
}

// heightOf is how many rows the regions of that name take, with a heading each.
func (m *Model) heightOf(name string) int {
	n := 0
	for _, at := range m.twins(name) {
		_, r := m.regionAt(at)
		n += 1 + m.rowsOf(r)
	}
	return n
}

// wanted is how many rows the grid of all regions takes: a heading each, one row
// of column numbers for all, a blank row between those of different names.
func (m *Model) wanted() int {
	n := 1
	regions := m.proc().Regions
	if len(regions) == 0 {
		n = emptyRows
	}
	for i := range regions {
		n += m.heightOf(regions[i].Name)
		if i > 0 {
			n++
		}
		if n > m.height {
			return n
		}
	}
	for at := range m.elsewhereOnly {
		_, r := m.regionAt(at)
		if n += 2 + m.rowsOf(r); n > m.height {
			break
		}
	}
	return n
}

// elsewhereOnly yields the regions of the other processes that live, but for those of a
// name that the current process has, or a process before them.
func (m *Model) elsewhereOnly(yield func(place) bool) {
	cur := m.proc()
	for i := range m.state.Procs {
		p := &m.state.Procs[i]
		for k := range p.Regions {
			name := p.Regions[k].Name
			was := func(q model.Process) bool { return q.Death == nil && q.Region(name) != nil }
			if p == cur || p.Death != nil || cur.Region(name) != nil || slices.ContainsFunc(m.state.Procs[:i], was) {
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
func (m *Model) placeBlocks() {
	l := &m.lay
	regions := m.proc().Regions
	if l.grid.Empty() {
		return
	}
	if len(regions) == 0 {
		if l.size != sizeSmall {
			m.placeOthers(l.grid.Y + emptyRows)
		}
		return
	}
	cur := max(0, m.view.index)
	if l.size == sizeSmall {
		m.addBlock(m.view.current, l.grid, canvas.Area{}, canvas.Area{})
		return
	}
	_, rest := l.grid.CutTop(2)
	room := rest.H + 1 // with the first block's heading, which stands over the column numbers
	room -= m.needOfCurrent(room)
	first := min(m.view.first, cur)
	for first < cur {
		need := 0
		for i := first; i < cur && need <= room; i++ {
			need += 2 + m.rowsOf(regions[i])
		}
		if need <= room {
			room -= need
			break
		}
		first++
	}
	first = m.fillAbove(first)
	m.view.first = first
	y, end := l.grid.Y, l.grid.Y+l.grid.H
	for i := first; i < len(regions) && y < end; i++ {
		if i > cur {
			room = end - y - 1 - m.rowsOf(regions[i])
		}
		more := m.heightOf(regions[i].Name) - 1 - m.rowsOf(regions[i])
		group := m.twins(regions[i].Name)
		switch {
		case i == cur:
		case more <= room:
			room -= more
		default: // its twins are shown where there is room for them all
			group = append(group[:0], place{m.view.current.proc, regions[i].Name})
		}
		y = m.placeTwins(group, y, i == cur) + 1
	}
	m.placeOthers(y)
}

// fillAbove is the first region from which on all of them fit, where they do from one before
// first on: else rows would stay empty.
func (m *Model) fillAbove(first int) int {
	regions := m.proc().Regions
	need := 1 // the column numbers
	for i := first; i < len(regions); i++ {
		if need += m.heightOf(regions[i].Name) + 1; need > m.lay.grid.H+1 {
			return first
		}
	}
	for first > 0 {
		if need += m.heightOf(regions[first-1].Name) + 1; need > m.lay.grid.H+1 {
			break
		}
		first--
	}
	return first
}

// placeOthers places what only other processes have, from row y on.
func (m *Model) placeOthers(y int) {
	if y >= m.lay.grid.Y+m.lay.grid.H {
		return
	}
	for at := range m.elsewhereOnly {
		if y >= m.lay.grid.Y+m.lay.grid.H {
			return
		}
		m.group = append(m.group[:0], at)
		y = m.placeTwins(m.group, y, false) + 1
	}
}

// emptyRows is what the grid panel of a process without a region takes to say so.
const emptyRows = 4

// needOfCurrent is how many of the rows there are the current region is to have: beside
// those of other processes it is to be compared, so they go before other regions.
func (m *Model) needOfCurrent(room int) int {
	h := m.heightOf(m.view.current.region)
	if len(m.group) > 1 {
		return min(h, room)
	}
	return min(h, max(4, room/2))
}

// placeTwins places the regions of one name from row y on, and returns the row behind
// them. Of the current region and its twins, where they do not fit, as many are shown as
// leave each its share.
func (m *Model) placeTwins(group []place, y int, current bool) int {
	l := &m.lay
	end := l.grid.Y + l.grid.H
	room := end - y
	if len(l.blocks) == 0 {
		room-- // for the column numbers
	}
	lo, hi, shares := 0, len(group), []int(nil)
	if current {
		lo, hi, shares = m.share(group, room)
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
		_, r := m.regionAt(group[i])
		rows := min(m.rowsOf(r), end-y)
		if current {
			rows = shares[i]
		}
		m.addBlock(group[i], canvas.Area{X: l.grid.X, Y: y, W: l.grid.W, H: rows}, head, header)
		y += rows
	}
	return y
}

// share shares rows out among the current region and its twins: which of them are shown,
// and how many rows each has.
func (m *Model) share(group []place, room int) (lo, hi int, rows []int) {
	cur := max(0, slices.Index(group, m.view.current))
	full, rows := make([]int, len(group)), make([]int, len(group))
	for i, at := range group {
		_, r := m.regionAt(at)
		full[i] = m.rowsOf(r)
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

func (m *Model) addBlock(at place, cells, heading, header canvas.Area) {
	l := &m.lay
	_, r := m.regionAt(at)
	if r == nil {
		return
	}
	rows := min(m.rowsOf(r), cells.H) / l.cell.h
	if rows <= 0 {
		return
	}
	m.view.of(at).scroll(m.pagesPerRow(r), rows, r.Pages.Len())
	l.blocks = append(l.blocks, block{at, cells, heading, header, rows, m.shiftOf(r)})
}

// block is the current region's block, or nil where it is not on the screen.
func (m *Model) block() *block {
	for i := range m.lay.blocks {
		if m.lay.blocks[i].place == m.view.current {
			return &m.lay.blocks[i]
		}
	}
	return nil
}

// blockAt is the block at a point of the screen, with its heading, or nil.
func (m *Model) blockAt(x, y int) *block {
	for i := range m.lay.blocks {
		if b := &m.lay.blocks[i]; b.area.Contains(x, y) || b.heading.Contains(x, y) {
			return b
		}
	}
	return nil
}
