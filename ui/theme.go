package ui

import (
	"incore/model"
)

// glowSteps is in how many steps a page that changed fades to its own colour.
const glowSteps = 8

// locks is the number of values of model.Lock.
const locks = 4

// theme is every colour and glyph of the screen. It is made once for a number of
// colours, a background and a set of glyphs, and not changed after that.
type theme struct {
	colors      Colors
	dark, ascii bool
	paint       bool // the background is painted always

	text, dim, mute, rule, heading, accent, ok, fail, gold style
	banner                                                 style // the subject is gone
	key                                                    style // a key's name in the keys line
	cursor                                                 style
	selection                                              color // background; 0 where there are no colours
	mark                                                   color // background of the pages that a command being typed would reach
	boundary                                               style // between two VMAs
	kinds                                                  [kinds]color
	lids                                                   [locks]color
	faint                                                  [locks]color // of a lock that not all of the pages of a cell have; 0 where it cannot be told apart

	heat     [heatSteps]color    // how long ago a page was touched, from just now
	ages     [ageSteps]color     // how long ago it changed, from just now
	prots    [protCount]color    // by model.Prot
	sharings [sharingCount]color // not mapped, yours alone, shared, of a file or shmem, not known

	keycap style // a pressed key, as the presenter mode shows it
	paper  style // what the whole screen is painted with, where it is

	looks [kinds][locks][accesses]look
	glow  [kinds][glowSteps]color
	glyphs
}

// glyphs are the marks of the chrome in one of two sets.
type glyphs struct {
	rule, prompt, live, dead, marker, cursorL, cursorR, frameTop, frameL, frameR rune
	barFull, barEmpty, track, thumb, border                                      rune
	levels                                                                       []rune // from one eighth to the full tank
	arrows                                                                       string
}

var unicodeGlyphs = glyphs{
	rule: '─', prompt: '❯', live: '●', dead: '✕', marker: '▌', cursorL: '▐', cursorR: '▌',
	frameTop: '▔', frameL: '▕', frameR: '▏', barFull: '━', barEmpty: '─', track: '│', thumb: '┃', border: '│',
	levels: []rune("▁▂▃▄▅▆▇"), arrows: "←↑↓→",
}

var asciiGlyphs = glyphs{
	rule: '-', prompt: '>', live: '*', dead: 'x', marker: '>', cursorL: '[', cursorR: ']',
	frameTop: ' ', frameL: ' ', frameR: ' ', barFull: '=', barEmpty: '.', track: '|', thumb: '#', border: '|',
	levels: []rune("_:-=+%#"), arrows: "arrows",
}

// pick is a colour as the terminal can show it.
func (t *theme) pick(h hue) color {
	switch t.colors {
	case NoColor:
		return 0
	case Color16:
		n := h.dark16
		if !t.dark {
			n = h.light16
		}
		if n < 0 {
			return 0
		}
		return ansi16(uint8(n))
	}
	v := rgb(h.dark)
	if !t.dark {
		v = rgb(h.light)
	}
	if t.colors == Color256 {
		return v.to256()
	}
	return v
}

// newTheme makes the default theme for a number of colours (which must not be ColorsAuto).
func newTheme(colors Colors, dark, ascii bool) *theme {
	return newThemeOf(DefaultTheme(), colors, dark, ascii)
}

// newThemeOf makes the theme of a file's colours; nil are those of the default theme.
func newThemeOf(of *Theme, colors Colors, dark, ascii bool) *theme {
	if of == nil {
		of = DefaultTheme()
	}
	t := &theme{colors: colors, dark: dark, ascii: ascii, paint: of.paint, glyphs: unicodeGlyphs}
	if ascii {
		t.glyphs = asciiGlyphs
	}
	t.chrome(&of.hues)
	for k := range kinds {
		t.kinds[k] = t.pick(of.hues[hueOf[k]])
	}
	for l := range t.lids {
		if model.Lock(l) != model.Unlocked {
			t.lids[l] = t.pick(of.hues[hueOfLid[l]])
			t.faint[l] = t.half(of.hues[hueOfLid[l]], of.hues[hueBackground])
		}
	}
	t.scale(t.heat[:], of.hues[hueHeat:])
	t.scale(t.ages[:], of.hues[hueAge:])
	t.scale(t.prots[:], of.hues[hueProt:])
	t.scale(t.sharings[:], of.hues[hueSharing:])
	for k := range kinds {
		for l := range model.Lock(locks) {
			for a := range accesses {
				t.looks[k][l][a] = t.look(k, l, a)
			}
		}
		for i := range glowSteps {
			t.glow[k][i] = t.glowColor(of.hues[hueCursor], of.hues[hueOf[k]], i)
		}
	}
	return t
}

// half is a colour between two, or 0 where the terminal has too few for that.
func (t *theme) half(a, b hue) color {
	switch {
	case t.colors == NoColor || t.colors == Color16:
		return 0
	case t.dark:
		a.light, b.light = a.dark, b.dark
	}
	c := mix(rgb(a.light), rgb(b.light), 1, 2)
	if t.colors == Color256 {
		return c.to256()
	}
	return c
}

// scale fills the colours of a lens.
func (t *theme) scale(to []color, from []hue) {
	for i := range to {
		to[i] = t.pick(from[i])
	}
}

// chrome makes the styles of all that is no page.
func (t *theme) chrome(of *[hueIDs]hue) {
	fg := func(id hueID) style { return style{fg: t.pick(of[id])} }
	t.text, t.dim, t.mute, t.rule = fg(hueText), fg(hueDim), fg(hueMute), fg(hueRule)
	t.accent, t.ok, t.fail, t.gold, t.cursor = fg(hueAccent), fg(hueOK), fg(hueError).bold(), fg(hueLock), fg(hueCursor)
	t.heading, t.key, t.boundary = t.text.bold(), t.accent.bold(), fg(hueBoundary).bold()
	t.banner = fg(hueCursor).on(t.pick(of[hueBanner])).bold()
	t.selection, t.mark = t.pick(of[hueSelection]), t.pick(of[hueMark])
	t.keycap = fg(hueBackground).on(t.pick(of[hueAccent])).bold()
	t.paper = fg(hueText).on(t.pick(of[hueBackground]))
	switch t.colors {
	case NoColor:
		t.banner.attr |= reverse
		t.keycap.attr |= reverse
		t.cursor.attr |= bold
	case Color16:
		t.banner.fg = ansi16(15)
		ink, ground := ansi16(15), ansi16(0)
		if !t.dark {
			ink, ground = ground, ink
		}
		t.keycap.fg = ground
		// The terminal's own text colour need not be readable on a background of ours.
		if t.paper.bg != 0 && t.paper.fg == 0 {
			t.paper.fg = ink
		}
	}
}

// glowColor is the colour of step i of the afterglow, from one hue to the other.
func (t *theme) glowColor(first, h hue, i int) color {
	switch t.colors {
	case NoColor:
		return 0
	case Color16:
		if i < glowSteps/2 {
			return t.pick(first)
		}
		return t.pick(h)
	}
	from, to := rgb(first.dark), rgb(h.dark)
	if !t.dark {
		from, to = rgb(first.light), rgb(h.light)
	}
	c := mix(from, to, uint32(i), glowSteps)
	if t.colors == Color256 {
		return c.to256()
	}
	return c
}
