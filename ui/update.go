package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/model"
)

// Update implements tea.Model. It does no I/O but to hand commands to the lab,
// which queues them and returns at once: a tea.Cmd each could run out of order.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case itemsMsg:
		cmd = m.apply(msg)
	case glowMsg:
		cmd = m.glowTick(msg)
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		if m.opts.Dark == nil && msg.Color != nil && msg.IsDark() != m.theme.dark {
			m.setDark(msg.IsDark())
		}
	case tea.KeyPressMsg:
		cmd = m.key(msg)
		m.dirty = true
	case tea.PasteMsg:
		if m.mode == modePalette {
			m.palette.insert(msg.Content)
			m.dirty = true
		}
	case tea.MouseMsg:
		m.mouse(msg)
	case tea.ResumeMsg:
		m.dirty = true
	}
	if !m.dirty {
		return m, cmd
	}
	m.render()
	m.tellLook()
	if glow := m.afterglow(); glow != nil {
		cmd = tea.Batch(cmd, glow)
	}
	return m, cmd
}

// resize takes a size; one of nothing, which a terminal without a size tells, is
// taken for 80x24.
func (m *Model) resize(w, h int) {
	const most = 1000
	if w <= 0 || h <= 0 {
		w, h = 80, 24
	}
	m.width, m.height = min(w, most), min(h, most)
	m.dirty = true
	m.relayout()
}

// key runs the binding of the mode, or types into the palette.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	if b := lookup(m.mode, name); b != nil {
		if m.mode == modeGrid {
			m.status = status{}
		}
		if b.why != nil {
			if why := b.why(m); why != "" {
				m.status = status{why, true}
				return nil
			}
		}
		return b.do(m, name)
	}
	switch {
	case m.mode == modePalette && msg.Text != "":
		m.palette.insert(msg.Text)
	case m.mode == modeMenu:
		m.menuKey(name)
	}
	return nil
}

// table is the key table, made once: it is never written to.
var table = bindings()

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

// mouse moves the cursor, selects, and scrolls.
func (m *Model) mouse(msg tea.MouseMsg) {
	if m.mode == modeHelp {
		if w, ok := msg.(tea.MouseWheelMsg); ok {
			m.help.top += wheel(w) * 3
			m.dirty = true
		}
		return
	}
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			m.click(msg.X, msg.Y)
		}
	case tea.MouseMotionMsg:
		if msg.Button == tea.MouseLeft {
			m.drag(msg.X, msg.Y)
		}
	case tea.MouseWheelMsg:
		m.dirty = true
		if m.lay.calls.contains(msg.X, msg.Y) {
			m.scrollCalls(-wheel(msg))
			return
		}
		if b := m.blockAt(msg.X, msg.Y); b != nil {
			m.goTo(b.place)
		}
		if m.region() != nil {
			m.wheelGrid(int64(wheel(msg)))
		}
	}
}

// wheel is 1 downwards and -1 upwards.
func wheel(msg tea.MouseWheelMsg) int {
	switch msg.Button {
	case tea.MouseWheelDown:
		return 1
	case tea.MouseWheelUp:
		return -1
	}
	return 0
}

// wheelGrid scrolls the current region by rows and takes the cursor along where it
// would leave the screen.
func (m *Model) wheelGrid(n int64) {
	b := m.block()
	if b == nil {
		return
	}
	per, rv := int64(m.lay.perRow), m.view.here()
	rows := (m.region().Pages.Len() + per - 1) / per
	top := max(0, min(rv.top/per+3*n, rows-int64(b.rows)))
	rv.top = top * per
	row := max(top, min(rv.cursor/per, top+int64(b.rows)-1))
	rv.cursor = min(row*per+rv.cursor%per, m.region().Pages.Len()-1)
}

func (m *Model) click(x, y int) {
	if at, page, ok := m.pageAt(x, y); ok {
		m.goTo(at)
		v := &m.view
		v.of(at).cursor = page
		v.selecting, v.sticky, v.anchor = false, false, page
		m.dirty = true
		return
	}
	if a := m.lay.regions; a.contains(x, y) && y > a.y {
		i := m.firstListed(a.h-1) + y - a.y - 1
		if i >= len(m.list) {
			return
		}
		if row := m.list[i]; row.region >= 0 {
			m.goTo(m.placeOf(row))
		} else {
			m.goToProcess(&m.state.Procs[row.proc])
		}
		m.dirty = true
	}
}

// drag selects from where the button went down; it stays in that region.
func (m *Model) drag(x, y int) {
	at, page, ok := m.pageAt(x, y)
	if !ok || at != m.view.current {
		return
	}
	rv := m.view.of(at)
	if page == rv.cursor {
		return
	}
	if !m.view.selecting {
		m.view.selecting, m.view.anchor = true, rv.cursor
	}
	rv.cursor = page
	m.dirty = true
}

// tellLook tells the lab what is on the screen and which page is under the cursor, when
// that changed.
func (m *Model) tellLook() {
	b := m.block()
	if b == nil {
		return
	}
	rv := m.view.of(b.place)
	now := model.View{Proc: b.proc, Region: b.region, Cursor: rv.cursor,
		Pages: model.Range{Lo: rv.top, Hi: min(rv.top+int64(b.rows*m.lay.perRow), m.region().Pages.Len())}}
	if now != m.looked {
		m.looked = now
		m.lab.Look(now)
	}
}
