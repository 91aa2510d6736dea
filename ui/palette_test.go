package ui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
)

func TestPaletteRuns(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.press(":")
	s.typeText("mlock a[2..5]")
	s.press("enter")
	if s.last() != "mlock a[2..5]" || s.m.Mode() != "grid" {
		t.Errorf("submitted %q, mode %s", s.last(), s.m.Mode())
	}
	s.press(":")
	s.typeText("  # a comment")
	s.press("enter")
	if len(s.lab.submitted) != 1 || s.m.Mode() != "grid" {
		t.Errorf("a comment submits %v, mode %s", s.lab.submitted, s.m.Mode())
	}
}

// An error stands under the word that it is about, and the line stays.
func TestPaletteError(t *testing.T) {
	for _, tt := range []struct {
		line string
		col  int // of the word, from 0; -1: at the end
		want string
	}{
		{"mlok a", 0, "did you mean mlock?"},
		{"mlock a b", 8, "a word too many"},
		{"mmap q 9x", 7, "size"},
		{"fork main", 5, "that is the first process's name"},
		{"mlock", -1, "needs"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
			s.press(":")
			s.typeText(tt.line)
			s.press("enter")
			if len(s.lab.submitted) > 0 || s.m.Mode() != "palette" || s.m.Line() != tt.line {
				t.Fatalf("submitted %v, mode %s, line %q", s.lab.submitted, s.m.Mode(), s.m.Line())
			}
			rows := strings.Split(s.text(), "\n")
			y := s.part("status").Y
			if !strings.Contains(rows[y], tt.want) {
				t.Errorf("the row below says %q, want %q in it", rows[y], tt.want)
			}
			x := s.part("prompt").X + 2 + tt.col
			if tt.col < 0 {
				x = s.part("prompt").X + 2 + len(tt.line)
			}
			if tt.col < 20 && rows[y][:x] != strings.Repeat(" ", x) || rows[y][x] != '^' {
				t.Errorf("the caret is not at column %d of %q", x, rows[y])
			}
			// The caret is in its word again.
			for len(s.m.Line()) > max(tt.col, 0) {
				s.press("backspace")
			}
			s.typeText("m")
			if strings.Contains(s.text(), "^ ") {
				t.Errorf("the error stays after the line changed:\n%s", s.text())
			}
		})
	}
}

// Who names a process where a signal is wanted is told how that is said.
func TestKillByName(t *testing.T) {
	for line, want := range map[string]string{
		"kill child": "no such signal · to end child: in child kill SIGTERM", "in child kill main": "to end main: in main kill SIGTERM",
		"kill term": "did you mean SIGTERM?", "kill nobody": "no such signal", "expect signal child": "no such signal",
	} {
		s := forked(t, 100, 30)
		s.press(":")
		s.typeText(line)
		s.press("enter")
		y := s.part("status").Y
		row := strings.Split(s.text(), "\n")[y]
		if !strings.Contains(row, want) || strings.Contains(row, "to end") != strings.Contains(want, "to end") {
			t.Errorf("%s: the row below says %q, want %q", line, row, want)
		}
	}
}

func TestPaletteEditing(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want string
		at   int
	}{
		{"backspace", []string{"backspace"}, "mlock a b", 9},
		{"home, delete", []string{"home", "delete"}, "lock a bc", 0},
		{"ctrl+a, ctrl+d", []string{"ctrl+a", "ctrl+d"}, "lock a bc", 0},
		{"left, a letter", []string{"left", "x"}, "mlock a bxc", 10},
		{"ctrl+b, ctrl+f", []string{"ctrl+b", "ctrl+f", "x"}, "mlock a bcx", 11},
		{"a word", []string{"ctrl+w"}, "mlock a ", 8},
		{"two words", []string{"ctrl+w", "alt+backspace"}, "mlock ", 6},
		{"to the start", []string{"left", "ctrl+u"}, "c", 0},
		{"to the end", []string{"home", "right", "ctrl+k"}, "m", 1},
		{"to the end and back", []string{"home", "ctrl+e"}, "mlock a bc", 10},
		{"past both ends", []string{"home", "left", "backspace", "end", "right", "delete"}, "mlock a bc", 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
			s.press(":")
			s.typeText("mlock a bc")
			s.press(tt.keys...)
			if at := s.m.Caret().X - s.part("prompt").X - 2; s.m.Line() != tt.want || at != tt.at {
				t.Errorf("line %q at %d, want %q at %d", s.m.Line(), at, tt.want, tt.at)
			}
		})
	}
}

func TestPaletteHistory(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	for _, line := range []string{"mlock a", "munlock a", "munlock a"} {
		s.press(":")
		s.typeText(line)
		s.press("enter")
	}
	s.press(":")
	s.typeText("dra")
	var got []string
	for _, key := range []string{"up", "up", "up", "down", "down", "down", "ctrl+p", "ctrl+n"} {
		s.press(key)
		got = append(got, s.m.Line())
	}
	want := []string{"munlock a", "mlock a", "mlock a", "munlock a", "dra", "dra", "munlock a", "dra"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestPalettePaste(t *testing.T) {
	s := newScreen(t, 40, 12, ui.Options{}, "mmap a 64")
	s.press(":")
	s.send(tea.PasteMsg{Content: "mlock\ta\n\x1b[31m" + strings.Repeat("x", 2*ui.LineMost)})
	if got := s.m.Line(); !strings.HasPrefix(got, "mlock a [31mxxx") || len(got) != ui.LineMost {
		t.Errorf("%d runes: %.40q", len(got), got)
	}
	s.press("left")
	if c := s.m.Caret(); !c.Shown || c.X >= 40 || c.Y >= 12 {
		t.Errorf("the caret of a long line is at %+v", c)
	}
	s.press("esc")
	if s.m.Caret().Shown {
		t.Error("the caret stays")
	}
}

func TestCompletions(t *testing.T) {
	regions := func(list ...model.RegionInfo) (out []*model.Region) {
		for _, r := range list {
			out = append(out, &model.Region{RegionInfo: r})
		}
		return out
	}
	state := model.State{Procs: []model.Process{
		{Name: "main", Regions: regions(model.RegionInfo{Name: "a"}, model.RegionInfo{Name: "buf"})},
		{Name: "child", Regions: regions(model.RegionInfo{Name: "a"}, model.RegionInfo{Name: "seg", Backing: model.Shm},
			model.RegionInfo{Name: "mem", Backing: model.Memfd}, model.RegionInfo{Name: "p", Malloc: model.FromMmap})},
	}}
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"mlo", []string{"mlock", "mlock2", "mlockall"}},
		{"for", []string{"fork"}},
		{"mlock ", []string{"a", "buf"}},
		{"mlock b", []string{"buf"}},
		{"memcpy a ", []string{"a", "buf"}},
		{"mprotect a r", []string{"r", "rw", "rx", "rwx"}},
		{"madvise a pop", []string{"populate_read", "populate_write"}},
		{"mmap c 4 pr", []string{"private"}},
		{"mmap c 4 private pr", nil},
		{"mlockall c", []string{"current"}},
		{"mlock2 a ", []string{"onfault"}},
		{"touch a r", []string{"read", "random"}},
		{"touch a every ", []string{"2", "4", "8", "16", "512"}},
		{"touch a at ", []string{"10/s", "100/s", "1000/s", "max"}},
		{"expect er", []string{"errno"}},
		{"expect errno ENOME", []string{"ENOMEM", "ENOMEDIUM"}},
		{"expect all b", []string{"buf"}},
		{"expect all a lock", []string{"locked"}},
		{"expect dead SIGK", []string{"SIGKILL"}},
		{"expect dead c", []string{"child"}},
		{"expect dead child SIGK", []string{"SIGKILL"}},
		{"expect dead SIGKILL ", nil},
		{"expect alive ", []string{"main", "child"}},
		{"in ", []string{"main", "child"}},
		{"in child mu", []string{"munmap", "munlock", "munlockall"}},
		{"in child res", nil}, // not in a process
		{"in child mlock ", []string{"a", "seg", "mem", "p"}},
		{"in child expect all s", []string{"seg"}},
		{"in nobody mlock ", nil},
		{"in child free ", []string{"p"}},
		{"in child shmctl ", []string{"seg"}},
		{"in child shmctl seg ", []string{"lock", "unlock", "rmid", "stat"}},
		{"in child mmap b 4 alias ", []string{"mem"}},
		{"mmap b 4 at ", []string{"a", "buf"}},
		{"mmap b 4 file ", nil},
		{"posix_fadvise a d", []string{"dontneed"}},
		{"msync a ", []string{"sync", "async", "invalidate", "sync,invalidate", "async,invalidate", "sync,async"}},
		{"mremap b", []string{"buf"}},
		{"mallopt ", []string{"mmap_threshold", "trim_threshold", "top_pad", "mmap_max"}},
		{"kill SIGT", []string{"SIGTRAP", "SIGTERM", "SIGTSTP", "SIGTTIN", "SIGTTOU"}},
		{"signal SIGBUS ", []string{"catch", "die"}},
		{"setrlimit memlock u", []string{"unlimited"}},
		{"setrlimit memlock 64K u", []string{"unlimited"}},
		{"capset -ipc", []string{"-ipc_lock", "-ipc_owner"}},
		{"memcg ", []string{"8M", "64M", "max"}},
		{"exit ", []string{"0", "1"}},
		{"expect rlimit ", []string{"memlock", "as", "data", "stack"}},
		{"speed ", []string{"10/s", "100/s", "1000/s", "max"}},
		{"munlockall ", nil},
	} {
		if d := cmp.Diff(tt.want, (&lang.Completer{State: &state, Proc: "main"}).Words(tt.line)); d != "" {
			t.Errorf("%q (-want +got):\n%s", tt.line, d)
		}
	}
}

func TestTab(t *testing.T) {
	for _, tt := range []struct {
		line string
		keys []string
		want string
	}{
		{"munl", []string{"tab"}, "munlock"},
		{"munl", []string{"tab", "tab"}, "munlock"},
		{"munl", []string{"tab", "tab", "tab"}, "munlockall"},
		{"munl", []string{"tab", "tab", "tab", "tab"}, "munlock"},
		{"munl", []string{"tab", "shift+tab"}, "munlockall"},
		{"mlock b", []string{"tab"}, "mlock buf "},
		{"zzz", []string{"tab"}, "zzz"},
	} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 4", "mmap buf 4")
		s.press(":")
		s.typeText(tt.line)
		s.press(tt.keys...)
		if got := s.m.Line(); got != tt.want {
			t.Errorf("%q, %v: %q, want %q", tt.line, tt.keys, got, tt.want)
		}
	}
}
