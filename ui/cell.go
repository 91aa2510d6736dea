package ui

import (
	"incore/model"
)

// look is the two columns that a page is drawn in. The third column of its cell,
// the gap, belongs to the grid: lock frame, selection and cursor are drawn there.
//
// The cell is a tank: height is residency, hue is what backs the page, a gold lid
// is a lock (two eighths thick; one eighth for a lock on fault). SHM_LOCK has the lid of a
// lock where the page is in memory, and that of a lock on fault, in full gold, where it is
// not, since it locks pages as they come in. Where a page may
// not be written only the left column is drawn, and PROT_NONE is broken into
// diagonals, so that protection shows in any hue and in none.
type look [2]cell

var kindGlyphs = [kinds]rune{
	kindHole: ' ', kindNotAsked: ' ', kindAbsent: '·', kindZero: '▁', kindAnon: '▇', kindFile: '▇', kindCached: '▃',
	kindShared: '▖', kindSwapped: '▾', kindSwapCache: '▴', kindHuge: '▇', kindGuard: '╳', kindUnknowable: '?',
}

// kindLetters are the ASCII forms: of a writable page, and of a read-only one.
var kindLetters = [kinds][2]rune{
	kindHole: {' ', ' '}, kindNotAsked: {' ', ' '}, kindAbsent: {'.', ','}, kindZero: {'0', 'o'}, kindAnon: {'A', 'a'},
	kindFile: {'F', 'f'}, kindCached: {'c', 'c'}, kindShared: {'s', 's'}, kindSwapped: {'z', 'z'}, kindSwapCache: {'Z', 'Z'}, kindHuge: {'H', 'h'},
	kindGuard: {'x', 'x'}, kindUnknowable: {'?', '?'},
}

// look computes one entry of the theme's table.
func (t *theme) look(k kind, l model.Lock, a access) look {
	fg := style{fg: t.kinds[k]}
	lid := t.lids[l]
	if t.ascii {
		return t.asciiLook(k, l, a)
	}
	g := t.glyphOf(k)
	both := func(l, r rune, s style) look { return look{{l, s}, {r, s}} }
	switch {
	case k == kindHole, k == kindNotAsked, k == kindGuard, k == kindUnknowable:
		return both(g, g, fg)
	case k == kindAbsent:
		return t.absentLook(l, a)
	case a == noAccess:
		return both('▚', '▞', fg.on(lid))
	case k.tank():
		if l == model.Locked || l == model.ShmLocked {
			if g = '▆'; t.glyphOf(k) == shaded {
				g = shadedLocked
			}
		}
		if a == readOnly {
			return look{{g, fg.on(lid)}, t.openLid(l)}
		}
		return both(g, g, fg.on(lid))
	case l == model.Unlocked && a == readOnly:
		return look{{g, fg}, blank}
	case l == model.Unlocked:
		return both(g, g, fg)
	case k == kindShared && a == readOnly:
		return look{{sharedLocked, fg.on(lid)}, t.openLid(l)}
	case k == kindShared:
		return both(sharedLocked, sharedLocked, fg.on(lid))
	case a == readOnly:
		return look{{g, fg}, blank}
	}
	// So low a tank has no lid of its own: one column is the page, the other the frame.
	return look{{g, fg}, t.openLid(l)}
}

// glyphOf is the glyph of a kind. Without colours a page of a file would not be told from an
// anonymous one by its full tank alone.
func (t *theme) glyphOf(k kind) rune {
	if k == kindFile && t.colors == NoColor {
		return shaded
	}
	return kindGlyphs[k]
}

// shaded is the full tank of a page of a file where there are no colours; a lock makes it lighter.
const shaded, shadedLocked = '▓', '▒'

// sharedLocked is a page that is shared and locked: what shares it fills half of the tank,
// the other half is the lid.
const sharedLocked = '▄'

// openLid is the column beside a tank of one column: the frame's top where there
// is a lock, else nothing.
func (t *theme) openLid(l model.Lock) cell {
	if l == model.Unlocked {
		return blank
	}
	return cell{t.frameTop, style{fg: t.lids[l]}}
}

// absentLook is an empty tank: the frame alone. Its lid of two eighths, which no
// font can be relied on to have, is the lower six eighths reversed.
func (t *theme) absentLook(l model.Lock, a access) look {
	fg := style{fg: t.kinds[kindAbsent]}
	if l != model.Unlocked {
		fg.fg = t.lids[l]
	}
	c := cell{'·', fg}
	switch {
	case a == noAccess:
		c.r = '╌'
	case l == model.Locked:
		c.r, c.attr = '▆', reverse
	case l == model.OnFault, l == model.ShmLocked:
		c.r = '▔'
	}
	if a != readOnly {
		return look{c, c}
	}
	if l == model.Locked {
		return look{c, t.openLid(l)}
	}
	return look{c, blank}
}

// asciiLook is a letter for what backs the page and a mark for the lock: * locked,
// + on fault, = SHM_LOCK. What may not be written is a small letter or a comma, and where the
// letter is small anyhow it has a minus beside it; PROT_NONE is - or #.
func (t *theme) asciiLook(k kind, l model.Lock, a access) look {
	r := kindLetters[k][0]
	switch {
	case a == readOnly:
		r = kindLetters[k][1]
	case a == noAccess && k == kindAbsent:
		r = '-'
	case a == noAccess && k.inCore():
		r = '#'
	}
	mark := cell{' ', style{fg: t.lids[l]}}
	switch {
	case k == kindHole || k == kindNotAsked:
	case l == model.Locked:
		mark.r = '*'
	case l == model.OnFault:
		mark.r = '+'
	case l == model.ShmLocked:
		mark.r = '='
	case a == readOnly && k.inCore() && kindLetters[k][0] == kindLetters[k][1]:
		mark = cell{'-', style{fg: t.kinds[k]}}
	}
	return look{{r, style{fg: t.kinds[k]}}, mark}
}

// glowing is a cell of a page that changed, step steps ago. Where fills says so its tank fills
// an eighth a step; where it has a lid only its colour moves.
func (t *theme) glowing(c cell, k kind, step int, fills bool) cell {
	if c.r == t.frameTop || c.r == ' ' || c.attr&reverse != 0 {
		return c
	}
	c.fg = t.glow[k][step]
	if t.colors == NoColor {
		c.attr |= bold
	}
	if fills && k.tank() && c.r == '▇' && c.bg == 0 && step < len(t.levels) {
		c.r = t.levels[step]
	}
	return c
}

// stripLook is one column that stands for many pages: height is the share in
// core in sevenths, hue and glyph the commonest kind, the lid what of them is locked.
// What may not be accessed is diagonals, and a full tank that may not be written its left half,
// as in dense cells.
func (t *theme) stripLook(k kind, level int, l model.Lock, lid color, a access) cell {
	fg := style{fg: t.kinds[k]}
	locked := l != model.Unlocked
	if t.ascii {
		return t.asciiStrip(k, level, l, a)
	}
	switch {
	case a == noAccess && k.inCore():
		return cell{'▚', fg.on(lidOf(l, lid))}
	case a == noAccess && k == kindAbsent:
		return cell{'╌', fg.on(lidOf(l, lid))}
	case a == readOnly && k.tank() && level >= 7:
		return cell{'▌', fg.on(lidOf(l, lid))}
	case a == readOnly && k == kindAbsent && !locked:
		return cell{'˙', fg}
	case k.tank() && locked && (level >= 4 || lid != t.lids[l]):
		// At most six eighths, so that the lid is seen.
		return cell{t.levels[clamp(level, 1, 6)-1], fg.on(lid)}
	case (k.tank() || k == kindAbsent) && locked:
		// Behind so low a tank the lid would be most of the column: it stands alone.
		c := t.absentLook(l, writable)[0]
		c.fg = lid
		return c
	case k.tank() && level >= 7:
		return cell{t.glyphOf(k), fg}
	case k.tank():
		return cell{t.levels[max(0, level-1)], fg}
	case k == kindShared && locked:
		return cell{sharedLocked, fg.on(lid)}
	case k == kindCached:
		return cell{t.levels[max(0, level*3/7-1)], fg}
	}
	return cell{kindGlyphs[k], fg}
}

// lidOf is the colour of a lid, or none.
func lidOf(l model.Lock, lid color) color {
	if l == model.Unlocked {
		return 0
	}
	return lid
}

// asciiStrip is the letter of the commonest kind, or a digit where not all of the pages are in
// core: how many tenths are. A lock's mark takes its place, and so does that of PROT_NONE.
func (t *theme) asciiStrip(k kind, level int, l model.Lock, a access) cell {
	lid, fg := style{fg: t.lids[l]}, style{fg: t.kinds[k]}
	switch {
	case l == model.Locked:
		return cell{'*', lid}
	case l == model.OnFault:
		return cell{'+', lid}
	case l == model.ShmLocked:
		return cell{'=', lid}
	case a == noAccess && k.inCore():
		return cell{'#', fg}
	case a == noAccess && k == kindAbsent:
		return cell{'-', fg}
	case k.tank() && level < 7:
		return cell{rune('0' + clamp((level*10+3)/7, 1, 9)), fg}
	case a == readOnly:
		return cell{kindLetters[k][1], fg}
	}
	return cell{kindLetters[k][0], fg}
}
