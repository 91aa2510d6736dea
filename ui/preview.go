package ui

import (
	"errors"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/ui/scene"
)

// preview is what the command that is being typed, or chosen in a menu, would do. It is worked
// out once for each line, choice and state, by the first part of the screen that asks.
type preview struct {
	of    previewKey
	cmd   model.Command    // nil where the line is none, or not yet
	err   *lang.ParseError // of the line as it is
	ahead *lang.Ahead      // what may follow the line; nil before somebody asks
	reach calls.Reach      // of cmd
	pages map[scene.Place]previewPages
}

// previewKey is all that a preview depends on. A state shares what has not changed with the one
// before it, so that these few words tell two states apart.
type previewKey struct {
	line   string // of the palette
	item   *menuItem
	proc   string
	procs  *model.Process
	last   *model.Event
	events int
}

// previewPages are the pages of a region that a command would reach.
type previewPages struct {
	part   *calls.Part
	top    int64 // first page in view, of a touch that leaves out too many to list them all
	ranges []model.Range
}

func (m *Model) previewKey() previewKey {
	k := previewKey{proc: m.Focus.Current.Proc, last: m.State.Last, events: len(m.State.Events)}
	switch m.mode {
	case modePalette:
		k.line = m.palette.text
	case modeMenu:
		k.item = &m.menu.items[m.menu.at]
	default:
		return previewKey{}
	}
	if len(m.State.Procs) > 0 {
		k.procs = &m.State.Procs[0]
	}
	return k
}

// foreseen returns the preview of what is typed or chosen now.
func (m *Model) foreseen() *preview {
	p := &m.preview
	k := m.previewKey()
	if k == p.of {
		return p
	}
	*p = preview{of: k}
	var c model.Command
	if k.item != nil {
		c = k.item.command
	} else if parsed, err := lang.Parse(k.line); err == nil {
		c = parsed
	} else {
		p.err = m.parseError(err, k.line)
	}
	if c == nil {
		return p
	}
	p.cmd = m.within(c)
	p.reach = calls.Foresee(p.cmd, m.State)
	p.pages = make(map[scene.Place]previewPages, len(p.reach.Parts))
	for i := range p.reach.Parts {
		part := &p.reach.Parts[i]
		p.pages[scene.Place{Proc: part.Proc, Region: part.Region}] = previewPages{part: part, top: -1}
	}
	return p
}

// lookAhead returns what may follow the line, which is read for that once.
func (p *preview) lookAhead() *lang.Ahead {
	if p.ahead == nil {
		a := lang.LookAhead(p.of.line)
		p.ahead = &a
	}
	return p.ahead
}

// unknownName returns what is wrong with the first word of the line that names what there is not, or nil. A command that
// reaches what there is has no such word.
func (m *Model) unknownName() *lang.ParseError {
	p := m.foreseen()
	if p.of.line == "" || p.cmd != nil && !p.reach.Unknown {
		return nil
	}
	return m.completer().UnknownOf(p.lookAhead())
}

func asParseError(err error) *lang.ParseError {
	var e *lang.ParseError
	if !errors.As(err, &e) {
		e = &lang.ParseError{Col: 1, Msg: err.Error()}
	}
	return e
}

// mostSteps is how many pages of a touch that leaves pages out are told one by one: more than the screen
// has cells.
const mostSteps = 1 << 16

// reach returns the pages of a region that the command which is being typed or chosen would reach, in
// order; nil where it would reach none or nothing is typed.
func (m *Model) reach(at scene.Place) []model.Range {
	if m.mode != modePalette && m.mode != modeMenu {
		return nil
	}
	p := m.foreseen()
	pages, ok := p.pages[at]
	if !ok {
		return nil
	}
	part, top := pages.part, int64(0)
	if part.Every <= 1 {
		return part.Pages
	}
	within := model.Range{Hi: part.Pages[len(part.Pages)-1].Hi}
	if within.Hi/part.Every > mostSteps {
		top = m.Focus.Of(at).Top
		within = model.Range{Lo: top, Hi: top + min(part.Every, within.Hi/mostSteps)*mostSteps}
	}
	if pages.top != top || pages.ranges == nil {
		pages.top, pages.ranges = top, part.Ranges(within)
		p.pages[at] = pages
	}
	return pages.ranges
}
