package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
)

// View implements tea.Model. It has a picture that is due drawn: Bubble Tea asks after every message. What it returns is
// empty, since package terminal shows the picture.
func (m *Model) View() tea.View {
	if m.dirty && !m.redraw.waiting && !m.redraw.typing {
		m.render()
	}
	return tea.View{}
}

// render makes the picture and has the terminal show it.
func (m *Model) render() {
	m.dirty, m.redraw.waiting, m.redraw.typing = false, false, false
	m.draw()
	m.unseen = ""
	m.intendAnew()
	m.paint()
	if m.terminal != nil {
		m.terminal.Show(&m.Canvas, m.caret)
	}
}

// draw draws all parts into the canvas.
func (m *Model) draw() {
	m.relayout()
	m.caret, m.drawn = canvas.Caret{}, m.mode
	m.Hits = m.Hits[:0]
	m.Canvas.Reset(m.width, m.height)
	switch {
	case m.Plan.Size == scene.SizeNone:
		m.drawTooSmall()
	case m.mode >= firstSheet:
		m.drawSheet()
	default:
		m.drawPanels()
	}
}

// drawPanels draws what is beside the grid and the grid itself. What the grid and the list of regions show decides
// what the legend explains, and how much room it takes.
func (m *Model) drawPanels() {
	sc, l := &m.Scene, &m.lay
	title := panel.Title{Scene: sc, Area: l.title, Paused: m.paused(), Slow: m.slow()}
	title.Draw()
	meters := panel.Meters{Scene: sc, Area: l.meters, History: &m.history}
	meters.Draw()
	banner := panel.Banner{Scene: sc, Area: l.banner}
	banner.Draw()
	grid := panel.Grid{Scene: sc, Area: l.grid, Bare: l.title.Empty(), Reach: m.reach, Taught: m.teach.On()}
	s := grid.Draw()
	m.aging.young = s.IsYoung(m.Focus.Lens)
	regions := panel.Regions{Scene: sc, Area: l.regions}
	regions.SeeStrips(&s)
	m.legend.Scene = sc
	items := m.legend.Explain(&s)
	m.arranger().fitLegend(items)
	regions.Area = l.regions
	regions.Draw()
	m.legend.Area, m.legend.Inline, m.legend.Mapped = l.legend, l.inline, l.minimap.H >= 3
	m.legend.Draw(items)
	page := panel.Inspector{Scene: sc, Area: l.page, Compact: l.compact}
	page.Draw()
	vmas := panel.VMAs{Inspector: panel.Inspector{Scene: sc, Area: l.vmas}}
	vmas.Draw()
	minimap := panel.Minimap{Scene: sc, Area: l.minimap}
	minimap.Draw()
	latency := panel.Latency{Scene: sc, Area: l.latency}
	latency.Draw()
	calls := panel.Calls{Scene: sc, Area: l.calls, Log: &m.log}
	calls.Draw()
	m.drawKeys()
	m.drawStatus()
	caption := panel.Caption{Scene: sc, Area: l.caption, Log: &m.log}
	caption.Draw()
	m.teach.Draw(sc, l.lesson, m.press)
	if m.present.key.show != "" {
		panel.DrawKeycap(&m.Canvas, m.Look, l.pressed, m.present.key.show)
	}
}

// arranger returns what gives the parts their places in the window.
func (m *Model) arranger() *arranger {
	ar := &m.arrange
	ar.Scene, ar.lay, ar.width, ar.height, ar.presenting, ar.failed = &m.Scene, &m.lay, m.width, m.height, m.present.on, m.log.Failed()
	ar.teaching = m.teach.On()
	return ar
}

// relayout places all parts for the size, the mode and the regions.
func (m *Model) relayout() { m.arranger().relayout() }

// drawTooSmall says that the window is too small, as far as there is room.
func (m *Model) drawTooSmall() {
	text := "incore needs 20x5. q quits."
	if m.leaving {
		text = leavingTexts[len(leavingTexts)-1]
	}
	for i, line := range canvas.Wrap(text, m.width) {
		m.Canvas.Text(0, i, m.width, line, m.Look.Text)
	}
}
