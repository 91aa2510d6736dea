package ui

import "incore/model"

// glowSteps is in how many steps a page that changed fades to its own colour.
const glowSteps = 8

// locks is the number of values of model.Lock.
const locks = 4

// theme is every colour and glyph of the screen. It is made once for a number of
// colours, a background and a set of glyphs, and not changed after that.
type theme struct {
	colors      Colors
	dark, ascii bool

	text, dim, mute, rule, heading, accent, ok, fail, gold style
	banner                                                 style // the subject is gone
	key                                                    style // a key's name in the keys line
	cursor                                                 style
	selection                                              color // background; 0 where there are no colours
	kinds                                                  [kinds]color
	lids                                                   [locks]color

	looks [kinds][locks][accesses]look
	glow  [kinds][glowSteps]color
	glyphs
}

// glyphs are the marks of the chrome in one of two sets.
type glyphs struct {
	rule, prompt, live, dead, marker, cursorL, cursorR, frameTop, frameL, frameR rune
	barFull, barEmpty, track, thumb                                              rune
	levels                                                                       []rune // from one eighth to the full tank
	arrows                                                                       string
}

var unicodeGlyphs = glyphs{
	rule: '─', prompt: '❯', live: '●', dead: '✕', marker: '▌', cursorL: '▐', cursorR: '▌',
	frameTop: '▔', frameL: '▕', frameR: '▏', barFull: '━', barEmpty: '─', track: '│', thumb: '┃',
	levels: []rune("▁▂▃▄▅▆▇"), arrows: "←↑↓→",
}

var asciiGlyphs = glyphs{
	rule: '-', prompt: '>', live: '*', dead: 'x', marker: '>', cursorL: '[', cursorR: ']',
	frameTop: ' ', frameL: ' ', frameR: ' ', barFull: '=', barEmpty: '.', track: '|', thumb: '#',
	levels: []rune("_.-=+%#"), arrows: "arrows",
}

// hue is a colour of the palette: red, green and blue, and which of the 16, each
// for a dark and for a light background.
type hue struct {
	dark, light     uint32
	dark16, light16 int8 // -1 is the terminal's own colour
}

var kindHues = [kinds]hue{
	kindHole:       {0x4B566B, 0xA3AEC0, 8, 8},
	kindNotAsked:   {0x4B566B, 0xA3AEC0, 8, 8},
	kindAbsent:     {0x4B566B, 0xA3AEC0, 8, 8},
	kindZero:       {0xB4C4D6, 0x66799A, 7, 8},
	kindAnon:       {0x17BE90, 0x00694C, 10, 2},
	kindFile:       {0x5CB8F2, 0x00528F, 14, 4},
	kindCached:     {0x47617E, 0x8AA7C2, 6, 6},
	kindShared:     {0xE58FC4, 0xB0478A, 13, 5},
	kindSwapped:    {0x9F84EE, 0x6B4FC0, 5, 5},
	kindSwapCache:  {0x9F84EE, 0x6B4FC0, 5, 5},
	kindHuge:       {0x0FA37C, 0x0B8A64, 10, 2},
	kindGuard:      {0x8C5560, 0xB4848C, 1, 1},
	kindUnknowable: {0x7C879E, 0x5B6577, 8, 8},
}

var (
	hueText    = hue{0xD5DCEB, 0x1C2330, -1, -1}
	hueDim     = hue{0x7C879E, 0x5B6577, 7, 8}
	hueMute    = hue{0x59647A, 0x9AA5B8, 8, 8}
	hueRule    = hue{0x343C4D, 0xCBD2DE, 8, 7}
	hueAccent  = hue{0x8AB8FF, 0x1F5FBF, 14, 4}
	hueError   = hue{0xFF6B57, 0xC23B22, 9, 1}
	hueGold    = hue{0xFFD045, 0xB26F00, 11, 3}
	hueOnFault = hue{0xC79A2E, 0xD9A441, 3, 3}
	hueCursor  = hue{0xFFFFFF, 0x000000, 15, 0}
	hueSelect  = hue{0x24406B, 0xC6DBFA, 4, 7}
	hueBanner  = hue{0x5A1A14, 0xFFD9D2, 1, 1} // a background
)

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

// newTheme makes the theme for a number of colours (which must not be ColorsAuto).
func newTheme(colors Colors, dark, ascii bool) *theme {
	t := &theme{colors: colors, dark: dark, ascii: ascii, glyphs: unicodeGlyphs}
	if ascii {
		t.glyphs = asciiGlyphs
	}
	fg := func(h hue) style { return style{fg: t.pick(h)} }
	t.text, t.dim, t.mute, t.rule = fg(hueText), fg(hueDim), fg(hueMute), fg(hueRule)
	t.accent, t.fail, t.gold, t.cursor = fg(hueAccent), fg(hueError).bold(), fg(hueGold), fg(hueCursor)
	t.ok = fg(kindHues[kindAnon])
	t.heading, t.key = t.text.bold(), t.accent.bold()
	t.banner = fg(hueCursor).on(t.pick(hueBanner)).bold()
	t.selection = t.pick(hueSelect)
	switch colors {
	case NoColor:
		t.banner.attr |= reverse
		t.cursor.attr |= bold
	case Color16:
		t.banner.fg = ansi16(15)
	}
	for k := range kinds {
		t.kinds[k] = t.pick(kindHues[k])
	}
	t.lids = [locks]color{model.Locked: t.pick(hueGold), model.OnFault: t.pick(hueOnFault), model.ShmLocked: t.pick(hueGold)}
	for k := range kinds {
		for l := range model.Lock(locks) {
			for a := range accesses {
				t.looks[k][l][a] = t.look(k, l, a)
			}
		}
		for i := range glowSteps {
			t.glow[k][i] = t.glowColor(kindHues[k], i)
		}
	}
	return t
}

// glowColor is the colour of step i, from the cursor's white or black to the hue.
func (t *theme) glowColor(h hue, i int) color {
	switch t.colors {
	case NoColor:
		return 0
	case Color16:
		if i < glowSteps/2 {
			return t.pick(hueCursor)
		}
		return t.pick(h)
	}
	from, to := rgb(hueCursor.dark), rgb(h.dark)
	if !t.dark {
		from, to = rgb(hueCursor.light), rgb(h.light)
	}
	c := mix(from, to, uint32(i), glowSteps)
	if t.colors == Color256 {
		return c.to256()
	}
	return c
}
