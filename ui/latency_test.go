package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/panel"
)

// someLatencies are those of a session that has seen all three humps.
func someLatencies() *model.Latencies {
	l := &model.Latencies{}
	for kind, of := range map[model.FaultKind]map[time.Duration]int{
		model.NoFault:    {24 * time.Nanosecond: 3, 40 * time.Nanosecond: 120, 52 * time.Nanosecond: 300, 70 * time.Nanosecond: 41, 2 * time.Microsecond: 1},
		model.MinorFault: {600 * time.Nanosecond: 9, 900 * time.Nanosecond: 30, 1300 * time.Nanosecond: 22, 3 * time.Microsecond: 2, 40 * time.Microsecond: 1},
		model.MajorFault: {60 * time.Microsecond: 4, 90 * time.Microsecond: 11, 200 * time.Microsecond: 2, 7 * time.Millisecond: 1},
	} {
		for d, n := range of {
			for range n {
				l.Add(kind, d)
			}
		}
	}
	return l
}

// drawLatency draws the histogram alone.
func (s *screen) drawLatency(a canvas.Area) {
	of := panel.Latency{Scene: s.scene(), Area: a}
	of.Draw()
}

// latencyText is the histogram alone, drawn into w columns and h rows.
func latencyText(t testing.TB, w, h int, opts ui.Options, l *model.Latencies) string {
	t.Helper()
	s := newScreen(t, 100, 30, opts, "mmap a 64")
	s.m.State.Procs[0].Latencies = l
	s.m.Canvas.Reset(w, h)
	s.drawLatency(canvas.Area{X: 0, Y: 0, W: w, H: h})
	return s.text()
}

func TestLatencyGolden(t *testing.T) {
	var b strings.Builder
	for _, set := range []string{"unicode", "ascii"} {
		for _, size := range []struct{ w, h int }{{26, 3}, {26, 4}, {26, 5}, {26, 8}, {30, 5}, {30, 8}, {36, 10}, {44, 5}, {60, 5}, {60, 9}, {90, 10}} {
			fmt.Fprintf(&b, "%s %dx%d\n%s", set, size.w, size.h, latencyText(t, size.w, size.h, ui.Options{ASCII: set == "ascii"}, someLatencies()))
		}
		fmt.Fprintf(&b, "%s, no touch\n%s", set, latencyText(t, 44, 4, ui.Options{ASCII: set == "ascii"}, nil))
		few := &model.Latencies{}
		few.Add(model.MinorFault, 1100*time.Nanosecond)
		fmt.Fprintf(&b, "%s, one touch\n%s", set, latencyText(t, 44, 5, ui.Options{ASCII: set == "ascii"}, few))
	}
	golden(t, "latency", b.String())
}

// Whatever was counted and whatever the room, the columns of a row stand for all of it.
func TestEveryAccessHasAColumn(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 1))
	for range 500 {
		l := &model.Latencies{}
		for range rnd.IntN(200) {
			l.Add(model.FaultKind(rnd.IntN(model.FaultKinds)), time.Duration(1)<<rnd.IntN(40))
		}
		at := canvas.Area{X: rnd.IntN(10), Y: 0, W: 1 + rnd.IntN(130), H: 1}
		ax := panel.NewTimeAxis(l, at)
		if right := ax.Left(ax.Cols); ax.Left(0) != at.X || right > at.X+at.W {
			t.Fatalf("%+v leaves %+v", ax, at)
		}
		for k := range l {
			var n int64
			for col := range ax.Cols {
				n += ax.Sum(&l[k], col)
			}
			if want := l.Count(model.FaultKind(k)); n != want {
				t.Fatalf("%+v: the columns stand for %d of %d accesses", ax, n, want)
			}
		}
	}
}

// The three kinds are told apart without colors, and each says its median.
func TestHumpsAreApart(t *testing.T) {
	for _, opts := range []ui.Options{{}, {Colors: canvas.NoColor}, {Colors: canvas.NoColor, ASCII: true}} {
		rows := strings.Split(latencyText(t, 60, 5, opts, someLatencies()), "\n")
		at := make([]int, 3)
		for i, word := range []string{"no fault", "minor", "major"} {
			row := rows[1+i]
			if !strings.HasPrefix(row, word) {
				t.Fatalf("row %d is %q, want %s", i, row, word)
			}
			body := []rune(row)[len(word):]
			for body[0] == ' ' {
				body = body[1:]
				at[i]++
			}
			at[i] += len(word)
		}
		if at[0] >= at[1] || at[1] >= at[2] {
			t.Errorf("the humps begin at %v:\n%s", at, strings.Join(rows, "\n"))
		}
	}
}

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		times []time.Duration
		want  string
	}{
		{nil, ""},
		{[]time.Duration{1}, "<12ns"},
		{[]time.Duration{time.Second}, ">101ms"},
		{[]time.Duration{1100}, "~1.3µs"},
		{[]time.Duration{1100, 1100, 1100, 1100}, "~1.3µs"},
		{[]time.Duration{1100, time.Second, time.Second}, ">101ms"},
		{[]time.Duration{40, 1100, 5000}, "~1.3µs"},
		{[]time.Duration{40, 40, 5000}, "~44ns"},
	} {
		l := &model.Latencies{}
		for _, d := range tt.times {
			l.Add(model.MajorFault, d)
		}
		if got := panel.MedianOf(l, model.MajorFault); got != tt.want {
			t.Errorf("of %v: %q, want %q", tt.times, got, tt.want)
		}
	}
}

// At no size does anything leave the area, and what is drawn says that nothing was touched.
func TestLatencyKeepsToItsArea(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	for _, l := range []*model.Latencies{nil, {}, someLatencies()} {
		s.m.State.Procs[0].Latencies = l
		for w := range 70 {
			for h := range 13 {
				s.m.Canvas.Reset(80, 16)
				a := canvas.Area{X: 3, Y: 2, W: w, H: h}
				s.drawLatency(a)
				for y := range 16 {
					for x := range 80 {
						if c := s.m.Canvas.At(x, y); *c != canvas.Blank && !a.Contains(x, y) {
							t.Fatalf("%dx%d: %q is drawn at %d,%d:\n%s", w, h, c.Rune, x, y, s.text())
						}
					}
				}
				if text := s.text(); w >= 26 && h > 0 && (l == nil || l.Count(model.NoFault) == 0) != strings.Contains(text, "touch pages: w") {
					t.Fatalf("%dx%d:\n%s", w, h, text)
				}
			}
		}
	}
}

func BenchmarkLatency(b *testing.B) {
	s := newScreen(b, 100, 30, ui.Options{}, "mmap a 64")
	s.m.State.Procs[0].Latencies = someLatencies()
	b.ReportAllocs()
	for b.Loop() {
		s.drawLatency(canvas.Area{X: 0, Y: 0, W: 60, H: 8})
	}
}
