package ui

import (
	"incore/model"
)

// tile is a page in two columns; where it has one, in the first of them.
type tile [2]cell

// tiles has the tiles of a theme by lens, zoom (chips and dense) and class. The loop over the
// pages only looks them up.
type tiles [lenses][2][]tile

func newTiles(th *theme) *tiles {
	t := new(tiles)
	for z := range 2 {
		dense := z == 1
		for k := range kinds {
			for l := range model.Lock(locks) {
				for a := range accesses {
					chip := tile(th.look(k, l, a))
					if dense {
						chip[0] = th.denseLook(k, l, a, look(chip))
					}
					t[lensState][z] = append(t[lensState][z], chip)
				}
			}
		}
		nothing := []tile{both(' ', style{}), both(' ', style{})}
		never := both(th.dot(), style{fg: th.kinds[kindAbsent]})
		prot, sharing := nothing[:2:2], nothing[:2:2]
		for p := range model.Prot(8) {
			prot = append(prot, th.protTile(p, dense))
		}
		for i := range th.sharings {
			sharing = append(sharing, th.sharingTile(i))
		}
		age, heat := append(nothing[:2:2], never), append(nothing[:2:2], never)
		for i := range ageClasses {
			level := th.levels[ageClasses-1-i]
			age = append(age, both(level, style{fg: th.ages[i]}))
			for n := range faultMarks {
				for _, major := range [2]bool{false, true} {
					heat = append(heat, tile{{level, style{fg: th.heat[i]}}, th.faultMark(n, major)})
				}
			}
		}
		t[lensProt][z], t[lensSharing][z], t[lensAge][z], t[lensHeat][z] = prot, sharing, age, heat
	}
	return t
}

func both(r rune, st style) tile { return tile{{r, st}, {r, st}} }

func (t *theme) dot() rune {
	if t.ascii {
		return '.'
	}
	return '·'
}

// block is a cell that is full to the top.
func (t *theme) block() rune {
	if t.ascii {
		return t.levels[6]
	}
	return '█'
}

// protLetters are a protection in two letters, and in one.
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

// protTile is a protection's letters on its colour.
func (t *theme) protTile(p model.Prot, dense bool) tile {
	st := style{fg: t.prots[p]}
	if p != model.ProtNone {
		st.attr |= reverse
	}
	two, one := protLetters(p)
	if dense {
		return both(one, st)
	}
	return tile{{two[0], st}, {two[1], st}}
}

// What sharing looks like: a full tank is this process's alone, posts are shared.
var (
	sharingGlyphs  = [5]rune{'·', '▇', '▖', '▒', '?'}
	sharingLetters = [5]rune{'.', 'A', 's', 'f', '?'}
)

func (t *theme) sharingTile(i int) tile {
	r := sharingGlyphs[i]
	if t.ascii {
		r = sharingLetters[i]
	}
	return both(r, style{fg: t.sharings[i]})
}

// faultMark is how many faults a page took, underlined and in the hue of an error where one of
// them was major.
func (t *theme) faultMark(faults int, major bool) cell {
	mark := cell{' ', t.text}
	switch {
	case faults == faultMarks-1:
		mark.r = '+'
	case faults > 0:
		mark.r = rune('0' + faults)
	}
	if major {
		mark.style = t.fail
		mark.attr |= underline
	}
	return mark
}

// denseLook is a page in one column. There is no second one for what may not be written: it
// fills the left half; and a lock that has no tank to lie on colours the glyph.
func (t *theme) denseLook(k kind, l model.Lock, a access, chip look) cell {
	c := chip[0]
	if t.ascii {
		if l != model.Unlocked && chip[1].r != ' ' {
			return chip[1] // the lock is wanted more than what it holds
		}
		return c
	}
	switch {
	case k == kindHole, k == kindNotAsked, k == kindGuard, k == kindUnknowable, a == noAccess:
	case k == kindAbsent && a == readOnly && l == model.Unlocked:
		c.r = '˙'
	case k.tank() && a == readOnly:
		c.r = '▌'
	case k == kindShared && l != model.Unlocked: // half of it is the lid
	case !k.tank() && k != kindAbsent && l != model.Unlocked:
		c.fg = t.lids[l]
	}
	return c
}
