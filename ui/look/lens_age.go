package look

import (
	"incore/model"
)

// Age shows when a page last changed.
var Age = &Lens{
	Name: "age",
	Word: "age",
	Text: "when what the kernel says of the page last changed",
	ages: 1,
	Class: func(p Page) int {
		switch {
		case p.Mapping == 0:
			return classHole
		case p.Residency == model.NotAsked:
			return classNotAsked
		case p.Changed == 0:
			return classNever
		}
		return classTouched + ageClass(p.Now, p.Changed)
	},
	column: (*Aggregator).youngest,
	tiles: func(th *Look, _ bool) []Tile {
		all := append(nothing(), th.never())
		for i := range ageClasses {
			all = append(all, th.ageTile(i))
		}
		return all
	},
	figures: func(th *Look) []Figure {
		all := append(make([]Figure, classFirst), th.neverFigure())
		for i := range ageClasses {
			tank := ageFigure(i, th.ages[i])
			tank.half, tank.tally, tank.count = true, ageDigits[i], th.ageDigit(i)
			all = append(all, tank)
		}
		return all
	},
	legend: func(ln *Lens, l *Legend, items []Item, s *Seen) []Item {
		items = l.class(items, s, ln, classNever, "never changed")
		for i := range ageClasses {
			items = l.class(items, s, ln, classTouched+i, "changed "+ageNames[i])
		}
		return inBlocks(l.class(items, s, ln, classNotAsked, NotAsked.Name()), s.Ages)
	},
}
