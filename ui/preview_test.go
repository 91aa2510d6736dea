package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// below is what stands in the rows of the line, and of what is said of it.
func (s *screen) below() string {
	rows := strings.Split(s.text(), "\n")
	last := max(s.part("keys").Y, s.part("status").Y)
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows[s.part("prompt").Y:last+1], "\n") + "\n"
}

// previewLines are lines as they are typed, each with what it is to show.
var previewLines = []string{
	"", "mlo", "mlock ", "mlock a", "mlock a[2..5]", "mlock a+100,32", "mlock b", "mlock zz", "mlock zz ", "mlok ", "mlok a", "munlock a+0,5000",
	"mprotect a+100,10 r", "mprotect a+4096,10 r", "mprotect a rwq ", "madvise a dontneed", "munmap a[2..3]", "munmap a", "touch a every 5",
	"touch a[9..14]", "touch a at 10/s", "memset a+4090,10 1", "memcpy a[0] a[1]", "memcpy a[0] a[1..2]", "mmap c 64", "mmap c 10000B shared memfd",
	"mmap a 4", "mmap c 9x", "mmap c 9x ", "mremap a 128", "mlockall current future", "mlockall", "fork kid", "in kid mlock a", "kill SIGKILL",
	"setrlimit memlock 64K", "setrlimit memlock unlimited", "brk +64K", "malloc p 1000B", "expect all a locked", "reset", "say hello", "wait 2s",
}

func TestPreviewGolden(t *testing.T) {
	for _, size := range []struct{ w, h int }{{40, 12}, {80, 24}, {100, 30}} {
		for _, set := range []string{"unicode", "ascii"} {
			name := fmt.Sprintf("preview-%dx%d-%s", size.w, size.h, set)
			t.Run(name, func(t *testing.T) {
				var all strings.Builder
				s := newScreen(t, size.w, size.h, ui.Options{ASCII: set == "ascii", ReducedMotion: true},
					"mmap a 16", "mmap b 4096", "touch a[0..3]", "mprotect a[12] none")
				for _, line := range previewLines {
					s.press(":")
					s.typeText(line)
					all.WriteString(s.below())
					s.press("esc")
				}
				s.press("shift+tab", "p", "right", "right")
				all.WriteString(s.below())
				s.press("esc", "a", "down", "down")
				all.WriteString(s.below())
				s.press("esc", "R", "right")
				all.WriteString(s.below())
				golden(t, name, all.String())
			})
		}
	}
}

// What is marked is what the command reaches, in the process that it is said of, and nothing once
// the line is left.
func TestPreviewMarks(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []model.Range
	}{
		{"mlock a", []model.Range{{Lo: 0, Hi: 16}}},
		{"mlock a+100,32", []model.Range{{Lo: 0, Hi: 1}}},
		{"mlock a+4095,2", []model.Range{{Lo: 0, Hi: 2}}},
		{"mprotect a+4095,2 r", nil},
		{"touch a[2..7] every 3", []model.Range{{Lo: 2, Hi: 3}, {Lo: 5, Hi: 6}}},
		{"touch a[2..]", []model.Range{{Lo: 2, Hi: 9}}},
		{"memcpy a[1] a[5]", []model.Range{{Lo: 1, Hi: 2}, {Lo: 5, Hi: 6}}},
		{"mlockall current", []model.Range{{Lo: 0, Hi: 16}}},
		{"mlock a[", nil},
		{"in kid mlock a", nil},
		{"say a", nil},
	} {
		s := newScreen(t, 80, 24, ui.Options{}, "mmap a 16", "mprotect a[9] none", "fork kid")
		s.press(":")
		s.typeText(tt.line)
		if d := cmp.Diff(tt.want, s.m.Reach(inMain("a"))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.line, d)
		}
		kid := s.m.Reach(scene.Place{Proc: "kid", Region: "a"})
		if in := strings.HasPrefix(tt.line, "in kid"); in == (kid == nil) {
			t.Errorf("%s marks %v of kid", tt.line, kid)
		}
		s.press("esc")
		if got := s.m.Reach(inMain("a")); got != nil {
			t.Errorf("%s still marks %v after esc", tt.line, got)
		}
	}
}

// A line that stays is looked at anew when the state has changed under it.
func TestPreviewFollowsTheState(t *testing.T) {
	s := newScreen(t, 80, 24, ui.Options{}, "mmap a 16")
	s.press(":")
	s.typeText("touch a")
	if got := s.m.Reach(inMain("a")); len(got) != 1 || got[0].Hi != 16 {
		t.Fatalf("before: %v", got)
	}
	s.lab.Submit(lang.Mprotect{T: model.Target{Form: model.PageSpan, Region: "a", First: 4, Last: 4}})
	s.pump()
	if got := s.m.Reach(inMain("a")); len(got) != 1 || got[0].Hi != 4 || !strings.Contains(s.below(), "SIGSEGV: a[4] is PROT_NONE") {
		t.Errorf("after: %v\n%s", got, s.below())
	}
}

// A touch of every nth page of a large region tells one by one those that are in view.
func TestPreviewOfALargeRegion(t *testing.T) {
	const n = 1 << 28 // pages: a terabyte
	s := newScreen(t, 80, 24, ui.Options{}, fmt.Sprintf("mmap a %d", n))
	s.press("G", ":")
	s.typeText("touch a every 3")
	top := s.m.Focus.Of(inMain("a")).Top
	got := s.m.Reach(inMain("a"))
	if len(got) > 1<<16+2 {
		t.Fatalf("%d stretches", len(got))
	}
	if !slices.IsSortedFunc(got, func(a, b model.Range) int { return int(a.Lo - b.Lo) }) {
		t.Error("not in order")
	}
	for _, rg := range got {
		if rg.Lo >= top && (rg.Lo%3 != 0 || rg.Len() != 1) {
			t.Fatalf("from page %d on %v is marked", top, rg)
		}
	}
	if last := got[len(got)-1]; last.Lo != (n-1)/3*3 {
		t.Errorf("the last page that is marked is %v", last)
	}
}

// Nothing is said against a word while the caret is in it, whatever is typed so far; usage and
// error do not take turns.
func TestErrorsWaitForTheWord(t *testing.T) {
	for _, tt := range []struct {
		line string
		col  int    // of the first column, in runes, at which the word is known to be wrong
		want string // then
	}{
		{"mlok a", 5, "did you mean mlock?"},
		{"mprotect a rwz ", 15, "no such"},
		{"mmap q 9x rw", 10, "size"},
		{"mlock a b ", 10, "a word too many"},
		{"in main mlok ", 13, "did you mean mlock?"},
		{"say 'a b", -1, ""},
		{"mlock", -1, ""},
	} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
		s.press(":")
		for i, r := range []rune(tt.line) {
			s.typeText(string(r))
			says := strings.Contains(s.below(), "^ ")
			if wanted := tt.col >= 0 && i+1 >= tt.col; says != wanted {
				t.Errorf("%q: an error is shown: %v, want %v\n%s", string([]rune(tt.line)[:i+1]), says, wanted, s.below())
			}
		}
		if !strings.Contains(s.below(), tt.want) {
			t.Errorf("%q: want %q in\n%s", tt.line, tt.want, s.below())
		}
	}
	// The caret goes back into the word, and out of it again.
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press(":")
	s.typeText("mlok a")
	for _, step := range []struct {
		key  string
		says bool
	}{{"home", false}, {"right", false}, {"end", true}} {
		if s.press(step.key); strings.Contains(s.below(), "^ ") != step.says {
			t.Errorf("after %s:\n%s", step.key, s.below())
		}
	}
}

// The error stands under its word, also behind runes that are two columns wide, or that ASCII
// draws as one.
func TestErrorUnderWideRunes(t *testing.T) {
	for _, tt := range []struct {
		ascii bool
		want  int
	}{{false, 2 + len("mmap q 4 file XXXX ")}, {true, 2 + len("mmap q 4 file ?? ")}} {
		s := newScreen(t, 100, 30, ui.Options{ASCII: tt.ascii}, "mmap a 64")
		s.press(":")
		s.send(tea.PasteMsg{Content: "mmap q 4 file 漢字 more"})
		s.press("enter")
		row := []rune(strings.Split(s.text(), "\n")[s.part("status").Y])
		if at := slices.Index(row, '^'); at != s.part("prompt").X+tt.want {
			t.Errorf("ASCII %v: the error begins in column %d, want %d: %q", tt.ascii, at, s.part("prompt").X+tt.want, string(row))
		}
		s.press("left")
		s.press("end")
		if c := s.m.Caret(); !c.Shown || c.X != s.part("prompt").X+tt.want+len("more") {
			t.Errorf("ASCII %v: the caret is at %+v", tt.ascii, c)
		}
	}
}

// A click takes a completion, and an item of a menu.
func TestPreviewClicks(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	clickOn := func(word string) {
		t.Helper()
		row := strings.Split(s.text(), "\n")[s.part("status").Y]
		i := strings.Index(row, word)
		if i < 0 {
			t.Fatalf("no %q in %q", word, row)
		}
		s.send(tea.MouseClickMsg{X: len([]rune(row[:i])), Y: s.part("status").Y, Button: tea.MouseLeft})
	}
	s.press(":")
	s.typeText("madvise a w")
	s.press("tab")
	clickOn("wipeonfork")
	if got := s.m.Line(); got != "madvise a wipeonfork" {
		t.Errorf("the line is %q", got)
	}
	s.press("esc", "p")
	clickOn("rwx")
	if s.last() != "mprotect a[0] rwx" || s.m.Mode() != "grid" {
		t.Errorf("submitted %q, mode %s", s.last(), s.m.Mode())
	}
}

// What is offered for a part of a region, and for numbers and new names.
func TestCompletionOfParts(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mmap key 16", "fork child")
	s.press("right", "right", "shift+right")
	s.press(":")
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"mlock key[", []string{"key[2..3]", "key[2..]", "key[0]", "key[15]", "key[0..15]"}},
		{"mlock a[", []string{"a[0]", "a[63]", "a[0..63]"}},
		{"mlock key[1", []string{"key[15]"}},
		{"in child touch a[6", []string{"a[63]"}},
		{"mlock key+", []string{"key+0,100", "key+100,100", "key+4095,2"}},
		{"mlock key[1]+", []string{"key[1]+0,100", "key[1]+100,100", "key[1]+4095,2"}},
		{"mmap key[", nil},
		{"mmap ", []string{"b"}},
		{"fork ", []string{"child2"}},
		{"brk ", []string{"+1", "+64K", "-1", "-64K"}},
		{"touch a every ", []string{"2", "4", "8", "16", "512"}},
	} {
		if d := cmp.Diff(tt.want, s.m.Completer().Words(tt.line)); d != "" {
			t.Errorf("%q (-want +got):\n%s", tt.line, d)
		}
	}
}

// Everything that tab offers is of the language: no word of it is found wrong.
func TestCompletionsAreOfTheLanguage(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "fork kid")
	for _, line := range []string{
		"mmap x ", "mremap a ", "memset a ", "brk ", "malloc p ", "mallopt mmap_threshold ", "shmget s ", "exit ", "kill ", "signal SIGBUS ",
		"setrlimit memlock ", "setrlimit memlock 4K ", "capset ", "memcg ", "wait ", "speed ", "touch a every ", "touch a at ", "mlock a[", "mlock a+", "fork ",
		"mprotect a ", "madvise a ", "posix_fadvise a ", "msync a ",
	} {
		words := s.m.Completer().Words(line)
		if len(words) == 0 {
			t.Errorf("%q: nothing is offered", line)
		}
		head := line[:strings.LastIndex(line, " ")+1]
		for _, w := range words {
			if _, err := lang.Parse(head + w); err != nil {
				t.Errorf("%s%s: %v", head, w, err)
			}
		}
	}
}

// What is drawn at any width is within the screen, and no key of any line panics.
func TestPreviewAtEverySize(t *testing.T) {
	for _, size := range []struct{ w, h int }{{20, 5}, {24, 8}, {40, 12}, {57, 17}, {130, 20}, {400, 120}} {
		s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 16", "touch a[0..3]", "fork kid")
		for _, line := range previewLines {
			s.press(":")
			s.m.Type(line)
			s.press("tab", "tab", "shift+tab", "left", "end")
			for _, row := range strings.Split(s.text(), "\n") {
				if canvas.Width(row) > size.w {
					t.Errorf("%dx%d: %q is %d columns", size.w, size.h, row, canvas.Width(row))
				}
			}
			s.press("esc")
		}
	}
}

func BenchmarkReach(b *testing.B) {
	s := newScreen(b, 200, 50, ui.Options{}, "mmap a 1048576")
	s.press(":")
	s.typeText("touch a every 2")
	b.ReportAllocs()
	for b.Loop() {
		s.m.Reach(inMain("a"))
	}
}
