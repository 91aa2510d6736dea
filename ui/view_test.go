package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/look"
)

func TestMovingStaysInTheRegion(t *testing.T) {
	for _, tt := range []struct {
		keys string
		want int64
	}{
		{"left", 0}, {"up", 0}, {"end right", 16}, {"G", 36}, {"G right", 36}, {"G down", 36},
		{"down down", 32}, {"end down down", 36}, // the last row is short
		{"end down down down", 36}, {"pgdown pgdown", 36}, {"G home", 32}, {"down end", 31}, {"G pgup", 0},
	} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 37")
		s.press(strings.Fields(tt.keys)...)
		if got := s.m.Focus.Of(inMain("a")).Cursor; got != tt.want {
			t.Errorf("%s: page %d, want %d", tt.keys, got, tt.want)
		}
	}
}

// A region of a tebibyte is drawn and walked by what is seen of it.
func TestTebibyte(t *testing.T) {
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{}, "mmap a 64", "mmap t 1T noreserve")
		start := time.Now()
		s.press("down", "pgdown", "G", "w", "up", "v", "ctrl+home", "esc", "tab", "shift+tab", "V", "l", "esc", "pgdown")
		if took := time.Since(start); took > time.Second {
			t.Errorf("%dx%d: the keys took %v", size.w, size.h, took)
		}
		s.press("G")
		if s.m.Focus.Of(inMain("t")).Cursor != 1<<28-1 {
			t.Errorf("%dx%d: the last page is not reached", size.w, size.h)
		}
		if !strings.Contains(s.text(), fmt.Sprint(1<<28-s.m.PagesPerRow(s.m.Region()))) || !strings.Contains(s.text(), "268435455") || !strings.Contains(s.text(), "268435456") && size.w > 40 {
			t.Errorf("%dx%d: where one is is not told:\n%s", size.w, size.h, s.text())
		}
	}
}

func TestViewFollowsTheRegions(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mmap b 8", "mmap c 8")
	if s.m.Focus.Current.Region != "c" {
		t.Errorf("the region mapped last is not shown, but %s", s.m.Focus.Current)
	}
	s.press("shift+tab", "V", "d")
	if s.last() != "munmap b" || s.m.Focus.Current.Region != "c" || s.m.Focus.Selecting {
		t.Errorf("after %s the screen shows %s, selecting %v", s.last(), s.m.Focus.Current, s.m.Focus.Selecting)
	}
	s.press("V", "d", "V", "d")
	if s.m.Region() != nil || !strings.Contains(s.text(), "No region is mapped. Press m to map one.") {
		t.Errorf("after all is unmapped:\n%s", s.text())
	}
	s.press("m", "enter")
	if s.m.Focus.Current.Region != "a" {
		t.Errorf("m on an empty screen maps %q", s.last())
	}
	// The same name again, shorter: the cursor must not stay past its end.
	s.press("G", "V", "d")
	s.press(":")
	s.typeText("mmap a 2")
	s.press("enter", "right", "right", "right")
	if got := s.m.Focus.Of(inMain("a")).Cursor; got != 1 {
		t.Errorf("the cursor is at page %d of 2", got)
	}
}

func TestReset(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, richScript...)
	s.press("R", "y")
	if len(s.m.State.Main().Regions) != 0 || !strings.Contains(s.text(), "pid 48214") {
		t.Errorf("after reset:\n%s", s.text())
	}
}

// The lab is told what is looked at, and with each key that somebody is there.
func TestLook(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 4096")
	s.lab.looks = nil
	same := []string{"v", "[", "]", ":", "esc"}
	s.press(same...)
	if looks := slices.Compact(slices.Clone(s.lab.looks)); len(s.lab.looks) != len(same) || len(looks) != 1 {
		t.Errorf("nothing moved and the lab is told %v", s.lab.looks)
	}
	s.tell(model.Sample{Proc: model.Main})
	if len(s.lab.looks) != len(same) {
		t.Error("of what the lab told it is told that somebody is there")
	}
	s.lab.looks = nil
	n := int64(s.m.Block().Rows * 16)
	s.press("right", "G")
	want := []model.View{
		{Proc: "main", Region: "a", Pages: model.Range{Lo: 0, Hi: n}, Cursor: 1},
		{Proc: "main", Region: "a", Pages: model.Range{Lo: 4096 - n, Hi: 4096}, Cursor: 4095},
	}
	if d := cmp.Diff(want, s.lab.looks); d != "" {
		t.Errorf("the lab is told (-want +got):\n%s", d)
	}
	for _, key := range []string{"4", "1"} { // under the lens of sharing the lab has to ask for it
		s.lab.looks = nil
		if s.press(key); len(s.lab.looks) != 1 || s.lab.looks[0].Sharing != (key == "4") {
			t.Errorf("at the key %s the lab is told %v", key, s.lab.looks)
		}
	}
}

// Whatever state is on the screen is explained by the legend, and nothing else is.
func TestLegend(t *testing.T) {
	var words []string
	for k := range look.Kinds {
		words = append(words, k.Name())
	}
	words = append(words, "locked", "lock on fault", "read-only", "PROT_NONE")
	shown := func(s *screen) map[string]bool {
		a, out := s.part("legend"), map[string]bool{}
		for i, row := range strings.Split(s.text(), "\n") {
			if i <= a.Y || i >= a.Y+a.H {
				continue
			}
			r := []rune(row)
			part := string(r[min(a.X, len(r)):min(a.X+a.W, len(r))])
			for _, w := range words {
				if strings.Contains(part, w) {
					out[w] = true
				}
			}
		}
		return out
	}
	s := newScreen(t, 110, 40, ui.Options{}, richScript...)
	s.press("shift+tab")
	for _, w := range []string{"absent", "zero page", "anonymous", "shared (COW)", "swapped out", "huge page", "guard", "unmapped hole",
		"locked", "lock on fault", "read-only", "PROT_NONE"} {
		if !shown(s)[w] {
			t.Errorf("%s is on the screen and not in the legend:\n%s", w, s.text())
		}
	}
	s = newScreen(t, 100, 30, ui.Options{}, "mmap a 512")
	if got := shown(s); len(got) != 1 || !got["absent"] {
		t.Errorf("an untouched region is explained by %v", got)
	}
}

// The figures of the legend are those of the region.
func TestTally(t *testing.T) {
	s := newScreen(t, 200, 50, ui.Options{}, richScript...)
	s.press("shift+tab")
	r := s.m.Region()
	all := look.Count(r, model.Range{Lo: 0, Hi: 64})
	counts, locked := all.Kinds, all.Locked
	for _, w := range []int{0, 1, 7, 24, 64, 200} {
		got := s.m.TallyOf(inMain("a"), r, w)
		if got.Kinds != counts || got.Locked != locked || len(got.Strip) != min(w, 64) {
			t.Errorf("%d columns: %v %v, %d columns; want %v %v", w, got.Kinds, got.Locked, len(got.Strip), counts, locked)
		}
	}
	var sum int64
	for _, n := range counts {
		sum += n
	}
	if sum != 64 {
		t.Errorf("%d pages of 64 are counted", sum)
	}
}

func TestAggregate(t *testing.T) {
	th := look.New(nil, canvas.TrueColor, true, false)
	for _, tt := range []struct {
		counts map[look.Kind]int64
		locked int64
		want   rune
	}{
		{map[look.Kind]int64{look.Absent: 100}, 0, '·'},
		{map[look.Kind]int64{look.Absent: 99, look.Anon: 1}, 0, '▁'},
		{map[look.Kind]int64{look.Absent: 50, look.Anon: 50}, 0, '▄'},
		{map[look.Kind]int64{look.Anon: 100}, 0, '▇'},
		{map[look.Kind]int64{look.Anon: 100}, 100, '▆'},
		{map[look.Kind]int64{look.Anon: 100}, 49, '▆'},                  // the lid is fainter
		{map[look.Kind]int64{look.Absent: 90, look.Anon: 10}, 100, '▆'}, // the lid alone, reversed
		{map[look.Kind]int64{look.Hole: 100}, 0, ' '},
		{map[look.Kind]int64{look.Swapped: 60, look.Anon: 40}, 0, '▾'},
	} {
		var counts [look.Kinds]int64
		for k, n := range tt.counts {
			counts[k] = n
		}
		if got := th.Aggregate(look.Sums{Kinds: counts, Locked: [look.Locks]int64{model.Locked: tt.locked, model.Unlocked: 100 - tt.locked}}); got.Rune != tt.want {
			t.Errorf("%v, %d locked: %q, want %q", tt.counts, tt.locked, got.Rune, tt.want)
		}
	}
}

func TestMeters(t *testing.T) {
	for _, tt := range []struct {
		limits model.Limits
		want   string
	}{
		{model.Limits{MemlockSoft: 8 << 20}, "VmLck ━─"},
		{model.Limits{MemlockSoft: 8 << 20}, "8K of 8M"},
		{model.Limits{MemlockSoft: 8 << 20, IPCLock: true}, "VmLck 8K no limit (CAP_IPC_LOCK)"},
		{model.Limits{MemlockSoft: model.Unlimited}, "VmLck 8K of unlimited"},
		{model.Limits{MemlockSoft: 0}, "VmLck 8K of 0B"},
	} {
		s := newScreen(t, 120, 30, ui.Options{}, "mmap a 64", "mlock a[0..1]")
		s.lab.limits = tt.limits
		s.press("u")
		s.press("right", "u")
		s.lab.stat.VmLck = 8 << 10
		s.press("right", "u")
		if !strings.Contains(s.text(), tt.want) {
			t.Errorf("%+v: %q is not on\n%s", tt.limits, tt.want, strings.Split(s.text(), "\n")[2])
		}
	}
}

// The meters fit at any width, and none is cut in two.
func TestMetersFit(t *testing.T) {
	for w := 56; w < 200; w++ {
		s := newScreen(t, w, 24, ui.Options{}, "mmap t 1T noreserve", "mlock t[0..1]")
		row := strings.Split(s.text(), "\n")[s.part("meters").Y]
		if strings.Contains(row, "…") || !strings.Contains(row, "RSS") || !strings.Contains(row, "VmLck") {
			t.Errorf("%d columns: %s", w, row)
		}
		if strings.Contains(row, "faults") && !strings.Contains(row, "minor") {
			t.Errorf("%d columns: %s", w, row)
		}
	}
}

func TestBanner(t *testing.T) {
	for _, tt := range []struct {
		died model.Died
		want string
	}{
		{model.Died{Proc: "main", Signal: "SIGKILL"}, "The subject was killed by SIGKILL. What was seen stays. Press R or type reset for a fresh one."},
		{model.Died{Proc: "main", Code: 3}, "The subject exited with 3. What was seen stays. Press R or type reset for a fresh one."},
	} {
		s := newScreen(t, 110, 30, ui.Options{ReducedMotion: true}, "mmap a 64", "touch a")
		before := s.cellOf("a", 5)
		s.tell(tt.died)
		if !strings.Contains(s.text(), tt.want) {
			t.Errorf("%q is missing:\n%s", tt.want, s.text())
		}
		if s.cellOf("a", 5) != before {
			t.Error("what was seen does not stay")
		}
		s.press("R")
		if s.last() != "reset" || strings.Contains(s.text(), "The subject") {
			t.Errorf("after %q:\n%s", s.last(), s.text())
		}
	}
}

func TestInspector(t *testing.T) {
	for _, tt := range []struct {
		page int
		want []string
	}{
		{0, []string{"Resident, anonymous", "not locked", "0x7f3a40000000 = a", "rw-p", "mincore 1, mapped, exclusive"}},
		{4, []string{"locked", "= a+0x4000"}},
		{20, []string{"Absent", "to be locked when it is"}},
		{38, []string{"PROT_NONE", "---p"}},
		{48, []string{"Swapped out"}},
		{63, []string{"A hole", "SEGV_MAPERR"}},
	} {
		s := newScreen(t, 110, 40, ui.Options{}, richScript...)
		s.press("shift+tab")
		s.m.Focus.Of(inMain("a")).Cursor = int64(tt.page)
		s.redraw()
		for _, want := range append(tt.want, fmt.Sprintf("page %d of 64", tt.page)) {
			if !strings.Contains(s.text(), want) {
				t.Errorf("page %d: %q is missing:\n%s", tt.page, want, s.text())
			}
		}
	}
}
