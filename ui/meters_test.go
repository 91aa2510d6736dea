package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
)

// meterScene is a process in one state of its meters.
type meterScene struct {
	name   string
	stat   model.ProcStat
	limits model.Limits
	system model.System
	faults []model.ProcStat // a second each
}

var meterScenes = []meterScene{
	{name: "new", stat: model.ProcStat{RSS: 16 << 10, VmSize: 172 << 10}, limits: model.Limits{MemlockSoft: 8 << 20, MemlockHard: 8 << 20}},
	{name: "working", stat: model.ProcStat{RSS: 196 << 10, VmSize: 492 << 10, VmLck: 24 << 10, Swap: 16 << 10, Minor: 1246, Major: 12},
		limits: model.Limits{MemlockSoft: 64 << 10, MemlockHard: 128 << 10},
		system: model.System{SwapTotal: 1 << 30, CommitLimit: 12 << 30, Committed: 3 << 30, Overcommit: 2},
		faults: []model.ProcStat{{Minor: 3}, {Minor: 203}, {Minor: 203}, {Minor: 1015}, {Minor: 1200, Major: 1}, {Minor: 1240, Major: 10}, {Minor: 1246, Major: 12}}},
	{name: "nearly full", stat: model.ProcStat{RSS: 9 << 20, VmSize: 9 << 20, VmLck: 60 << 10, Minor: 60},
		limits: model.Limits{MemlockSoft: 64 << 10, MemlockHard: model.Unlimited},
		system: model.System{SwapTotal: 1 << 30, CommitLimit: 12 << 30, Committed: 3 << 30}, faults: []model.ProcStat{{Minor: 60}}},
	{name: "full", stat: model.ProcStat{RSS: 9 << 20, VmSize: 1 << 40, VmLck: 64 << 10, Minor: 60}, limits: model.Limits{MemlockSoft: 64 << 10, MemlockHard: 64 << 10},
		faults: []model.ProcStat{{Minor: 60}}},
	{name: "above the limit", stat: model.ProcStat{RSS: 9 << 20, VmSize: 90 << 20, VmLck: 120 << 10}, limits: model.Limits{MemlockSoft: 64 << 10, MemlockHard: 128 << 10}},
	{name: "no limit", stat: model.ProcStat{RSS: 9 << 20, VmSize: 90 << 20, VmLck: 9 << 20}, limits: model.Limits{MemlockSoft: 8 << 20, MemlockHard: 8 << 20, IPCLock: true}},
	{name: "one of four that share", stat: model.ProcStat{RSS: 296 << 10, Pss: 84 << 10, VmSize: 520 << 10, VmLck: 4 << 10, Swap: 16 << 10, Minor: 64},
		limits: model.Limits{IPCLock: true}, system: model.System{SwapTotal: 1 << 30, CommitLimit: 12 << 30, Committed: 3 << 30}},
	{name: "unlimited", stat: model.ProcStat{VmLck: 9 << 20}, limits: model.Limits{MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited}},
}

// meterScreen is a screen of which the process is in that state; seconds go in pairs, and a
// pause follows each pair.
func meterScreen(t testing.TB, opts ui.Options, scene *meterScene) *screen {
	s := newScreen(t, 100, 30, opts)
	at := time.Second
	for i, f := range scene.faults {
		if i%2 == 0 {
			at += 5 * time.Second
		}
		s.tell(model.Sample{Time: at, Proc: model.Main, Stat: f, Limits: scene.limits, System: scene.system})
		at += time.Second
	}
	s.tell(model.Sample{Time: at, Proc: model.Main, Stat: scene.stat, Limits: scene.limits, System: scene.system})
	return s
}

// meterText is the meters alone, drawn into w columns and h rows.
func (s *screen) meterText(w, h int) string {
	s.m.Canvas.Reset(w, h)
	s.m.Plan.Size = scene.SizeOf(w+4, 40)
	meters := s.meters()
	meters.Area = canvas.Area{X: 0, Y: 0, W: w, H: h}
	meters.Draw()
	return s.text()
}

func TestMetersGolden(t *testing.T) {
	var b strings.Builder
	for _, set := range []string{"unicode", "ascii"} {
		for i := range meterScenes {
			s := meterScreen(t, ui.Options{ASCII: set == "ascii"}, &meterScenes[i])
			for _, size := range []struct{ w, h int }{{58, 1}, {78, 1}, {96, 1}, {96, 2}, {116, 2}, {194, 1}, {194, 2}} {
				fmt.Fprintf(&b, "%s, %s, %dx%d\n%s", meterScenes[i].name, set, size.w, size.h, s.meterText(size.w, size.h))
			}
		}
	}
	golden(t, "meters", b.String())
}

// At any width the figures are whole, none is drawn over another, and what is told is what is.
func TestMeterWidths(t *testing.T) {
	for i := range meterScenes {
		scene := &meterScenes[i]
		for _, opts := range []ui.Options{{}, {ASCII: true}} {
			s := meterScreen(t, opts, scene)
			for w := 54; w <= 260; w++ {
				for h := 1; h <= 3; h++ {
					text := s.meterText(w, h)
					for _, want := range []string{"RSS", model.FormatBytes(scene.stat.RSS), "VmLck", model.FormatBytes(scene.stat.VmLck) + " ", fmt.Sprint(scene.stat.Minor) + " minor"} {
						if !strings.Contains(text, want) {
							t.Fatalf("%s, %dx%d: %q is missing:\n%s", scene.name, w, h, want, text)
						}
					}
					if strings.ContainsAny(text, "…~") || w >= 72 && !strings.Contains(text, fmt.Sprint(scene.stat.Major)+" major") {
						t.Fatalf("%s, %dx%d:\n%s", scene.name, w, h, text)
					}
					if word := map[string]string{"nearly full": "nearly full", "full": "full"}[scene.name]; word != "" && !strings.Contains(text, word) && !strings.Contains(text, " !") {
						t.Fatalf("%s, %dx%d: nothing says so:\n%s", scene.name, w, h, text)
					}
				}
			}
		}
	}
}

func TestFullness(t *testing.T) {
	for _, tt := range []struct {
		locked, limit int64
		want          string
	}{
		{0, 0, ""}, {0, 64 << 10, ""}, {56 << 10, 64 << 10, ""}, {60 << 10, 64 << 10, "nearly full"}, {61 << 10, 64 << 10, "full"},
		{64 << 10, 64 << 10, "full"}, {80 << 10, 64 << 10, "full"}, {4096, 0, "full"}, {1 << 62, 1<<63 - 1, ""},
	} {
		if got := panel.Fullness(tt.locked, tt.limit, pageSize); got != tt.want {
			t.Errorf("%d of %d: %q, want %q", tt.locked, tt.limit, got, tt.want)
		}
	}
}

// A bar of VmLck near its limit has another shape and another hue, and a tick is where the
// soft limit is.
func TestLockBar(t *testing.T) {
	const w = 20
	for _, tt := range []struct {
		locked, soft, hard int64
		want               string
	}{
		{0, 100, 100, "--------------------"},
		{1, 100, 100, "=-------------------"},
		{50, 100, 100, "==========----------"},
		{89, 100, 100, "==================--"},
		{96, 100, 100, "###################-"},
		{0, 100, 200, "----------|         "},
		{50, 100, 200, "=====-----|         "},
		{96, 100, 200, "##########|         "},
		{200, 100, 200, "##########|#########"},
		{50, 100, 401, "==========----------"},
		{50, 100, model.Unlimited, "==========----------"},
	} {
		s := newScreen(t, 100, 30, ui.Options{ASCII: true})
		p := &s.m.State.Procs[0]
		p.Stat.VmLck, p.Limits, p.PageSize = tt.locked<<20, model.Limits{MemlockSoft: tt.soft << 20, MemlockHard: tt.hard}, 1<<20
		if tt.hard > 0 {
			p.Limits.MemlockHard <<= 20
		}
		k := s.meters().LockMeter()
		s.m.Canvas.Reset(w, 1)
		s.m.Look.BarEmpty = '-'
		s.meters().DrawBar(0, 0, w, &k)
		if got := fmt.Sprintf("%-20s", strings.TrimRight(s.text(), "\n")); got != tt.want {
			t.Errorf("%d of %d, hard %d: %q, want %q", tt.locked, tt.soft, tt.hard, got, tt.want)
		}
		hot := strings.Contains(tt.want, "#")
		if c := s.m.Canvas.At(0, 0); hot != (c.Style == s.m.Look.Fail) {
			t.Errorf("%d of %d: drawn as %+v", tt.locked, tt.soft, c)
		}
	}
}

// The columns of a sparkline: what it leaves out is the oldest, the tallest is the most, and
// minor, major and no faults differ in shape.
func TestSpark(t *testing.T) {
	seconds := func(counts ...[2]int64) *panel.FaultHistory {
		f := &panel.FaultHistory{}
		at := time.Second
		for _, n := range counts {
			if n[0] < 0 { // a pause
				at += 10 * time.Second
				continue
			}
			*f.At(at) = panel.FaultSecond{Start: at, Minor: n[0], Major: n[1]}
			at += time.Second
		}
		return f
	}
	pause := [2]int64{-1, 0}
	for _, tt := range []struct {
		f            *panel.FaultHistory
		set          panel.FaultSet
		unicode, txt string
		most         int64
	}{
		{seconds([2]int64{0, 0}), panel.FaultsMinor, "▁▁▁▁▁▁▁▁", "________", 0},
		{seconds([2]int64{1, 0}), panel.FaultsMinor, "▁▁▁▁▁▁▁▇", "_______#", 1},
		{seconds([2]int64{1, 0}, [2]int64{0, 0}, [2]int64{100, 0}), panel.FaultsMinor, "▁▁▁▁▁▂▁▇", "_____:_#", 100},
		{seconds([2]int64{9, 1}, pause, [2]int64{4, 0}), panel.FaultsMinor, "▁▁▁▁▁▇ ▅", "_____# +", 9},
		{seconds([2]int64{9, 1}, pause, [2]int64{4, 0}), panel.FaultsMajor, "▁▁▁▁▁▇ ▁", "_____# _", 1},
		{seconds([2]int64{9, 1}, pause, [2]int64{4, 0}, [2]int64{0, 1}), panel.FaultsBoth, "▁▁▁▁▓ ▅▒", "____! +!", 10},
		{seconds([2]int64{1000, 0}, pause, [2]int64{1, 0}, [2]int64{1, 0}, [2]int64{1, 0}, [2]int64{1, 0}, [2]int64{1, 0}, [2]int64{1, 0}, [2]int64{4, 0}),
			panel.FaultsMinor, "▁▄▄▄▄▄▄▇", "_======#", 4},
	} {
		for _, ascii := range []bool{false, true} {
			s := newScreen(t, 100, 30, ui.Options{ASCII: ascii})
			s.m.Canvas.Reset(8, 1)
			most := s.meters().DrawSpark(canvas.Area{X: 0, Y: 0, W: 8, H: 1}, tt.f, tt.set)
			want := tt.unicode
			if ascii {
				want = tt.txt
			}
			if got := strings.TrimRight(s.text(), "\n"); got != want || most != tt.most {
				t.Errorf("%+v: %q, the most %d; want %q, %d", tt.f, got, most, want, tt.most)
			}
		}
	}
}

func TestPerSecond(t *testing.T) {
	for n, want := range map[int64]string{0: "0/s", 9999: "9999/s", 10_000: "10k/s", 999_499: "999k/s", 999_500: "1.0M/s", 9_949_999: "9.9M/s",
		9_950_000: "10M/s", 123_456_789: "123M/s"} {
		if got := panel.PerSecond(n); got != want || len(got) > panel.PeakWidth-len(" peak ") {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

// Nothing of the meters moves by itself: a message that tells nothing leaves the frame as it is.
func TestMetersAreStill(t *testing.T) {
	s := meterScreen(t, ui.Options{ReducedMotion: true}, &meterScenes[1])
	before := s.picture()
	s.at = s.at.Add(time.Hour)
	s.send(ui.ItemsMsg(nil, s.at))
	s.send(tea.FocusMsg{})
	if s.picture() != before {
		t.Error("the frame has changed")
	}
}

func BenchmarkMeters(b *testing.B) {
	for _, size := range []struct{ w, h int }{{96, 2}, {194, 1}} {
		b.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(b *testing.B) {
			s := meterScreen(b, ui.Options{}, &meterScenes[1])
			s.meterText(size.w, size.h)
			meters := s.meters()
			meters.Area = canvas.Area{X: 0, Y: 0, W: size.w, H: size.h}
			b.ReportAllocs()
			for b.Loop() {
				meters.Draw()
			}
		})
	}
}
