package ui

// layoutWide puts the grid over everything else, since a row of pages wants all of the width,
// and beside it, where it leaves room, the regions and the legend.
func (m *Model) layoutWide() {
	const least = 20 // columns for a region's name, its size and some of its strip
	l := &m.lay
	margin := 2
	if l.size == sizeThree {
		margin = 3
	}
	body := m.frameRows(area{margin, 0, m.width - 2*margin, m.height})
	most := body.h - 1 - clamp(body.h/3, 8, 20) // the calls are to be seen too
	if l.scale.zoom == zoomBig {
		m.fitBig(body.w, most)
	} else {
		l.perRow = fitPerRow(l.gutter, body.w, l.scale.zoom)
		if n := fitPerRow(l.gutter, body.w-2-least, l.scale.zoom); n >= 64 || n >= 16 && l.scale.zoom == zoomChips {
			l.perRow = n
		}
	}
	side := min(body.w-m.gridWidth()-2, 60)
	top, rest := body.cutTop(clamp(max(m.wanted(), 12), 8, most))
	l.grid = top
	if side >= least {
		m.layoutSide(top, side)
	} else {
		l.inline = true
		l.legend, rest = rest.cutTop(1)
		l.legend.h++ // a second row where one does not do, else the gap
	}
	_, rest = rest.cutTop(1)
	m.layoutBelow(rest)
}

// layoutSide puts the regions and the legend into the columns left of the grid, and a map of what
// does not fit to its right, or below them where that is too narrow.
func (m *Model) layoutSide(top area, side int) {
	l := &m.lay
	l.column = area{top.x, top.y, side, top.h}
	l.grid = area{top.x + side + 2, top.y, top.w - side - 2, top.h}
	switch {
	case !m.overflows():
	case side >= 24+minimapWidth+1 && side < 44:
		l.column.w -= minimapWidth + 1
		l.grid.x, l.grid.w = l.grid.x-minimapWidth-1, m.gridWidth()-1 // the scroll bar parts the headings
		l.minimap = area{l.grid.x + l.grid.w + 2, top.y, minimapWidth, top.h}
	case top.h >= 14:
		l.column.h = top.h / 2
		l.minimap = area{top.x, top.y + l.column.h + 1, side, top.h - l.column.h - 1}
	}
	l.regions, l.listed = l.column, true
}

// layoutBelow puts the page and the calls side by side, and what is left of them beside those
// where there is room.
func (m *Model) layoutBelow(a area) {
	l := &m.lay
	left := clamp(a.w*2/5, 30, 48)
	l.page = area{a.x, a.y, left, a.h}
	l.calls = area{a.x + left + 2, a.y, a.w - left - 2, a.h}
	if right := 52; l.calls.w > 90+right {
		l.calls.w -= right + 3
		col := area{l.calls.x + l.calls.w + 3, a.y, right, a.h}
		l.vmas, col = col.cutTop(clamp(a.h/2, 4, 12))
		_, l.latency = col.cutTop(1)
	} else if m.view.lens == lensHeat && a.h >= 12 { // what a touch costs is wanted more
		l.page, l.latency = l.page.cutTop(5)
		_, l.latency = l.latency.cutTop(1)
	}
}

// overflows reports whether a region of the current process has more rows than the grid. Going
// from one to the other of its regions then moves nothing on the screen.
func (m *Model) overflows() bool {
	cur := m.proc()
	for i, l := range m.listSizes() {
		if &m.state.Procs[i] == cur { // the region that has the most pages has the most rows, at any zoom
			return len(l.list) > 0 && m.rowsOfPages(l.pages) > m.lay.grid.h-2
		}
	}
	return false
}
