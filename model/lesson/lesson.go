package lesson

import (
	"fmt"
	"time"

	"incore/model"
	"incore/model/lang"
)

// Lesson is a file that was read, with the values that its seed drew filled in.
type Lesson struct {
	File     string   // as errors name it
	Title    string   // from the front matter
	Summary  string   // from the front matter: one or two sentences
	Minutes  int      // that a lecturer takes, from the front matter
	Needs    []Need   // of the whole lesson
	Vars     []Var    // in the order of the file
	Seed     uint64   // that drew the values; 0 for the file's own
	Text     string   // the Markdown after the front matter, filled in
	Parts    []Part   // by its headings; the first may have no heading
	Warnings []string // what reads badly, each with file and line; none of it keeps the lesson from running
}

// Part is what stands under one heading. A need that is not met skips all of it.
type Part struct {
	Level int    // of the heading, from 1; 0 of what stands before the first
	Title string // of the heading, as Markdown
	Line  int    // of the heading, from 1
	Items []Item // in the order of the file
}

// Item is a piece of a part: a [Prose], [Step], [Facts], [Question], [Goal], [Picture] or [Notes].
type Item interface {
	// At is the line of the file where the item begins, from 1.
	At() int
}

// Prose is text that is shown.
type Prose struct {
	Line     int    // where it begins
	Markdown string // without the blank lines around it
}

// Step is commands that one press runs. They are seen before they run.
type Step struct {
	Line    int         // of the fence
	Needs   []Need      // its own
	Lines   []lang.Line // its commands, with their numbers in the file
	Answers *Question   // the question that it answers, or nil
}

// Facts are expects that are run as the prose reaches them, without a press. Those about a call ask the last command before.
type Facts struct {
	Line  int         // of the fence
	Needs []Need      // its own
	Lines []lang.Line // expects alone
}

// Question asks before the step behind it shows.
type Question struct {
	Line    int      // of the paragraph
	Text    string   // the paragraph, as Markdown
	Options []Option // 2 to 6
	Ideas   bool     // no kernel can tell: the option that is ticked in the file is true
}

// Option is an answer that can be given.
type Option struct {
	Line   int         // where it begins
	Text   string      // as Markdown, without its expects
	Expect []lang.Line // expects, alone or in a process; all hold where the option is true. Empty of an idea
	Ticked bool        // of an idea: it is the true one
}

// Goal is a state for the student to reach with commands of their own.
type Goal struct {
	Line     int         // of the fence
	Lines    []lang.Line // expects, which all hold once it is reached
	Only     []string    // the verbs that may be used; empty: any
	Without  []string    // verbs that may not be used
	Hints    []string    // as Markdown, given one at a time
	Solution []lang.Line // commands that reach it
}

// Picture is what the grid is to look like, drawn in text.
type Picture struct {
	Line int      // of the fence
	Rows []string // as they stand in the file
}

// Notes are for who teaches, and are not shown to the class.
type Notes struct {
	Line int           // of the comment
	Time time.Duration // that the part before them takes
	Text string        // as Markdown
}

// The items say where they begin. See [Item].

func (p Prose) At() int     { return p.Line }
func (s *Step) At() int     { return s.Line }
func (f *Facts) At() int    { return f.Line }
func (q *Question) At() int { return q.Line }
func (g *Goal) At() int     { return g.Line }
func (p *Picture) At() int  { return p.Line }
func (n Notes) At() int     { return n.Line }

// Allows reports whether a command may be used to reach the goal: what only looks or speaks always may, and so may reset,
// with which the student starts over.
func (g *Goal) Allows(c model.Command) bool {
	switch c := c.(type) {
	case lang.Expect, lang.Say, lang.Wait, lang.Look, lang.Speed, lang.Reset, lang.Mincore:
		return true
	case lang.In:
		return g.Allows(c.Do)
	}
	for _, verb := range g.Without {
		if verb == c.Verb() {
			return false
		}
	}
	for _, verb := range g.Only {
		if verb == c.Verb() {
			return true
		}
	}
	return len(g.Only) == 0
}

// Rule says in words which verbs the goal allows, or is "" where it allows all.
func (g *Goal) Rule() string {
	switch {
	case len(g.Only) > 0:
		return "only " + sentence(g.Only)
	case len(g.Without) > 0:
		return "without " + sentence(g.Without)
	}
	return ""
}

// sentence is "a, b and c".
func sentence(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		out := words[0]
		for _, w := range words[1 : n-1] {
			out += ", " + w
		}
		return out + " and " + words[n-1]
	}
}

// Count says how many of its items a lesson has.
type Count struct {
	Steps     int // blocks that a press runs
	Facts     int // blocks of expects alone
	Questions int // that are asked
	Goals     int // that are to be reached
}

// Count counts the items.
func (l *Lesson) Count() (n Count) {
	for _, p := range l.Parts {
		for _, it := range p.Items {
			switch it.(type) {
			case *Step:
				n.Steps++
			case *Facts:
				n.Facts++
			case *Question:
				n.Questions++
			case *Goal:
				n.Goals++
			}
		}
	}
	return n
}

// warn notes what reads badly.
func (l *Lesson) warn(line int, format string, args ...any) {
	l.Warnings = append(l.Warnings, fmt.Sprintf("%s:%d: %s", model.Visible(l.File), line, fmt.Sprintf(format, args...)))
}
