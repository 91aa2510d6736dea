package ui_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/panel"
)

// callsText is the calls panel as text, without its heading.
func callsText(s *screen) string {
	a := s.part("calls")
	rows := strings.Split(s.text(), "\n")
	var out []string
	for y := a.Y + 1; y < a.Y+a.H; y++ {
		row := []rune(rows[y])
		out = append(out, strings.TrimRight(string(row[min(a.X, len(row)):min(a.X+a.W, len(row))]), " "))
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

func TestCalls(t *testing.T) {
	addr := func(v uint64) model.Arg { return model.Arg{Kind: model.ArgAddr, Value: v} }
	length := func(v uint64) model.Arg { return model.Arg{Kind: model.ArgLen, Value: v} }
	const base = 0x7f3a40000000
	for _, tt := range []struct {
		name  string
		event model.Event
		want  string
	}{
		{"addresses count from their region", model.Event{Call: "mlock", Args: []model.Arg{addr(base + 0x3000), length(4096)}, Elapsed: 5600, VmLck: 4096},
			"    0.500 mlock(a+0x3000, 4096) = 0\n          5.6µs, no faults, VmLck +4K"},
		{"the region's first byte, on one line", model.Event{Call: "munlock", Args: []model.Arg{addr(base), length(4096)}, Elapsed: 5600},
			"    0.500 munlock(a, 4096) = 0  5.6µs, no faults"},
		{"an address outside stays", model.Event{Call: "mlock", Args: []model.Arg{addr(0x1000), length(4096)}, Errno: "ENOMEM", ErrText: "Cannot allocate memory", Ret: -1},
			"    0.500 mlock(0x1000, 4096) = -1 ENOMEM\n          0ns, no faults\n          0x1000 is a hole: no mapping covers it. It…"},
		{"one past the end is outside", model.Event{Call: "mlock", Args: []model.Arg{addr(base + 64*pageSize), length(4096)}},
			"    0.500 mlock(0x7f3a40040000, 4096) = 0\n          0ns, no faults"},
		{"a signal", model.Event{Call: "touch", Args: []model.Arg{addr(base), length(8192), {Text: "write"}}, Ret: 1, Minor: 1,
			Signal: &model.Signal{Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: base + 0x1000}},
			"    0.500 touch(a, 8192, write) = 1\n          0ns, 1 minor, 0 major\n          SIGSEGV SEGV_ACCERR at a+0x1000\n          The cause is not known: nothing that incore…"},
		{"refused", model.Event{Command: parsed("mlock zz"), Refused: "no such region: zz"}, "    0.500 mlock zz: no such region: zz"},
		{"a note", model.Event{Command: parsed("say hi"), Note: "hi"}, "    0.500 # hi"},
		{"no arguments", model.Event{Call: "munlockall"}, "    0.500 munlockall() = 0  0ns, no faults"},
		{"words of the result", model.Event{Call: "mincore", Args: []model.Arg{addr(base), length(4096)}, Result: "1 of 1 resident"},
			"    0.500 mincore(a, 4096) = 0 (1 of 1 resident)\n          0ns, no faults"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
			s.m.Log().Calls = nil
			tt.event.Proc, tt.event.Time = model.Main, 500*time.Millisecond
			s.tell(tt.event, model.Event{Time: time.Second, Note: "end"})
			got, _, _ := strings.Cut(callsText(s), "\n    1.000 # end")
			// How far to the right the costs stand is not what this is about.
			got = regexp.MustCompile(`(\S)  +`).ReplaceAllString(got, "$1  ")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// What failed is explained from the state as it was then, with the sample that
// followed, and the explanation stays when the state goes on.
func TestCallsExplain(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mprotect a[3] none", "touch a")
	for _, want := range []string{"SIGSEGV SEGV_ACCERR at a+0x3000", "a[3] is PROT_NONE", "Try: mprotect a[3] rw"} {
		if !strings.Contains(s.text(), want) {
			t.Errorf("%q is missing:\n%s", want, s.text())
		}
	}
	s.press("u")
	if text := s.text(); !strings.Contains(text, "a[3] is PROT_NONE") || strings.Contains(text, "Try:") {
		t.Errorf("of an older call the cause alone stays:\n%s", text)
	}
}

func TestCallsOfARegionThatIsGone(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mmap b 4", "munmap b", "mlock a")
	if !strings.Contains(s.text(), "munmap(b, 16384) = 0") {
		t.Errorf("the call names its region no more:\n%s", s.text())
	}
}

func TestChecksAreShown(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.tell(
		model.Checked{Time: time.Second, Expect: "expect ok", OK: true},
		model.Checked{Time: time.Second, Expect: "expect all a locked", Got: "a[0] is unlocked"},
	)
	for _, want := range []string{"expect ok: holds", "expect all a locked: does not hold", "a[0] is unlocked"} {
		if !strings.Contains(s.text(), want) {
			t.Errorf("%q is missing:\n%s", want, s.text())
		}
	}
}

func TestCallsScroll(t *testing.T) {
	var script []string
	for range 40 {
		script = append(script, "mlock a[1]", "munlock a[1]")
	}
	s := newScreen(t, 100, 30, ui.Options{}, append([]string{"mmap a 64"}, script...)...)
	for range 200 {
		s.press("[")
	}
	if !strings.Contains(s.text(), "▌   0.137 mmap(NULL") || !strings.Contains(s.text(), "80 newer") {
		t.Errorf("the oldest call is not reached:\n%s", s.text())
	}
	s.press("w")
	if s.m.Log().Back != 0 {
		t.Error("a new call does not bring the newest into view")
	}
}

// Whatever the panel's size, nothing is drawn outside of it, and the newest call is there.
func TestCallsStayInTheirPanel(t *testing.T) {
	s := newScreen(t, 140, 20, ui.Options{}, append(richScript, "mlock zz", "touch a[38]")...)
	for w := 1; w < 130; w++ {
		for h := 1; h < 14; h++ {
			s.m.Canvas.Reset(140, 20)
			a := canvas.Area{X: 3, Y: 2, W: w, H: h}
			calls := panel.Calls{Scene: s.scene(), Area: a, Log: s.m.Log()}
			calls.Draw()
			for i, c := range s.m.Canvas.Cells {
				if x, y := i%140, i/140; c != canvas.Blank && !a.Contains(x, y) {
					t.Fatalf("%dx%d: %q is drawn at %d,%d, outside", w, h, c.Rune, x-a.X, y-a.Y)
				}
			}
			want := "touch(a+0x26000"
			if h == 1 { // the result takes the place of the arguments
				want = "= SIGSEGV SEGV_ACCERR"
			}
			if w >= 40 && !strings.Contains(s.text(), want) {
				t.Fatalf("%dx%d: the newest call is not there:\n%s", w, h, s.text())
			}
		}
	}
}

func TestLogIsBounded(t *testing.T) {
	var l panel.Log
	for range model.EventsKept*2 + 3 {
		l.Push(panel.Call{})
	}
	if len(l.Calls) > model.EventsKept {
		t.Errorf("%d calls are kept", len(l.Calls))
	}
}

// The panel moves no further than it takes to show the selected call, which is marked where
// it is not the newest.
func TestCallsSelect(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mlock a[1]", "mlock a[2]", "mlock a[3]", "mlock a[4]", "mlock a[5]", "mlock a[6]", "mlock a[7]")
	marked := func() (text string) {
		for row := range strings.SplitSeq(callsText(s), "\n") {
			if strings.HasPrefix(row, "▌") && strings.Contains(row, "(") {
				text = row
			}
		}
		return text
	}
	if marked() != "" {
		t.Errorf("the newest call is marked:\n%s", callsText(s))
	}
	before := callsText(s)
	s.press("[")
	after := callsText(s)
	if !strings.Contains(marked(), "mlock(a+0x6000") || !strings.Contains(after, "mlock(a+0x7000") {
		t.Errorf("not the call before the newest is selected, with the newest below it:\n%s\n\nbefore:\n%s", after, before)
	}
	s.press("[", "[", "[", "[")
	if !strings.Contains(marked(), "mlock(a+0x2000") {
		t.Errorf("the panel has not gone along:\n%s", callsText(s))
	}
	top := callsText(s)
	s.press("]")
	if !strings.Contains(marked(), "mlock(a+0x3000") || strings.ReplaceAll(callsText(s), "▌", " ") != strings.ReplaceAll(top, "▌", " ") {
		t.Errorf("the panel moves although it need not:\n%s\n\nbefore:\n%s", callsText(s), top)
	}
	s.press("w")
	if marked() != "" || !strings.Contains(callsText(s), "touch(") {
		t.Errorf("a new call is not selected:\n%s", callsText(s))
	}
}

// A long structure is broken between its fields, or shortened; the name of a call does not
// stand alone on a line.
func TestCallsBreakStructures(t *testing.T) {
	e := model.Event{Proc: model.Main, Command: parsed("capset -ipc_lock"), Call: "capset", Args: []model.Arg{
		{Text: "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}"}, {Text: "{effective=0x1ffffffbfff, permitted=0x1ffffffbfff, inheritable=0}"}}}
	s := newScreen(t, 140, 20, ui.Options{}, "mmap a 4")
	s.tell(e)
	for w := 24; w < 130; w++ {
		k := &s.m.Log().Calls[len(s.m.Log().Calls)-1]
		for _, whole := range []bool{false, true} {
			var rows []string
			for _, line := range panel.CallText(s.m.Look, k, "    0.500 ", w, 10, whole) {
				row := ""
				for _, p := range line {
					row += p.Text
				}
				rows = append(rows, row)
			}
			text := strings.Join(rows, "\n")
			if !whole && strings.TrimSpace(rows[0]) == "0.500 capset(" {
				t.Errorf("%d columns: the name stands alone:\n%s", w, text)
			}
			joined := strings.Join(strings.Fields(text), "")
			if whole && joined != "0.500"+strings.ReplaceAll(e.Strace(), " ", "") {
				t.Errorf("%d columns: not the whole call:\n%s", w, text)
			}
			if !whole && !strings.Contains(joined, "inheritable=0})=0") {
				t.Errorf("%d columns: the end is missing:\n%s", w, text)
			}
			for _, row := range rows {
				if whole && canvas.Width(strings.TrimRight(row, " ")) > w {
					t.Errorf("%d columns: a line is longer:\n%s", w, text)
				}
			}
		}
	}
}

// An entry keeps the regions that its call was about, and no more of them: there can be
// thousands of regions, and of entries.
func TestCallsKeepWhatTheyNeed(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 4", "mmap b 4", "mmap c 4", "mlock b", "munmap b")
	for _, k := range s.m.Log().Calls[3:] {
		if len(k.Regions) != 1 || k.Regions[0].Name != "b" {
			t.Errorf("%s keeps %v", k.Command, k.Regions)
		}
	}
}
