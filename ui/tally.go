package ui

import "incore/model"

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
func (m *Model) tallyOf(at place, r *model.Region, w int) *tally {
	t := &m.view.of(at).tally
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
	switch now := locked[model.Locked]; {
	case n <= 0:
	case now*2 >= n:
		l = model.Locked
	case (now+locked[model.ShmLocked])*2 >= n:
		l = model.ShmLocked
	case (now+locked[model.ShmLocked]+locked[model.OnFault])*2 >= n:
		l = model.OnFault
	}
	level := 0
	if in > 0 && n > 0 {
		level = int(max(1, (in*7+n/2)/n))
	}
	return t.stripLook(best, level, l)
}
