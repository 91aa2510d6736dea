package ui

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// completer knows what may follow in a line of the palette.
func (m *Model) completer() *lang.Completer {
	return &lang.Completer{
		State: &m.state, Proc: m.view.current.proc,
		Pages: func(proc, region string) model.Range {
			if at := (place{proc, region}); at != m.view.current {
				c := m.view.of(at).cursor
				return model.Range{Lo: c, Hi: c + 1}
			}
			return m.view.selection()
		},
		Fresh: m.newName,
		Files: m.opts.Files,
	}
}

// newName is a name that nothing has, of a region or a process.
func (m *Model) newName(of lang.Names) string {
	if of != lang.NewProcess {
		return m.freeName()
	}
	name := "child"
	for i := 2; m.state.Process(name) != nil; i++ {
		name = fmt.Sprintf("child%d", i)
	}
	return name
}
