package ui

import tea "charm.land/bubbletea/v2"

// mouse moves the cursor, selects, and scrolls.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	if click, ok := msg.(tea.MouseClickMsg); ok && click.Button == tea.MouseLeft {
		if cmd, ok := m.hitAt(click.X, click.Y); ok {
			m.dirty = true
			return cmd
		}
	}
	if sh := m.sheet(); sh != nil {
		if w, ok := msg.(tea.MouseWheelMsg); ok {
			sh.Scroll(wheel(w) * 3)
			m.dirty = true
		}
		return nil
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
		if msg.Mod.Contains(tea.ModCtrl) {
			m.zoomBy(wheel(msg))
			return nil
		}
		if m.lay.calls.Contains(msg.X, msg.Y) {
			m.scrollCalls(-wheel(msg))
			return nil
		}
		if b := m.blockAt(msg.X, msg.Y); b != nil {
			m.GoTo(b.place)
		}
		if m.region() != nil {
			m.wheelGrid(int64(wheel(msg)))
		}
	}
	return nil
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
	per, rv := m.pagesPerRow(m.region()), m.view.here()
	rows := (m.region().Pages.Len() + per - 1) / per
	top := max(0, min(rv.top/per+3*n, rows-int64(b.rows)))
	rv.top = top * per
	row := max(top, min(rv.cursor/per, top+int64(b.rows)-1))
	rv.cursor = min(row*per+rv.cursor%per, m.region().Pages.Len()-1)
}

func (m *Model) click(x, y int) {
	if at, page, ok := m.pageAt(x, y); ok {
		m.GoTo(at)
		v := &m.view
		v.of(at).cursor = page
		v.selecting, v.sticky, v.anchor = false, false, page
		m.dirty = true
		return
	}
	if m.lay.minimap.Contains(x, y) {
		pn := minimapPanel{&m.scene, m.lay.minimap}
		if page, ok := pn.pageAt(x, y); ok {
			m.GoToPage(m.view.current, page)
			m.dirty = true
		}
		return
	}
	if a := m.lay.regions; a.Contains(x, y) && y > a.Y {
		pn := regionPanel{&m.scene, a}
		i := pn.firstListed(a.H-1) + y - a.Y - 1
		if i >= len(m.list) {
			return
		}
		if row := m.list[i]; row.region >= 0 {
			m.GoTo(m.placeOf(row))
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
