package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
	"incore/ui/sheet"
)

// This file has what tests outside of the package need of its inside. What exported names say is not here.

// ItemsMsg is what a lab told at a time. A test hands it over itself, since nothing runs beside it.
func ItemsMsg(items []model.Item, at time.Time) tea.Msg { return itemsMsg{items: items, at: at} }

// Ticks come from clocks that no test waits for. GlowMsg may be of any clock, AgeTick and KeyTick are of the newest.
func GlowMsg(gen int, at time.Time) tea.Msg   { return glowMsg{gen, at} }
func LaterMsg(at time.Time) tea.Msg           { return laterMsg{at} }
func (m *Model) AgeTick(at time.Time) tea.Msg { return agingMsg{m.aging.gen, at} }
func (m *Model) KeyTick() tea.Msg             { return keyMsg{m.present.key.gen} }

// ClipboardMsg is what has a text put into the clipboard.
type ClipboardMsg = clipboardMsg

// Bounds: how many screens follow each other at once, and how long a line may be.
const (
	Burst    = burst
	LineMost = lineMost
)

// SetClock sets the clock that bounds how often keys are drawn. Without one each key is.
func (m *Model) SetClock(now func() time.Time) { m.redraw.now = now }

// Parts returns where each part is drawn, for tests that click on one or read its rows.
func (m *Model) Parts() map[string]canvas.Area {
	l := &m.lay
	return map[string]canvas.Area{"title": l.title, "meters": l.meters, "banner": l.banner, "regions": l.regions, "legend": l.legend,
		"page": l.page, "vmas": l.vmas, "grid": l.grid, "calls": l.calls, "keys": l.keys, "prompt": l.prompt, "status": l.status,
		"minimap": l.minimap, "latency": l.latency, "caption": l.caption, "pressed": l.pressed, "lesson": l.lesson}
}

// Mode returns what gets the keys, in the words of Key.Mode.
func (m *Model) Mode() string { return m.mode.word() }

// Status returns what the status row says, also where the row has no room for it, and whether that is an error.
func (m *Model) Status() (text string, bad bool) { return m.status.text, m.status.bad }

// Line returns the line of the palette, of which the screen shows a part.
func (m *Model) Line() string { return string(m.palette.line) }

// Sheet returns the sheet of a name of Key.Mode, open or not. It is nil if there is none.
func (m *Model) Sheet(name string) sheet.Sheet {
	for i := range sheetTable {
		if sheetTable[i].name == name {
			return m.sheets[i]
		}
	}
	return nil
}

// What panels draw that a test draws alone.
func (m *Model) Log() *panel.Log                    { return &m.log }
func (m *Model) History() *panel.History            { return &m.history }
func (m *Model) Reach(at scene.Place) []model.Range { return m.reach(at) }

// Paused reports whether the picture is held still, which no sheet shows.
func (m *Model) Paused() bool { return m.paused() }

// Completer returns what tab asks for words.
func (m *Model) Completer() *lang.Completer { return m.completer() }

// Draw draws without the string that is made of it, to be measured alone.
func (m *Model) Draw() { m.draw() }

// Picture is the screen as text with styles, and Caret where the line that is typed goes on.
func (m *Model) Picture() string     { m.View(); return m.Canvas.Encode() }
func (m *Model) Caret() canvas.Caret { m.View(); return m.caret }

// Lesson is the lesson that is taken, or nil.
func (m *Model) Lesson() *lesson.Taking { return m.teach.Taking }

// Opens opens a lesson as the command line does.
func (m *Model) Opens(name string) tea.Cmd { return openLesson(m, name) }

// Ticks reports whether keys start clocks: while presenting, and beside the notes.
func (m *Model) Ticks() bool { return m.present.on || m.teach.Notes }
