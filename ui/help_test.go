package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/sheet"
)

// wholePage is all that scrolling shows of the page of the help that is open.
func (s *screen) wholePage() string {
	s.t.Helper()
	s.press("home")
	text := s.text()
	for range 500 {
		top := s.help().Top
		s.press("down")
		if s.help().Top == top {
			return text
		}
		text += "\n" + s.text()
	}
	s.t.Fatal("the page does not end")
	return ""
}

// Every line that a topic tells to try is of the language, and no topic maps a region that
// another one does, so that all of them can be tried in one session.
func TestTopics(t *testing.T) {
	titles, names := map[string]bool{}, map[string]string{}
	if len(sheet.Topics) < 14 {
		t.Fatalf("%d topics", len(sheet.Topics))
	}
	if most := len(sheet.TopicLabels); sheet.FirstTopic+len(sheet.Topics) > most {
		t.Fatalf("%d topics have no label", sheet.FirstTopic+len(sheet.Topics)-most)
	}
	for _, tp := range sheet.Topics {
		if titles[tp.Title] || tp.Title == "" || canvas.Width(tp.Title) > sheet.HelpListWidth-4 {
			t.Errorf("the title %q: twice, or too long, or none", tp.Title)
		}
		titles[tp.Title] = true
		lines := tp.Tries()
		if len(lines) < 3 || tp.Blocks[len(tp.Blocks)-1].Kind != sheet.MdCode {
			t.Errorf("%s does not end with something to try", tp.Title)
		}
		expects := false
		for _, line := range lines {
			c, err := lang.Parse(line)
			if err != nil || c == nil {
				t.Errorf("%s: %q: %v", tp.Title, line, err)
				continue
			}
			name := ""
			switch c := c.(type) {
			case lang.Mmap:
				name = c.Name
			case lang.Malloc:
				name = c.Name
			case lang.Fork:
				name = c.Name
			case lang.Expect:
				expects = true
			}
			if was := names[name]; name != "" && (was != "" || len(name) < 2) {
				t.Errorf("%s names %s, as %q does, or as m would", tp.Title, name, was)
			}
			if name != "" {
				names[name] = tp.Title
			}
		}
		if !expects {
			t.Errorf("%s expects nothing, so nothing holds it", tp.Title)
		}
	}
}

// Each word of each topic is on the screen somewhere, at every size, in every set of glyphs.
func TestTopicsAreShown(t *testing.T) {
	for _, size := range []struct{ w, h int }{{20, 5}, {40, 12}, {100, 30}, {400, 120}} {
		for _, ascii := range []bool{false, true} {
			s := newScreen(t, size.w, size.h, ui.Options{ASCII: ascii, Colors: canvas.NoColor})
			s.press("?")
			for page := range sheet.TopicCount() {
				s.press(sheet.TopicLabels[page : page+1])
				if s.help().Topic != page {
					t.Fatalf("%c shows page %d", sheet.TopicLabels[page], s.help().Topic)
				}
				if page < sheet.FirstTopic {
					continue
				}
				text := s.wholePage()
				for _, b := range sheet.Topics[page-sheet.FirstTopic].Blocks {
					for _, word := range strings.Fields(strings.ReplaceAll(b.Text, "`", "")) {
						if canvas.Width(word) < 10 && !strings.Contains(text, fold(s.m.Canvas, word)) {
							t.Errorf("%dx%d, %s: %q is missing", size.w, size.h, sheet.TopicTitle(page), word)
						}
					}
				}
			}
		}
	}
}

// fold is a word as the canvas draws it.
func fold(c canvas.Canvas, word string) string {
	return strings.Map(c.Printable, word)
}

// Every verb of the language is in the help, and every lens.
func TestHelpHasEveryVerb(t *testing.T) {
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{})
		s.press("?", "3")
		help := s.wholePage()
		for _, v := range lang.Verbs() {
			if !strings.Contains(help, " "+v.Name+" ") && !strings.Contains(help, " "+v.Name+"\n") {
				t.Errorf("%dx%d: %s is missing", size.w, size.h, v.Name)
			}
			for _, word := range strings.Fields(v.Usage + " " + v.Help) {
				if canvas.Width(word) < 14 && !strings.Contains(help, word) {
					t.Errorf("%dx%d, of %s: %q is missing", size.w, size.h, v.Name, word)
				}
			}
		}
	}
}

func TestHelpPages(t *testing.T) {
	last := sheet.TopicCount() - 1
	for _, tt := range []struct {
		keys string
		want int
	}{
		{"", 0}, {"right", 1}, {"tab tab", 2}, {"left", last}, {"shift+tab left", last - 1}, {"left right", 0},
		{"8", 7}, {"8 esc ?", 7}, {"8 ? f1 right", 8}, {"a", 9}, {"p", 0}, {"3 j j G", 2},
	} {
		s := newScreen(t, 80, 24, ui.Options{})
		s.press("?")
		s.press(strings.Fields(tt.keys)...)
		if s.help().Topic != tt.want || s.m.Mode() != "help" {
			t.Errorf("%s: page %d in mode %s, want %d", tt.keys, s.help().Topic, s.m.Mode(), tt.want)
		}
	}
	s := newScreen(t, 80, 24, ui.Options{})
	s.press("?", "p")
	if !strings.Contains(s.text(), "There is no such topic") {
		t.Errorf("p:\n%s", s.text())
	}
	s.press("j")
	if strings.Contains(s.text(), "There is no such topic") || s.help().Top != 1 {
		t.Errorf("what was said stays, or j does not scroll:\n%s", s.text())
	}
}

// The help goes back to where it was opened.
func TestHelpGoesBack(t *testing.T) {
	for _, open := range [][]string{nil, {":", "m", "l"}, {"p"}, {"s"}} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 8")
		s.press(open...)
		was, line := s.m.Mode(), s.m.Line()
		s.press("f1", "right")
		if s.m.Mode() != "help" {
			t.Errorf("%v: f1 does not open the help", open)
		}
		s.press("esc")
		if s.m.Mode() != was || s.m.Line() != line {
			t.Errorf("%v: back in mode %s, line %q", open, s.m.Mode(), s.m.Line())
		}
		s.press("esc", "?", "esc")
		if s.m.Mode() != "grid" {
			t.Errorf("%v: and then mode %s", open, s.m.Mode())
		}
	}
}

// Tabs and list are clickable, and the wheel scrolls.
func TestHelpMouse(t *testing.T) {
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{})
		s.press("?")
		for _, want := range []int{1, 2, 3} {
			title := sheet.TopicTitle(want)
			x, y := find(t, s, title)
			s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			if s.help().Topic != want {
				t.Fatalf("%dx%d: a click on %s shows page %d", size.w, size.h, title, s.help().Topic)
			}
		}
		s.press("3")
		s.send(tea.MouseWheelMsg{X: 5, Y: 3, Button: tea.MouseWheelDown})
		if s.help().Top == 0 {
			t.Errorf("%dx%d: the wheel does nothing", size.w, size.h)
		}
	}
}

// find is where a text begins on the screen.
func find(t *testing.T, s *screen, text string) (x, y int) {
	t.Helper()
	for y, line := range strings.Split(s.text(), "\n") {
		if at := strings.Index(line, text); at >= 0 {
			return canvas.Width(line[:at]), y
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", text, s.text())
	return 0, 0
}

// enter types the lines of a topic one after the other, a click the line that it is on.
func TestTry(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 8")
	s.press("?")
	s.press("enter")
	if s.m.Mode() != "help" || !strings.Contains(s.text(), "have no line to try") {
		t.Errorf("enter on the keys:\n%s", s.text())
	}
	at := slices.IndexFunc(sheet.Topics, func(tp sheet.Topic) bool { return tp.Title == "Locks" })
	lines := sheet.Topics[at].Tries()
	for round := range len(lines) + 1 {
		want := lines[round%len(lines)]
		if s.m.Mode() != "help" {
			s.press("?")
		}
		s.press(sheet.TopicLabels[sheet.FirstTopic+at : sheet.FirstTopic+at+1])
		s.press("enter")
		if s.m.Mode() != "palette" || s.m.Line() != want {
			t.Fatalf("round %d types %q in mode %s, want %q", round, s.m.Line(), s.m.Mode(), want)
		}
		s.press("enter")
		if s.m.Mode() != "grid" || s.last() != want {
			t.Fatalf("round %d runs %q", round, s.last())
		}
	}
	s.press("?")
	x, y := find(t, s, lines[2])
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	if s.m.Line() != lines[2] {
		t.Errorf("a click on %q types %q", lines[2], s.m.Line())
	}
	s.press("esc", "?", "enter")
	if s.m.Line() != lines[3] {
		t.Errorf("after it enter types %q, want %q", s.m.Line(), lines[3])
	}
	s.press("esc", "?", "3")
	x, y = find(t, s, "munmap")
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	if s.m.Mode() != "palette" || s.m.Line() != "munmap " {
		t.Errorf("a click on a verb types %q", s.m.Line())
	}
}

func TestHelpGolden(t *testing.T) {
	for _, size := range goldenSizes {
		if size.w == 60 {
			continue
		}
		for name, key := range map[string]string{"keys": "1", "locks": "8"} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size.w, size.h), func(t *testing.T) {
				s := newScreen(t, size.w, size.h, ui.Options{ReducedMotion: true}, "mmap a 64")
				s.press("?", key)
				golden(t, fmt.Sprintf("help-%s-%dx%d", name, size.w, size.h), s.text())
			})
		}
	}
}

func TestMarkdown(t *testing.T) {
	got := sheet.ParseMarkdown("# T\n\none\ntwo\n\n- a `b`\n  c\n- d\n\n```incore\nx y\n\nz\n```\nend")
	want := []sheet.MdBlock{{Kind: sheet.MdHeading, Text: "T"}, {Kind: sheet.MdParagraph, Text: "one two"}, {Kind: sheet.MdItem, Text: "a `b` c"}, {Kind: sheet.MdItem, Text: "d"}, {Kind: sheet.MdCode, Text: "x y"}, {Kind: sheet.MdCode, Text: ""}, {Kind: sheet.MdCode, Text: "z"},
		{Kind: sheet.MdParagraph, Text: "end"}}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, tt := range []struct {
		text string
		w    int
		want string
	}{
		{"one two three", 7, "one two|three"}, {"(`a b`), c", 4, "(a|b),|c"}, {"abcdefgh ij", 3, "abc|def|gh|ij"}, {"", 5, ""}, {"漢字漢字", 4, "漢字|漢字"},
		{"a  b", 9, "a b"},
	} {
		var lines []string
		for _, line := range sheet.Markdown(tt.text, canvas.Style{}, canvas.Style{Attr: canvas.Underline}).Wrap(tt.w) {
			lines = append(lines, line.String())
		}
		if got := strings.Join(lines, "|"); got != tt.want {
			t.Errorf("%q in %d: %q, want %q", tt.text, tt.w, got, tt.want)
		}
	}
}
