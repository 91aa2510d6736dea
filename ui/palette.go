package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// palette is the line in which a command is typed.
type palette struct {
	line []rune
	at   int    // where the next rune goes
	text string // the line

	history []string // oldest first
	recent  int      // which of the history is shown; len(history) is the line typed
	draft   string   // that line, while the history is shown

	err  *lang.ParseError // of the line as it was when enter was pressed
	said string           // why enter did not run it then

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
func (p *palette) changed() {
	p.text = string(p.line)
	p.err, p.said, p.words, p.cycled = nil, "", nil, false
}

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
	room := max(0, lineMost-len(p.line)) // completion may have made it longer
	cut := len(in) > room
	in = in[:min(len(in), room)]
	p.line = append(p.line[:p.at:p.at], append(in, p.line[p.at:]...)...)
	p.at += len(in)
	p.changed()
	if cut {
		p.said = fmt.Sprintf("A line has %d characters at most: the rest is left out.", lineMost)
	}
}

func (p *palette) moveTo(at int) { p.at = canvas.Clamp(at, 0, len(p.line)) }

// remove takes out the runes from lo to before hi.
func (p *palette) remove(lo, hi int) {
	lo, hi = canvas.Clamp(lo, 0, len(p.line)), canvas.Clamp(hi, 0, len(p.line))
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
	to := canvas.Clamp(p.recent+n, 0, len(p.history))
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
	line := strings.TrimSpace(p.text)
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
	c, err := lang.Parse(p.text)
	if err != nil {
		p.err, p.words = m.parseError(err, line), nil
		return nil
	}
	if c != nil {
		if why := m.submitTyped(c); why != "" {
			p.said = "Nothing was done: " + why + ". enter runs it as things are now."
			return nil
		}
	}
	p.remember(line)
	m.mode = modeGrid
	return nil
}

// submitTyped submits a command of the line, as said of the process that the prompt names. It
// returns why it does not, or "".
func (m *Model) submitTyped(c model.Command) string {
	prompt := m.intent
	prompt.Region = ""
	if why := changed(&m.Scene, &prompt); why != "" && !m.ofSession(c) {
		return why
	}
	return m.submitShown(m.within(c))
}

// complete puts the next (or the one before) of what tab offers into the line.
// First of all it adds what all that is offered has in common.
func (m *Model) complete(step int) {
	p := &m.palette
	if !p.cycled {
		p.words = m.completer().Words(string(p.line[:p.at]))
		p.err = nil
		if len(p.words) == 0 {
			return
		}
		word := lastWord(p.line[:p.at])
		common := commonPrefix(p.words)
		switch {
		case len(p.words) == 1:
			p.replaceWord(p.words[0] + spaceBehind(p.words[0]))
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
	p.choose(((p.chosen+step)%len(p.words) + len(p.words)) % len(p.words))
}

// choose puts one of the words that are offered into the line; the others stay on offer.
func (p *palette) choose(i int) {
	words := p.words
	p.replaceWord(words[i])
	p.words, p.chosen, p.cycled = words, i, true
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

// spaceBehind ends a word that is complete. The name of a directory goes on.
func spaceBehind(word string) string {
	if strings.HasSuffix(word, "/") {
		return ""
	}
	return " "
}

func commonPrefix(words []string) string {
	s := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, s) {
			_, n := utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-n]
		}
	}
	return s
}

// completer knows what may follow in a line of the palette.
func (m *Model) completer() *lang.Completer {
	return &lang.Completer{
		State: &m.State, Proc: m.Focus.Current.Proc,
		Pages: func(proc, region string) model.Range {
			if at := (scene.Place{Proc: proc, Region: region}); at != m.Focus.Current {
				c := m.Focus.Of(at).Cursor
				return model.Range{Lo: c, Hi: c + 1}
			}
			return m.Focus.Selection()
		},
		Fresh: m.newName,
		Files: m.opts.Files,
	}
}

// newName returns a name that nothing has, of a region or a process.
func (m *Model) newName(of lang.Names) string {
	if of != lang.NewProcess {
		return m.freeName()
	}
	name := "child"
	for i := 2; m.State.Process(name) != nil; i++ {
		name = fmt.Sprintf("child%d", i)
	}
	return name
}
