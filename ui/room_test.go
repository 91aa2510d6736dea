package ui_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/panel"
)

var eight = []string{"mmap a 64", "fork b", "fork c", "fork d", "in b mmap x 4", "fork e", "fork f", "fork g", "fork h"}

// Where the list of regions has no room for all of them it says how many more there are, and where.
func TestMoreRegions(t *testing.T) {
	for _, tt := range []struct {
		next int
		want string
	}{{0, "8 processes  ↓ 4 more"}, {3, "8 processes  ↑ 1 ↓ 2 more"}, {7, "8 processes  ↑ 4 more"}} {
		s := newScreen(t, 100, 30, ui.Options{}, eight...)
		s.press("tab") // from b's x, which is new, to c
		s.press(slices.Repeat([]string{"N"}, 2)...)
		s.press(slices.Repeat([]string{"n"}, tt.next)...)
		row := strings.Split(s.text(), "\n")[s.part("regions").Y]
		if !strings.Contains(row, "─ "+tt.want+" ") {
			t.Errorf("%d processes on: %q, want %q", tt.next, row, tt.want)
		}
	}
	if s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "fork b"); strings.Contains(s.text(), " more") {
		t.Errorf("nothing is left out:\n%s", s.text())
	}
	if s := newScreen(t, 100, 30, ui.Options{ASCII: true}, eight...); !strings.Contains(s.text(), "v 4 more") {
		t.Errorf("in ASCII:\n%s", s.text())
	}
}

// In the smallest terminal a call that failed has its cause below it.
func TestCauseInASmallTerminal(t *testing.T) {
	s := newScreen(t, 40, 12, ui.Options{}, "mmap a 64", "mmap b 40M", "mlock b")
	if want := "\n mlock(b, 41943040) = -1 ENOMEM\n   RLIMIT_MEMLOCK is 8M; "; !strings.Contains(s.text(), want) {
		t.Errorf("%q is missing:\n%s", want, s.text())
	}
	s.press("w")
	if s.part("calls").H != 1 || strings.Contains(s.text(), "RLIMIT") {
		t.Errorf("a call that succeeds takes %d rows:\n%s", s.part("calls").H, s.text())
	}
}

func TestUsageInTwoLines(t *testing.T) {
	for _, tt := range []struct {
		w    int
		line string
		want []string
	}{
		{100, "mmap", []string{"NAME SIZE [private|shared|droppable] [anon|memfd|scratch|secret|file PATH|alias NAME]",
			"[none|r|w|x|rw|rx|wx|rwx] [locked] [populate] [noreserve] [hugetlb] [grows_down] [stack]…"}},
		{100, "mmap r 4 shared file /x l", []string{"[none|r|w|x|rw|rx|wx|rwx] [locked] [populate] [noreserve] [hugetlb] [grows_down] [stack]"}},
		{100, "mmap b 4 r at ", []string{"T [private|shared|droppable] [anon|memfd|scratch|secret|file PATH|alias NAME] [locked]",
			"[populate] [noreserve] [hugetlb] [grows_down] [stack] [tidy] [offset SIZE] [noreplace]"}},
		{100, "mlock2 ", []string{"mlock2 T [onfault]   Lock pages; with onfault each one as it is first touched."}},
		{60, "mmap ", []string{"NAME SIZE [private|shared|droppable]", "[anon|memfd|scratch|secret|file PATH|alias NAME] [none|…"}},
		{40, "mmap b 4 at ", []string{"T [private|shared|droppable] [anon|…"}},
	} {
		s := newScreen(t, tt.w, 24, ui.Options{}, "mmap a 4")
		s.press(":")
		s.typeText(tt.line)
		rows := strings.Split(s.text(), "\n")[s.part("status").Y:]
		var got []string
		for _, row := range rows[:len(tt.want)] {
			got = append(got, strings.TrimSpace(row))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%d columns, %q (-want +got):\n%s", tt.w, tt.line, d)
		}
	}
}

// A value of which only a part has room says so.
func TestCutField(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 4")
	s.m.Canvas.Reset(40, 4)
	fields := []panel.Field{{Name: "one", Value: "a value of two lines that does not end there"}, {Name: "two", Value: "another"}}
	s.inspector().DrawFields(fields, canvas.Area{X: 0, Y: 0, W: 30, H: 1})
	if got, want := strings.TrimRight(strings.Split(s.text(), "\n")[0], " "), "one      a value of two lines…"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Where the process is gone only the keys are told that still do something.
func TestKeysOfADeadProcess(t *testing.T) {
	s := forked(t, 100, 30)
	s.run("in child kill SIGKILL")
	keys := func() string { return strings.Split(s.text(), "\n")[s.part("keys").Y] }
	if !strings.Contains(keys(), "w write") {
		t.Errorf("main lives: %q", keys())
	}
	s.press("n")
	if got, want := strings.TrimSpace(keys()), "←↑↓→ move  tab region  n process  : command  R reset  ? help  q quit"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// That a write may be the first since a fork is said of regions that were there then.
func TestFirstWriteSinceAFork(t *testing.T) {
	const first, nothing = "a minor fault if first", "a read or write costs nothing"
	s := forked(t, 100, 30)
	if !strings.Contains(s.text(), first) {
		t.Errorf("of main's a[2]:\n%s", s.text())
	}
	says := func() string {
		in := s.inspector().Inspected(s.m.Region())
		return strings.Join(in.Words, "; ")
	}
	s.press("n")
	if !strings.Contains(says(), nothing) { // the child has written it
		t.Errorf("of child's a[2]: %s", says())
	}
	s.run("mmap young 4")
	s.run("touch young")
	if s.m.Focus.Current != inMain("young") || !strings.Contains(says(), nothing) {
		t.Errorf("of %v: %s", s.m.Focus.Current, says())
	}
	s.run("fork second")
	s.run("in second touch young") // which leaves main's pages to main
	if !strings.Contains(says(), first) {
		t.Errorf("after the next fork: %s", says())
	}
	s.run("munmap young")
	s.run("mmap young 4")
	s.run("touch young")
	if !strings.Contains(says(), nothing) {
		t.Errorf("of a region that took the name: %s", says())
	}
}

// A page behind the end of its file is not told to be a fault.
func TestPastTheEndIsSaid(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 8 memfd shared")
	short := s.lab.procs[0].regions[0].info
	short.FileLen, short.Sized = 4*pageSize, true
	s.tell(model.Event{Proc: model.Main, Call: "mremap", Mapped: &short}, s.lab.sample(s.lab.procs[0]))
	s.press("right", "right", "right")
	if strings.Contains(s.text(), "SIGBUS") {
		t.Errorf("of a[3]:\n%s", s.text())
	}
	s.press("right")
	if !strings.Contains(s.text(), "Past the end of the file") || !strings.Contains(s.text(), "is SIGBUS") {
		t.Errorf("of a[4]:\n%s", s.text())
	}
}
