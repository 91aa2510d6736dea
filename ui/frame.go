package ui

import (
	"incore/ui/canvas"

	tea "charm.land/bubbletea/v2"
)

// View implements tea.Model. It hands out the frame that the last Update made:
// Bubble Tea asks after every message, changed or not.
func (m *Model) View() tea.View {
	if m.dirty && !m.pace.waiting && !m.pace.typing {
		m.render()
	}
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.Cursor = m.caret
	return v
}

// render makes the frame.
func (m *Model) render() {
	m.dirty, m.pace.waiting, m.pace.typing = false, false, false
	m.draw()
	m.unseen = ""
	m.aimAnew()
	m.paint()
	m.frame = m.canvas.Encode()
}

// draw draws every part into the canvas.
func (m *Model) draw() {
	m.relayout()
	m.caret = nil
	m.hits = m.hits[:0]
	m.canvas.Reset(m.width, m.height)
	if m.lay.size == sizeNone {
		m.drawTooSmall()
		return
	}
	switch m.mode {
	case modeHelp:
		m.drawHelp()
		m.drawKeys()
		return
	case modeCall:
		m.drawCallView()
		m.drawKeys()
		return
	case modePage:
		m.drawPageView()
		m.drawKeys()
		return
	case modeSpace:
		m.drawSpace()
		m.drawKeys()
		return
	}
	m.drawTitle()
	m.drawMeters()
	m.drawBanner()
	s := m.drawGrid()
	m.cool.young = s.IsYoung(m.view.lens)
	m.seeStrips(&s)
	legend := m.legendItems(&s)
	m.fitLegend(legend)
	m.drawRegions()
	m.drawLegend(legend)
	m.drawPage()
	m.drawVMAs()
	m.drawMinimap()
	m.drawLatency()
	m.drawCalls()
	m.drawKeys()
	m.drawStatus()
	m.drawCaption()
	m.drawPressed()
}

// drawTooSmall says so, as far as there is room even for that.
func (m *Model) drawTooSmall() {
	for i, line := range canvas.Wrap("incore needs 20x5. q quits.", m.width) {
		m.canvas.Text(0, i, m.width, line, m.theme.Text)
	}
}
