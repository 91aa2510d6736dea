package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// GlowSteps is in how many steps a page that changed fades to its own color.
const GlowSteps = 8

// Locks is the number of values of model.Lock.
const Locks = 4

// Look is every color and glyph of the screen. It is made once for a number of
// colors, a background and a set of glyphs, and not changed after that.
type Look struct {
	Colors      canvas.Colors // how many the terminal shows; never ColorsAuto
	Dark, ASCII bool          // the background is dark; the glyphs are ASCII
	Paint       bool          // the background is painted always

	// As [Chrome] has them, as styles of a cell.
	Text, Dim, Mute, Rule, Heading, Accent, OK, Fail, Gold canvas.Style

	Code      canvas.Style        // what is typed, or stands in a file of the kernel
	Banner    canvas.Style        // the subject is gone
	Key       canvas.Style        // a key's name in the keys line
	Cursor    canvas.Style        // the marks beside the page under the cursor
	Selection canvas.Color        // background; 0 where there are no colors
	Mark      canvas.Color        // background of the pages that a command being typed would reach
	Boundary  canvas.Style        // between two VMAs
	Kinds     [Kinds]canvas.Color // of a page, by Kind
	Lids      [Locks]canvas.Color // of the lid of a page, by model.Lock; 0 of Unlocked
	Faint     [Locks]canvas.Color // of a lock that not all of the pages of a cell have; 0 where it cannot be told apart

	heat     [heatSteps]canvas.Color    // how long ago a page was touched, from just now
	ages     [ageSteps]canvas.Color     // how long ago it changed, from just now
	prots    [protCount]canvas.Color    // by model.Prot
	sharings [sharingCount]canvas.Color // not mapped, yours alone, shared, of a file or shmem, not known

	Keycap canvas.Style // a pressed key, as the presenter mode shows it
	Paper  canvas.Style // what the whole screen is painted with, where it is

	States  [Kinds][Locks][accesses]Tile // of lensState
	Tiles   [][2][]Tile                  // by lens, zoom (chips and dense) and class
	Figures [][]Figure                   // by lens and class
	glow    [Kinds][GlowSteps]canvas.Color
	Glyphs
}

// Glyphs are the marks of the chrome in one of two sets.
type Glyphs struct {
	Rule           rune // a line behind a heading
	Prompt         rune // before a command: what a key made, or what enter types next
	Live, Dead     rune // the process lives; it is gone
	Marker         rune // before the current row of a list
	CursorL        rune // at the left of the page under the cursor
	CursorR        rune // at its right
	FrameTop       rune // over locked pages
	FrameL, FrameR rune // at the left of the first locked page, at the right of the last

	BarFull, BarEmpty rune // of a meter: a column that is filled, one that is not
	Track, Thumb      rune // of a scroll bar: what is off the screen, and what is on it
	Border            rune // between two VMAs

	Levels []rune // from one eighth to the full tank
	Arrows string // the four keys, in the keys line
}

var unicodeGlyphs = Glyphs{
	Rule: '─', Prompt: '❯', Live: '●', Dead: '✕', Marker: '▌', CursorL: '▐', CursorR: '▌',
	FrameTop: '▔', FrameL: '▕', FrameR: '▏', BarFull: '━', BarEmpty: '─', Track: '│', Thumb: '┃', Border: '│',
	Levels: []rune("▁▂▃▄▅▆▇"), Arrows: "←↑↓→",
}

var asciiGlyphs = Glyphs{
	Rule: '-', Prompt: '>', Live: '*', Dead: 'x', Marker: '>', CursorL: '[', CursorR: ']',
	FrameTop: ' ', FrameL: ' ', FrameR: ' ', BarFull: '=', BarEmpty: '.', Track: '|', Thumb: '#', Border: '|',
	Levels: []rune("_:-=+%#"), Arrows: "arrows",
}

// pick returns a color as the terminal can show it.
func (t *Look) pick(h hue) canvas.Color { return h.shown(t.Colors, t.Dark) }

// New makes it of a file's colors, for a number of them, which must not be ColorsAuto. A nil file is the default
// theme.
func New(of *Theme, colors canvas.Colors, dark, ascii bool) *Look {
	if of == nil {
		of = DefaultTheme()
	}
	t := &Look{Colors: colors, Dark: dark, ASCII: ascii, Paint: of.paint, Glyphs: unicodeGlyphs}
	if ascii {
		t.Glyphs = asciiGlyphs
	}
	t.resolve(of.Chrome(colors, dark))
	t.Selection, t.Mark = t.pick(of.Hues[hueSelection]), t.pick(of.Hues[hueMark])
	for k := range Kinds {
		t.Kinds[k] = t.pick(of.Hues[kindTable[k].hue])
	}
	for l := range t.Lids {
		if model.Lock(l) != model.Unlocked {
			t.Lids[l] = t.pick(of.Hues[hueOfLid[l]])
			t.Faint[l] = t.half(of.Hues[hueOfLid[l]], of.Hues[hueBackground])
		}
	}
	t.scale(t.heat[:], of.Hues[hueHeat:])
	t.scale(t.ages[:], of.Hues[hueAge:])
	t.scale(t.prots[:], of.Hues[hueProt:])
	t.scale(t.sharings[:], of.Hues[hueSharing:])
	for k := range Kinds {
		for l := range model.Lock(Locks) {
			for a := range accesses {
				t.States[k][l][a] = t.stateTile(k, l, a)
			}
		}
		for i := range GlowSteps {
			t.glow[k][i] = t.glowColor(of.Hues[hueCursor], of.Hues[kindTable[k].hue], i)
		}
	}
	for _, ln := range Lenses {
		t.Tiles = append(t.Tiles, [2][]Tile{ln.tiles(t, false), ln.tiles(t, true)})
		t.Figures = append(t.Figures, ln.figures(t))
	}
	return t
}

// half returns a color between two, or 0 where the terminal has too few for that.
func (t *Look) half(a, b hue) canvas.Color {
	switch {
	case t.Colors == canvas.NoColor || t.Colors == canvas.Color16:
		return 0
	case t.Dark:
		a.light, b.light = a.Dark, b.Dark
	}
	c := canvas.Mix(canvas.RGB(a.light), canvas.RGB(b.light), 1, 2)
	if t.Colors == canvas.Color256 {
		return c.To256()
	}
	return c
}

// scale fills the colors of a lens.
func (t *Look) scale(to []canvas.Color, from []hue) {
	for i := range to {
		to[i] = t.pick(from[i])
	}
}

// glowColor returns the color of step i of the afterglow, from one hue to the other.
func (t *Look) glowColor(first, h hue, i int) canvas.Color {
	switch t.Colors {
	case canvas.NoColor:
		return 0
	case canvas.Color16:
		if i < GlowSteps/2 {
			return t.pick(first)
		}
		return t.pick(h)
	}
	from, to := canvas.RGB(first.Dark), canvas.RGB(h.Dark)
	if !t.Dark {
		from, to = canvas.RGB(first.light), canvas.RGB(h.light)
	}
	c := canvas.Mix(from, to, uint32(i), GlowSteps)
	if t.Colors == canvas.Color256 {
		return c.To256()
	}
	return c
}

// DrawHeading draws a title, a thin rule behind it, and what is said of it at the
// right; the right part is left out where there is no room.
func (t *Look) DrawHeading(c *canvas.Canvas, a canvas.Area, title, right string) {
	if a.Empty() {
		return
	}
	n := c.Text(a.X, a.Y, a.W, title, t.Heading)
	end := a.W
	if right != "" {
		if rw := canvas.Width(right); n+3+rw <= a.W {
			c.Text(a.X+a.W-rw, a.Y, rw, right, t.Dim)
			end = a.W - rw - 1
		}
	}
	if end-n-1 > 0 {
		c.Fill(a.X+n+1, a.Y, end-n-1, t.Glyphs.Rule, t.Rule)
	}
}
