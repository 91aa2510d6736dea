package lesson

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"incore/model/lang"
)

// filled is a text with its values filled in, which still knows the places of the file.
type filled struct {
	file  string
	text  string
	src   []byte             // the same, as the parser of Markdown has it
	start []int              // offset of each line's begin in text
	front int                // lines of the file before the first
	moves map[int][]replaced // of the lines in which something was filled in
}

// replaced is one value in a line, in bytes.
type replaced struct{ at, was, is int }

// fill replaces each {{name}} of the lines behind the front matter.
func fill(file string, front int, text []string, vars []Var, page int64) (*filled, []bool, *lang.ParseError) {
	f := &filled{file: file, front: front, moves: map[int][]replaced{}}
	used := make([]bool, len(vars))
	var b strings.Builder
	for i, line := range text {
		f.start = append(f.start, b.Len())
		for rest, col := line, 0; ; {
			before, after, found := strings.Cut(rest, "{{")
			b.WriteString(before)
			if !found {
				break
			}
			col += len(before)
			if after != "" && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ }", rune(after[0])) {
				b.WriteString("{{") // of C, as {{0}}: nothing that could be a misspelled name
				rest, col = after, col+2
				continue
			}
			name, tail, closed := strings.Cut(after, "}}")
			value, known := page, name == "page"
			for v := range vars {
				if vars[v].Name == name {
					value, known, used[v] = vars[v].Value, true, true
				}
			}
			if !closed || !known {
				return nil, nil, f.unknown(i, line, col, name, closed, vars)
			}
			out := strconv.FormatInt(value, 10)
			f.moves[i] = append(f.moves[i], replaced{at: b.Len() - f.start[i], was: len(name) + 4, is: len(out)})
			b.WriteString(out)
			rest, col = tail, col+len(name)+4
		}
		if b.Len()-f.start[i] > MaxLine {
			return nil, nil, &lang.ParseError{File: file, Line: front + i + 1, Col: 1, Msg: "the line is longer than 1000 bytes"}
		}
		b.WriteByte('\n')
	}
	f.text = b.String()
	f.src = []byte(f.text)
	return f, used, nil
}

func (f *filled) unknown(i int, line string, at int, name string, closed bool, vars []Var) *lang.ParseError {
	err := &lang.ParseError{File: f.file, Line: f.front + i + 1, Col: utf8.RuneCountInString(line[:at]) + 1}
	if !closed {
		err.Word, err.Msg, err.Hint = "{{", "a value is written {{name}}", ""
		return err
	}
	err.Word, err.Msg, err.Hint = "{{"+name+"}}", "no value has that name", "values stand under vars in the front matter"
	names := []string{"page"}
	for _, v := range vars {
		names = append(names, v.Name)
	}
	if near := lang.Nearest(name, names); near != "" {
		err.Hint = "did you mean {{" + near + "}}?"
	}
	return err
}

// line is the line of an offset, from 0 in the text.
func (f *filled) line(offset int) int {
	lo, hi := 0, len(f.start)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; f.start[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// number is the line of the file that an offset is on.
func (f *filled) number(offset int) int { return f.front + f.line(offset) + 1 }

// raw is a line of the text, by its number from 0.
func (f *filled) raw(i int) string {
	if i < 0 || i >= len(f.start) {
		return ""
	}
	end := len(f.text)
	if i+1 < len(f.start) {
		end = f.start[i+1]
	}
	return strings.TrimSuffix(f.text[f.start[i]:end], "\n")
}

// wrong is an error at an offset of the text, told by line and column of the file.
func (f *filled) wrong(offset int, word, msg, hint string) *lang.ParseError {
	i := f.line(offset)
	line := f.raw(i)
	b := min(max(offset-f.start[i], 0), len(line))
	return &lang.ParseError{
		File: f.file, Line: f.front + i + 1, Col: f.back(i, b, line), Word: word, Msg: msg, Hint: hint,
	}
}

// back is the column in the file of a byte of a line of the text: what was filled in there counts as it was written.
func (f *filled) back(i, b int, line string) int {
	col := utf8.RuneCountInString(line[:b]) + 1
	for _, m := range f.moves[i] {
		switch {
		case b >= m.at+m.is:
			col += m.was - m.is
		case b > m.at:
			return utf8.RuneCountInString(line[:m.at]) + 1 + col - utf8.RuneCountInString(line[:b]) - 1
		}
	}
	return col
}

// command parses a line of the language that stands at an offset.
func (f *filled) command(offset int, text string) (*lang.Line, *lang.ParseError) {
	c, err := lang.Parse(text)
	if err != nil {
		p, ok := err.(*lang.ParseError)
		if !ok {
			return nil, f.wrong(offset, "", err.Error(), "")
		}
		at := offset
		for n := 1; n < p.Col && at-offset < len(text); n++ {
			_, size := utf8.DecodeRuneInString(text[at-offset:])
			at += size
		}
		return nil, f.wrong(at, p.Word, p.Msg, p.Hint)
	}
	if c == nil {
		return nil, nil
	}
	return &lang.Line{Number: f.number(offset), Text: strings.TrimSpace(text), Command: c}, nil
}
