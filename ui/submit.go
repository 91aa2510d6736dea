package ui

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// freeName returns the first of a, b, …, z, aa, ab, … that names no region of any process. Two regions
// of one name are shown as what fork made of one.
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

// submit hands a command to the lab. The lab queues it and returns at once.
func (m *Model) submit(c model.Command) {
	m.asked = c.String()
	m.status = status{}
	if m.goOn() {
		m.status = status{text: wentOnText}
	}
	m.hints.verb = lang.Inner(c).Verb()
	m.redraw.asked++
	m.lab.Submit(c)
}

// within returns the command as it acts in the current process. The first process needs no prefix, and a
// command of the whole session takes none.
func (m *Model) within(c model.Command) model.Command {
	if p := m.elsewhere(); p != "" && !m.ofSession(c) {
		return lang.In{Proc: p, Do: c}
	}
	return c
}

// ofSession reports whether a command names its process itself, or belongs to none.
func (m *Model) ofSession(c model.Command) bool {
	v, _ := lang.FindVerb(c.Verb())
	return v.Session
}

// elsewhere returns the name of the current process, or "" if that is the first one.
func (m *Model) elsewhere() string {
	if p := m.Focus.Current.Proc; p != model.Main {
		return p
	}
	return ""
}
