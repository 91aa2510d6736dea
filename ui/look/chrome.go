package look

import (
	"image/color"

	"charm.land/lipgloss/v2"

	"incore/ui/canvas"
)

// Chrome is the styles of all that is no page. It is made of a theme once. Text that is printed is rendered in them as
// they are. The screen draws in what [Look] has of them, which is resolved to cells once. The zero value draws plain text.
type Chrome struct {
	// Text is what is read first, Dim what is said beside it, Mute fainter still, Rule a line. Heading is a title.
	// Accent is what the eye is to find, such as the current row. OK is what went well, Fail what failed. Gold is a
	// warning, and the amount that is locked.
	Text, Dim, Mute, Rule, Heading, Accent, OK, Fail, Gold lipgloss.Style

	// Code is what is typed, Banner the row that says that a process is gone, Key a key's name, Cursor what marks the
	// current page. Boundary is the border of a VMA, Keycap a pressed key in presenter mode. Paper is the color behind
	// all of the screen and the color of text on it.
	Code, Banner, Key, Cursor, Boundary, Keycap, Paper lipgloss.Style
}

// Chrome is the styles of the theme on a terminal that has so many colors, and a background that is dark or light.
func (t *Theme) Chrome(colors canvas.Colors, dark bool) *Chrome {
	pick := func(id hueID) canvas.Color { return t.Hues[id].shown(colors, dark) }
	fg := func(id hueID) lipgloss.Style { return ink(lipgloss.NewStyle(), pick(id)) }
	bold := func(id hueID) lipgloss.Style {
		style := canvas.Style{FG: pick(id)}.Bold() // which not all colors show well
		return fg(id).Bold(style.Attr&canvas.Bold != 0)
	}
	c := &Chrome{
		Text: fg(hueText), Dim: fg(hueDim), Mute: fg(hueMute), Rule: fg(hueRule), Heading: bold(hueText),
		Accent: fg(hueAccent), OK: fg(hueOK), Fail: bold(hueError), Gold: fg(hueLock),
		Code: fg(hueAccent), Key: bold(hueAccent), Cursor: fg(hueCursor), Boundary: bold(hueBoundary),
		Banner: ground(bold(hueCursor), pick(hueBanner)),
		Keycap: ground(bold(hueBackground), pick(hueAccent)),
		Paper:  ground(fg(hueText), pick(hueBackground)),
	}
	switch colors {
	case canvas.NoColor:
		c.Code = c.Code.Bold(true) // so that it still differs from what is said of it
		c.Banner, c.Keycap = c.Banner.Reverse(true), c.Keycap.Reverse(true)
		c.Cursor = c.Cursor.Bold(true)
	case canvas.Color16:
		white, black := canvas.ANSI16(15), canvas.ANSI16(0)
		c.Banner = ink(c.Banner, white)
		on, under := white, black
		if !dark {
			on, under = black, white
		}
		c.Keycap = ink(c.Keycap, under)
		// The terminal's own text color need not be readable on a background of ours.
		if pick(hueBackground) != 0 && pick(hueText) == 0 {
			c.Paper = ink(c.Paper, on)
		}
	}
	return c
}

// ink is a style with a color for its text; 0 leaves it as it is.
func ink(s lipgloss.Style, c canvas.Color) lipgloss.Style {
	if c == 0 {
		return s
	}
	return s.Foreground(c.Ink())
}

// ground is a style with a color behind its text; 0 leaves it as it is.
func ground(s lipgloss.Style, c canvas.Color) lipgloss.Style {
	if c == 0 {
		return s
	}
	return s.Background(c.Ink())
}

// resolve takes over the styles of a chrome as those of cells.
func (t *Look) resolve(c *Chrome) {
	t.Text, t.Dim, t.Mute, t.Rule = Resolve(c.Text), Resolve(c.Dim), Resolve(c.Mute), Resolve(c.Rule)
	t.Heading, t.Accent, t.OK, t.Fail = Resolve(c.Heading), Resolve(c.Accent), Resolve(c.OK), Resolve(c.Fail)
	t.Gold, t.Code, t.Banner, t.Key = Resolve(c.Gold), Resolve(c.Code), Resolve(c.Banner), Resolve(c.Key)
	t.Cursor, t.Boundary, t.Keycap, t.Paper = Resolve(c.Cursor), Resolve(c.Boundary), Resolve(c.Keycap), Resolve(c.Paper)
}

// Resolve is a style of Lip Gloss as that of a cell: its colors, bold, faint, italic, underline and reverse. What else
// there is, as margins, no cell has.
func Resolve(s lipgloss.Style) canvas.Style {
	out := canvas.Style{FG: cellColor(s.GetForeground()), BG: cellColor(s.GetBackground())}
	if s.GetBold() {
		out.Attr |= canvas.Bold
	}
	if s.GetFaint() {
		out.Attr |= canvas.Faint
	}
	if s.GetItalic() {
		out.Attr |= canvas.Italic
	}
	if s.GetUnderline() {
		out.Attr |= canvas.Underline
	}
	if s.GetReverse() {
		out.Attr |= canvas.Reverse
	}
	return out
}

// cellColor is a color of a style, which has one of its own for none.
func cellColor(c color.Color) canvas.Color {
	if _, none := c.(lipgloss.NoColor); none {
		return 0
	}
	return canvas.ColorOf(c)
}
