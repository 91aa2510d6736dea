package ui

import "incore/model"

// view is where the user looks: which region, which page of each, what is selected.
type view struct {
	current string
	index   int // of current among the regions
	first   int // the first region of the grid panel
	regions map[string]*regionView

	selecting bool  // a range from anchor to the cursor is selected
	sticky    bool  // it was begun with v: moving without shift extends it too
	anchor    int64 // page
}

// regionView is what the screen keeps of one region.
type regionView struct {
	cursor int64 // page
	top    int64 // first page shown, a multiple of the pages a row
	tally  tally
}

// of is the view of the named region, made if there is none.
func (v *view) of(name string) *regionView {
	rv := v.regions[name]
	if rv == nil {
		rv = &regionView{}
		v.regions[name] = rv
	}
	return rv
}

// settle makes the view fit the regions there are: a region that is gone gives
// way to its neighbour, and every cursor lies within its region.
func (v *view) settle(p *model.Process) {
	if len(p.Regions) == 0 {
		v.current, v.index, v.selecting, v.sticky = "", 0, false, false
		return
	}
	at := -1
	for i := range p.Regions {
		if p.Regions[i].Name == v.current {
			at = i
		}
	}
	if at < 0 {
		at = clamp(v.index, 0, len(p.Regions)-1)
		v.selecting, v.sticky = false, false
	}
	v.index, v.current = at, p.Regions[at].Name
	for i := range p.Regions {
		r := &p.Regions[i]
		rv := v.of(r.Name)
		rv.cursor = max(0, min(rv.cursor, r.Pages.Len()-1))
	}
	v.anchor = max(0, min(v.anchor, p.Regions[at].Pages.Len()-1))
	if len(v.regions) > 2*len(p.Regions)+16 {
		for name := range v.regions {
			if p.Region(name) == nil {
				delete(v.regions, name)
			}
		}
	}
}

// scroll brings the cursor into so many rows of n pages, and leaves none of them
// empty where the region has pages for it.
func (rv *regionView) scroll(n, rows int, pages int64) {
	per := int64(n)
	row, top := rv.cursor/per, rv.top/per
	top = max(0, min(top, (pages+per-1)/per-int64(rows)))
	if row < top {
		top = row
	}
	if last := top + int64(rows) - 1; row > last {
		top += row - last
	}
	rv.top = top * per
}

// selection is the selected pages of the current region; the cursor's where
// nothing is selected.
func (v *view) selection() model.Range {
	c := v.of(v.current).cursor
	if !v.selecting {
		return model.Range{Lo: c, Hi: c + 1}
	}
	return model.Range{Lo: min(c, v.anchor), Hi: max(c, v.anchor) + 1}
}

// tally is what a region's sample adds up to. It is computed once a sample, since
// it costs a walk over all runs.
type tally struct {
	of     *model.Run[model.Page] // of which runs
	runs   int
	counts [kinds]int64
	locked [locks]int64
	strip  []cell
	theme  *theme
}

// tallyOf is the tally of a region with a strip of w columns.
func (m *Model) tallyOf(r *model.Region, w int) *tally {
	t := &m.view.of(r.Name).tally
	w = int(min(int64(max(w, 0)), r.Pages.Len()))
	fresh := len(r.Pages) > 0 && t.of == &r.Pages[0] && t.runs == len(r.Pages)
	if fresh && len(t.strip) == w && t.theme == m.theme {
		return t
	}
	*t = tally{strip: t.strip[:0], runs: len(r.Pages), theme: m.theme}
	if len(r.Pages) > 0 {
		t.of = &r.Pages[0]
	}
	n := r.Pages.Len()
	if w == 0 {
		t.counts, t.locked = count(r, model.Range{Lo: 0, Hi: n})
	}
	for i := range int64(w) {
		// This overflows for no region that can be: it has at most 2^45 pages.
		rg := model.Range{Lo: n * i / int64(w), Hi: n * (i + 1) / int64(w)}
		counts, locked := count(r, rg)
		t.strip = append(t.strip, m.theme.aggregate(counts, locked, rg.Len()))
		for k, c := range counts {
			t.counts[k] += c
		}
		for l, c := range locked {
			t.locked[l] += c
		}
	}
	return t
}

// count is how many pages of rg are of each kind and lock.
func count(r *model.Region, rg model.Range) (counts [kinds]int64, locked [locks]int64) {
	anon := privateAnon(r)
	for part, p := range r.Pages.In(rg) {
		counts[kindOf(p, anon)] += part.Len()
		locked[p.Lock] += part.Len()
	}
	return counts, locked
}

// aggregate is one column for n pages of which so many are of each kind and lock.
func (t *theme) aggregate(counts [kinds]int64, locked [locks]int64, n int64) cell {
	var in int64
	best, most := kindAbsent, int64(0)
	for k, c := range counts {
		if kind(k).inCore() {
			in += c
		}
		// What is there is shown before what is not, however little it is.
		if k := kind(k); c > most && k != kindAbsent && k != kindNotAsked && k != kindHole {
			best, most = k, c
		}
	}
	if most == 0 {
		for _, k := range []kind{kindNotAsked, kindHole} {
			if counts[k] > counts[kindAbsent] {
				best = k
			}
		}
	}
	l := model.Unlocked
	switch {
	case locked[model.Locked]*2 >= n && n > 0:
		l = model.Locked
	case (locked[model.Locked]+locked[model.OnFault])*2 >= n && n > 0:
		l = model.OnFault
	}
	level := 0
	if in > 0 && n > 0 {
		level = int(max(1, (in*7+n/2)/n))
	}
	return t.stripLook(best, level, l)
}
