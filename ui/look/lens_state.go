package look

import (
	"incore/model"
)

// State shows residency, what backs the page, and its lock.
var State = &Lens{
	Name: "residency, lock",
	Word: "residency",
	Text: "in memory or not, what backs it, whether it is locked",
	Class: func(p Page) int {
		return Traits{KindOf(p.Page, p.Anon), p.Lock, AccessOf(p.Prot)}.Class()
	},
	tiles: func(th *Look, dense bool) (all []Tile) {
		eachState(func(k Kind, l model.Lock, a Access) {
			chip := th.stateTile(k, l, a)
			if dense {
				chip[0] = th.denseCell(k, l, a, chip)
			}
			all = append(all, chip)
		})
		return all
	},
	figures: func(th *Look) (all []Figure) {
		eachState(func(k Kind, l model.Lock, a Access) { all = append(all, th.stateFigure(k, l, a)) })
		return all
	},
	legend: func(_ *Lens, l *Legend, items []Item, s *Seen) []Item { return l.states(items, s) },
}

// eachState calls f with every kind, lock and access, in the order of their classes.
func eachState(f func(Kind, model.Lock, Access)) {
	for k := range Kinds {
		for l := range model.Lock(Locks) {
			for a := range accesses {
				f(k, l, a)
			}
		}
	}
}
