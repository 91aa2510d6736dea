package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/scene"
)

var zoomNames = [scene.Zooms]string{"big", "chips, two columns a page", "dense, a column a page", "aggregate, a column is many pages"}

// zoomBy goes n steps farther, or closer where n is negative; it stays where there is nothing
// more to see.
func (m *Model) zoomBy(n int) {
	s := m.lay.Scale
	for ; n > 0; n-- {
		s = s.Farther(m.FarMost())
	}
	for ; n < 0; n++ {
		s = s.Closer()
	}
	m.setScale(s)
	text := "Zoom: " + zoomNames[s.Zoom]
	if r := m.Region(); s.Zoom == scene.ZoomFar && r != nil {
		m.relayout()
		text = "Zoom: aggregate, a column is " + model.FormatBytes(m.Proc().PageSize<<m.ShiftOf(r))
	}
	m.status = status{text: text + "."}
}

// setScale draws the grid at that scale from now on.
func (m *Model) setScale(s scene.Scale) {
	m.Focus.Scale, m.Focus.Scaled = s, true
	m.dirty = true
}

// whyNoCloser and whyNoFarther say why the zoom has come to its end.
func whyNoCloser(m *Model) string {
	if m.present.on && (!m.Focus.Scaled || m.Focus.Scale.Zoom == scene.ZoomBig) {
		return "A page is as large as leaves room for them all: Z shows more of them."
	}
	if m.lay.Scale.Closer() == m.lay.Scale {
		return "A page is as large as it gets: Z shows more of them."
	}
	return scene.WhyNoRegion(&m.Scene)
}

func whyNoFarther(m *Model) string {
	if m.Region() != nil && m.lay.Scale.Farther(m.FarMost()) == m.lay.Scale {
		return "All of the region is on the screen: z goes closer."
	}
	return scene.WhyNoRegion(&m.Scene)
}

// toggleHex has the grid say offsets instead of page numbers, or page numbers again.
func toggleHex(m *Model) {
	m.Hex = !m.Hex
	m.status = status{text: "Beside the grid: page numbers, as in a[40]."}
	if m.Hex {
		m.status.text = "Beside the grid: bytes from the start of the region, in hexadecimal."
	}
}

// mostCell is the most columns of a page: larger cells say no more.
const mostCell = 32

// fitCells makes cells as large as leaves room for as many rows as are wanted, in w columns and h rows. Rows have at
// least eight cells. Where not even the smallest big cells leave that room, as many of these stand in a row as fit.
// At other zooms the size of a cell is given.
func (ar *arranger) fitCells(w, h int, wanted func() int) {
	l := ar.lay
	if l.Scale.Zoom != scene.ZoomBig {
		l.PerRow = scene.FitPerRow(l.Gutter, w, l.Scale.Zoom)
		return
	}
	l.Cell, l.PerRow = scene.BigCell(4), scene.FitPerRow(l.Gutter, w, scene.ZoomBig)
	for n := leastCell; n <= mostCell; n++ { // what does not fit at one size does not at a larger one
		perRow := ar.fitPerRow(n, w, h, wanted)
		if perRow == 0 {
			return
		}
		l.Cell, l.PerRow = scene.BigCell(n), perRow
	}
}

// fitPerRow returns how many cells of n columns stand in a row, so that all that is wanted fits. It is 0 where it does not.
func (ar *arranger) fitPerRow(n, w, h int, wanted func() int) int {
	l := ar.lay
	defer func(cell scene.CellSize, perRow int) { l.Cell, l.PerRow = cell, perRow }(l.Cell, l.PerRow)
	for _, perRow := range [3]int{32, 16, 8} {
		l.Cell, l.PerRow = scene.BigCell(n), perRow
		if ar.GridWidth() <= w && wanted() <= h {
			return perRow
		}
	}
	return 0
}

// leastCell is the fewest columns of a big cell.
const leastCell = 3

// rowsOfCurrent returns how many rows the pages of the current region take.
func (ar *arranger) rowsOfCurrent() int {
	if r := ar.Region(); r != nil {
		return ar.RowsOf(r)
	}
	return 1
}

// placeUnscaled places everything where nobody has chosen a zoom: pages are as large as leaves room for all of them,
// beside the page in words and the calls.
func (ar *arranger) placeUnscaled() {
	if ar.Region() != nil || ar.presenting {
		ar.place(scene.Scale{Zoom: scene.ZoomBig})
		if ar.presenting || ar.allFit() {
			return
		}
	}
	ar.place(scene.Scale{Zoom: scene.ZoomChips})
}

// allFit reports whether the grid has room for all that it is to show.
func (ar *arranger) allFit() bool {
	if ar.lay.Size == scene.SizeSmall { // which shows one region, without a heading
		return ar.rowsOfCurrent() <= ar.lay.grid.H
	}
	return ar.wanted() <= ar.lay.grid.H
}

// fitScale returns the scale with the largest cells at which all of the current region is in view.
func (ar *arranger) fitScale() scene.Scale {
	focus := ar.Focus
	rv := *focus.Here()
	defer func() {
		ar.Focus.Scale, ar.Focus.Scaled, ar.Focus.First = focus.Scale, focus.Scaled, focus.First
		*ar.Focus.Here() = rv
		ar.relayout()
	}()
	for z := range scene.ZoomFar {
		if s := (scene.Scale{Zoom: z}); ar.showsAll(s) {
			return s
		}
	}
	s := scene.Scale{Zoom: scene.ZoomFar, Shift: 1}
	for s.Shift < mostShift && !ar.showsAll(s) {
		s.Shift++
	}
	return s
}

// mostShift is that of a region which fills all addresses.
const mostShift = 52

// showsAll reports whether all of the current region is in view at a scale, and lays the screen out for it.
func (ar *arranger) showsAll(s scene.Scale) bool {
	ar.Focus.Scale, ar.Focus.Scaled = s, true
	ar.relayout()
	b, r := ar.Block(), ar.Region()
	return b != nil && int64(b.Rows)*ar.PagesPerRow(r) >= r.Pages.Len()
}

// toggleFit shows all of the region, or goes back to cells that are as large as fits.
func toggleFit(m *Model, _ string) tea.Cmd {
	s := m.arranger().fitScale()
	if m.Focus.Scaled && m.Focus.Scale == s {
		m.Focus.Scaled, m.dirty = false, true
		m.relayout()
		m.status = status{text: "Zoom: chosen by the room there is, as at the beginning."}
		return nil
	}
	m.setScale(s)
	m.relayout()
	r := m.Region()
	m.status = status{text: fmt.Sprintf("Zoom: all %d pages of %s; f again goes back.", r.Pages.Len(), r.Name)}
	if s.Zoom == scene.ZoomFar {
		m.status.text = fmt.Sprintf("Zoom: all of %s, a column is %s; f again goes back.", r.Name, model.FormatBytes(m.Proc().PageSize<<m.ShiftOf(r)))
	}
	return nil
}

func zoomKeys() []binding {
	by := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.zoomBy(n); return nil }
	}
	return []binding{
		{keys: []string{"z", "+"}, show: "z", row: "z Z", word: "zoom", help: "closer, farther: from large pages to many pages a column; also + - and ctrl+wheel", group: groupLook, why: whyNoCloser, do: by(-1)},
		{keys: []string{"Z", "-"}, group: groupLook, why: whyNoFarther, do: by(1)},
		{keys: []string{"#"}, show: "#", help: "page numbers beside the grid, or offsets in hexadecimal", group: groupLook,
			do: func(m *Model, _ string) tea.Cmd { toggleHex(m); return nil }},
		{keys: []string{"f"}, show: "f", help: "fit all of the region on the screen; again: as large as there is room for", group: groupLook, why: ofScene(scene.WhyNoRegion), do: toggleFit},
	}
}
