package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui/jump"
	"incore/ui/look"
	"incore/ui/scene"
)

// SetLens shows the pages through another lens.
func (m *Model) SetLens(ln *look.Lens) {
	m.Focus.Lens = ln
	m.status = status{text: fmt.Sprintf("Lens %d: %s.", ln.Number(), ln.Text)}
	m.dirty = true
}

// lookAsTold sets the lens, the zoom and the cursor as a command says.
func lookAsTold(m *Model, e *model.Event) {
	if e.Refused != "" || e.Command == nil {
		return
	}
	c, ok := lang.Inner(e.Command).(lang.Look)
	if !ok {
		return
	}
	m.dirty = true
	if i := slices.Index(lang.LensNames, c.Lens); i >= 0 {
		m.Focus.Lens = look.Lenses[i]
	}
	if c.T != (model.Target{}) {
		lookAt(m, e.Proc, c.T)
	} else if e.Proc != m.Focus.Current.Proc {
		m.goToProcess(m.State.Process(e.Proc))
	}
	switch scale, given := Scales[c.Zoom]; {
	case given:
		m.setScale(scale)
	case c.Zoom == lang.ZoomAuto:
		m.Focus.Scaled = false
	case c.Zoom == lang.ZoomFit && m.Region() != nil:
		m.setScale(m.arranger().fitScale())
	}
}

// Scales are the zooms that have a name in commands and settings.
var Scales = map[string]scene.Scale{
	lang.ZoomBig: {Zoom: scene.ZoomBig}, lang.ZoomChips: {Zoom: scene.ZoomChips}, lang.ZoomDense: {Zoom: scene.ZoomDense},
	lang.ZoomAggregate: scene.Scale{Zoom: scene.ZoomDense}.Farther(^uint8(0)),
}

// lookAt puts the cursor on the first page of a target, and selects the others with it.
func lookAt(m *Model, proc string, t model.Target) {
	to, why := jump.ToTarget(&m.Scene, proc, t)
	if why != "" {
		m.status = status{why, true}
		return
	}
	m.Focus.Unselect()
	m.GoTo(to.Place)
	if to.Page < 0 {
		return
	}
	m.GoToPage(to.Place, to.Page)
	if r := m.Region(); t.Form == model.PageSpan && t.Last > t.First && r != nil {
		m.begin(true)
		m.Focus.Here().Cursor = min(t.Last, r.Pages.Len()-1)
	}
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
