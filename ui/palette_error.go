package ui

import (
	"fmt"
	"strings"

	"incore/model/lang"
	"incore/ui/canvas"
)

// wordAt returns from where to where, in runes, the word reaches that begins at a rune of the line:
// up to the next blank that no quote and no backslash takes in.
func (p *palette) wordAt(lo int) (from, to int) {
	lo = canvas.Clamp(lo, 0, len(p.line))
	quote := rune(0)
	for i := lo; i < len(p.line); i++ {
		switch r := p.line[i]; {
		case r == '\\' && quote != '\'':
			i++
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == ' ':
			return lo, i
		}
	}
	return lo, len(p.line)
}

// parseError returns what is wrong with a line, with what would be right: the language knows of no
// processes, so who wants to end one by its name is told here how that is said.
func (m *Model) parseError(err error, line string) *lang.ParseError {
	e := asParseError(err)
	runes := []rune(line)
	before := strings.TrimSpace(string(runes[:canvas.Clamp(e.Col-1, 0, len(runes))]))
	if before != "kill" && !strings.HasSuffix(before, " kill") || m.State.Process(e.Word) == nil {
		return e
	}
	hinted := *e
	hinted.Hint = fmt.Sprintf("to end %s: in %s kill SIGTERM", e.Word, e.Word)
	return &hinted
}

// lineError returns what is wrong with the line as far as it is to be said now: all that enter found,
// and while one types only what is wrong with a word that is finished. A word in which the caret
// is can still become right, and where words are missing they may be about to come.
func (m *Model) lineError() *lang.ParseError {
	p := &m.palette
	if p.err != nil || m.mode != modePalette {
		return p.err
	}
	seen := m.foreseen()
	if err := seen.err; err != nil && p.finished(err) {
		return err
	}
	if err := m.unknownName(); err != nil && p.finished(err) {
		return err
	}
	return nil
}

// finished reports whether an error is about a word, and the caret has left that.
func (p *palette) finished(err *lang.ParseError) bool {
	if err.Word == "" {
		return false
	}
	lo, hi := p.wordAt(err.Col - 1)
	return p.at < lo || hi < p.at
}

// naming reports whether the caret stands behind a part of a name that is there: that there is
// nothing of the name as it is now goes without saying.
func (m *Model) naming() bool {
	p := &m.palette
	before := string(p.line[:p.at])
	if before == "" || strings.HasSuffix(before, " ") {
		return false
	}
	for range m.completer().Fitting(before) {
		return true
	}
	return false
}
