package lang

import (
	"cmp"
	"slices"
	"strings"

	"incore/model"
)

// option is an option, and how it is read into a command and written from one.
type option[C any] struct {
	Option
	read  func(*parser, *C) *ParseError // the word is taken
	write func(*words, *C)              // nothing where the command does not say it
}

// options are words that may be left out, in any order. msg is the error of a word that is none of
// them; where msg is empty, such a word is left for the next part. They are written in the order of
// lists.
func options[C any](msg string, lists ...[]option[C]) part[C] {
	all := slices.Concat(lists...)
	pt := part[C]{write: func(w *words, c *C) {
		for i := range all {
			all[i].write(w, c)
		}
	}}
	for _, o := range all {
		pt.Options = append(pt.Options, o.Option)
	}
	pt.Usage = strings.Join(optionUsage(pt.Options, nil), " ")
	pt.Optional = true
	var known []string
	for _, o := range pt.Options {
		known = append(known, o.Word)
	}
	pt.read = func(p *parser, c *C) *ParseError {
		seen := once{}
		err := readOptions(p, c, all, seen)
		if err == nil && len(p.words) > 0 && msg != "" && len(axes(pt.Options, seen)) > 0 {
			w, _ := p.more()
			return w.wrong(msg, Nearest(w.text, known))
		}
		if p.ahead != nil && len(p.words) == 0 {
			if err == nil {
				p.ahead.ask(&Kind{Form: FormWord, Words: optionWords(pt.Options, seen)}, "")
			}
			for _, piece := range optionUsage(pt.Options, seen) {
				p.ahead.left(piece)
			}
		}
		return err
	}
	return pt
}

// readOptions takes words as long as they are options.
func readOptions[C any](p *parser, c *C, all []option[C], seen once) *ParseError {
	var lacks *ParseError // the first one that needs another, which may still come
	needs := ""
	for len(p.words) > 0 {
		i := slices.IndexFunc(all, func(o option[C]) bool { return o.Word == p.words[0].text })
		if i < 0 {
			break
		}
		w, _ := p.more()
		if err := seen.take(w, all[i].Axis); err != nil {
			return err
		}
		if needs = cmp.Or(needs, all[i].Needs); needs != "" && lacks == nil {
			lacks = w.wrong("goes with "+needs+" alone", "")
		}
		if err := all[i].read(p, c); err != nil {
			return err
		}
	}
	if needs != "" && !seen.has(needs) {
		return lacks
	}
	return nil
}

// optionUsage has one piece for each axis that is not seen: [private|shared].
func optionUsage(options []Option, seen once) (pieces []string) {
	for _, axis := range axes(options, seen) {
		var words []string
		for _, o := range options {
			if o.Axis == axis {
				words = append(words, o.usage()+needed(options, o.Word))
			}
		}
		pieces = append(pieces, "["+strings.Join(words, "|")+"]")
	}
	return pieces
}

// needed is the usage of the options that can be said only behind a word.
func needed(options []Option, word string) (usage string) {
	for _, o := range options {
		if o.Needs == word {
			usage += " [" + o.usage() + "]"
		}
	}
	return usage
}

// optionWords are the words of each axis that is not seen.
func optionWords(options []Option, seen once) (words []string) {
	for _, axis := range axes(options, seen) {
		for _, o := range options {
			if o.Axis == axis {
				words = append(words, o.Word)
			}
		}
	}
	return words
}

// axes are those that are not seen, each once. What needs another option comes with that.
func axes(options []Option, seen once) (out []string) {
	for _, o := range options {
		if _, said := seen[o.Axis]; !said && !slices.Contains(out, o.Axis) && (o.Needs == "" || seen.has(o.Needs)) {
			out = append(out, o.Axis)
		}
	}
	return out
}

func (o Option) usage() string {
	if o.Value != nil {
		return o.Word + " " + o.Value.Usage
	}
	return o.Word
}

// flag is a word that sets a field.
func flag[C any](word string, field func(*C) *bool) []option[C] {
	return flagOf(word, word, field)
}

// flagOf is such a word of an axis that has others.
func flagOf[C any](axis, word string, field func(*C) *bool) []option[C] {
	return []option[C]{{
		Option: Option{Word: word, Axis: axis},
		read:   func(_ *parser, c *C) *ParseError { *field(c) = true; return nil },
		write: func(w *words, c *C) {
			if *field(c) {
				w.add(word)
			}
		},
	}}
}

// needing is an option that is said only where another one is.
func needing[C any](word string, list []option[C]) []option[C] {
	for i := range list {
		list[i].Needs = word
	}
	return list
}

// choice is one of the words of a kind. No word is written where the field has its usual value.
func choice[C any, V comparable](axis string, k kind[V], usual V, field func(*C) *V) (out []option[C]) {
	for _, word := range k.Words {
		v, _ := k.read(token{text: word})
		out = append(out, option[C]{
			Option: Option{Word: word, Axis: axis},
			read:   func(_ *parser, c *C) *ParseError { *field(c) = v; return nil },
			write: func(w *words, c *C) {
				if v != usual && *field(c) == v {
					w.add(word)
				}
			},
		})
	}
	return out
}

// keyed is a word with a value behind it. The second result of get reports whether the command
// says it.
func keyed[C, V any](axis, word string, k kind[V], set func(*C, V), get func(*C) (V, bool)) []option[C] {
	return []option[C]{{
		Option: Option{Word: word, Axis: axis, Value: &k.Kind},
		read: func(p *parser, c *C) *ParseError {
			w, err := p.next(&k.Kind)
			if err != nil {
				return err
			}
			v, err := k.read(w)
			if err == nil {
				set(c, v)
			}
			return err
		},
		write: func(w *words, c *C) {
			if v, said := get(c); said {
				w.add(word)
				w.add(k.write(v))
			}
		},
	}}
}

// atTarget is a word with the place behind it; none is said where the field is nil.
func atTarget[C any](axis, word string, field func(*C) **model.Target) []option[C] {
	return keyed(axis, word, target(), func(c *C, t model.Target) { *field(c) = &t },
		func(c *C) (t model.Target, said bool) {
			if at := *field(c); at != nil {
				return *at, true
			}
			return t, false
		})
}

// once has, for each axis that a line said something of, the word.
type once map[string]string

// has reports whether a word was said.
func (o once) has(word string) bool {
	for _, said := range o {
		if said == word {
			return true
		}
	}
	return false
}

// take notes that w says something of an axis. It is an error where a word before it did.
func (o once) take(w token, axis string) *ParseError {
	before, twice := o[axis]
	o[axis] = w.text
	switch {
	case twice && before == w.text:
		return w.wrong("said twice", "")
	case twice:
		return w.wrong("cannot be both "+before+" and", "")
	}
	return nil
}
