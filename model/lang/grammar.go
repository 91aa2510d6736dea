package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// Form is how the words of a kind are written.
type Form string

// The forms.
const (
	FormWord     Form = "word"     // one of Kind.Words
	FormName     Form = "name"     // of a region or a process
	FormTarget   Form = "target"   // pages or bytes: a[4..7]
	FormSize     Form = "size"     // 64, 64K
	FormSigned   Form = "signed"   // a size behind + or -
	FormNumber   Form = "number"   // from Kind.Low to Kind.High
	FormRate     Form = "rate"     // 200/s
	FormDuration Form = "duration" // 500ms, up to MaxWait
	FormPath     Form = "path"     // of a file
	FormText     Form = "text"     // all words that follow
	FormCommand  Form = "command"  // a verb and what it takes
)

// Names says which names of a session a word may be.
type Names int

// The names.
const (
	NoName     Names = iota
	OfRegion         // a region that Kind.Fits
	OfTarget         // a region, or a part of one
	OfProcess        // a process
	NewRegion        // a name that no region has
	NewProcess       // a name that no process has
	OfFile           // a file of the machine
	OfKey            // a protection key
	NewKey           // a name that no protection key has
)

// Kind is a kind of word.
type Kind struct {
	Form  Form                     // how the word is written
	Usage string                   // in a line of usage: SIZE
	What  string                   // for the error where the word is missing: "a size, such as 64 (pages)"
	Words []string                 // of FormWord all that it takes; of others some to offer, such as unlimited, which a size may be too
	Low   int64                    // of FormNumber, the least
	High  int64                    // of FormNumber, the most
	Names Names                    // what the word names, or NoName
	Fits  func(*model.Region) bool // whether the verb takes that region; nil: it takes any
}

// Part is a piece of what follows a verb: one word of Kind, or Options, or one of Forms.
type Part struct {
	Kind     Kind     // zero where there are Options or Forms
	Usage    string   // in brackets where it may be left out
	Optional bool     // it may be left out
	Repeated bool     // one word or more, all different
	Options  []Option // in any order, each at most once
	Forms    []Check  // one of them
}

// Option is a word of a verb that may be left out.
type Option struct {
	Word  string // as it is written: onfault, every
	Axis  string // what the option says; a line has one option of an axis
	Value *Kind  // the word behind it; nil: there is none
	Needs string // another option without which this one is not said, or ""
}

// kind is a kind of word, and how its value is read and written.
type kind[V any] struct {
	Kind
	read  func(token) (V, *ParseError)
	write func(V) string
}

// part is a part, and how it is read into a command and written from one.
type part[C any] struct {
	Part
	read  func(*parser, *C) *ParseError
	write func(*words, *C)
}

// verb is a verb of the language: this declaration is all that parser, format, usage,
// completion and the tests' generator know of it.
type verb struct {
	VerbInfo
	parts []Part
	parse func(*parser) (model.Command, *ParseError)
	write func(*words, model.Command)
}

// row declares the verb of a command. zero has the values of what a line leaves unsaid.
func row[C model.Command](help string, zero C, parts ...part[C]) verb {
	name := zero.Verb()
	v := verb{VerbInfo: VerbInfo{Name: name, Usage: usage(name, parts), Help: help}}
	for _, p := range parts {
		v.parts = append(v.parts, p.Part)
	}
	v.parse = func(p *parser) (model.Command, *ParseError) {
		c := zero
		if err := readParts(p, &c, parts); err != nil {
			return nil, err
		}
		return c, nil
	}
	v.write = func(w *words, c model.Command) {
		of := c.(C)
		w.add(name)
		writeParts(w, &of, parts)
	}
	return v
}

// ofSession is a verb that in does not take.
func ofSession(v verb) verb {
	v.Session = true
	return v
}

func usage[C any](name string, parts []part[C]) string {
	var w words
	w.add(name)
	for _, p := range parts {
		w.add(p.Usage)
	}
	return w.String()
}

func readParts[C any](p *parser, c *C, parts []part[C]) *ParseError {
	for i, pt := range parts {
		if err := pt.read(p, c); err != nil {
			for _, later := range parts[i+1:] {
				p.ahead.left(later.Usage)
			}
			return err
		}
	}
	return nil
}

func writeParts[C any](w *words, c *C, parts []part[C]) {
	for i := range parts {
		parts[i].write(w, c)
	}
}

// need is a word that must be there.
func need[C, V any](k kind[V], field func(*C) *V) part[C] {
	return part[C]{
		Part: Part{Kind: k.Kind, Usage: k.Usage},
		read: func(p *parser, c *C) *ParseError {
			w, err := p.next(&k.Kind)
			if err != nil {
				return err
			}
			*field(c), err = k.read(w)
			return err
		},
		write: func(w *words, c *C) { w.add(k.write(*field(c))) },
	}
}

// may is a word that may be left out. It is not written where its value is the zero value.
func may[C any, V comparable](k kind[V], field func(*C) *V) part[C] {
	return mayBe(k, field, func(string) bool { return true })
}

// mayBe is a word that may be left out. A word that does not fit is left for the next part.
func mayBe[C any, V comparable](k kind[V], field func(*C) *V, fits func(string) bool) part[C] {
	bracketed := "[" + k.Usage + "]"
	return part[C]{
		Part: Part{Kind: k.Kind, Usage: bracketed, Optional: true},
		read: func(p *parser, c *C) *ParseError {
			if len(p.words) == 0 {
				p.ahead.ask(&k.Kind, bracketed)
				return nil
			}
			if !fits(p.words[0].text) {
				return nil
			}
			w, _ := p.more()
			p.ahead.took(&k.Kind, w)
			var err *ParseError
			*field(c), err = k.read(w)
			return err
		},
		write: func(w *words, c *C) {
			var unsaid V
			if v := *field(c); v != unsaid {
				w.add(k.write(v))
			}
		},
	}
}

// literal is a word that is always the same one. msg is the error of another word.
func literal[C any](word, what, msg string) part[C] {
	k := kind[string]{
		Kind: Kind{Form: FormWord, Usage: word, What: what + ": " + word, Words: []string{word}},
		read: func(w token) (string, *ParseError) {
			if w.text != word {
				return "", w.wrong(msg, Nearest(w.text, []string{word}))
			}
			return word, nil
		},
		write: func(string) string { return word },
	}
	return need(k, func(*C) *string { return new(string) })
}

// list is one word or more, all different.
func list[C any, V comparable](k kind[V], field func(*C) *[]V) part[C] {
	return part[C]{
		Part: Part{Kind: k.Kind, Usage: k.Usage + "…", Repeated: true},
		read: func(p *parser, c *C) *ParseError {
			for values := field(c); ; {
				w, err := p.next(&k.Kind)
				if err != nil {
					return err
				}
				v, err := k.read(w)
				if err != nil {
					return err
				}
				if slices.Contains(*values, v) {
					return w.wrong("said twice", "")
				}
				if *values = append(*values, v); len(p.words) == 0 {
					p.ahead.ask(without(&k.Kind, *values, k.write), "["+k.Usage+"…]")
					return nil
				}
			}
		},
		write: func(w *words, c *C) {
			for _, v := range *field(c) {
				w.add(k.write(v))
			}
		},
	}
}

// without is a kind that offers no more what a line has.
func without[V any](k *Kind, values []V, write func(V) string) *Kind {
	rest := *k
	rest.Words = slices.Clone(k.Words)
	for _, v := range values {
		rest.Words = slices.DeleteFunc(rest.Words, func(w string) bool { return w == write(v) })
	}
	return &rest
}

// then mends a command once all before it is read.
func then[C any](mend func(*C)) part[C] {
	return part[C]{
		read:  func(_ *parser, c *C) *ParseError { mend(c); return nil },
		write: func(*words, *C) {},
	}
}

// words is a line that is being written.
type words struct{ strings.Builder }

// add writes a word behind those before it; an empty one is left out.
func (w *words) add(word string) {
	if word == "" {
		return
	}
	if w.Len() > 0 {
		w.WriteByte(' ')
	}
	w.WriteString(word)
}

// printed is the line of a command, as its verb declares it.
func printed(c model.Command) string {
	var w words
	w.Grow(48) // most lines
	findVerb(c.Verb()).write(&w, c)
	return w.String()
}
