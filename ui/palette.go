package ui

import (
	"errors"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"incore/model"
)

// palette is the line in which a command is typed.
type palette struct {
	line []rune
	at   int // where the next rune goes

	history []string // oldest first
	recent  int      // which of the history is shown; len(history) is the line typed
	draft   string   // that line, while the history is shown

	err *model.ParseError // of the line as it was when enter was pressed

	// What tab offers for the word before the caret, and which of it is in the line.
	words  []string
	chosen int
	cycled bool
}

// lineMost bounds a line, typed or pasted, in runes.
const lineMost = 4096

// historyMost is how many lines are remembered.
const historyMost = 500

func (m *Model) openPalette(line string) {
	p := &m.palette
	m.mode, m.status = modePalette, status{}
	p.set(line)
	p.recent, p.draft = len(p.history), ""
}

func (p *palette) set(line string) {
	p.line = []rune(line)
	p.at = len(p.line)
	p.changed()
}

// changed forgets what was said of the line as it was.
func (p *palette) changed() { p.err, p.words, p.cycled = nil, nil, false }

func (p *palette) insert(s string) {
	var in []rune
	for _, r := range s {
		if r == '\n' || r == '\t' || r == '\r' {
			r = ' '
		}
		if !unicode.IsControl(r) {
			in = append(in, r)
		}
	}
	in = in[:min(len(in), lineMost-len(p.line))]
	p.line = append(p.line[:p.at:p.at], append(in, p.line[p.at:]...)...)
	p.at += len(in)
	p.changed()
}

func (p *palette) moveTo(at int) { p.at = clamp(at, 0, len(p.line)) }

// remove takes out the runes from lo to before hi.
func (p *palette) remove(lo, hi int) {
	lo, hi = clamp(lo, 0, len(p.line)), clamp(hi, 0, len(p.line))
	if lo >= hi {
		return
	}
	p.line = append(p.line[:lo:lo], p.line[hi:]...)
	p.at = lo
	p.changed()
}

func (p *palette) removeWord() {
	lo := p.at
	for lo > 0 && p.line[lo-1] == ' ' {
		lo--
	}
	for lo > 0 && p.line[lo-1] != ' ' {
		lo--
	}
	p.remove(lo, p.at)
}

// recall goes n lines through the history.
func (p *palette) recall(n int) {
	to := clamp(p.recent+n, 0, len(p.history))
	if to == p.recent {
		return
	}
	if p.recent == len(p.history) {
		p.draft = string(p.line)
	}
	p.recent = to
	if to == len(p.history) {
		p.set(p.draft)
		return
	}
	p.set(p.history[to])
}

func (p *palette) remember(line string) {
	if n := len(p.history); n > 0 && p.history[n-1] == line {
		return
	}
	p.history = append(p.history, line)
	if len(p.history) > historyMost {
		p.history = append(p.history[:0:0], p.history[1:]...)
	}
}

// run parses the line and submits it, as said of the current process: the prompt names
// it. A line that is not of the language stays, with the error under the word that it is
// about.
func (m *Model) run() tea.Cmd {
	p := &m.palette
	line := strings.TrimSpace(string(p.line))
	if line == "" {
		m.mode = modeGrid
		return nil
	}
	switch line { // not of the language, but what one types elsewhere
	case "q", "quit":
		return tea.Quit
	case "h", "help", "?":
		m.mode = modeHelp
		return nil
	}
	c, err := model.Parse(string(p.line))
	if err != nil {
		if !errors.As(err, &p.err) {
			p.err = &model.ParseError{Col: 1, Msg: err.Error()}
		}
		p.words = nil
		return nil
	}
	p.remember(line)
	m.mode = modeGrid
	if c != nil {
		m.submit(m.within(c))
	}
	return nil
}

// complete puts the next (or the one before) of what tab offers into the line.
// First of all it adds what all that is offered has in common.
func (m *Model) complete(step int) {
	p := &m.palette
	if !p.cycled {
		p.words = completions(string(p.line[:p.at]), &m.state, m.view.current.proc)
		p.err = nil
		if len(p.words) == 0 {
			return
		}
		word := lastWord(p.line[:p.at])
		common := commonPrefix(p.words)
		switch {
		case len(p.words) == 1:
			p.replaceWord(p.words[0] + " ")
			p.words = nil
			return
		case len([]rune(common)) > len(word):
			words := p.words
			p.replaceWord(common)
			p.words, p.chosen = words, -1
			return
		}
		p.cycled, p.chosen = true, -1
		if step < 0 {
			p.chosen = 0
		}
	}
	p.chosen = ((p.chosen+step)%len(p.words) + len(p.words)) % len(p.words)
	words, chosen := p.words, p.chosen
	p.replaceWord(words[chosen])
	p.words, p.chosen, p.cycled = words, chosen, true
}

func lastWord(line []rune) []rune {
	i := len(line)
	for i > 0 && line[i-1] != ' ' {
		i--
	}
	return line[i:]
}

func (p *palette) replaceWord(with string) {
	lo := p.at - len(lastWord(p.line[:p.at]))
	p.line = append(p.line[:lo:lo], append([]rune(with), p.line[p.at:]...)...)
	p.at = lo + len([]rune(with))
	p.changed()
}

func commonPrefix(words []string) string {
	s := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, s) {
			s = s[:len(s)-1]
		}
	}
	return s
}

// drawPalette draws the line, scrolled so that the caret is seen, and below it
// what is wrong, or what tab offers, or what the verb takes.
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
	from := 0
	width := func(lo, hi int) int {
		n := 0
		for _, r := range p.line[lo:hi] {
			n += runeWidth(r)
		}
		return n
	}
	for from < p.at && width(from, p.at) > w {
		from++
	}
	bad := -1
	if p.err != nil {
		bad = clamp(p.err.Col-1, 0, len(p.line))
	}
	at, n := -1, 0
	for i := from; i <= len(p.line); i++ {
		if i == p.at {
			at = n
		}
		if i == len(p.line) {
			break
		}
		st := th.text.bold()
		if bad >= 0 && i >= bad && i < bad+len([]rune(p.err.Word)) {
			st = th.fail
			st.attr |= underline
		}
		rw := runeWidth(p.line[i])
		if n+rw > w {
			break
		}
		n += c.text(x+n, a.y, rw, string(p.line[i]), st)
	}
	if at >= 0 {
		m.caret = tea.NewCursor(x+at, a.y)
		m.caret.Blink = false
		m.caret.Shape = tea.CursorBar
	}
	m.drawPaletteHint(m.lay.status, x+width(from, max(from, bad)))
}

// drawPaletteHint draws the line below; an error begins under its word, or as far
// right as it fits.
func (m *Model) drawPaletteHint(a area, under int) {
	th, c, p := m.theme, &m.canvas, &m.palette
	if a.empty() {
		return
	}
	c.fill(a.x, a.y, a.w, ' ', style{})
	switch {
	case p.err != nil:
		text := "^ " + p.err.Msg
		if p.err.Hint != "" {
			text = join(" · ", text, p.err.Hint)
		}
		x := clamp(under, a.x, max(a.x, a.x+a.w-textWidth(text)))
		c.text(x, a.y, a.x+a.w-x, text, th.fail)
	case len(p.words) > 0:
		drawChoices(c, th, a, p.words, p.chosen)
	default:
		if lines := m.usageLines(a.w - 2); len(lines) > 0 {
			for i, line := range lines {
				c.fill(a.x, a.y+i, a.w, ' ', style{})
				c.text(a.x+2, a.y+i, a.w-2, line, th.dim)
			}
			return
		}
		text := "tab completes; ? in the grid explains the keys"
		if p := m.elsewhere(); p != "" {
			text = "runs in " + p + "; for another process: in main …"
		}
		c.text(a.x+2, a.y, a.w-2, text, th.mute)
	}
}

// drawChoices draws words side by side, scrolled so that the chosen one is seen.
func drawChoices(c *canvas, th *theme, a area, words []string, chosen int) {
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
		x += c.text(x, a.y, a.x+a.w-x, words[i], st) + 2
	}
}
