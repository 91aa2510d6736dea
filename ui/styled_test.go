package ui_test

import (
	"fmt"
	"strings"

	"incore/ui/canvas"
)

// styled is a frame as text and as styles: below each row stands a letter for the style of each
// cell, and below all what the letters are. Where a cell is drawn as the terminal's own there is a
// blank, and the row of letters is left out where all are.
func styled(c *canvas.Canvas) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-/<=>?@"
	names := map[canvas.Style]byte{{}: ' '}
	var order []canvas.Style
	var b strings.Builder
	for y, row := range strings.Split(strings.TrimSuffix(c.Plain(), "\n"), "\n") {
		b.WriteString(row + "\n")
		marks := make([]byte, c.W)
		for x := range c.W {
			st := c.At(x, y).Style
			if c.At(x, y).Rune == ' ' && st.Attr&(canvas.Reverse|canvas.Underline) == 0 {
				st.FG, st.Attr = 0, 0 // it does not show
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
func styleWords(s canvas.Style) string {
	words := []string{}
	for _, c := range []struct {
		word string
		of   canvas.Color
	}{{"fg", s.FG}, {"on", s.BG}} {
		if c.of != 0 {
			words = append(words, c.word+" "+c.of.String())
		}
	}
	for i, word := range []string{"bold", "reverse", "underline"} {
		if s.Attr&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}
