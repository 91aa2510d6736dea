package ui

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// whyNoRegion says why a key that moves has nowhere to go.
func whyNoRegion(m *scene) string {
	switch {
	case m.region() != nil:
		return ""
	case m.several():
		return m.proc().Name + " has no region: press m to map one, or n for the next process."
	}
	return "There is no region: press m to map one."
}

// whyNoRegions says why there is no region of any process to go to.
func whyNoRegions(m *scene) string {
	if slices.ContainsFunc(m.list, func(row listRow) bool { return row.region >= 0 }) {
		return ""
	}
	return whyNoRegion(m)
}

// whyDead says why nothing can be asked of the current process.
func whyDead(m *scene) string {
	switch d := m.proc().Death; {
	case d != nil && m.several():
		return ending(d, true) + ": press n for the next process, or R for a fresh subject."
	case d != nil:
		return capital(ending(d, false)) + ": press R for a fresh one."
	case m.proc().PID == 0:
		return "The subject has not started yet."
	}
	return ""
}

// whyAlone says why there is no other process to go to.
func whyAlone(m *scene) string {
	if m.several() {
		return ""
	}
	return "There is one process: type fork child to make another."
}

// whyNoAct says why a key that acts on pages cannot.
func whyNoAct(m *scene) string {
	if why := whyDead(m); why != "" {
		return why
	}
	return whyNoRegion(m)
}

// target is the selection, or the page under the cursor, as a command names it.
func (s *scene) target() model.Target { return model.PagesOf(s.region(), s.view.selection()) }

// begin starts a selection at the cursor, or ends one, as moving asks for.
func (m *Model) begin(extend bool) {
	v := &m.view
	switch {
	case extend && !v.selecting:
		v.selecting, v.anchor = true, v.here().cursor
	case !extend && !v.sticky:
		v.selecting = false
	}
}

// move moves the cursor by columns and rows of the grid. It stays where it is
// rather than leave the region, but for the last row, which may be short.
func (m *Model) move(dx, dy int64, extend bool) {
	m.begin(extend)
	rv, last := m.view.here(), m.region().Pages.Len()-1
	per := m.pagesPerRow(m.region())
	to := rv.cursor + dx*m.view.cell + dy*per
	if dy > 0 && to > last && rv.cursor/per < last/per {
		to = last
	}
	if dx > 0 && to > last && rv.cursor/m.view.cell < last/m.view.cell {
		to = last
	}
	if to >= 0 && to <= last {
		rv.cursor = to
	}
}

// movePage moves the cursor by what is seen of the region, n times.
func (m *Model) movePage(n int64) {
	m.begin(false)
	rows := int64(1)
	if b := m.block(); b != nil {
		rows = int64(b.rows)
	}
	rv, last := m.view.here(), m.region().Pages.Len()-1
	per := m.pagesPerRow(m.region())
	step := rows * per
	rv.cursor = max(0, min(rv.cursor+n*step, last))
	rv.top = max(0, min(rv.top+n*step, last))
	rv.top -= rv.top % per
}

// moveTo puts the cursor where a function of it, of the pages a row and of the
// last page says.
func (m *Model) moveTo(where func(cur, row, last int64) int64) {
	m.begin(false)
	rv, last := m.view.here(), m.region().Pages.Len()-1
	rv.cursor = max(0, min(where(rv.cursor, m.pagesPerRow(m.region()), last), last))
}

// nextRegion goes n regions on through those of all processes, around the end.
func (m *Model) nextRegion(n int) {
	at := m.listIndex()
	for range m.list {
		at = ((at+n)%len(m.list) + len(m.list)) % len(m.list)
		if row := m.list[at]; row.region >= 0 {
			m.GoTo(m.placeOf(row))
			return
		}
	}
}

// NextProcess goes n processes on, around the end.
func (m *Model) NextProcess(n int) {
	all := m.state.Procs
	for i := range all {
		if all[i].Name == m.view.current.proc {
			m.goToProcess(&all[((i+n)%len(all)+len(all))%len(all)])
			return
		}
	}
}

// goToProcess makes a process the current one. Where it has the current region too, the
// cursor stays on the page, and the selection on the pages that are selected.
func (m *Model) goToProcess(p *model.Process) {
	at := place{p.Name, m.view.current.region}
	r := p.Region(at.region)
	if was := m.region(); r != nil && was != nil {
		if r.Pages.Len() != was.Pages.Len() {
			m.view.unselect()
		}
		m.view.current = at
		return
	}
	at.region = ""
	if len(p.Regions) > 0 {
		at.region = p.Regions[0].Name
	}
	m.GoTo(at)
}

// GoTo makes a region the current one.
func (m *Model) GoTo(at place) {
	if at != m.view.current {
		m.view.unselect()
	}
	m.view.current = at
}

func (m *Model) toggleSelect() {
	v := &m.view
	v.sticky = !v.sticky
	v.selecting = v.sticky
	v.anchor = v.here().cursor
}

func (m *Model) selectAll() {
	v := &m.view
	v.selecting, v.sticky = true, true
	v.anchor = 0
	v.here().cursor = m.region().Pages.Len() - 1
}

func (m *Model) scrollCalls(n int) {
	m.log.back = max(0, min(m.log.back+n, len(m.log.calls)-1))
}

// back is what esc does: it leaves what is open, then ends the selection, then
// stops what runs.
func (m *Model) back() {
	switch {
	case m.mode != modeGrid:
		m.mode = modeGrid
	case m.state.Running.Command != nil:
		m.askedStop()
		return
	case m.view.selecting:
		m.view.unselect()
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
		if !slices.ContainsFunc(m.state.Procs, taken) {
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
	if p := m.view.current.proc; p != model.Main {
		return p
	}
	return ""
}
