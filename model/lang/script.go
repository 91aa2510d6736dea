package lang

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"incore/model"
)

// What ParseScript takes at most, so that a file from elsewhere cannot fill the
// memory before it is known to be of the language.
const (
	MaxScript      = 8 << 20  // bytes of a file
	MaxLine        = 64 << 10 // bytes of a line
	MaxScriptLines = 100_000  // lines of a file
)

// Line is a line of a script that holds a command.
type Line struct {
	Number  int           // from 1
	Text    string        // as written, with its comment; without the blanks around it, and tabs as spaces
	Command model.Command // what the line says; never nil
}

// ParseScript reads a whole file of the language, so that nothing of it runs where
// any of it is wrong. Empty lines and comments are left out of the result. name
// is what errors call the file.
//
// A line that is not of the language, and a file that is too large, is a
// *[ParseError] (the first one); an error of r is wrapped.
func ParseScript(name string, r io.Reader) ([]Line, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxScript+1))
	if err != nil {
		return nil, fmt.Errorf("%s: reading the script: %w", model.Visible(name), err)
	}
	if len(data) > MaxScript {
		return nil, &ParseError{File: name, Msg: "the file is larger than 8 MiB"}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var lines []Line
	for number := 1; len(data) > 0; number++ {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		switch {
		case number > MaxScriptLines:
			return nil, &ParseError{File: name, Line: number, Col: 1, Msg: "the file has more than 100000 lines"}
		case len(text) > MaxLine:
			return nil, &ParseError{File: name, Line: number, Col: 1, Msg: "the line is longer than 64 KiB"}
		}
		c, err := Parse(string(text))
		if err != nil {
			if p, ok := err.(*ParseError); ok {
				p.File, p.Line = name, number
			}
			return nil, err
		}
		if c != nil {
			shown := strings.TrimSpace(strings.ReplaceAll(string(text), "\t", " "))
			lines = append(lines, Line{Number: number, Text: shown, Command: c})
		}
	}
	return lines, nil
}
