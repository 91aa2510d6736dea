package ui

import (
	"incore/model"
	"incore/ui/scene"
)

// begin starts a selection at the cursor, or ends one, before the cursor moves. extend is true for keys
// that select while they move.
func (m *Model) begin(extend bool) {
	v := &m.Focus
	switch {
	case extend && !v.Selecting:
		v.Selecting, v.Anchor = true, v.Here().Cursor
	case !extend && !v.Sticky:
		v.Selecting = false
	}
}

// move moves the cursor by columns and rows of the grid. The cursor does not leave the region. It goes to
// the last page where the last row is too short.
func (m *Model) move(dx, dy int64, extend bool) {
	m.begin(extend)
	rv, last := m.Focus.Here(), m.Region().Pages.Len()-1
	per := m.PagesPerRow(m.Region())
	to := rv.Cursor + dx*m.Focus.Cell + dy*per
	if dy > 0 && to > last && rv.Cursor/per < last/per {
		to = last
	}
	if dx > 0 && to > last && rv.Cursor/m.Focus.Cell < last/m.Focus.Cell {
		to = last
	}
	if to >= 0 && to <= last {
		rv.Cursor = to
	}
}

// movePage moves the cursor by n times the rows that the screen shows of the region.
func (m *Model) movePage(n int64) {
	m.begin(false)
	rows := int64(1)
	if b := m.Block(); b != nil {
		rows = int64(b.Rows)
	}
	rv, last := m.Focus.Here(), m.Region().Pages.Len()-1
	per := m.PagesPerRow(m.Region())
	step := rows * per
	rv.Cursor = max(0, min(rv.Cursor+n*step, last))
	rv.Top = max(0, min(rv.Top+n*step, last))
	rv.Top -= rv.Top % per
}

// moveTo puts the cursor on the page that where returns. where gets the page of the cursor, the pages in
// a row, and the last page.
func (m *Model) moveTo(where func(cur, row, last int64) int64) {
	m.begin(false)
	rv, last := m.Focus.Here(), m.Region().Pages.Len()-1
	rv.Cursor = max(0, min(where(rv.Cursor, m.PagesPerRow(m.Region()), last), last))
}

// nextRegion goes n regions on through the regions of all processes, around the end.
func (m *Model) nextRegion(n int) {
	at := m.ListIndex()
	for range m.List {
		at = ((at+n)%len(m.List) + len(m.List)) % len(m.List)
		if row := m.List[at]; row.Region >= 0 {
			m.GoTo(m.PlaceOf(row))
			return
		}
	}
}

// NextProcess goes n processes on, around the end.
func (m *Model) NextProcess(n int) {
	all := m.State.Procs
	for i := range all {
		if all[i].Name == m.Focus.Current.Proc {
			m.goToProcess(&all[((i+n)%len(all)+len(all))%len(all)])
			return
		}
	}
}

// goToProcess makes a process the current one. If it has the current region too, the cursor stays on
// its page, and the selection on its pages.
func (m *Model) goToProcess(p *model.Process) {
	at := scene.Place{Proc: p.Name, Region: m.Focus.Current.Region}
	r := p.Region(at.Region)
	if was := m.Region(); r != nil && was != nil {
		if r.Pages.Len() != was.Pages.Len() {
			m.Focus.Unselect()
		}
		m.Focus.Current = at
		return
	}
	at.Region = ""
	if len(p.Regions) > 0 {
		at.Region = p.Regions[0].Name
	}
	m.GoTo(at)
}

// GoTo makes a region the current one.
func (m *Model) GoTo(at scene.Place) {
	if at != m.Focus.Current {
		m.Focus.Unselect()
	}
	m.Focus.Current = at
}

// toggleSelect begins a selection that moving extends, or ends it.
func (m *Model) toggleSelect() {
	v := &m.Focus
	v.Sticky = !v.Sticky
	v.Selecting = v.Sticky
	v.Anchor = v.Here().Cursor
}

// selectAll selects all pages of the current region.
func (m *Model) selectAll() {
	v := &m.Focus
	v.Selecting, v.Sticky = true, true
	v.Anchor = 0
	v.Here().Cursor = m.Region().Pages.Len() - 1
}

// scrollCalls selects the call that is n entries older, or newer if n is negative.
func (m *Model) scrollCalls(n int) {
	m.log.Back = max(0, min(m.log.Back+n, len(m.log.Calls)-1))
}

// back is what esc does: it leaves what is open, or stops what runs, or ends the selection.
func (m *Model) back() {
	switch {
	case m.mode != modeGrid:
		m.mode = modeGrid
	case m.State.Running.Command != nil:
		m.askedStop()
		return
	case m.Focus.Selecting:
		m.Focus.Unselect()
	}
	m.status = status{}
}
