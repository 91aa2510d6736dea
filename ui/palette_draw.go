package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// drawPalette draws the line, scrolled so that the caret is seen, and below it what is wrong, or
// what tab offers, or what the command would do, or what the verb takes.
func (m *Model) drawPalette() {
	a, th, c, p := m.lay.prompt, m.Look, &m.Canvas, &m.palette
	if a.Empty() {
		return
	}
	c.Fill(a.X, a.Y, a.W, ' ', canvas.Style{})
	x := a.X
	if p := m.elsewhere(); p != "" {
		x += c.Text(x, a.Y, a.W/3, "in "+p, th.Accent)
	}
	c.Set(x, a.Y, ':', th.Accent.Bold())
	x += 2
	err := m.lineError()
	lo, hi := -1, -1
	if err != nil {
		lo, hi = p.wordAt(err.Col - 1)
	}
	from := m.drawLine(p, canvas.Area{X: x, Y: a.Y, W: a.X + a.W - x, H: 1}, lo, hi)
	under := x
	for _, r := range p.line[from:max(from, lo)] {
		under += c.RuneColumns(r)
	}
	m.drawHint(m.lay.status, err, under)
}

// drawLine draws a line that is typed, scrolled so that the caret is seen, and sets the caret. The runes from lo to
// before hi are wrong. It returns the first rune that is drawn.
func (m *Model) drawLine(p *palette, a canvas.Area, lo, hi int) (from int) {
	c, th, x, w := &m.Canvas, m.Look, a.X, a.W-1
	from = p.at // as far left as the caret still has room
	for n := 0; from > 0; from-- {
		if n += c.RuneColumns(p.line[from-1]); n > w {
			break
		}
	}
	at, n := -1, 0
	for i := from; i <= len(p.line); i++ {
		if i == p.at {
			at = n
		}
		if i == len(p.line) || n+c.RuneColumns(p.line[i]) > w {
			break
		}
		st := th.Text.Bold()
		if lo <= i && i < hi {
			st = th.Fail
			st.Attr |= canvas.Underline
		}
		n += c.Text(x+n, a.Y, c.RuneColumns(p.line[i]), string(p.line[i]), st)
	}
	if at >= 0 {
		m.caret = canvas.Caret{X: x + at, Y: a.Y, Shown: true}
	}
	return from
}

// drawHint draws the line below, and where it is long the one of the keys; an error begins under
// its word, or as far right as it fits.
func (m *Model) drawHint(a canvas.Area, err *lang.ParseError, under int) {
	th, c, p := m.Look, &m.Canvas, &m.palette
	if a.Empty() {
		return
	}
	c.Fill(a.X, a.Y, a.W, ' ', canvas.Style{})
	switch {
	case p.said != "":
		c.Text(a.X, a.Y, a.W, p.said, th.Text.Bold())
		return
	case len(p.words) > 0:
		m.drawChoices(a, p.words, p.chosen)
		return
	case err != nil:
		x, text := caretLine(a, under, err.Msg, err.Hint)
		c.Text(x, a.Y, a.X+a.W-x, text, th.Fail)
		return
	}
	for i, line := range m.hintRows(a.W - 2) {
		c.Fill(a.X, a.Y+i, a.W, ' ', canvas.Style{})
		m.Canvas.Line(a.X+2, a.Y+i, a.W-2, line)
	}
}

// caretLine returns where in a row an error begins and its text, with a caret where the word stands that it is about.
// The hint gives way first. If there is room on neither side of the caret, there is none.
func caretLine(a canvas.Area, under int, msg, hint string) (x int, text string) {
	const leastHint = 16
	end := a.X + a.W
	if full := "^ " + canvas.Join(" · ", msg, hint); under+canvas.Width(full) <= end {
		return under, full
	}
	if n := under + canvas.Width("^ "+msg); hint != "" && n <= end {
		text = "^ " + msg
		if end-n >= leastHint {
			text += " · " + canvas.Fit(hint, end-n-3)
		}
		return under, text
	}
	for _, s := range []string{canvas.Join(" · ", msg, hint), msg} {
		if n := under - canvas.Width(s) - 1; n >= a.X {
			return n, s + " ^"
		}
	}
	return a.X, canvas.Join(" · ", msg, hint)
}

// drawChoices draws words side by side, scrolled so that the chosen one is seen; a click on one
// takes it.
func (m *Model) drawChoices(a canvas.Area, words []string, chosen int) {
	c, th := &m.Canvas, m.Look
	first := 0
	fits := func(from int) bool {
		n := 0
		for i := from; i <= chosen; i++ {
			n += canvas.Width(words[i]) + 2
		}
		return n <= a.W-2
	}
	for first < chosen && !fits(first) {
		first++
	}
	x := a.X + 2
	if first > 0 {
		c.Set(a.X, a.Y, c.Printable('…'), th.Mute)
	}
	for i := first; i < len(words); i++ {
		n := canvas.Width(words[i])
		if x+n > a.X+a.W-2 && i > first {
			c.Set(min(x, a.X+a.W-1), a.Y, c.Printable('…'), th.Mute)
			return
		}
		st := th.Dim
		if i == chosen {
			st = th.Accent.Bold()
			st.Attr |= canvas.Underline
		}
		drawn := c.Text(x, a.Y, a.X+a.W-x, words[i], st)
		m.Clickable(canvas.Area{X: x, Y: a.Y, W: drawn, H: 1}, func(scene.Clicks) tea.Cmd {
			if i < len(m.palette.words) {
				m.palette.choose(i)
			}
			return nil
		})
		x += drawn + 2
	}
}
