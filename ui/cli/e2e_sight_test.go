package cli_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// sight is the screen as it is seen: characters and colors, cell by cell.
type sight struct {
	cells  [][]drawn
	lines  []string // a rune a column
	caret  bool     // the terminal's cursor is shown
	cx, cy int      // and where
}

// see is the screen now.
func (m *terminal) see() *sight {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.emu.CursorPosition()
	s := &sight{caret: m.cursor, cx: at.X, cy: at.Y}
	for y := range m.emu.Height() {
		row, line := make([]drawn, m.emu.Width()), new(strings.Builder)
		for x := range row {
			row[x] = cellOf(m.emu, x, y)
			line.WriteRune(row[x].r)
		}
		s.cells, s.lines = append(s.cells, row), append(s.lines, line.String())
	}
	return s
}

func (s *sight) String() string { return strings.Join(s.lines, "\n") }

func (s *sight) has(words ...string) bool {
	for _, w := range words {
		if !strings.Contains(s.String(), w) {
			return false
		}
	}
	return true
}

// find is where a text stands first, and at what cell it begins; -1 where it is not there.
func (s *sight) find(text string) (x, y int) {
	for y, line := range s.lines {
		if i := strings.Index(line, text); i >= 0 {
			return len([]rune(line[:i])), y
		}
	}
	return -1, -1
}

// at is a cell; one outside the screen is as nothing.
func (s *sight) at(x, y int) drawn {
	if y < 0 || y >= len(s.cells) || x < 0 || x >= len(s.cells[y]) {
		return drawn{}
	}
	return s.cells[y][x]
}

// of is the first cell of a text.
func (s *sight) of(text string) drawn { return s.at(s.find(text)) }

// marks is where the cursor's marks are: around a cell, which begins a column behind x. n is how many
// columns it has.
func (s *sight) marks() (x, y, n int) {
	for y, row := range s.cells {
		for x := range row {
			for n := 2; n <= 4 && row[x].r == '▐'; n += 2 {
				if s.at(x+n+1, y).r == '▌' {
					return x, y, n
				}
			}
		}
	}
	return -1, -1, 0
}

// gridRow finds where a row of the grid begins: the number of its first page, and the first page.
var gridRow = regexp.MustCompile(`  (\d+)[ ▐▕][^ -~]`)

// page is the first column of the page under the cursor.
func (s *sight) page() drawn {
	x, y, _ := s.marks()
	return s.at(x+1, y)
}

// swatch is the first column of the cell beside a word of the legend, which has two.
func (s *sight) swatch(word string) drawn {
	const heading = "lens 1 of 5"
	right, top := s.find(heading)
	legend := &sight{}
	for _, line := range s.lines[top+1:] {
		legend.lines = append(legend.lines, string([]rune(line)[:right+len(heading)]))
	}
	x, y := legend.find(word)
	if x < 0 {
		return drawn{}
	}
	y += top + 1
	for x--; x > 0 && (s.at(x, y).r == ' ' || s.at(x, y).r == '▏'); x-- {
	}
	return s.at(x-1, y)
}

// explained reports whether the page under the cursor looks as the legend says of a word.
func (s *sight) explained(word string) bool {
	return s.page() == s.swatch(word) && s.page() != drawn{}
}

// waitSee waits until the screen is as it is to be.
func (m *terminal) waitSee(what string, holds func(*sight) bool) *sight {
	m.t.Helper()
	var s *sight
	m.waitUntil(what, func(string) bool {
		s = m.see()
		return holds(s)
	})
	return s
}

// startScreen is the program on a dark screen of 100x30 in reduced motion, with its first region in
// view, two columns a page.
func startScreen(t *testing.T, args ...string) *terminal {
	t.Helper()
	m := startTerminal(t, 100, 30, nil, "incore", append([]string{"--background", "dark", "--reduced-motion"}, args...)...)
	m.waitSee("the first region", func(s *sight) bool { return s.has(firstFrame...) && cellsOf(4)(s, nil) })
	m.keys("Z")
	m.waitSee("the first region in chips", func(s *sight) bool { return s.has(firstFrame...) && s.explained("absent") })
	return m
}

// mouseAt is a mouse report of a cell, as xterm writes it (SGR, 1006).
func mouseAt(button, x, y int, final byte) string {
	return fmt.Sprintf("\x1b[<%d;%d;%d%c", button, x+1, y+1, final)
}
