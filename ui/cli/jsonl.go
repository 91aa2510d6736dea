package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"incore/model"
	"incore/model/lang"
	"incore/model/wire"
)

// jsonReport prints a run as JSON Lines: a model.Record for each item, and a record
// of type "finished" at the end.
type jsonReport struct{ w io.Writer }

// finishedRecord is the last line of a run.
type finishedRecord struct {
	Type        string `json:"type"` // finished
	Commands    int    `json:"commands"`
	Expects     int    `json:"expects"`
	Failed      int    `json:"failed"`
	FailedLines []int  `json:"failed_lines,omitempty"`
	Refused     int    `json:"refused"`
	RefusedAt   []int  `json:"refused_lines,omitempty"`
	Died        bool   `json:"died"` // and nothing foresaw it
	Interrupted bool   `json:"interrupted"`
	Exit        int    `json:"exit_code"`
}

func (j *jsonReport) started(s model.Started) error { return j.write(wire.Record{Item: s}) }

func (j *jsonReport) command(lang.Line) error { return nil }

func (j *jsonReport) item(rec wire.Record) error { return j.write(rec) }

func (j *jsonReport) finished(r runResult) error {
	return j.write(finishedRecord{
		Type: "finished", Commands: r.Commands, Expects: r.Expects,
		Failed: len(r.FailedLines), FailedLines: r.FailedLines, Refused: len(r.Refused), RefusedAt: r.Refused,
		Died: r.Died != nil, Interrupted: r.Interrupted, Exit: r.code(),
	})
}

func (j *jsonReport) write(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return &exitError{exitPanic, err}
	}
	_, err = io.WriteString(j.w, escapeInvisible(string(b))+"\n")
	return err
}

// escapeInvisible writes as \u escapes what encoding/json leaves as it is but a
// terminal may take as a command: DEL, the C1 controls and the characters that turn
// the direction of text. They can only stand within strings.
func escapeInvisible(s string) string {
	hidden := func(r rune) bool { return r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf) }
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
