package ui

import (
	"slices"

	"incore/model"
	"incore/model/lang"
	"incore/ui/scene"
)

// begin starts a selection at the cursor, or ends one, as moving asks for.
func (m *Model) begin(extend bool) {
	v := &m.Focus
	switch {
	case extend && !v.Selecting:
		v.Selecting, v.Anchor = true, v.Here().Cursor
	case !extend && !v.Sticky:
		v.Selecting = false
	}
}

// move moves the cursor by columns and rows of the grid. It stays where it is
// rather than leave the region, but for the last row, which may be short.
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

// movePage moves the cursor by what is seen of the region, n times.
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

// moveTo puts the cursor where a function of it, of the pages a row and of the
// last page says.
func (m *Model) moveTo(where func(cur, row, last int64) int64) {
	m.begin(false)
	rv, last := m.Focus.Here(), m.Region().Pages.Len()-1
	rv.Cursor = max(0, min(where(rv.Cursor, m.PagesPerRow(m.Region()), last), last))
}

// nextRegion goes n regions on through those of all processes, around the end.
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

// goToProcess makes a process the current one. Where it has the current region too, the
// cursor stays on the page, and the selection on the pages that are selected.
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

func (m *Model) toggleSelect() {
	v := &m.Focus
	v.Sticky = !v.Sticky
	v.Selecting = v.Sticky
	v.Anchor = v.Here().Cursor
}

func (m *Model) selectAll() {
	v := &m.Focus
	v.Selecting, v.Sticky = true, true
	v.Anchor = 0
	v.Here().Cursor = m.Region().Pages.Len() - 1
}

func (m *Model) scrollCalls(n int) {
	m.log.Back = max(0, min(m.log.Back+n, len(m.log.Calls)-1))
}

// back is what esc does: it leaves what is open, then ends the selection, then
// stops what runs.
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

// freeName is the first of a, b, …, z, aa, ab, … that names no region of any process: two
// of the same name are shown as what fork made of one.
func (m *Model) freeName() string {
	for i := 0; ; i++ {
		name := string(rune('a' + i%26))
		for k := i/26 - 1; k >= 0; k = k/26 - 1 {
			name = string(rune('a'+k%26)) + name
		}
		taken := func(p model.Process) bool { return p.Region(name) != nil }
		if !slices.ContainsFunc(m.State.Procs, taken) {
			return name
		}
	}
}

// submit hands a command to the lab, which queues it and returns at once.
func (m *Model) submit(c model.Command) {
	m.asked = c.String()
	m.status = status{}
	if m.goOn() {
		m.status = status{text: wentOnText}
	}
	m.lab.Submit(c)
}

// within is the command as it is said of the current process: the first process goes
// without saying, and what is of the session as a whole is of none.
func (m *Model) within(c model.Command) model.Command {
	if p := m.elsewhere(); p != "" && !m.ofSession(c) {
		return lang.In{Proc: p, Do: c}
	}
	return c
}

// ofSession reports whether a command names its process itself, or is of none.
func (m *Model) ofSession(c model.Command) bool {
	v, _ := lang.FindVerb(c.Verb())
	return v.Session
}

// elsewhere is the name of the current process where it is not the first one, else "".
func (m *Model) elsewhere() string {
	if p := m.Focus.Current.Proc; p != model.Main {
		return p
	}
	return ""
}
