package scene

import (
	"time"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// FarKey is all that the aggregated cells of a region depend on. While it is the same they are not computed
// anew.
type FarKey struct {
	Of    *model.Run[model.Page] // the first run, which another sample has elsewhere
	Runs  int                    // how many runs
	Shift uint8                  // a cell is 1<<Shift pages
	Top   int64                  // the first page
	N     int                    // how many cells
	Lens  *look.Lens             // what they show
	Now   time.Duration          // of the lenses that show how long ago something was
	Theme *look.Look             // how they look
}

// Aggregator returns what makes columns of many pages of a region.
func (s *Scene) Aggregator(r *model.Region, at Place) look.Aggregator {
	anon := look.PrivateAnon(r)
	return look.Aggregator{Look: s.Look, Lens: s.Focus.Lens, R: r, Anon: anon, Alone: anon && !s.Focus.AtFork[at], Now: s.Glow.Now}
}

// Tally is the sum of a region's sample. It is computed once a sample, since it costs a walk over all runs.
type Tally struct {
	Of   *model.Run[model.Page] // of which runs
	runs int
	look.Sums
	Strip []canvas.Cell // the region, small
	Shown []look.Column // one of each that the strip has
	theme *look.Look
	lens  *look.Lens
	now   time.Duration // of the lenses that show how long ago something was
}

// TallyOf returns the tally of a region with a strip of w columns.
func (s *Scene) TallyOf(at Place, r *model.Region, w int) *Tally {
	t := &s.Focus.Of(at).Tally
	s.Retally(t, at, r, w)
	return t
}

// Retally brings a tally of a region, with a strip of w columns, up to date.
func (s *Scene) Retally(t *Tally, at Place, r *model.Region, w int) {
	w = int(min(int64(max(w, 0)), r.Pages.Len()))
	now := time.Duration(0)
	if s.Focus.Lens.Timed() {
		now = s.Glow.Now
	}
	fresh := len(r.Pages) > 0 && t.Of == &r.Pages[0] && t.runs == len(r.Pages)
	if fresh && len(t.Strip) == w && t.theme == s.Look && t.lens == s.Focus.Lens && t.now == now {
		return
	}
	*t = Tally{Strip: t.Strip[:0], Shown: t.Shown[:0], runs: len(r.Pages), theme: s.Look, lens: s.Focus.Lens, now: now}
	if len(r.Pages) > 0 {
		t.Of = &r.Pages[0]
	}
	n := r.Pages.Len()
	a := s.Aggregator(r, at)
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
			c = s.Look.Aggregate(sum)
		} else {
			c = a.Column(rg)
		}
		t.Strip = append(t.Strip, c.Cell)
		t.show(c)
	}
}

// show notes what a column of the strip is, for the legend.
func (t *Tally) show(c look.Column) {
	for i := range t.Shown {
		if k := &t.Shown[i]; k.Traits == c.Traits && k.Class == c.Class && k.Part == c.Part {
			return
		}
	}
	t.Shown = append(t.Shown, c)
}
