package course

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"incore/model"
)

// Tally is how many of what was checked came to what.
type Tally struct {
	Lessons int // that were checked
	Checks  int // of steps, facts, questions, goals and pictures, those that failed or were skipped included
	Failed  int // that the kernel does not agree with
	Skipped int // that were not tried here
}

// Teller prints what a check comes to, as it comes.
type Teller interface {
	// Lesson begins a lesson that is checked with so many draws of its values.
	Lesson(file, title string, seeds int) error
	// Result tells of one thing.
	Result(Result) error
	// Finish ends a lesson.
	Finish(Tally, time.Duration) error
	// End ends the whole check.
	End(Tally, time.Duration) error
}

// Text prints a line a lesson, and what is wrong.
type Text struct {
	W io.Writer // that it prints to
}

// Lesson implements [Teller]: it prints its file and title.
func (t *Text) Lesson(file, title string, seeds int) error {
	of := ""
	if seeds > 0 {
		of = fmt.Sprintf(", %s and %s", "its own values", model.Plural(int64(seeds), "seed"))
	}
	_, err := fmt.Fprintf(t.W, "%s  %s%s\n", model.Visible(file), model.Visible(title), of)
	return err
}

// Result implements [Teller]: it prints what is wrong, or skipped.
func (t *Text) Result(r Result) error {
	var err error
	switch {
	case r.Skipped != "" && r.Seed == 0:
		_, err = fmt.Fprintf(t.W, "  skipped  %s:%d: %s: %s\n", model.Visible(r.File), r.Line, model.Visible(r.What), model.Visible(r.Skipped))
	case len(r.Wrong) > 0:
		for _, w := range r.Wrong {
			if _, err = fmt.Fprintf(t.W, "  FAILED   %s\n", model.Visible(w)); err != nil {
				return err
			}
		}
	}
	return err
}

// Finish implements [Teller]: it prints how many checks hold.
func (t *Text) Finish(n Tally, took time.Duration) error {
	_, err := fmt.Fprintf(t.W, "  %s in %s\n", n, took.Round(time.Millisecond))
	return err
}

// End implements [Teller]: it prints that of all lessons.
func (t *Text) End(n Tally, took time.Duration) error {
	_, err := fmt.Fprintf(t.W, "%s: %s in %s\n", model.Plural(int64(n.Lessons), "lesson"), n, took.Round(time.Millisecond))
	return err
}

// String is "38 checks, 2 failed, 1 skipped".
func (n Tally) String() string {
	out := model.Plural(int64(n.Checks), "check")
	switch {
	case n.Failed > 0:
		out += fmt.Sprintf(", %d failed", n.Failed)
	case n.Checks > n.Skipped:
		out += " hold"
	}
	if n.Skipped > 0 {
		out += fmt.Sprintf(", %d skipped", n.Skipped)
	}
	return out
}

// TAP prints the Test Anything Protocol, version 13: a line a check, and the plan at the end.
type TAP struct {
	W     io.Writer // that it prints to
	n     int       // lines so far
	begun bool      // the version is printed
}

// Lesson implements [Teller]: it prints it as a comment.
func (t *TAP) Lesson(file, title string, _ int) error {
	_, err := fmt.Fprintf(t.W, "%s# %s: %s\n", t.head(), model.Visible(file), model.Visible(title))
	return err
}

// Result implements [Teller]: it prints a line of the protocol, and what is wrong as comments.
func (t *TAP) Result(r Result) error {
	t.n++
	word, directive := "ok", ""
	if r.Skipped != "" {
		directive = " # SKIP " + model.Visible(r.Skipped)
	} else if !r.OK {
		word = "not ok"
	}
	seed := ""
	if r.Seed != 0 {
		seed = fmt.Sprintf(" (seed %d)", r.Seed)
	}
	what := strings.NewReplacer("#", `\#`, "\n", " ").Replace(model.Visible(r.What))
	if _, err := fmt.Fprintf(t.W, "%s %d - %s:%d %s: %s%s%s\n", word, t.n, model.Visible(r.File), r.Line, r.Kind, what, seed, directive); err != nil {
		return err
	}
	for _, w := range r.Wrong {
		if _, err := fmt.Fprintf(t.W, "# %s\n", model.Visible(w)); err != nil {
			return err
		}
	}
	return nil
}

// Finish implements [Teller]: it prints nothing.
func (t *TAP) Finish(Tally, time.Duration) error { return nil }

// End implements [Teller]: it prints the plan.
func (t *TAP) End(Tally, time.Duration) error {
	_, err := fmt.Fprintf(t.W, "%s1..%d\n", t.head(), t.n)
	return err
}

// head is the line that the protocol begins with, once.
func (t *TAP) head() string {
	if t.begun {
		return ""
	}
	t.begun = true
	return "TAP version 13\n"
}

// JSON prints an object a line: one a check, and one at the end.
type JSON struct {
	W io.Writer // that it prints to
}

type jsonResult struct {
	Type    string   `json:"type"`
	File    string   `json:"file"`
	Seed    uint64   `json:"seed"`
	Line    int      `json:"line"`
	Kind    Kind     `json:"kind"`
	What    string   `json:"what"`
	OK      bool     `json:"ok"`
	Skipped string   `json:"skipped,omitempty"`
	Wrong   []string `json:"wrong,omitempty"`
}

// Lesson implements [Teller]: it prints nothing: each check names its file.
func (t *JSON) Lesson(string, string, int) error { return nil }

// Result implements [Teller]: it prints an object.
func (t *JSON) Result(r Result) error {
	return t.print(jsonResult{"check", r.File, r.Seed, r.Line, r.Kind, r.What, r.OK, r.Skipped, r.Wrong})
}

// Finish implements [Teller]: it prints nothing.
func (t *JSON) Finish(Tally, time.Duration) error { return nil }

// End implements [Teller]: it prints the object at the end.
func (t *JSON) End(n Tally, took time.Duration) error {
	return t.print(struct {
		Type    string `json:"type"`
		Lessons int    `json:"lessons"`
		Checks  int    `json:"checks"`
		Failed  int    `json:"failed"`
		Skipped int    `json:"skipped"`
		Took    int64  `json:"took_ns"`
	}{"finished", n.Lessons, n.Checks, n.Failed, n.Skipped, took.Nanoseconds()})
}

func (t *JSON) print(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.W, string(b))
	return err
}
