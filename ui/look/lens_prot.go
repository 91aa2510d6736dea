package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// Protection shows the protection.
var Protection = &Lens{
	Name: "protection",
	Word: "protection",
	Text: "what the process may do: r w x, or nothing",
	Class: func(p Page) int {
		if p.Mapping == 0 {
			return classHole
		}
		return classFirst + int(p.Prot&7)
	},
	tiles: func(th *Look, dense bool) []Tile {
		all := nothing()
		for p := range model.Prot(8) {
			all = append(all, th.protTile(p, dense))
		}
		return all
	},
	figures: func(th *Look) []Figure {
		all := make([]Figure, classFirst)
		for p := range model.Prot(8) {
			all = append(all, th.protFigure(p))
		}
		return all
	},
	legend: func(ln *Lens, l *Legend, items []Item, s *Seen) []Item {
		for p := range model.Prot(8) {
			items = l.class(items, s, ln, classFirst+int(p), protWords[p])
		}
		return l.class(items, s, ln, classNotAsked, NotAsked.Name())
	},
}

// protWords are the protections as mprotect(2) names them.
var protWords = [8]string{
	0: "PROT_NONE", 1: "r: read-only", 2: "w", 3: "rw: read, write", 4: "x", 5: "rx: read, execute", 6: "wx", 7: "rwx: all",
}

// protLetters returns a protection in two letters, and in one.
func protLetters(p model.Prot) (two [2]rune, one rune) {
	switch p {
	case model.ProtNone:
		return [2]rune{'-', '-'}, '-'
	case model.ProtRead:
		return [2]rune{'r', '-'}, 'r'
	case model.ProtWrite:
		return [2]rune{'-', 'w'}, 'w'
	case model.ProtRead | model.ProtWrite:
		return [2]rune{'r', 'w'}, 'w'
	case model.ProtExec:
		return [2]rune{'-', 'x'}, 'x'
	case model.ProtRead | model.ProtExec:
		return [2]rune{'r', 'x'}, 'x'
	}
	return [2]rune{'w', 'x'}, 'X'
}

// protTile returns a protection's letters on its color.
func (t *Look) protTile(p model.Prot, dense bool) Tile {
	st := canvas.Style{FG: t.prots[p]}
	if p != model.ProtNone {
		st.Attr |= canvas.Reverse
	}
	two, one := protLetters(p)
	if dense {
		return Both(one, st)
	}
	return Tile{{Rune: two[0], Style: st}, {Rune: two[1], Style: st}}
}

func (t *Look) protFigure(p model.Prot) Figure {
	text, _ := protLetters(p)
	f := Figure{shape: shapeText, runes: text, Style: canvas.Style{FG: t.prots[p], Attr: canvas.Reverse}}
	if p == model.ProtNone {
		f.shape, f.Attr = shapeGlyph, 0
	}
	return f
}
