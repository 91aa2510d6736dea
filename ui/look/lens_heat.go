package look

import (
	"fmt"
	"time"

	"incore/model"
	"incore/ui/canvas"
)

// Heat shows when touches last reached a page, and the faults that they took.
var Heat = &Lens{
	Name: "last touch, faults",
	Word: "touches",
	Text: "when a touch last reached the page, and how many faults that took",
	ages: faultMarks * 2,
	Class: func(p Page) int {
		if p.Mapping == 0 {
			return classHole
		}
		return heatClass(p.Heat, p.Now)
	},
	column: (*Aggregator).hottest,
	Bare: func(class int) int {
		if class < classTouched {
			return class
		}
		return class - (class-classTouched)%(faultMarks*2)
	},
	tiles: func(th *Look, _ bool) []Tile {
		all := append(nothing(), th.never())
		for i := range ageClasses {
			level := th.Levels[ageClasses-1-i]
			for n := range faultMarks {
				for _, major := range [2]bool{false, true} {
					all = append(all, Tile{{Rune: level, Style: canvas.Style{FG: th.heat[i]}}, th.faultMark(n, major)})
				}
			}
		}
		return all
	},
	figures: func(th *Look) []Figure {
		all := append(make([]Figure, classFirst, heatClasses), th.neverFigure())
		for i := range ageClasses {
			tank := ageFigure(i, th.heat[i])
			tank.half = true
			for n := range faultMarks {
				for _, major := range [2]bool{false, true} {
					c := th.faultMark(n, major)
					tank.tally, tank.count = c.Rune, c.Style
					all = append(all, tank)
				}
			}
		}
		return all
	},
	legend: heatLegend,
}

// A class under lensHeat is of a time and of the faults: none, one to nine, more; and the same
// with a major one among them.
const (
	faultMarks  = 11
	heatClasses = classTouched + ageClasses*faultMarks*2
)

func heatClass(h model.Heat, now time.Duration) int {
	if h.Last == 0 && h.Minor == 0 && h.Major == 0 {
		return classNever
	}
	faults := int(min(uint64(h.Minor)+uint64(h.Major), faultMarks-1))
	c := classTouched + (ageClass(now, h.Last)*faultMarks+faults)*2
	if h.Major > 0 {
		c++
	}
	return c
}

// faultMark returns how many faults a page took, underlined and in the hue of an error where one of
// them was major.
func (t *Look) faultMark(faults int, major bool) canvas.Cell {
	mark := canvas.Cell{Rune: ' ', Style: t.Text}
	switch {
	case faults == faultMarks-1:
		mark.Rune = '+'
	case faults > 0:
		mark.Rune = rune('0' + faults)
	}
	if major {
		mark.Style = t.Fail
		mark.Attr |= canvas.Underline
	}
	return mark
}

// heatLegend returns the scale of the heat, as far as it is on the screen, and the marks of faults.
func heatLegend(ln *Lens, l *Legend, items []Item, s *Seen) []Item {
	tiles := l.Look.Tiles[ln.Index][0]
	faults, major := false, false
	items = l.class(items, s, ln, classNever, "never touched")
	for age := range ageClasses {
		first := classTouched + age*faultMarks*2
		here := false
		for i := range faultMarks * 2 {
			here = here || s.Classes[first+i]
			faults = faults || i > 1 && s.Classes[first+i]
			major = major || i%2 == 1 && s.Classes[first+i]
		}
		if here {
			items = append(items, Item{Tile{tiles[first][0], tiles[first][0]}, 0, "touched " + ageNames[age], -1})
		}
	}
	items = inBlocks(items, s.Block)
	if l.Narrow {
		return items
	}
	if faults {
		items = append(items, Item{Tile{canvas.Blank, {Rune: '1', Style: l.Look.Text}}, 0, "faults it took", -1})
	}
	if major {
		st := l.Look.Fail
		st.Attr |= canvas.Underline
		items = append(items, Item{Tile{canvas.Blank, {Rune: '1', Style: st}}, 0, "one was major", -1})
	}
	return items
}

// inBlocks adds what says that a lens tells of so many pages as one.
func inBlocks(items []Item, pages int64) []Item {
	if pages <= 1 {
		return items
	}
	return append(items, Item{Tile{canvas.Blank, canvas.Blank}, 0, fmt.Sprintf("told by %d pages", pages), -1})
}
