package calls

import (
	"strings"

	"incore/model"
	"incore/model/lang"
)

// Regions of which every page is gone: their names still stand for where they lay.

// goneRegion returns the region that had an address and is gone, one that the command names before others; or nil.
func (f failure) goneRegion(addr uint64) *model.Gone {
	if len(f.p.Gone) == 0 {
		return nil
	}
	return f.p.GoneAt(addr, lang.TargetNames(f.cmd)...)
}

// gone returns what is remembered of the regions that the command names in its targets, and that are gone.
func (f failure) gone() (list []*model.Gone) {
	if len(f.p.Gone) == 0 {
		return nil
	}
	for _, name := range lang.TargetNames(f.cmd) {
		if g := f.p.GoneRegion(name); g != nil {
			list = append(list, g)
		}
	}
	return list
}

// goneAt says which region an address was of that is gone: " (a is gone since munmap a)", or "".
func (f failure) goneAt(addr uint64) string {
	if g := f.goneRegion(addr); g != nil {
		return " (" + g.Since() + ")"
	}
	return ""
}

// holeIs says that an address is in a hole, and what lay there.
func (f failure) holeIs(addr uint64) string { return f.name(addr) + " is a hole" + f.goneAt(addr) }

// lies says what lies by now where a region lay.
func (f failure) lies(g *model.Gone) string {
	if in := f.p.LiesIn(g.Span()); in != "" {
		return in
	}
	switch {
	case len(f.p.VMAsIn(g.Span())) == 0:
		return "nothing is mapped there"
	case g.Malloc == model.FromBrk:
		return "the memory of the heap is still there"
	}
	return "memory that is no region's lies there now"
}

// goneTargets says of the targets of a call that failed which of them are gone, and what lies there now, as far as
// its cause has not said so.
func (f failure) goneTargets(why string) (text string) {
	for _, g := range f.gone() {
		if !strings.Contains(why, g.Since()) && g.Parent == "" {
			text += " " + g.Since() + ": " + f.lies(g) + "."
		}
	}
	return text
}

// noteGone adds to what a command would do which of its targets are gone, and what lies there now.
func (r *reacher) noteGone() {
	if r.out.Unknown {
		return
	}
	for _, g := range r.gone() {
		note := g.Since() + ": " + r.lies(g)
		switch {
		case strings.Contains(r.out.Why, g.Since()):
		case r.out.Note == "":
			r.out.Note = note
		default:
			r.out.Note += "; " + note
		}
	}
}
