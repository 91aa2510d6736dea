package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/model/lang"
)

// runeColumns is how many columns a rune of the line takes as it is drawn.
func (c *canvas) runeColumns(r rune) int { return runeWidth(c.printable(r)) }

// drawPalette draws the line, scrolled so that the caret is seen, and below it what is wrong, or
// what tab offers, or what the command would do, or what the verb takes.
func (m *Model) drawPalette() {
	a, th, c, p := m.lay.prompt, m.theme, &m.canvas, &m.palette
	if a.empty() {
		return
	}
	c.fill(a.x, a.y, a.w, ' ', style{})
	x := a.x
	if p := m.elsewhere(); p != "" {
		x += c.text(x, a.y, a.w/3, "in "+p, th.accent)
	}
	c.set(x, a.y, ':', th.accent.bold())
	x += 2
	w := a.x + a.w - x - 1
	width := func(lo, hi int) (n int) {
		for _, r := range p.line[lo:max(lo, hi)] {
			n += c.runeColumns(r)
		}
		return n
	}
	from := p.at // as far left as the caret still has room
	for n := 0; from > 0; from-- {
		if n += c.runeColumns(p.line[from-1]); n > w {
			break
		}
	}
	err := m.lineError()
	lo, hi := -1, -1
	if err != nil {
		lo, hi = p.wordAt(err.Col - 1)
	}
	at, n := -1, 0
	for i := from; i <= len(p.line); i++ {
		if i == p.at {
			at = n
		}
		if i == len(p.line) || n+c.runeColumns(p.line[i]) > w {
			break
		}
		st := th.text.bold()
		if lo <= i && i < hi {
			st = th.fail
			st.attr |= underline
		}
		n += c.text(x+n, a.y, c.runeColumns(p.line[i]), string(p.line[i]), st)
	}
	if at >= 0 {
		m.caret = tea.NewCursor(x+at, a.y)
		m.caret.Blink = false
		m.caret.Shape = tea.CursorBar
	}
	m.drawHint(m.lay.status, err, x+width(from, lo))
}

// drawHint draws the line below, and where it is long the one of the keys; an error begins under
// its word, or as far right as it fits.
func (m *Model) drawHint(a area, err *lang.ParseError, under int) {
	th, c, p := m.theme, &m.canvas, &m.palette
	if a.empty() {
		return
	}
	c.fill(a.x, a.y, a.w, ' ', style{})
	switch {
	case p.said != "":
		c.text(a.x, a.y, a.w, p.said, th.text.bold())
		return
	case len(p.words) > 0:
		m.drawChoices(a, p.words, p.chosen)
		return
	case err != nil:
		text := "^ " + err.Msg
		if err.Hint != "" {
			text = join(" · ", text, err.Hint)
		}
		x := clamp(under, a.x, max(a.x, a.x+a.w-textWidth(text)))
		c.text(x, a.y, a.x+a.w-x, text, th.fail)
		return
	}
	for i, line := range m.hintRows(a.w - 2) {
		c.fill(a.x, a.y+i, a.w, ' ', style{})
		m.drawPieces(a.x+2, a.y+i, a.w-2, line)
	}
}

// drawChoices draws words side by side, scrolled so that the chosen one is seen; a click on one
// takes it.
func (m *Model) drawChoices(a area, words []string, chosen int) {
	c, th := &m.canvas, m.theme
	first := 0
	fits := func(from int) bool {
		n := 0
		for i := from; i <= chosen; i++ {
			n += textWidth(words[i]) + 2
		}
		return n <= a.w-2
	}
	for first < chosen && !fits(first) {
		first++
	}
	x := a.x + 2
	if first > 0 {
		c.set(a.x, a.y, c.printable('…'), th.mute)
	}
	for i := first; i < len(words); i++ {
		n := textWidth(words[i])
		if x+n > a.x+a.w-2 && i > first {
			c.set(min(x, a.x+a.w-1), a.y, c.printable('…'), th.mute)
			return
		}
		st := th.dim
		if i == chosen {
			st = th.accent.bold()
			st.attr |= underline
		}
		drawn := c.text(x, a.y, a.x+a.w-x, words[i], st)
		m.clickable(area{x, a.y, drawn, 1}, func(m *Model) tea.Cmd {
			if i < len(m.palette.words) {
				m.palette.choose(i)
			}
			return nil
		})
		x += drawn + 2
	}
}
