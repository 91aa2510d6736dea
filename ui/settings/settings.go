// Package settings reads what a user wants of the screen from its start, and knows where each of it comes from. It opens
// no file: it is handed what the file has.
package settings

import (
	"fmt"
	"slices"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// Key is one of the settings.
type Key int

// The settings, in the order in which they are printed.
const (
	Theme         Key = iota // the colors, by a name or a file
	Background               // what the colors are for
	Color                    // how many colors
	Zoom                     // how large a page is
	Numbers                  // of pages, or offsets in hexadecimal
	ReducedMotion            // whether nothing fades
	// Keys is the number of settings.
	Keys
)

// The words that settings take.
const (
	Auto      = "auto"
	Dark      = "dark"
	Light     = "light"
	Always    = "always"
	Never     = "never"
	Color16   = "16"
	Big       = lang.ZoomBig
	Chips     = lang.ZoomChips
	Dense     = lang.ZoomDense
	Aggregate = lang.ZoomAggregate
	Decimal   = "decimal"
	Hex       = "hex"
)

// The words of a setting that is on or off.
const (
	yes = "true"
	no  = "false"
)

// rule is what a setting is called and takes.
type rule struct {
	name    string
	unasked string   // what holds where nobody says anything
	words   []string // nil takes any text that can be shown
	onOff   bool     // the words stand without quotes
}

var rules = [Keys]rule{
	Theme:         {name: "theme", unasked: "default"},
	Background:    {name: "background", unasked: Auto, words: []string{Auto, Dark, Light}},
	Color:         {name: "color", unasked: Auto, words: []string{Auto, Always, Never, Color16}},
	Zoom:          {name: "zoom", unasked: Auto, words: []string{Auto, Big, Chips, Dense, Aggregate}},
	Numbers:       {name: "numbers", unasked: Decimal, words: []string{Decimal, Hex}},
	ReducedMotion: {name: "reduced_motion", unasked: no, words: []string{yes, no}, onOff: true},
}

// names are the names of all settings.
var names = func() (all []string) {
	for _, r := range rules {
		all = append(all, r.name)
	}
	return all
}()

// String returns the name of the setting, as it stands in the file.
func (k Key) String() string { return rules[k].name }

// Words returns what the setting takes. It is nil where that is any text.
func (k Key) Words() []string { return slices.Clone(rules[k].words) }

// Source is who said what a setting is.
type Source int

// The sources. What comes later here goes before.
const (
	Unasked Source = iota
	File
	Environment
	Flag
)

// String returns the word for the source.
func (s Source) String() string { return [...]string{"default", "file", "environment", "flag"}[s] }

// Value is what a setting is, and where that comes from.
type Value struct {
	Text      string // for one that is on or off, true or false
	Source    Source // who said it
	Name      string // of the file, the variable or the flag; "" of the default
	Line, Col int    // of the value in the file; else 0
}

// Where returns where the value comes from, in a word: default, --theme, NO_COLOR, config.toml:3.
func (v Value) Where() string {
	switch v.Source {
	case Unasked:
		return v.Source.String()
	case File:
		return fmt.Sprintf("%s:%d", model.Visible(v.Name), v.Line)
	}
	return v.Name
}

// Settings is what holds of each setting. It is a value: a copy is another one.
type Settings struct{ values [Keys]Value }

// Defaults returns what holds where nobody says anything.
func Defaults() (s Settings) {
	for k, r := range rules {
		s.values[k].Text = r.unasked
	}
	return s
}

// Of returns what holds of a setting.
func (s Settings) Of(k Key) Value { return s.values[k] }

// Text returns the text of a setting.
func (s Settings) Text(k Key) string { return s.values[k].Text }

// On reports whether a setting is on.
func (s Settings) On(k Key) bool { return s.values[k].Text == yes }

// Set sets what somebody other than a file says. The text has been checked.
func (s *Settings) Set(k Key, text string, from Source, name string) {
	s.values[k] = Value{Text: text, Source: from, Name: name}
}

// Reword puts another text for the same value, from where it comes from: a path for one that another folder knows too.
func (s *Settings) Reword(k Key, text string) { s.values[k].Text = text }

// want says what a setting takes, as it is written in the file.
func (r rule) want() string {
	if r.words == nil {
		return r.name + " takes a text in quotes"
	}
	var all []string
	for _, w := range r.words {
		all = append(all, r.written(w))
	}
	last := len(all) - 1
	return r.name + " takes " + strings.Join(all[:last], ", ") + " or " + all[last]
}

// written returns a word of a setting as it is written in the file.
func (r rule) written(word string) string {
	if r.onOff {
		return word
	}
	return quoted(word, false)
}
