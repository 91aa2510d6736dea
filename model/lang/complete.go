package lang

import (
	"slices"
	"strings"
	"unicode/utf8"

	"incore/model"
)

// Ahead is what may follow a line as far as it is written.
type Ahead struct {
	Verb string   // the verb that the line is about: behind in the one that is to run there; "" before there is one
	Proc string   // the process that in names, or ""
	Word string   // what there is of the word that is being written, or ""
	Next []Kind   // what the next word may be, or the one that is being written
	Said []Said   // the words before it that name something of the session
	Rest []string // the usage of what the line does not have yet, piece by piece
}

// Said is a word of a line that names a region or a process.
type Said struct {
	Kind *Kind  // what it was read as; its Names say whether a region or a process
	Word string // without quotes: a, or a[4..7]
	Col  int    // of the word, in runes from 1
	Proc string // the process of which it is said, or "" where in names none
}

// LookAhead reads a line up to its end and returns what may follow. A word that the end of the line
// touches is still being written. Next and Rest are empty where the line so far is not of the
// language.
func LookAhead(line string) Ahead {
	words, end, err := lex(line)
	if err != nil || end != utf8.RuneCountInString(line)+1 { // a quote is open, or there is a comment
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if findVerb(verb) == nil {
			verb = ""
		}
		return Ahead{Verb: verb}
	}
	var a ahead
	if n := len(words); n > 0 && words[n-1].end == end {
		w := words[n-1]
		if utf8.RuneCountInString(w.text) != w.end-w.col { // it has quotes
			return Ahead{}
		}
		a.Word, words = w.text, words[:n-1]
	}
	if len(words) == 0 {
		a.ask(&Kind{Form: FormCommand, Words: VerbNames()}, "")
		a.whole(line)
		return a.Ahead
	}
	if _, err := parseWords(words, &parser{end: end, ahead: &a}, false); err != nil && err.Word != "" {
		a.Next, a.Rest = nil, nil
	}
	for i := range a.Next {
		if a.Next[i].Form == FormCommand {
			a.Next[i].Words = namesWithin()
			a.whole(line)
		}
	}
	return a.Ahead
}

// TargetNames returns the regions that a command names in its targets, in their order.
func TargetNames(c model.Command) (names []string) {
	if c == nil {
		return nil
	}
	for _, s := range LookAhead(c.String() + " ").Said {
		if n := nameLen(s.Word); s.Kind.Names == OfTarget && n > 0 && !slices.Contains(names, s.Word[:n]) {
			names = append(names, s.Word[:n])
		}
	}
	return names
}

// ahead gathers what may stand where the words of a line end. One that is nil gathers nothing.
type ahead struct{ Ahead }

// ask notes that a word may stand at the end.
func (a *ahead) ask(k *Kind, usage string) {
	if a != nil {
		a.Next = append(a.Next, *k)
		a.left(usage)
	}
}

// took notes a word that was there.
func (a *ahead) took(k *Kind, w token) {
	if a != nil && k.Names != NoName {
		a.Said = append(a.Said, Said{Kind: k, Word: w.text, Col: w.col, Proc: a.Proc})
	}
}

// left notes a piece of usage that the line does not have.
func (a *ahead) left(usage string) {
	if a != nil && usage != "" {
		a.Rest = append(a.Rest, usage)
	}
}

// whole takes a word that is being written, and is a verb already, for that verb.
func (a *ahead) whole(line string) {
	if findVerb(a.Word) != nil {
		next := LookAhead(line + " ")
		a.Verb, a.Rest = next.Verb, next.Rest
	}
}

func (a *ahead) verb(name string) {
	if a != nil {
		a.Verb = name
	}
}

func (a *ahead) within(proc string) {
	if a != nil {
		a.Proc = proc
	}
}
