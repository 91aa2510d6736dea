package look

import (
	"time"

	"incore/model"
	"incore/ui/canvas"
)

// Column is one column of the screen that stands for many pages.
type Column struct {
	canvas.Cell
	Traits
	Class int  // under its lens; 0 under [State]
	Part  bool // the lock is not of all its pages, which its color tells
}

// Aggregator makes one column of many pages of a region.
type Aggregator struct {
	Look  *Look         // how pages look
	Lens  *Lens         // what a column shows
	R     *model.Region // whose pages
	Anon  bool          // the region's pages can only be anonymous
	Alone bool          // nobody can share them
	Now   time.Duration // of the session
}

// Column returns the column for the pages of rg.
func (a *Aggregator) Column(rg model.Range) Column {
	if a.Lens == State {
		return a.Look.Aggregate(Count(a.R, rg))
	}
	class := 0
	if of := a.Lens.column; of != nil {
		class = of(a, rg)
	} else {
		class = a.commonest(rg)
	}
	return Column{Cell: a.Look.Tiles[a.Lens.Index][1][class][0], Class: class}
}

// commonest returns the class that most of the pages are of; what is not mapped at all is shown
// only where there is nothing else.
func (a *Aggregator) commonest(rg model.Range) int {
	var counts [classFirst + 8]int64
	for part, p := range a.R.Pages.In(rg) {
		counts[a.Lens.Class(Page{Page: p, Anon: a.Anon, Alone: a.Alone})] += part.Len()
	}
	low := func(c int) bool { return c < classFirst || a.Lens.low != nil && a.Lens.low(c) }
	best := classHole
	for c, n := range counts {
		if n > 0 && (counts[best] == 0 || low(best) && !low(c) || low(c) == low(best) && n > counts[best]) {
			best = c
		}
	}
	return best
}

// hottest returns the class of the page that was touched last.
func (a *Aggregator) hottest(rg model.Range) int {
	var last model.Heat
	for _, h := range a.R.Heat.In(rg) {
		if h.Last >= last.Last {
			last = h
		}
	}
	return heatClass(last, a.Now)
}

// youngest returns the class of the page that changed last.
func (a *Aggregator) youngest(rg model.Range) int {
	var last time.Duration
	for _, at := range a.R.Changed.In(rg) {
		last = max(last, at)
	}
	if last == 0 {
		return classNever
	}
	return classTouched + ageClass(a.Now, last)
}

// Sums counts pages by kind, by lock and by access.
type Sums struct {
	Kinds  [Kinds]int64    // by kind
	Locked [Locks]int64    // by lock
	Access [accesses]int64 // of the pages that a VMA covers
}

// Add adds the counts of more.
func (n *Sums) Add(more Sums) {
	for k, c := range more.Kinds {
		n.Kinds[k] += c
	}
	for l, c := range more.Locked {
		n.Locked[l] += c
	}
	for a, c := range more.Access {
		n.Access[a] += c
	}
}

// Count returns the sums of the pages of rg.
func Count(r *model.Region, rg model.Range) (n Sums) {
	anon := PrivateAnon(r)
	for part, p := range r.Pages.In(rg) {
		k := KindOf(p, anon)
		n.Kinds[k] += part.Len()
		n.Locked[p.Lock] += part.Len()
		if k != Hole && k != NotAsked {
			n.Access[AccessOf(p.Prot)] += part.Len()
		}
	}
	return n
}

// Aggregate returns the column for pages with these sums.
func (t *Look) Aggregate(of Sums) Column {
	counts, locked := &of.Kinds, &of.Locked
	var in, n int64
	best, most := Absent, int64(0)
	for k, c := range counts {
		n += c
		if Kind(k).InCore() {
			in += c
		}
		// What is there is shown before what is not, however little it is.
		if k := Kind(k); c > most && k != Absent && k != NotAsked && k != Hole {
			best, most = k, c
		}
	}
	if most == 0 {
		for _, k := range []Kind{NotAsked, Hole} {
			if counts[k] > counts[Absent] {
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
	lid, part := t.Lids[l], false
	switch {
	case l == model.Unlocked || held == n:
	case t.Faint[l] != 0:
		lid, part = t.Faint[l], true
	case 2*held < n:
		l = model.Unlocked // not to be told from all of them
	}
	a := Writable // or what most of the pages are that a VMA covers
	for _, k := range [2]Access{ReadOnly, NoAccess} {
		if 2*of.Access[k] > of.Access[Writable]+of.Access[ReadOnly]+of.Access[NoAccess] {
			a = k
		}
	}
	return Column{Cell: t.stripCell(best, level, l, lid, a), Traits: Traits{best, l, a}, Part: part}
}
