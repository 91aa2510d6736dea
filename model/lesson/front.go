package lesson

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"incore/model"
	"incore/model/lang"
)

// front is the front matter of a lesson.
type front struct {
	title, summary string
	minutes        int
	needs          []Need
	vars           []Var
	lines          int // how many lines of the file it takes, its borders included
}

// frontKeys are the keys that a front matter may have.
var frontKeys = []string{"title", "summary", "minutes", "needs", "vars"}

// frontReader reads lines of a front matter: a subset of YAML, so that other programs show it as a table.
type frontReader struct {
	file string
	front
	seen   map[string]bool
	inVars bool
}

func (f *frontReader) wrong(line, col int, word, msg, hint string) *lang.ParseError {
	return &lang.ParseError{File: f.file, Line: line, Col: col, Word: word, Msg: msg, Hint: hint}
}

// readFront reads the front matter that a lesson begins with.
func readFront(file string, text []string) (front, *lang.ParseError) {
	f := &frontReader{file: file, seen: map[string]bool{}}
	if len(text) == 0 || text[0] != "---" {
		return f.front, f.wrong(1, 1, "", "a lesson begins with a front matter between two lines of ---", "see incore help lesson-format")
	}
	for i, line := range text[1:] {
		if line == "---" {
			f.lines = i + 2
			return f.front, f.whole()
		}
		if err := f.line(i+2, line); err != nil {
			return f.front, err
		}
	}
	return f.front, f.wrong(1, 1, "---", "the front matter is not closed", "a second line of --- ends it")
}

// whole refuses a front matter that lacks a key.
func (f *frontReader) whole() *lang.ParseError {
	for _, key := range []string{"title", "summary", "minutes"} {
		if !f.seen[key] {
			return f.wrong(1, 1, "", "the front matter has no "+key, "write "+key+": …")
		}
	}
	return nil
}

func (f *frontReader) line(n int, line string) *lang.ParseError {
	trimmed := strings.TrimSpace(line)
	if trimmed == "" {
		return nil
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	key, value, ok := strings.Cut(trimmed, ":")
	switch {
	case strings.HasPrefix(trimmed, "- "):
		return f.wrong(n, indent+1, trimmed, "no lists in the front matter", "values stand in one line")
	case !ok || value != "" && value[0] != ' ':
		return f.wrong(n, indent+1, trimmed, "not a line of the front matter", "write key: value")
	}
	before := len(line) - len(strings.TrimLeft(line[indent+len(key)+1:], " ")) // bytes up to the value
	col := utf8.RuneCountInString(line[:before]) + 1
	value, err := f.unquoted(n, &col, strings.TrimLeft(value, " "))
	if err != nil {
		return err
	}
	if indent > 0 {
		if !f.inVars {
			return f.wrong(n, indent+1, key, "only what stands under vars is indented", "")
		}
		return f.addVar(n, indent+1, key, col, value)
	}
	return f.key(n, key, col, value)
}

func (f *frontReader) key(n int, key string, col int, value string) *lang.ParseError {
	if f.seen[key] {
		return f.wrong(n, 1, key, "said twice", "")
	}
	f.seen[key], f.inVars = true, key == "vars"
	if value == "" && key != "vars" {
		return f.wrong(n, 1, key, "a key without a value", "")
	}
	switch key {
	case "title":
		f.title = value
	case "summary":
		f.summary = value
	case "minutes":
		m, err := strconv.Atoi(value)
		if err != nil || m < 1 || m > 600 {
			return f.wrong(n, col, value, "not a number of minutes, from 1 to 600", "")
		}
		f.minutes = m
	case "needs":
		needs, err := parseNeeds(f.file, n, col, value)
		if err != nil {
			return err
		}
		f.needs = needs
	case "vars":
		if value != "" {
			return f.wrong(n, col, value, "the values stand in lines of their own", "indent them by two spaces")
		}
	default:
		return f.wrong(n, 1, key, "no such key of the front matter", near(key, frontKeys))
	}
	return nil
}

// unquoted takes the quotes off a value, whose column it moves behind them. A value with ": " in it needs them, since YAML does.
func (f *frontReader) unquoted(n int, col *int, value string) (string, *lang.ParseError) {
	if value == "" {
		return "", nil
	}
	switch c := value[0]; {
	case c == '"':
		out, err := strconv.Unquote(value)
		if err != nil {
			return "", f.wrong(n, *col, value, "not a text between double quotes", "")
		}
		if model.Visible(out) != out { // what an escape stands for
			return "", f.wrong(n, *col, value, "control characters are not taken", "")
		}
		*col++
		return out, nil
	case strings.IndexByte("'&*!|>%@`[]{}#", c) >= 0:
		return "", f.wrong(n, *col, value, "a value of YAML's other forms", "write it between double quotes")
	case strings.Contains(value, ": ") || strings.Contains(value, " #"):
		return "", f.wrong(n, *col, value, "a value with \": \" or \" #\" in it", "write it between double quotes")
	}
	return value, nil
}
