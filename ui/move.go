package ui

import (
	"incore/model"
)

// whyNoRegion says why a key that moves has nowhere to go.
func (m *Model) whyNoRegion() string {
	if m.region() == nil {
		return "There is no region: press m to map one."
	}
	return ""
}

// whyDead says why nothing can be asked of the subject.
func (m *Model) whyDead() string {
	switch d := m.state.Proc.Death; {
	case d != nil:
		return ending(d) + ": press R for a fresh one."
	case m.state.Proc.PID == 0:
		return "The subject has not started yet."
	}
	return ""
}

// whyNoAct says why a key that acts on pages cannot.
func (m *Model) whyNoAct() string {
	if why := m.whyDead(); why != "" {
		return why
	}
	return m.whyNoRegion()
}

// target is the selection, or the page under the cursor, as a command names it.
func (m *Model) target() model.Target { return model.PagesOf(m.region(), m.view.selection()) }

// begin starts a selection at the cursor, or ends one, as moving asks for.
func (m *Model) begin(extend bool) {
	v := &m.view
	switch {
	case extend && !v.selecting:
		v.selecting, v.anchor = true, v.of(v.current).cursor
	case !extend && !v.sticky:
		v.selecting = false
	}
}

// move moves the cursor by columns and rows of the grid. It stays where it is
// rather than leave the region, but for the last row, which may be short.
func (m *Model) move(dx, dy int64, extend bool) {
	m.begin(extend)
	rv, last := m.view.of(m.view.current), m.region().Pages.Len()-1
	per := int64(max(1, m.lay.perRow))
	to := rv.cursor + dx + dy*per
	if dy > 0 && to > last && rv.cursor/per < last/per {
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
	rv, last := m.view.of(m.view.current), m.region().Pages.Len()-1
	step := rows * int64(max(1, m.lay.perRow))
	rv.cursor = max(0, min(rv.cursor+n*step, last))
	rv.top = max(0, min(rv.top+n*step, last))
	rv.top -= rv.top % int64(max(1, m.lay.perRow))
}

// moveTo puts the cursor where a function of it, of the pages a row and of the
// last page says.
func (m *Model) moveTo(where func(cur, row, last int64) int64) {
	m.begin(false)
	rv, last := m.view.of(m.view.current), m.region().Pages.Len()-1
	rv.cursor = max(0, min(where(rv.cursor, int64(max(1, m.lay.perRow)), last), last))
}

// nextRegion makes the nth next region the current one, around the end.
func (m *Model) nextRegion(n int) {
	all := m.state.Proc.Regions
	i := ((m.view.index+n)%len(all) + len(all)) % len(all)
	m.goTo(all[i].Name)
}

// goTo makes the named region the current one.
func (m *Model) goTo(name string) {
	if name != m.view.current {
		m.view.selecting, m.view.sticky = false, false
	}
	m.view.current = name
}

func (m *Model) toggleSelect() {
	v := &m.view
	v.sticky = !v.sticky
	v.selecting = v.sticky
	v.anchor = v.of(v.current).cursor
}

func (m *Model) selectAll() {
	v := &m.view
	v.selecting, v.sticky = true, true
	v.anchor = 0
	v.of(v.current).cursor = m.region().Pages.Len() - 1
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
	case m.state.Running.Command != "":
		m.lab.Interrupt()
		m.status = status{text: "Asked to stop: " + m.state.Running.Command}
		return
	case m.view.selecting:
		m.view.selecting, m.view.sticky = false, false
	}
	m.status = status{}
}

// freeName is the first of a, b, …, z, aa, ab, … that names no region.
func (m *Model) freeName() string {
	for i := 0; ; i++ {
		name := string(rune('a' + i%26))
		for k := i/26 - 1; k >= 0; k = k/26 - 1 {
			name = string(rune('a'+k%26)) + name
		}
		if m.state.Proc.Region(name) == nil {
			return name
		}
	}
}
