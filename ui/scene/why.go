package scene

import (
	"slices"
	"strings"

	"incore/model"
)

// WhyNoRegion returns why a key that moves has nowhere to go, or "".
func WhyNoRegion(m *Scene) string {
	switch {
	case m.Region() != nil:
		return ""
	case m.Several():
		return m.Proc().Name + " has no region: press m to map one, or n for the next process."
	}
	return "There is no region: press m to map one."
}

// whyNoRegions returns why there is no region of any process to go to, or "".
func whyNoRegions(m *Scene) string {
	if slices.ContainsFunc(m.List, func(row ListRow) bool { return row.Region >= 0 }) {
		return ""
	}
	return WhyNoRegion(m)
}

// WhyDead returns why nothing can be asked of the current process, or "".
func WhyDead(m *Scene) string {
	switch d := m.Proc().Death; {
	case d != nil && m.Several():
		return Ending(d, true) + ": press n for the next process, or R for a fresh subject."
	case d != nil:
		return Capital(Ending(d, false)) + ": press R for a fresh one."
	case m.Proc().PID == 0:
		return "The subject has not started yet."
	}
	return ""
}

// WhyAlone returns why there is no other process to go to, or "".
func WhyAlone(m *Scene) string {
	if m.Several() {
		return ""
	}
	return "There is one process: type fork child to make another."
}

// WhyNoAct returns why a key that acts on pages cannot, or "".
func WhyNoAct(m *Scene) string {
	if why := WhyDead(m); why != "" {
		return why
	}
	return WhyNoRegion(m)
}

// WhyOneRegion returns why there is no other region to go to, or "".
func WhyOneRegion(m *Scene) string {
	if why := whyNoRegions(m); why != "" {
		return why
	}
	n := 0
	for _, row := range m.List {
		if row.Region >= 0 {
			n++
		}
	}
	if n == 1 && m.Region() != nil {
		return "There is one region: press m to map another."
	}
	return ""
}

// Ending returns how a process ended, in words. several is true if its name has to be told.
func Ending(d *model.Died, several bool) string {
	name := "the subject"
	if several {
		name = d.Proc
	}
	if d.Signal == "" {
		return name + " " + d.String()
	}
	return name + " was " + d.String()
}

// Capital returns s with a capital letter at its beginning.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
