package course

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"incore/model"
	"incore/model/lesson"
)

// Report is what a student hands in.
type Report struct {
	Incore    string           `json:"incore"`    // what the file is
	Version   string           `json:"version"`   // of incore
	Lesson    string           `json:"lesson"`    // its name, or its file
	Title     string           `json:"title"`     // of the lesson
	SHA256    string           `json:"sha256"`    // of the lesson's text
	Seed      uint64           `json:"seed"`      // that drew its values; 0 are its own
	Kernel    string           `json:"kernel"`    // uname -r
	User      string           `json:"user"`      // who took it
	Began     time.Time        `json:"began"`     // when, in UTC
	Seconds   float64          `json:"seconds"`   // that it took
	Complete  bool             `json:"complete"`  // it was taken to its end
	Score     ReportScore      `json:"score"`     // what it comes to
	Questions []ReportQuestion `json:"questions"` // in the order of the lesson
	Goals     []ReportGoal     `json:"goals"`     // in the order of the lesson
}

// ReportScore is what the answers and goals come to.
type ReportScore struct {
	Right     int `json:"right"`     // questions whose first answer was the kernel's
	Questions int `json:"questions"` // of the lesson, as far as they are asked on this machine
	Reached   int `json:"reached"`   // goals without the solution
	Goals     int `json:"goals"`     // of the lesson
}

// ReportQuestion is a question and what was said. Options count from 1; 0 is none.
type ReportQuestion struct {
	Line     int      `json:"line"`            // of the file
	Question string   `json:"question"`        // as Markdown
	Options  []string `json:"options"`         // as Markdown
	First    int      `json:"first_answer"`    // the first answer
	Last     int      `json:"last_answer"`     // the newest answer
	Kernel   int      `json:"kernel"`          // the option that is true
	Right    bool     `json:"right"`           // the first answer is the kernel's
	Tries    int      `json:"tries"`           // how often it was answered
	Hands    []int    `json:"hands,omitempty"` // a show of hands, a number for each option
	Seconds  float64  `json:"seconds"`         // until the first answer
}

// ReportGoal is a goal and how it was reached.
type ReportGoal struct {
	Line     int      `json:"line"`           // of the file
	Goal     []string `json:"goal"`           // its expects
	Reached  bool     `json:"reached"`        // it was reached
	Solution bool     `json:"solution_shown"` // its solution was shown
	Commands int      `json:"commands"`       // that were given
	Hints    int      `json:"hints"`          // that were asked for
	Seconds  float64  `json:"seconds"`        // until it was reached
}

// NewReport makes the report of a lesson as far as it was taken.
func NewReport(b Book, t *lesson.Taking, s model.State, version string, began time.Time) Report {
	rec := t.Record()
	r := Report{
		Incore: "report", Version: version, Lesson: b.Name, Title: t.Lesson.Title, SHA256: Sum(b.Source), Seed: t.Lesson.Seed,
		Kernel: s.Kernel, User: s.User, Began: began.UTC().Round(time.Second), Seconds: rec.Time.Seconds(), Complete: rec.Over,
		Questions: []ReportQuestion{}, Goals: []ReportGoal{},
	}
	for i, q := range t.Questions() {
		out := ReportQuestion{Line: q.Line, Question: q.Text}
		for _, o := range q.Options {
			out.Options = append(out.Options, o.Text)
		}
		for _, a := range rec.Answers {
			if a.Question == i {
				out.First, out.Last, out.Kernel, out.Tries, out.Hands = a.First+1, a.Said+1, a.Kernel+1, a.Tries, a.Room
				out.Right, out.Seconds = a.Kernel >= 0 && a.First == a.Kernel, a.Took.Seconds()
			}
		}
		r.Questions = append(r.Questions, out)
	}
	for i, g := range t.Goals() {
		out := ReportGoal{Line: g.Line}
		for _, l := range g.Lines {
			out.Goal = append(out.Goal, l.Command.String())
		}
		for _, a := range rec.Goals {
			if a.Goal == i {
				out.Reached, out.Solution, out.Commands, out.Hints, out.Seconds = a.Reached, a.Solved, a.Commands, a.Hints, a.Took.Seconds()
			}
		}
		r.Goals = append(r.Goals, out)
	}
	r.Score = ReportScore{Right: rec.Score.Right, Questions: len(r.Questions), Reached: rec.Score.Reached, Goals: len(r.Goals)}
	return r
}

// ErrNoReport is wrapped where a file that a report is to be written to holds something else.
var ErrNoReport = errors.New("is there, and is no report of incore's; nothing is written over it")

// MayReport reports whether a report may be written to a file: there is none, or an older report.
func MayReport(file string) error {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", file, bare(err))
	case !info.Mode().IsRegular(): // a device would be replaced, and a pipe is not read
		return fmt.Errorf("%s %w", file, ErrNoReport)
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, bare(err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostProgress))
	var is Report
	if err == nil && len(strings.TrimSpace(string(b))) > 0 {
		if json.Unmarshal(b, &is) != nil || is.Incore != "report" {
			return fmt.Errorf("%s %w", file, ErrNoReport)
		}
	}
	return err
}

// Write writes the report to a file, in place of an older one.
func (r Report) Write(file string) error {
	if err := MayReport(file); err != nil {
		return err
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return replace(file, append(b, '\n'))
}
