package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// stateTile returns the tile of a page under [State].
func (t *Look) stateTile(k Kind, l model.Lock, a Access) Tile {
	fg := canvas.Style{FG: t.Kinds[k]}
	lid := t.Lids[l]
	if t.ASCII {
		return t.asciiTile(k, l, a)
	}
	g := t.GlyphOf(k)
	both := func(l, r rune, s canvas.Style) Tile { return Tile{{Rune: l, Style: s}, {Rune: r, Style: s}} }
	switch {
	case k == Hole, k == NotAsked, k == Guard, k == Unknowable:
		return both(g, g, fg)
	case k == Absent:
		return t.absentTile(l, a)
	case a == NoAccess:
		return both('▚', '▞', fg.On(lid))
	case k.tank():
		if l == model.Locked || l == model.ShmLocked {
			if g = '▆'; t.GlyphOf(k) == shaded {
				g = shadedLocked
			}
		}
		if a == ReadOnly {
			return Tile{{Rune: g, Style: fg.On(lid)}, t.openLid(l)}
		}
		return both(g, g, fg.On(lid))
	case l == model.Unlocked && a == ReadOnly:
		return Tile{{Rune: g, Style: fg}, canvas.Blank}
	case l == model.Unlocked:
		return both(g, g, fg)
	case k == Shared && a == ReadOnly:
		return Tile{{Rune: SharedLocked, Style: fg.On(lid)}, t.openLid(l)}
	case k == Shared:
		return both(SharedLocked, SharedLocked, fg.On(lid))
	case a == ReadOnly:
		return Tile{{Rune: g, Style: fg}, canvas.Blank}
	}
	// So low a tank has no lid of its own: one column is the page, the other the frame.
	return Tile{{Rune: g, Style: fg}, t.openLid(l)}
}

// GlyphOf returns the glyph of a kind. Without colors the full tank alone would not tell a page of a file from
// an anonymous one.
func (t *Look) GlyphOf(k Kind) rune {
	if k == File && t.Colors == canvas.NoColor {
		return shaded
	}
	return kindTable[k].glyph
}

// shaded is the full tank of a page of a file where there are no colors; a lock makes it lighter.
const shaded, shadedLocked = '▓', '▒'

// SharedLocked is the glyph of a page that is shared and locked: what shares it fills half of the tank, the
// other half is the lid.
const SharedLocked = '▄'

// openLid returns the column beside a tank of one column: the frame's top where there
// is a lock, else nothing.
func (t *Look) openLid(l model.Lock) canvas.Cell {
	if l == model.Unlocked {
		return canvas.Blank
	}
	return canvas.Cell{Rune: t.FrameTop, Style: canvas.Style{FG: t.Lids[l]}}
}

// absentTile returns an empty tank: the frame alone. Its lid of two eighths, which no
// font can be relied on to have, is the lower six eighths reversed.
func (t *Look) absentTile(l model.Lock, a Access) Tile {
	fg := canvas.Style{FG: t.Kinds[Absent]}
	if l != model.Unlocked {
		fg.FG = t.Lids[l]
	}
	c := canvas.Cell{Rune: '·', Style: fg}
	switch {
	case a == NoAccess:
		c.Rune = '╌'
	case l == model.Locked:
		c.Rune, c.Attr = '▆', canvas.Reverse
	case l == model.OnFault, l == model.ShmLocked:
		c.Rune = '▔'
	}
	if a != ReadOnly {
		return Tile{c, c}
	}
	if l == model.Locked {
		return Tile{c, t.openLid(l)}
	}
	return Tile{c, canvas.Blank}
}

// asciiTile returns a letter for what backs the page and a mark for the lock: * locked,
// + on fault, = SHM_LOCK. What may not be written is a small letter or a comma, and where the
// letter is small anyhow it has a minus beside it; PROT_NONE is - or #.
func (t *Look) asciiTile(k Kind, l model.Lock, a Access) Tile {
	r := kindTable[k].letters[0]
	switch {
	case a == ReadOnly:
		r = kindTable[k].letters[1]
	case a == NoAccess && k == Absent:
		r = '-'
	case a == NoAccess && k.InCore():
		r = '#'
	}
	mark := canvas.Cell{Rune: ' ', Style: canvas.Style{FG: t.Lids[l]}}
	switch {
	case k == Hole || k == NotAsked:
	case l == model.Locked:
		mark.Rune = '*'
	case l == model.OnFault:
		mark.Rune = '+'
	case l == model.ShmLocked:
		mark.Rune = '='
	case a == ReadOnly && k.InCore() && kindTable[k].letters[0] == kindTable[k].letters[1]:
		mark = canvas.Cell{Rune: '-', Style: canvas.Style{FG: t.Kinds[k]}}
	}
	return Tile{{Rune: r, Style: canvas.Style{FG: t.Kinds[k]}}, mark}
}

// Glowing returns the cell of a page that changed, at a step of the afterglow. If fills is true its tank fills
// an eighth a step. If it has a lid, only its color changes.
func (t *Look) Glowing(c canvas.Cell, k Kind, step int, fills bool) canvas.Cell {
	if c.Rune == t.FrameTop || c.Rune == ' ' || c.Attr&canvas.Reverse != 0 {
		return c
	}
	c.FG = t.glow[k][step]
	if t.Colors == canvas.NoColor {
		c.Attr |= canvas.Bold
	}
	if fills && k.tank() && c.Rune == '▇' && c.BG == 0 && step < len(t.Levels) {
		c.Rune = t.Levels[step]
	}
	return c
}

// stripCell returns one column that stands for many pages: height is the share in
// core in sevenths, hue and glyph the commonest kind, the lid what of them is locked.
// What may not be accessed is diagonals, and a full tank that may not be written its left half,
// as in dense cells.
func (t *Look) stripCell(k Kind, level int, l model.Lock, lid canvas.Color, a Access) canvas.Cell {
	fg := canvas.Style{FG: t.Kinds[k]}
	locked := l != model.Unlocked
	if t.ASCII {
		return t.asciiStrip(k, level, l, a)
	}
	switch {
	case a == NoAccess && k.InCore():
		return canvas.Cell{Rune: '▚', Style: fg.On(lidOf(l, lid))}
	case a == NoAccess && k == Absent:
		return canvas.Cell{Rune: '╌', Style: fg.On(lidOf(l, lid))}
	case a == ReadOnly && k.tank() && level >= 7:
		return canvas.Cell{Rune: '▌', Style: fg.On(lidOf(l, lid))}
	case a == ReadOnly && k == Absent && !locked:
		return canvas.Cell{Rune: '˙', Style: fg}
	case k.tank() && locked && (level >= 4 || lid != t.Lids[l]):
		// At most six eighths, so that the lid is seen.
		return canvas.Cell{Rune: t.Levels[canvas.Clamp(level, 1, 6)-1], Style: fg.On(lid)}
	case (k.tank() || k == Absent) && locked:
		// Behind so low a tank the lid would be most of the column: it stands alone.
		c := t.absentTile(l, Writable)[0]
		c.FG = lid
		return c
	case k.tank() && level >= 7:
		return canvas.Cell{Rune: t.GlyphOf(k), Style: fg}
	case k.tank():
		return canvas.Cell{Rune: t.Levels[max(0, level-1)], Style: fg}
	case k == Shared && locked:
		return canvas.Cell{Rune: SharedLocked, Style: fg.On(lid)}
	case k == Cached:
		return canvas.Cell{Rune: t.Levels[max(0, level*3/7-1)], Style: fg}
	}
	return canvas.Cell{Rune: kindTable[k].glyph, Style: fg}
}

// lidOf returns the color of a lid, or none.
func lidOf(l model.Lock, lid canvas.Color) canvas.Color {
	if l == model.Unlocked {
		return 0
	}
	return lid
}

// asciiStrip returns the letter of the commonest kind, or a digit where not all of the pages are in
// core: how many tenths are. A lock's mark takes its place, and so does that of PROT_NONE.
func (t *Look) asciiStrip(k Kind, level int, l model.Lock, a Access) canvas.Cell {
	lid, fg := canvas.Style{FG: t.Lids[l]}, canvas.Style{FG: t.Kinds[k]}
	switch {
	case l == model.Locked:
		return canvas.Cell{Rune: '*', Style: lid}
	case l == model.OnFault:
		return canvas.Cell{Rune: '+', Style: lid}
	case l == model.ShmLocked:
		return canvas.Cell{Rune: '=', Style: lid}
	case a == NoAccess && k.InCore():
		return canvas.Cell{Rune: '#', Style: fg}
	case a == NoAccess && k == Absent:
		return canvas.Cell{Rune: '-', Style: fg}
	case k.tank() && level < 7:
		return canvas.Cell{Rune: rune('0' + canvas.Clamp((level*10+3)/7, 1, 9)), Style: fg}
	case a == ReadOnly:
		return canvas.Cell{Rune: kindTable[k].letters[1], Style: fg}
	}
	return canvas.Cell{Rune: kindTable[k].letters[0], Style: fg}
}
