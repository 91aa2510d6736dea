package panel

import (
	"time"

	"incore/model"
	"incore/ui/canvas"
)

// TimeAxis says which classes of time each column of the histogram shows. There are two classes an octave, so
// equal steps are equal ratios.
type TimeAxis struct {
	x, w int // columns of the screen
	lo   int // the first class
	per  int // classes a column
	Cols int // columns of the histogram, 1 or more
	span int // columns of the screen that all of them take
}

// The axis goes from 32 ns to 4 ms at least, so that two pictures of it can be compared; a
// touch that needs no fault takes some 10 ns to 100 ns, one that waits for a disk up to
// milliseconds.
var axisLeast, axisMost = model.LatencyBucket(32 * time.Nanosecond), model.LatencyBucket(4 * time.Millisecond)

// NewTimeAxis returns the axis that shows all times that were counted, in the columns of an area.
func NewTimeAxis(l *model.Latencies, a canvas.Area) TimeAxis {
	lo, hi := axisLeast, axisMost
	for k := range l {
		for i, n := range l[k] {
			if n > 0 {
				lo, hi = min(lo, i), max(hi, i)
			}
		}
	}
	n := hi + 1 - lo
	w := max(1, a.W)
	ax := TimeAxis{x: a.X, w: w, lo: lo, per: (n + w - 1) / w}
	ax.Cols = (n + ax.per - 1) / ax.per
	ax.span = w / ax.Cols * ax.Cols
	if w-ax.span > w/4 { // better uneven columns than so much left over
		ax.span = w
	}
	return ax
}

// Left returns the column of the screen at which a column of the axis begins.
func (ax *TimeAxis) Left(col int) int { return ax.x + col*ax.span/ax.Cols }

// Sum returns how many accesses a column of the axis stands for.
func (ax *TimeAxis) Sum(of *[model.LatencyBuckets]int64, col int) (n int64) {
	lo := ax.lo + col*ax.per
	for _, v := range of[lo:min(lo+ax.per, len(of))] {
		n += v
	}
	return n
}

// decades are the ticks of the axis, those that are to have their words first at the front.
var decades = [...]struct {
	at   time.Duration
	word string
}{
	{time.Microsecond, "1µs"}, {time.Millisecond, "1ms"}, {100 * time.Nanosecond, "100ns"}, {10 * time.Microsecond, "10µs"},
	{100 * time.Microsecond, "100µs"}, {10 * time.Millisecond, "10ms"}, {100 * time.Millisecond, "100ms"}, {10 * time.Nanosecond, "10ns"},
}

// drawAxis draws a tick for each decade, and its word where there is room.
func (pn *Latency) drawAxis(ax TimeAxis, y int) {
	tick := '╵'
	if pn.Look.ASCII {
		tick = '|'
	}
	end := ax.x + ax.w
	for pass := range 2 {
		for i := range decades {
			d := &decades[i]
			b := model.LatencyBucket(d.at)
			if b < ax.lo || b >= ax.lo+ax.Cols*ax.per {
				continue
			}
			x := ax.Left((b - ax.lo) / ax.per)
			switch {
			case pass == 1:
				if c := pn.Canvas.At(x, y); c != nil && c.Rune == ' ' {
					pn.Canvas.Set(x, y, tick, pn.Look.Mute)
				}
			case pn.isBlank(max(ax.x, x-1), y, canvas.Width(d.word)+3, end):
				pn.Canvas.Set(x, y, tick, pn.Look.Mute)
				pn.Canvas.Text(x+1, y, end-x-1, d.word, pn.Look.Dim)
			}
		}
	}
}

// isBlank reports whether n columns from x on are blank, the last of which may be the first
// behind the end.
func (pn *Latency) isBlank(x, y, n, end int) bool {
	if x+n-1 > end {
		return false
	}
	for i := range min(n, end-x) {
		if c := pn.Canvas.At(x+i, y); c == nil || c.Rune != ' ' {
			return false
		}
	}
	return true
}
