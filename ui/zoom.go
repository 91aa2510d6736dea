package ui

import (
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
