package ui_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"incore/ui"
	"incore/ui/scene"
)

// gridText returns what stands left of the grid's rows, without blanks, and the fields of the row of column numbers.
func gridText(s *screen, i int) (rows, columns []string) {
	b := &s.m.Plan.Blocks[i]
	lines := strings.Split(s.text(), "\n")
	cut := func(y, x, w int) string {
		line := []rune(lines[y])
		return string(line[min(x, len(line)):min(x+w, len(line))])
	}
	for row := range b.Rows {
		rows = append(rows, strings.TrimSpace(cut(b.Area.Y+row*s.m.Plan.Cell.H+s.m.Plan.Cell.H-(s.m.Plan.Cell.H+3)/4, b.Area.X, s.m.Plan.Gutter)))
	}
	if !b.Header.Empty() {
		columns = strings.Fields(cut(b.Header.Y, b.Header.X, b.Header.W))
	}
	return rows, columns
}

// Rows and columns are numbered as PAGE and commands number pages; # has offsets instead, and back.
func TestPageNumbers(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	for _, tt := range []struct {
		keys          []string
		rows, columns string
	}{
		{nil, "0 16 32 48", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"},
		{[]string{"#"}, "+00000 +10000 +20000 +30000", "0 1 2 3 4 5 6 7 8 9 a b c d e f"},
		{[]string{"#", "Z", "Z"}, "0", "0 8 16 24 32 40 48 56"},
		{[]string{"#"}, "+00000", "0 8 10 18 20 28 30 38"},
	} {
		s.press(tt.keys...)
		rows, columns := gridText(s, 0)
		if r, c := strings.Join(rows, " "), strings.Join(columns, " "); r != tt.rows || c != tt.columns {
			t.Errorf("%v: rows %q, columns %q; want %q, %q", tt.keys, r, c, tt.rows, tt.columns)
		}
	}
	if s := newScreen(t, 100, 30, ui.Options{Hex: true}, "mmap a 64"); !strings.Contains(s.text(), "+30000") {
		t.Errorf("the option for offsets does nothing:\n%s", s.text())
	}
}

// Of cells of many pages the rows say their first page and the columns how far it is from there, over each region
// of another scale.
func TestPageNumbersOfManyPagesACell(t *testing.T) {
	s := newScreen(t, 100, 36, ui.Options{}, "mmap a 4096", "mmap b 64")
	s.press("shift+tab", "Z", "Z")
	if s.m.Plan.Scale.Zoom != scene.ZoomFar || len(s.m.Plan.Blocks) != 2 {
		t.Fatalf("%+v, %d regions", s.m.Plan.Scale, len(s.m.Plan.Blocks))
	}
	rows, columns := gridText(s, 0)
	if got := strings.Join(rows, " "); got != "0 512 1024 1536 2048 2560 3072 3584" {
		t.Errorf("rows of a begin at %s", got)
	}
	if got := strings.Join(columns, " "); got != "0 +64 +128 +192 +256 +320 +384 +448" {
		t.Errorf("columns of a begin at %s", got)
	}
	s.press("right")
	if _, columns := gridText(s, 0); !slices.Equal(columns[:2], []string{"+8", "+64"}) {
		t.Errorf("with the cursor on the second cell they begin with %v", columns)
	}
	rows, columns = gridText(s, 1)
	if got := strings.Join(rows, " ") + ", " + strings.Join(columns, " "); got != "0, 0 +8 +16 +24 +32 +40 +48 +56" {
		t.Errorf("of b, page by page: %s", got)
	}
	s.press("#")
	if rows, columns := gridText(s, 0); rows[1] != "+200000" || columns[len(columns)-1] != "+180000" {
		t.Errorf("offsets: row %s, column %s", rows[1], columns[len(columns)-1])
	}
}

// Numbers of columns never touch each other, wherever the cursor is.
func TestColumnNumbersStandApart(t *testing.T) {
	for _, size := range []struct{ w, h int }{{60, 20}, {80, 24}, {100, 30}, {120, 35}, {160, 45}, {200, 50}} {
		for _, pages := range []string{"64", "4096", "1048576"} {
			s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a "+pages+" noreserve")
			s.press("z", "z", "z")
			for range 7 {
				for _, hex := range []string{"", "#"} {
					if hex != "" {
						s.press(hex)
					}
					for range 9 {
						checkColumns(t, s, hex != "")
						s.press("right")
					}
				}
				s.press("#", "home", "Z")
			}
		}
	}
}

func checkColumns(t *testing.T, s *screen, hex bool) {
	t.Helper()
	_, columns := gridText(s, 0)
	base := 10
	if hex {
		base = 16
	}
	last := int64(-1)
	for _, c := range columns {
		n := parseNumber(t, strings.TrimPrefix(c, "+"), base)
		if n <= last {
			t.Fatalf("%dx%d, %+v: columns %v:\n%s", s.m.Canvas.W, height(s.m), s.m.Plan.Scale, columns, s.text())
		}
		last = n
	}
	if len(columns) == 0 {
		t.Fatalf("%dx%d, %+v: columns %v", s.m.Canvas.W, height(s.m), s.m.Plan.Scale, columns)
	}
}

func parseNumber(t *testing.T, text string, base int) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, base, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
