package lesson

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"incore/model"
	"incore/model/lang"
)

// What [Parse] takes at most, so that a file from elsewhere is known to be small before anything is made of it.
const (
	MaxFile         = 1 << 20 // bytes of a file
	MaxLine         = 1000    // bytes of a line, after values are filled in too
	MaxSteps        = 200     // steps of a lesson
	MaxCommands     = 5       // commands of a step, and of a solution's step
	MaxBlockLines   = 100     // lines of a block or a paragraph
	MaxOptions      = 6       // options of a question
	MaxVars         = 50      // values of a lesson
	MaxValue        = 1 << 40 // the largest value of a variable
	maxNesting      = 16      // containers (quotes, lists) that stand within each other
	maxSolutionLine = 50      // commands of a solution

	// maxMarks is how many of * _ [ ] may stand without an empty line between them. The parser of Markdown holds each of them
	// against those before it in the paragraph: 47,000 in 200 lines take it a minute, and a megabyte of paragraphs of 1000 three seconds
	// at worst.
	maxMarks = 1000
)

// Read reads a file's text, of which it takes MaxFile bytes at most. Its error is a *[lang.ParseError] where the file is longer
// than that.
func Read(file string, r io.Reader) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(src) > MaxFile {
		return nil, &lang.ParseError{File: file, Msg: "the lesson is larger than 1 MiB"}
	}
	return src, nil
}

// lines cuts a text into lines. It refuses what may not reach a terminal, and what no parser should be made to read: each of
// a line's containers costs the parser a level of recursion.
func lines(file string, src []byte) ([]string, *lang.ParseError) {
	if len(src) > MaxFile {
		return nil, &lang.ParseError{File: file, Msg: "the lesson is larger than 1 MiB"}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	out := strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	together, marks := 0, 0
	for i, line := range out {
		at := func(col int, word, msg, hint string) *lang.ParseError {
			return &lang.ParseError{File: file, Line: i + 1, Col: col, Word: word, Msg: msg, Hint: hint}
		}
		if len(line) > MaxLine {
			return nil, at(1, "", "the line is longer than 1000 bytes", "")
		}
		if err := visible(line, at); err != nil {
			return nil, err
		}
		if nesting(line) > maxNesting {
			return nil, at(1, "", "more than 16 lists and quotes within each other", "")
		}
		if together++; strings.TrimSpace(line) == "" {
			together, marks = 0, 0
		}
		if marks += countMarks(line); marks > maxMarks {
			return nil, at(1, "", "more than 1000 of * _ [ ] without an empty line", "")
		}
		if together > 2*MaxBlockLines {
			return nil, at(1, "", "more than 200 lines without an empty one", "")
		}
	}
	return out, nil
}

func countMarks(line string) (n int) {
	for i := range len(line) {
		switch line[i] {
		case '*', '_', '[', ']':
			n++
		}
	}
	return n
}

// visible refuses control characters, tabs, and what is not UTF-8.
func visible(line string, at func(int, string, string, string) *lang.ParseError) *lang.ParseError {
	plain := 0
	for plain < len(line) && line[plain] >= ' ' && line[plain] < 0x7f { // nearly all of nearly all lines
		plain++
	}
	col := plain + 1
	for i := plain; i < len(line); col++ {
		r, n := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return at(col, line[i:i+1], "not UTF-8 text", "")
		case r == '\t':
			return at(col, "", "a tab", "write spaces")
		case model.Invisible(r):
			return at(col, line[i:i+n], "control characters are not taken", "")
		}
		i += n
	}
	return nil
}

// nesting is how many containers a line may open or go on with, at most: each takes a mark, or two columns.
func nesting(line string) int {
	marks := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ':
			continue
		case strings.IndexByte(">-+*.)", c) >= 0:
			marks++
		case c < '0' || c > '9':
			return marks + min(i, len(line))/4
		}
		if marks > maxNesting && strings.Trim(line, "-* ") == "" {
			return 0 // a rule across the page
		}
	}
	return marks
}
