package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// presenter is what is shown to a room, or recorded: pressed keys, a caption, and the
// commands that were prepared.
type presenter struct {
	on     bool
	before scene.Scale // of the grid, when the mode was entered
	scaled bool        // somebody had chosen it
	first  int         // region of the grid panel

	key   pressedKey
	steps []lang.Line
	next  int       // the step that comes
	pace  lang.Rate // of touches that name none; 0 is full speed
}

// pressedKey is the key that was pressed last, as long as it is shown.
type pressedKey struct {
	show string // "" is none
	gen  int    // of the tick that takes it away; others are old
}

// keyShown is how long a pressed key is seen. With reduced motion it stays until the next one.
const keyShown = 2 * time.Second

// keyMsg is the tick that takes a pressed key away.
type keyMsg struct{ gen int }

// prepare takes over what the options say of presenting.
func (m *Model) prepare(opts Options) {
	m.present.steps = opts.Steps
	if opts.Presenter {
		m.togglePresenter()
	}
}

func (m *Model) togglePresenter() {
	p, v := &m.present, &m.Focus
	if p.on {
		p.on = false
		v.Scale, v.Scaled, v.First = p.before, p.scaled, p.first
		p.key = pressedKey{gen: p.key.gen + 1}
		return
	}
	p.on, p.before, p.scaled, p.first = true, v.Scale, v.Scaled, v.First
	v.Scaled = false
	sayFirst(m)
}

// presentKey does what a key does, and shows it to the room.
func (m *Model) presentKey(msg tea.KeyPressMsg) tea.Cmd {
	p, name := &m.present, msg.String()
	md := m.mode
	typed := typesInto(m) != nil && msg.Text != "" // what is typed is seen anyhow
	if p.on && md == modeGrid && name == "pgdown" && len(p.steps) > 0 {
		// What a clicker sends to go on.
		msg = tea.KeyPressMsg{Code: '.', Text: "."}
	}
	if p.on && md == modeGrid && name == "pgdown" && m.teach.On() {
		msg = tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	known := m.binding(name)
	cmd := m.key(msg)
	if !p.on || typed || (md == modeGrid || md >= firstSheet) && known == nil {
		return cmd
	}
	p.key.show = keyName(name, m.Look.ASCII)
	p.key.gen++
	if m.opts.ReducedMotion {
		return cmd
	}
	gen := p.key.gen
	return tea.Batch(cmd, tea.Tick(keyShown, func(time.Time) tea.Msg { return keyMsg{gen} }))
}

// keyGone takes a pressed key away.
func (m *Model) keyGone(msg keyMsg) {
	if p := &m.present; msg.gen == p.key.gen && p.key.show != "" {
		p.key.show = ""
		m.dirty = true
	}
}

// keyName returns how a pressed key is shown.
func keyName(name string, ascii bool) string {
	short := map[string]string{"pgdown": "pgdn", "backspace": "bksp", "delete": "del"}
	if s := short[name]; s != "" {
		return s
	}
	arrows := map[string]string{"left": "←", "right": "→", "up": "↑", "down": "↓",
		"shift+left": "shift ←", "shift+right": "shift →", "shift+up": "shift ↑", "shift+down": "shift ↓"}
	if s := arrows[name]; s != "" && !ascii {
		return s
	}
	return name
}

// paint gives the whole screen a background of its own. It does so in presenter mode, since a projector
// shows the terminal's own too dark or too bright, and with a theme that asks for it.
func (m *Model) paint() {
	paper := m.Look.Paper
	if paper.BG == 0 || !m.present.on && !m.Look.Paint {
		return
	}
	for i := range m.Canvas.Cells {
		k := &m.Canvas.Cells[i]
		if k.BG == 0 {
			k.BG = paper.BG
		}
		if k.FG == 0 {
			k.FG = paper.FG
		}
	}
}

// presentKeys returns the keys of showing to others.
func presentKeys() []binding {
	return []binding{
		{keys: []string{"P"}, show: "P", word: "present", help: "for a room: big cells, a caption, the keys that are pressed", group: groupLook,
			do: func(m *Model, _ string) tea.Cmd { m.togglePresenter(); return nil }},
		{keys: []string{"."}, show: ".", word: "next", help: "the next of the commands of --commands; also pgdn while presenting", group: groupLook,
			why: whyNoStep, do: func(m *Model, _ string) tea.Cmd { m.step(); return nil }},
		{keys: []string{"space"}, show: "space", word: "pause", help: "hold the picture still, or let it go on", group: groupLook,
			do: func(m *Model, _ string) tea.Cmd { m.togglePause(); return nil }},
		{keys: []string{"S"}, show: "S", word: "slow", help: "touches at 20 pages a second, or at full speed again", group: groupLook,
			why: ofScene(scene.WhyDead), do: func(m *Model, _ string) tea.Cmd { m.toggleSlow(); return nil }},
		{keys: []string{"t"}, show: "t", word: "theme", help: "the next theme", group: groupLook,
			do: func(m *Model, _ string) tea.Cmd { m.nextTheme(); return nil }},
	}
}

func (m *Model) nextTheme() {
	of := m.opts.Theme
	if of == nil {
		of = look.DefaultTheme()
	}
	m.opts.Theme = look.Next(of)
	m.setDark(m.Look.Dark)
	m.status = status{text: "theme " + m.opts.Theme.Name}
	if m.opts.Colors == canvas.NoColor {
		m.status.text += ": no colors are shown"
	}
}
