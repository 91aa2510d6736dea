package ui

import (
	"fmt"
	"strings"
)

// styled is a frame as text and as styles: below each row stands a letter for the style of each
// cell, and below all what the letters are. Where a cell is drawn as the terminal's own there is a
// blank, and the row of letters is left out where all are.
func styled(c *canvas) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-/<=>?@"
	names := map[style]byte{{}: ' '}
	var order []style
	var b strings.Builder
	for y, row := range strings.Split(strings.TrimSuffix(c.plain(), "\n"), "\n") {
		b.WriteString(row + "\n")
		marks := make([]byte, c.w)
		for x := range c.w {
			st := c.at(x, y).style
			if c.at(x, y).r == ' ' && st.attr&(reverse|underline) == 0 {
				st.fg, st.attr = 0, 0 // it does not show
			}
			name, ok := names[st]
			if !ok {
				name = letters[len(order)]
				names[st] = name
				order = append(order, st)
			}
			marks[x] = name
		}
		if s := strings.TrimRight(string(marks), " "); s != "" {
			b.WriteString("~" + s + "\n")
		}
	}
	b.WriteString("\n")
	for _, st := range order {
		fmt.Fprintf(&b, "%c %s\n", names[st], styleWords(st))
	}
	return b.String()
}

// styleWords is a style in words: fg 17be90 on 24406b bold.
func styleWords(s style) string {
	words := []string{}
	for _, c := range []struct {
		word string
		of   color
	}{{"fg", s.fg}, {"on", s.bg}} {
		switch v := uint32(c.of &^ kindMask); c.of & kindMask {
		case kindRGB:
			words = append(words, fmt.Sprintf("%s %06x", c.word, v))
		case kind16, kind256:
			words = append(words, fmt.Sprintf("%s %d", c.word, v))
		}
	}
	for i, word := range []string{"bold", "reverse", "underline"} {
		if s.attr&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}
