package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/scene"
)

var zoomNames = [scene.Zooms]string{"big", "chips, two columns a page", "dense, a column a page", "aggregate, a column is many pages"}

// fitBig makes big cells as large as leaves room for all regions in w columns and h rows, and
// rows of at least eight of them.
func (ar *arranger) fitBig(w, h int) {
	l := ar.lay
	for n := 8; n >= 1; n-- {
		for _, l.PerRow = range [3]int{32, 16, 8} {
			l.Cell = scene.BigCell(n)
			if ar.GridWidth() <= w && ar.wanted() <= h {
				return
			}
		}
	}
	l.Cell = scene.BigCell(1)
	l.PerRow = scene.FitPerRow(l.Gutter, w, scene.ZoomBig)
}

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

// setZoom sets the scale to a zoom that has no other number.
func (m *Model) setZoom(z scene.Zoom) { m.setScale(scene.Scale{Zoom: z}) }

// whyNoCloser and whyNoFarther say why the zoom has come to its end.
func whyNoCloser(m *Model) string {
	if m.present.on && m.Focus.Scale.Zoom == scene.ZoomBig {
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

func zoomKeys() []binding {
	by := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.zoomBy(n); return nil }
	}
	return []binding{
		{keys: []string{"z", "+"}, show: "z", row: "z Z", word: "zoom", help: "closer, farther: from four columns a page to many pages a column; also + - and ctrl+wheel", group: groupLook, why: whyNoCloser, do: by(-1)},
		{keys: []string{"Z", "-"}, group: groupLook, why: whyNoFarther, do: by(1)},
		{keys: []string{"#"}, show: "#", help: "page numbers beside the grid, or offsets in hexadecimal", group: groupLook,
			do: func(m *Model, _ string) tea.Cmd { toggleHex(m); return nil }},
	}
}
