package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/model"
)

// Update implements tea.Model. It does no I/O but to hand commands to the lab, which queues them and returns at
// once. A tea.Cmd for each could run out of order.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	byUser := false
	switch msg.(type) {
	case tea.KeyPressMsg, tea.MouseMsg, tea.PasteMsg:
		byUser = true
		if m.redraw.waiting { // what a key does is about the state as it is, drawn or not
			m.relayout()
		}
		m.notice()
	}
	cmd := m.receive(msg)
	key := ""
	if k, ok := msg.(tea.KeyPressMsg); ok {
		key = k.String()
	}
	m.hints.noteDone(m, key)
	if saves := savesLesson(m); saves != nil {
		cmd = tea.Batch(cmd, saves)
	}
	if !m.dirty {
		return m, cmd
	}
	if items, ok := msg.(itemsMsg); ok && !m.redraw.answered(items.items) && m.redraw.early(items.at) {
		return m, tea.Batch(cmd, m.later(items.at))
	}
	if byUser {
		cmd = tea.Batch(cmd, m.renderByUser())
	} else {
		m.render()
	}
	m.tellLook(byUser)
	if glow := m.afterglow(); glow != nil {
		cmd = tea.Batch(cmd, glow)
	}
	if tick := m.startAging(); tick != nil {
		cmd = tea.Batch(cmd, tick)
	}
	return m, cmd
}

// receive does what a message is about.
func (m *Model) receive(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case itemsMsg:
		return m.apply(msg)
	case glowMsg:
		return m.glowTick(msg)
	case lessonMsg:
		beginLesson(m, msg)
	case clockMsg:
		return tickClock(m, msg)
	case unsavedMsg:
		m.status, m.dirty = status{"How far the lesson is cannot be kept: " + msg.err.Error(), true}, true
	case lessonsMsg:
		showLessons(m, msg)
	case laterMsg: // what was put off is drawn now
		m.redraw.waiting = false
		m.redraw.early(msg.at)
	case typedMsg:
		m.redraw.typing = false
	case agingMsg:
		return m.ageTick(msg)
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		if m.opts.Dark == nil && msg.Color != nil && msg.IsDark() != m.Look.Dark {
			m.setDark(msg.IsDark())
		}
	case tea.KeyPressMsg:
		m.dirty = true
		return m.presentKey(msg)
	case keyMsg:
		m.keyGone(msg)
	case tea.PasteMsg:
		if line := typesInto(m); line != nil {
			line.insert(msg.Content)
			m.dirty = true
		}
	case tea.MouseMsg:
		return m.mouse(msg)
	case tea.ResumeMsg:
		m.repaint()
	}
	return nil
}

// resize takes a size, of which no more is drawn than the largest screen has.
func (m *Model) resize(w, h int) {
	if told := (windowSize{w, h}); told != m.window.shown() { // else it comes cut to what is shown
		m.window = told
	}
	shown := m.window.shown()
	m.width, m.height = shown.w, shown.h
	cut := m.window.cut()
	if cut != "" || m.status.text == m.cut {
		m.status = status{cut, cut != ""}
	}
	m.cut = cut
	m.repaint()
	m.relayout()
}

// repaint has all drawn anew, whatever the terminal shows.
func (m *Model) repaint() {
	m.dirty = true
	if m.terminal != nil {
		m.terminal.Repaint()
	}
}

// key runs the binding of the mode, or types into the palette.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	if m.leaving {
		return answerQuit(m, name)
	}
	if b := m.binding(name); b != nil {
		return m.bound(b, name)
	}
	if name == repaintKey {
		m.repaint()
		return nil
	}
	switch {
	case typesInto(m) != nil && msg.Text != "":
		typesInto(m).insert(msg.Text)
	case m.mode == modeMenu:
		m.menuKey(name)
	default:
		m.unbound(name)
	}
	return nil
}

// table is the key table. It is made once, when the program begins, for the help that is opened by it shows it;
// after that it is never written to.
var table []binding

func init() { table = bindings() }

// binding returns what a key is bound to now, or nil: in a lesson its keys come before those of the grid.
func (m *Model) binding(key string) *binding {
	if b := lessonBinding(m, key); b != nil {
		return b
	}
	return lookup(m.mode, key)
}

func lookup(md mode, key string) *binding {
	for i := range table {
		if table[i].mode != md {
			continue
		}
		for _, k := range table[i].keys {
			if k == key {
				return &table[i]
			}
		}
	}
	return nil
}

// tellLook tells the lab what is on the screen and which page is under the cursor, when that changed or a user is there.
func (m *Model) tellLook(byUser bool) {
	now := m.looked
	if b := m.Block(); b != nil {
		rv := m.Focus.Of(b.Place)
		now = model.View{Proc: b.Proc, Region: b.Region, Cursor: rv.Cursor, Sharing: m.Focus.Lens.Asks,
			Pages: model.Range{Lo: rv.Top, Hi: min(rv.Top+int64(b.Rows)*m.PagesPerRow(m.Region()), m.Region().Pages.Len())}}
	}
	if now != m.looked || byUser {
		m.looked = now
		m.lab.Look(now)
	}
}
