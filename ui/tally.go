package ui

import (
	"time"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// tally is what a region's sample adds up to. It is computed once a sample, since
// it costs a walk over all runs.
type tally struct {
	of   *model.Run[model.Page] // of which runs
	runs int
	look.Sums
	strip []canvas.Cell
	shown []look.Column // one of each that the strip has
	theme *look.Look
	lens  *look.Lens
	now   time.Duration // of the lenses that show how long ago something was
}

// tallyOf is the tally of a region with a strip of w columns.
func (s *scene) tallyOf(at place, r *model.Region, w int) *tally {
	t := &s.view.of(at).tally
	s.retally(t, at, r, w)
	return t
}

// retally brings a tally up to date.
func (s *scene) retally(t *tally, at place, r *model.Region, w int) {
	w = int(min(int64(max(w, 0)), r.Pages.Len()))
	now := time.Duration(0)
	if s.view.lens.Timed() {
		now = s.glow.now
	}
	fresh := len(r.Pages) > 0 && t.of == &r.Pages[0] && t.runs == len(r.Pages)
	if fresh && len(t.strip) == w && t.theme == s.look && t.lens == s.view.lens && t.now == now {
		return
	}
	*t = tally{strip: t.strip[:0], shown: t.shown[:0], runs: len(r.Pages), theme: s.look, lens: s.view.lens, now: now}
	if len(r.Pages) > 0 {
		t.of = &r.Pages[0]
	}
	n := r.Pages.Len()
	a := s.aggregator(r, at)
	if w == 0 && a.Lens == look.State {
		t.Add(look.Count(r, model.Range{Lo: 0, Hi: n}))
	}
	for i := range int64(w) {
		// This overflows for no region that can be: it has at most 2^45 pages.
		rg := model.Range{Lo: n * i / int64(w), Hi: n * (i + 1) / int64(w)}
		var c look.Column
		if a.Lens == look.State { // which alone has figures in its legend
			sum := look.Count(r, rg)
			t.Add(sum)
			c = s.look.Aggregate(sum)
		} else {
			c = a.Column(rg)
		}
		t.strip = append(t.strip, c.Cell)
		t.show(c)
	}
}

// show notes what a column of the strip is, for the legend.
func (t *tally) show(c look.Column) {
	for i := range t.shown {
		if k := &t.shown[i]; k.Traits == c.Traits && k.Class == c.Class && k.Part == c.Part {
			return
		}
	}
	t.shown = append(t.shown, c)
}
