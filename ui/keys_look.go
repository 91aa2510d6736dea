package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"incore/ui/look"
)

// SetLens shows the pages through another lens.
func (m *Model) SetLens(ln *look.Lens) {
	m.Focus.Lens = ln
	m.status = status{text: fmt.Sprintf("Lens %d: %s.", ln.Number(), ln.Text)}
	m.dirty = true
}

func lookKeys() []binding {
	keys := zoomKeys()
	for i, ln := range look.Lenses {
		b := binding{keys: []string{fmt.Sprint(ln.Number())}, group: groupLook, do: func(m *Model, _ string) tea.Cmd { m.SetLens(ln); return nil }}
		if i == 0 {
			b.show, b.row, b.word = "1-5", "1 2 3 4 5", "lens"
			b.help = "show residency and lock, protection, heat, sharing, age"
		}
		keys = append(keys, b)
	}
	return keys
}
