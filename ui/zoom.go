package ui

import (
	"math/bits"

	tea "charm.land/bubbletea/v2"

	"incore/model"
)

// zoom is how large a page is drawn.
type zoom uint8

const (
	zoomBig   zoom = iota // four columns by two rows and a gap, for the back row
	zoomChips             // two columns and a gap
	zoomDense             // a column a page
	zoomFar               // a column is many pages
	zooms
)

var zoomNames = [zooms]string{"big", "chips, two columns a page", "dense, a column a page", "aggregate, a column is many pages"}

// cellSize is what a cell takes: columns without the gap, columns with it, rows.
type cellSize struct{ w, pitch, h int }

var cellSizes = [zooms]cellSize{zoomBig: bigCell(1), zoomChips: {2, 3, 1}, zoomDense: {1, 1, 1}, zoomFar: {1, 1, 1}}

// bigCell is a big cell n times as large as the smallest one. Columns are about half as wide as
// rows are high.
func bigCell(n int) cellSize { return cellSize{4 * n, 4*n + 1, 2 * n} }

// mostPerRow is how many cells of a zoom a row has at most.
var mostPerRow = [zooms]int{zoomBig: 32, zoomChips: 64, zoomDense: 256, zoomFar: 256}

// fitBig makes big cells as large as leaves room for all regions in w columns and h rows, and
// rows of at least eight of them.
func (ar *arranger) fitBig(w, h int) {
	l := ar.lay
	for n := 8; n >= 1; n-- {
		for _, l.perRow = range [3]int{32, 16, 8} {
			l.cell = bigCell(n)
			if ar.gridWidth() <= w && ar.wanted() <= h {
				return
			}
		}
	}
	l.cell = bigCell(1)
	l.perRow = fitPerRow(l.gutter, w, zoomBig)
}

// scale is a zoom and, of the aggregate, how many pages a cell is: 1<<shift.
type scale struct {
	zoom  zoom
	shift uint8
}

// farStep is by how many powers of two one press makes a cell of the aggregate larger.
const farStep = 3

// closer and farther are the next scale in a direction; most is the shift at which all of the
// region is seen.
func (s scale) closer() scale {
	switch {
	case s.zoom == zoomFar && s.shift > farStep:
		return scale{zoomFar, s.shift - farStep}
	case s.zoom > zoomBig:
		return scale{zoom: s.zoom - 1}
	}
	return s
}

func (s scale) farther(most uint8) scale {
	switch {
	case s.zoom < zoomDense:
		return scale{zoom: s.zoom + 1}
	case s.shift < most:
		return scale{zoomFar, min(s.shift+farStep, most)}
	}
	return s
}

// fitShift is the least shift at which so many pages are at most n cells.
func fitShift(pages int64, n int) uint8 {
	if pages <= int64(n) || n <= 0 {
		return 0
	}
	return uint8(bits.Len64(uint64((pages - 1) / int64(n))))
}

// shiftOf is the shift at which a region is drawn: that of the view, but a small region beside a
// large one is not drawn smaller than one row.
func (s *scene) shiftOf(r *model.Region) uint8 { return s.shiftOfPages(r.Pages.Len()) }

// shiftOfPages is the shift at which a region of n pages is drawn.
func (s *scene) shiftOfPages(n int64) uint8 {
	if s.plan.scale.zoom != zoomFar {
		return 0
	}
	return min(s.plan.scale.shift, fitShift(n, s.plan.perRow))
}

// pagesPerRow is how many pages of a region stand in one row of the grid.
func (s *scene) pagesPerRow(r *model.Region) int64 {
	return int64(max(1, s.plan.perRow)) << s.shiftOf(r)
}

// farMost is the shift at which the current region fits the grid panel.
func (s *scene) farMost() uint8 {
	r := s.region()
	if r == nil {
		return 0
	}
	perRow := fitPerRow(s.plan.gutter, s.plan.area.W, zoomFar)
	return fitShift(r.Pages.Len(), perRow*max(1, s.plan.area.H-2))
}

// zoomBy goes n steps farther, or closer where n is negative; it stays where there is nothing
// more to see.
func (m *Model) zoomBy(n int) {
	s := m.lay.scale
	for ; n > 0; n-- {
		s = s.farther(m.farMost())
	}
	for ; n < 0; n++ {
		s = s.closer()
	}
	m.setScale(s)
	text := "Zoom: " + zoomNames[s.zoom]
	if r := m.region(); s.zoom == zoomFar && r != nil {
		m.relayout()
		text = "Zoom: aggregate, a column is " + model.FormatBytes(m.proc().PageSize<<m.shiftOf(r))
	}
	m.status = status{text: text + "."}
}

// setScale draws the grid at that scale from now on.
func (m *Model) setScale(s scale) {
	m.view.scale, m.view.scaled = s, true
	m.dirty = true
}

// setZoom is setScale of a zoom that has no other number.
func (m *Model) setZoom(z zoom) { m.setScale(scale{zoom: z}) }

// whyNoCloser and whyNoFarther say why the zoom has come to its end.
func whyNoCloser(m *Model) string {
	if m.present.on && m.view.scale.zoom == zoomBig {
		return "A page is as large as leaves room for them all: Z shows more of them."
	}
	if m.lay.scale.closer() == m.lay.scale {
		return "A page is as large as it gets: Z shows more of them."
	}
	return whyNoRegion(&m.scene)
}

func whyNoFarther(m *Model) string {
	if m.region() != nil && m.lay.scale.farther(m.farMost()) == m.lay.scale {
		return "All of the region is on the screen: z goes closer."
	}
	return whyNoRegion(&m.scene)
}

func zoomKeys() []binding {
	by := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.zoomBy(n); return nil }
	}
	return []binding{
		{keys: []string{"z", "+"}, show: "z", row: "z Z", word: "zoom", help: "closer, farther: from four columns a page to many pages a column; also + - and ctrl+wheel", group: groupLook, why: whyNoCloser, do: by(-1)},
		{keys: []string{"Z", "-"}, group: groupLook, why: whyNoFarther, do: by(1)},
	}
}
