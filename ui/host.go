package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/scene"
	"incore/ui/sheet"
)

// What clicks and sheets ask the screen for.
var _ sheet.Host = (*Model)(nil)

// GoToPage puts the cursor on a page of a region. A selection that it leaves ends.
func (m *Model) GoToPage(at scene.Place, page int64) {
	m.GoTo(at)
	m.begin(false)
	m.Focus.Of(at).Cursor = page
}

// OpenCall opens an entry of the log by its number.
func (m *Model) OpenCall(n int) {
	m.log.Choose(n)
	m.open(modeCall)
}

// Inspect opens the sheet of the page under the cursor.
func (m *Model) Inspect() { m.open(modePage) }

// Close closes the sheet and goes back to what it was opened over.
func (m *Model) Close() {
	to := modeGrid
	if sheetTable[m.mode-firstSheet].over {
		to, m.from = m.from, modeGrid
	}
	m.mode, m.status = to, status{}
}

// Say writes a text into the status row. bad is true if something could not be done.
func (m *Model) Say(text string, bad bool) { m.status = status{text, bad} }

// Type closes the sheet and opens the line for commands with a text in it.
func (m *Model) Type(line string) {
	m.from = modeGrid
	m.openPalette(line)
}

// clipboardMsg is a text for the clipboard of the terminal.
type clipboardMsg string

// Copy puts a text into the clipboard of the terminal (OSC 52), and says so. Whether the terminal does it
// cannot be told.
func (m *Model) Copy(what, text string) tea.Cmd {
	m.status = status{text: "Copied " + what + ", where the terminal allows it (OSC 52)."}
	if canvas.Width(m.status.text) > m.lay.keys.W {
		m.status.text = "Copied, if the terminal does OSC 52."
	}
	return func() tea.Msg { return clipboardMsg(text) }
}

// Move moves the cursor by columns and rows of the grid.
func (m *Model) Move(dx, dy int64) { m.move(dx, dy, false) }
