package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
)

// View implements tea.Model. It hands out the picture that the last Update made:
// Bubble Tea asks after every message, changed or not.
func (m *Model) View() tea.View {
	if m.dirty && !m.pace.waiting && !m.pace.typing {
		m.render()
	}
	v := tea.NewView(m.picture)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.Cursor = m.caret
	return v
}

// render makes the picture.
func (m *Model) render() {
	m.dirty, m.pace.waiting, m.pace.typing = false, false, false
	m.draw()
	m.unseen = ""
	m.aimAnew()
	m.paint()
	m.picture = m.canvas.Encode()
}

// draw draws every part into the canvas.
func (m *Model) draw() {
	m.relayout()
	m.caret, m.drawn = nil, m.mode
	m.hits = m.hits[:0]
	m.canvas.Reset(m.width, m.height)
	switch {
	case m.plan.size == sizeNone:
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
	sc, l := &m.scene, &m.lay
	title := titlePanel{sc, l.title, m.paused(), m.slow()}
	title.draw()
	meters := meterPanel{sc, l.meters, &m.history}
	meters.draw()
	banner := bannerPanel{sc, l.banner}
	banner.draw()
	grid := gridPanel{scene: sc, area: l.grid, bare: l.title.Empty(), reach: m.reach}
	s := grid.draw()
	m.cool.young = s.IsYoung(m.view.lens)
	regions := regionPanel{sc, l.regions}
	regions.seeStrips(&s)
	m.legend.scene = sc
	items := m.legend.explain(&s)
	m.arranger().fitLegend(items)
	regions.area = l.regions
	regions.draw()
	m.legend.area, m.legend.inline = l.legend, l.inline
	m.legend.draw(items)
	page := inspector{sc, l.page, l.compact}
	page.draw()
	vmas := vmaPanel{inspector{scene: sc, area: l.vmas}}
	vmas.draw()
	minimap := minimapPanel{sc, l.minimap}
	minimap.draw()
	latency := latencyPanel{sc, l.latency}
	latency.draw()
	calls := callPanel{sc, l.calls, &m.log}
	calls.draw()
	m.drawKeys()
	m.drawStatus()
	caption := captionPanel{sc, l.caption, &m.log}
	caption.draw()
	if m.present.key.show != "" {
		drawKeycap(&m.canvas, m.look, l.pressed, m.present.key.show)
	}
}

// arranger gives the parts their places in what there is of the window.
func (m *Model) arranger() *arranger {
	ar := &m.arrange
	ar.scene, ar.lay, ar.width, ar.height, ar.presenting, ar.failed = &m.scene, &m.lay, m.width, m.height, m.present.on, m.log.failed()
	return ar
}

// relayout places everything for the size, the mode and the regions there are.
func (m *Model) relayout() { m.arranger().relayout() }

// drawTooSmall says so, as far as there is room even for that.
func (m *Model) drawTooSmall() {
	for i, line := range canvas.Wrap("incore needs 20x5. q quits.", m.width) {
		m.canvas.Text(0, i, m.width, line, m.look.Text)
	}
}
