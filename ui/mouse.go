package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/ui/panel"
)

// mouse moves the cursor, selects, and scrolls.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	switch msg.(type) {
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		if m.leaving { // what is clicked, unless it is q, is to go on
			defer func() { m.leaving, m.dirty = false, true }()
		}
	}
	if click, ok := msg.(tea.MouseClickMsg); ok && click.Button == tea.MouseLeft {
		if cmd, ok := m.clickAt(click.X, click.Y); ok {
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
		if m.teach.On() && m.lay.lesson.Contains(msg.X, msg.Y) {
			m.teach.Scroll(3 * wheel(msg))
			return nil
		}
		if m.lay.calls.Contains(msg.X, msg.Y) {
			m.scrollCalls(-wheel(msg))
			return nil
		}
		if b := m.BlockAt(msg.X, msg.Y); b != nil {
			m.GoTo(b.Place)
		}
		if m.Region() != nil {
			m.wheelGrid(int64(wheel(msg)))
		}
	}
	return nil
}

// wheel returns 1 downwards and -1 upwards.
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
	b := m.Block()
	if b == nil {
		return
	}
	per, rv := m.PagesPerRow(m.Region()), m.Focus.Here()
	rows := (m.Region().Pages.Len() + per - 1) / per
	top := max(0, min(rv.Top/per+3*n, rows-int64(b.Rows)))
	rv.Top = top * per
	row := max(top, min(rv.Cursor/per, top+int64(b.Rows)-1))
	rv.Cursor = min(row*per+rv.Cursor%per, m.Region().Pages.Len()-1)
}

func (m *Model) click(x, y int) {
	if at, page, ok := m.PageAt(x, y); ok {
		m.GoTo(at)
		v := &m.Focus
		v.Of(at).Cursor = page
		v.Selecting, v.Sticky, v.Anchor = false, false, page
		m.dirty = true
		return
	}
	if m.lay.minimap.Contains(x, y) {
		pn := panel.Minimap{Scene: &m.Scene, Area: m.lay.minimap}
		if page, ok := pn.PageAt(x, y); ok {
			m.GoToPage(m.Focus.Current, page)
			m.dirty = true
		}
		return
	}
	if a := m.lay.regions; a.Contains(x, y) && y > a.Y {
		pn := panel.Regions{Scene: &m.Scene, Area: a}
		i := pn.FirstListed(a.H-1) + y - a.Y - 1
		if i >= len(m.List) {
			return
		}
		if row := m.List[i]; row.Region >= 0 {
			m.GoTo(m.PlaceOf(row))
		} else {
			m.goToProcess(&m.State.Procs[row.Proc])
		}
		m.dirty = true
	}
}

// drag selects from where the button went down; it stays in that region.
func (m *Model) drag(x, y int) {
	at, page, ok := m.PageAt(x, y)
	if !ok || at != m.Focus.Current {
		return
	}
	rv := m.Focus.Of(at)
	if page == rv.Cursor {
		return
	}
	if !m.Focus.Selecting {
		m.Focus.Selecting, m.Focus.Anchor = true, rv.Cursor
	}
	rv.Cursor = page
	m.dirty = true
}

// clickAt does what a click at a column and row does. It reports whether anything can be clicked there.
// What was drawn last lies on top.
func (m *Model) clickAt(x, y int) (tea.Cmd, bool) {
	if m.mode != m.drawn { // the screen shows another mode
		return nil, false
	}
	for i := len(m.Hits) - 1; i >= 0; i-- {
		if m.Hits[i].Contains(x, y) {
			return m.Hits[i].Do(m), true
		}
	}
	return nil, false
}
