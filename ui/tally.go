package ui

import (
	"time"

	"incore/model"
)

// tally is what a region's sample adds up to. It is computed once a sample, since
// it costs a walk over all runs.
type tally struct {
	of     *model.Run[model.Page] // of which runs
	runs   int
	counts [kinds]int64
	locked [locks]int64
	strip  []cell
	shown  []farCell // one of each that the strip has
	theme  *theme
	lens   lens
	now    time.Duration // of the lenses that show how long ago something was
}

// tallyOf is the tally of a region with a strip of w columns.
func (m *Model) tallyOf(at place, r *model.Region, w int) *tally {
	t := &m.view.of(at).tally
	m.retally(t, at, r, w)
	return t
}

// retally brings a tally up to date.
func (m *Model) retally(t *tally, at place, r *model.Region, w int) {
	w = int(min(int64(max(w, 0)), r.Pages.Len()))
	now := time.Duration(0)
	if m.view.lens == lensHeat || m.view.lens == lensAge {
		now = m.glow.now
	}
	fresh := len(r.Pages) > 0 && t.of == &r.Pages[0] && t.runs == len(r.Pages)
	if fresh && len(t.strip) == w && t.theme == m.theme && t.lens == m.view.lens && t.now == now {
		return
	}
	*t = tally{strip: t.strip[:0], shown: t.shown[:0], runs: len(r.Pages), theme: m.theme, lens: m.view.lens, now: now}
	if len(r.Pages) > 0 {
		t.of = &r.Pages[0]
	}
	n := r.Pages.Len()
	a := m.aggregator(r, at)
	if w == 0 && a.lens == lensState {
		t.add(count(r, model.Range{Lo: 0, Hi: n}))
	}
	for i := range int64(w) {
		// This overflows for no region that can be: it has at most 2^45 pages.
		rg := model.Range{Lo: n * i / int64(w), Hi: n * (i + 1) / int64(w)}
		var c farCell
		if a.lens == lensState { // which alone has figures in its legend
			sum := count(r, rg)
			t.add(sum)
			c = m.theme.aggregate(sum)
		} else {
			c = a.cell(rg)
		}
		t.strip = append(t.strip, c.cell)
		t.show(c)
	}
}

// add adds up.
func (t *tally) add(n sums) {
	for k, c := range n.kinds {
		t.counts[k] += c
	}
	for l, c := range n.locked {
		t.locked[l] += c
	}
}

// show notes what a column of the strip is, for the legend.
func (t *tally) show(c farCell) {
	for i := range t.shown {
		if k := &t.shown[i]; k.cellState == c.cellState && k.class == c.class && k.part == c.part {
			return
		}
	}
	t.shown = append(t.shown, c)
}

// sums is how many pages are of each kind, lock and access.
type sums struct {
	kinds  [kinds]int64
	locked [locks]int64
	access [accesses]int64
}

// count sums up the pages of rg.
func count(r *model.Region, rg model.Range) (n sums) {
	anon := privateAnon(r)
	for part, p := range r.Pages.In(rg) {
		k := kindOf(p, anon)
		n.kinds[k] += part.Len()
		n.locked[p.Lock] += part.Len()
		if k != kindHole && k != kindNotAsked {
			n.access[accessOf(p.Prot)] += part.Len()
		}
	}
	return n
}

// aggregate is one column for pages that are so many of each.
func (t *theme) aggregate(of sums) farCell {
	counts, locked := &of.kinds, &of.locked
	var in, n int64
	best, most := kindAbsent, int64(0)
	for k, c := range counts {
		n += c
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
	// The lid is of the lock that most of the locked pages have; it is fainter where not all are.
	l, held := model.Unlocked, int64(0)
	for _, k := range [3]model.Lock{model.Locked, model.ShmLocked, model.OnFault} {
		if held += locked[k]; locked[k] > locked[l] || l == model.Unlocked && locked[k] > 0 {
			l = k
		}
	}
	level := 0
	if in > 0 && n > 0 {
		level = int(max(1, (in*7+n/2)/n))
	}
	lid, part := t.lids[l], false
	switch {
	case l == model.Unlocked || held == n:
	case t.faint[l] != 0:
		lid, part = t.faint[l], true
	case 2*held < n:
		l = model.Unlocked // not to be told from all of them
	}
	a := writable // or what most of the pages are that a VMA covers
	for _, k := range [2]access{readOnly, noAccess} {
		if 2*of.access[k] > of.access[writable]+of.access[readOnly]+of.access[noAccess] {
			a = k
		}
	}
	return farCell{t.stripLook(best, level, l, lid, a), drawn{cellState: cellState{best, l, a}}, part}
}
