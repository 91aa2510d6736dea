package sheet

import (
	"time"

	"incore/model"
	"incore/ui/look"
	"incore/ui/scene"
)

// spaceTally is what a row of the address space shows of its pages. It is computed for the
// rows on the screen alone, and once a sample, since it costs a walk over all of their runs.
type spaceTally struct {
	of       *model.Run[model.Page]
	runs     int
	lens     *look.Lens
	theme    *look.Look
	now      time.Duration // of the lenses that show how long ago something was
	w        int
	strip    []look.Column
	resident int64 // pages that mincore says 1 of
}

// spacePages are pages of a region.
type spacePages struct {
	scene.Place
	model.Range
}

// spaceTally returns the tally of pages of a region, with a strip of at most w columns.
func (sh *Space) spaceTally(at scene.Place, r *model.Region, rg model.Range, w int) *spaceTally {
	now := spaceTally{runs: len(r.Pages), lens: sh.Focus.Lens, theme: sh.Look, w: int(min(int64(w), rg.Len()))}
	if len(r.Pages) > 0 {
		now.of = &r.Pages[0]
	}
	if sh.Focus.Lens.Timed() {
		now.now = sh.Glow.Now
	}
	s := sh
	if s.Tallies == nil || len(s.Tallies) > 1000 { // many more than there are rows on a screen
		s.Tallies = map[spacePages]*spaceTally{}
	}
	t := s.Tallies[spacePages{at, rg}]
	if t != nil && t.of == now.of && t.runs == now.runs && t.lens == now.lens && t.theme == now.theme && t.now == now.now && t.w == now.w {
		return t
	}
	if t != nil {
		now.strip = t.strip[:0]
	}
	now.resident = r.Pages.Count(rg, func(p model.Page) bool { return p.Residency == model.Resident })
	a, n := sh.Aggregator(r, at), rg.Len()
	for i := range int64(now.w) {
		part := model.Range{Lo: rg.Lo + n*i/int64(now.w), Hi: rg.Lo + n*(i+1)/int64(now.w)}
		now.strip = append(now.strip, a.Column(part))
	}
	s.Tallies[spacePages{at, rg}] = &now
	return &now
}
