package ui

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
	"incore/ui/scene"
)

// completer knows what may follow in a line of the palette.
func (m *Model) completer() *lang.Completer {
	return &lang.Completer{
		State: &m.State, Proc: m.Focus.Current.Proc,
		Pages: func(proc, region string) model.Range {
			if at := (scene.Place{Proc: proc, Region: region}); at != m.Focus.Current {
				c := m.Focus.Of(at).Cursor
				return model.Range{Lo: c, Hi: c + 1}
			}
			return m.Focus.Selection()
		},
		Fresh: m.newName,
		Files: m.opts.Files,
	}
}

// newName returns a name that nothing has, of a region or a process.
func (m *Model) newName(of lang.Names) string {
	if of != lang.NewProcess {
		return m.freeName()
	}
	name := "child"
	for i := 2; m.State.Process(name) != nil; i++ {
		name = fmt.Sprintf("child%d", i)
	}
	return name
}
