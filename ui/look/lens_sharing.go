package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// Sharing shows who maps the frame of a page.
var Sharing = &Lens{
	Name: "sharing",
	Word: "sharing",
	Text: "mapped by this process alone, or by others too",
	Asks: true,
	Class: func(p Page) int {
		switch {
		case p.Mapping == 0:
			return classHole
		case p.Residency == model.NotAsked:
			return classNotAsked
		}
		return sharingClass(p.Page, p.Alone)
	},
	low: func(class int) bool { return class == classUnmapped },
	tiles: func(th *Look, _ bool) []Tile {
		all := nothing()
		for i := range th.sharings {
			all = append(all, th.sharingTile(i))
		}
		return all
	},
	figures: func(th *Look) []Figure {
		all := make([]Figure, classFirst)
		for i := range th.sharings {
			all = append(all, th.sharingFigure(i))
		}
		return all
	},
	legend: func(ln *Lens, l *Legend, items []Item, s *Seen) []Item {
		for i, word := range sharingWords {
			items = l.class(items, s, ln, classFirst+i, word)
		}
		return l.class(items, s, ln, classNotAsked, NotAsked.Name())
	},
}

// The classes under lensSharing.
const (
	classUnmapped = classFirst + iota
	classAlone
	classShared
	classFile
	classUnknown
)

var sharingWords = [5]string{"not mapped", "yours alone", "shared copy-on-write", "shared: file, zero page", "not known"}

func sharingClass(p model.Page, alone bool) int {
	switch {
	case !p.Has(model.Mapped), p.Has(model.Guard):
		return classUnmapped
	case p.Has(model.Exclusive):
		return classAlone
	case p.Has(model.ZeroPage), p.Has(model.File | model.Shared):
		return classFile
	case p.Has(model.File):
		return classUnknown // of a file's page nothing but the page table tells
	case p.Has(model.Shared):
		return classShared
	case alone:
		return classAlone // the page table is not asked then
	}
	return classUnknown
}

// What sharing looks like: a full tank is this process's alone, posts are shared.
var (
	sharingGlyphs  = [5]rune{'·', '▇', '▖', '▒', '?'}
	sharingLetters = [5]rune{'.', 'A', 's', 'f', '?'}
)

func (t *Look) sharingTile(i int) Tile {
	r := sharingGlyphs[i]
	if t.ASCII {
		r = sharingLetters[i]
	}
	return Both(r, canvas.Style{FG: t.sharings[i]})
}

func (t *Look) sharingFigure(i int) Figure {
	f := Figure{shape: shapeGlyph, Style: canvas.Style{FG: t.sharings[i]}}
	r := sharingGlyphs[i]
	if t.ASCII {
		r = sharingLetters[i]
	}
	f.runes = [2]rune{r, r}
	switch {
	case classFirst+i == classAlone && t.ASCII:
		f.shape = shapeFill
	case classFirst+i == classAlone:
		f.shape, f.level = shapeTank, 7
	case classFirst+i == classShared && !t.ASCII:
		f.shape = shapePosts
	case classFirst+i == classFile && !t.ASCII:
		f.shape = shapeFill
	}
	return f
}
