package panel

import (
	"fmt"
	"math"
	"time"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// latencyKinds are the rows of the histogram: one for each thing that an access came to.
var latencyKinds = [model.FaultKinds]struct{ word, short string }{
	model.NoFault: {"no fault", "none"}, model.MinorFault: {"minor", "minor"}, model.MajorFault: {"major", "major"},
}

// latencyStyle returns the hue of a row, that of the same faults elsewhere.
func (pn *Latency) latencyStyle(k model.FaultKind) canvas.Style {
	switch k {
	case model.MinorFault:
		return pn.Look.Accent
	case model.MajorFault:
		return pn.Look.Fail
	}
	return pn.Look.Text
}

// Latency draws how long the touches of the current process took.
type Latency struct {
	*scene.Scene
	Area canvas.Area // the cells that it draws in
}

// Draw draws a row for accesses without a fault, one for minor and one for major faults, over one axis of time.
func (pn *Latency) Draw() {
	a, th := pn.Area, pn.Look
	if a.Empty() || pn.Proc().PID == 0 {
		return
	}
	l := pn.Proc().Latencies
	var total int64
	if l != nil {
		for k := range l {
			total += l.Count(model.FaultKind(k))
		}
	}
	if a.H > 4 || a.H > 1 && total == 0 {
		right := ""
		if total > 0 {
			right = counted(total, "touch", "touches")
		}
		th.DrawHeading(&pn.Canvas, a.Row(0), "TOUCH LATENCY", right)
		_, a = a.CutTop(1)
	}
	if total == 0 {
		for _, s := range []string{"touch pages: w, and see what a fault costs", "touch pages: w"} {
			if canvas.Width(s) <= a.W || s == "touch pages: w" {
				pn.Canvas.Text(a.X, a.Y, a.W, s, th.Dim)
				return
			}
		}
	}
	pn.drawHistogram(a, l)
}

// counted returns a number of things in words.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Widths of the histogram's columns of words.
const (
	latencyLeast = 24 // below it there are only words
	latencyWide  = 44 // from here on word, histogram, count and median stand side by side
	medianWidth  = 6  // ~1.2µs
)

// drawHistogram chooses an arrangement: words beside the rows, or, where it is narrow and high
// enough, in a line over each; and draws the rows and the axis.
func (pn *Latency) drawHistogram(a canvas.Area, l *model.Latencies) {
	if a.H < model.FaultKinds+1 || a.W < latencyLeast {
		pn.drawMedians(a, l)
		return
	}
	countWidth := len("count")
	for k := range l {
		countWidth = max(countWidth, len(fmt.Sprint(l.Count(model.FaultKind(k)))))
	}
	over := a.W < latencyWide && a.H > 2*model.FaultKinds
	left, right := len("minor "), 1+medianWidth
	switch {
	case over:
		left, right = 0, 0
	case a.W >= latencyWide:
		left, right = len("no fault "), 2+countWidth+medianWidth
	}
	each := (a.H - 1) / model.FaultKinds
	bars := min(each, 4)
	if over {
		bars = min(each-1, 4)
	}
	ax := NewTimeAxis(l, canvas.Area{X: a.X + left, Y: a.Y, W: a.W - left - right, H: 1})
	y := a.Y
	for k := range l {
		kind := model.FaultKind(k)
		n, st := l.Count(kind), pn.latencyStyle(kind)
		if over {
			pn.drawLatencyWords(canvas.Area{X: a.X, Y: y, W: a.W, H: 1}, kind, n, MedianOf(l, kind))
			y++
		}
		base := y + bars - 1
		if !over {
			pn.drawLatencyFigures(canvas.Area{X: a.X, Y: base, W: a.W, H: 1}, kind, n, MedianOf(l, kind))
		}
		if n > 0 {
			pn.drawHump(ax, base, bars, &l[k], st)
		}
		y += bars
	}
	pn.drawAxis(ax, y)
	if !over && a.W >= latencyWide {
		pn.Canvas.TextRight(a.X, y, a.W, "count median", pn.Look.Mute)
	} else if !over {
		pn.Canvas.TextRight(a.X, y, a.W, "median", pn.Look.Mute)
	}
	if y+1 == a.Y+a.H {
		return
	}
	for _, s := range []string{"height: root of the count, each row on its own", "height: root of the count"} {
		if canvas.Width(s) <= a.W {
			pn.Canvas.Text(a.X, y+1, a.W, s, pn.Look.Mute)
			return
		}
	}
}

// drawLatencyWords draws a line over a row: what it is, how many, and the median.
func (pn *Latency) drawLatencyWords(a canvas.Area, k model.FaultKind, n int64, median string) {
	th := pn.Look
	x := a.X + pn.Canvas.Text(a.X, a.Y, a.W, latencyKinds[k].word, pn.latencyStyle(k)) + 1
	x += pn.Canvas.Text(x, a.Y, a.X+a.W-x, fmt.Sprint(n), th.Text) + 1
	if n == 0 {
		return
	}
	for _, s := range []string{"median " + median, median} {
		if pn.Canvas.TextRight(x, a.Y, a.X+a.W-x, s, th.Dim) > 0 {
			return
		}
	}
}

// drawLatencyFigures draws what stands beside a row.
func (pn *Latency) drawLatencyFigures(a canvas.Area, k model.FaultKind, n int64, median string) {
	th := pn.Look
	word := latencyKinds[k].short
	if a.W >= latencyWide {
		word = latencyKinds[k].word
		pn.Canvas.TextRight(a.X, a.Y, a.W-1-medianWidth, fmt.Sprint(n), th.Text)
	}
	pn.Canvas.Text(a.X, a.Y, a.W, word, pn.latencyStyle(k))
	if n > 0 {
		pn.Canvas.TextRight(a.X, a.Y, a.W, median, th.Dim)
	} else if a.W < latencyWide {
		pn.Canvas.TextRight(a.X, a.Y, a.W, "0", th.Dim)
	}
}

// drawMedians says in words what there is no room to draw.
func (pn *Latency) drawMedians(a canvas.Area, l *model.Latencies) {
	row := 0
	for k := range l {
		kind := model.FaultKind(k)
		n := l.Count(kind)
		if n == 0 || row >= a.H {
			continue
		}
		pn.drawLatencyWords(a.Row(row), kind, n, MedianOf(l, kind))
		row++
	}
}

// drawHump draws one row of the histogram, so many rows high from base up. Its tallest column
// fills it: the heights of two rows are not to be compared, their places are.
func (pn *Latency) drawHump(ax TimeAxis, base, rows int, of *[model.LatencyBuckets]int64, st canvas.Style) {
	th := pn.Look
	var most int64
	for col := range ax.Cols {
		most = max(most, ax.Sum(of, col))
	}
	steps := len(th.Levels)
	top := steps*rows + rows - 1 // an eighth is left free over the tallest
	full := '█'
	if th.ASCII {
		full = '#'
	}
	for col := range ax.Cols {
		n := ax.Sum(of, col)
		if n == 0 {
			continue
		}
		level := max(1, int(math.Sqrt(float64(n)/float64(most))*float64(top)+0.5))
		for row := 0; level > 0; row++ {
			r := full
			if level <= steps {
				r = th.Levels[level-1]
			}
			pn.Canvas.Fill(ax.Left(col), base-row, ax.Left(col+1)-ax.Left(col), r, st)
			level -= steps + 1
		}
	}
}

// MedianOf returns the median of the times, as near as their classes tell it: ~1.2µs. It is "" if there are
// none. Below the first class and in the last one only a bound is known.
func MedianOf(l *model.Latencies, k model.FaultKind) string {
	n, of := l.Count(k), &l[k]
	var before int64
	for i, v := range of {
		if 2*(before+v) < n || v == 0 {
			before += v
			continue
		}
		lo, hi := model.LatencyOf(i), model.LatencyOf(i+1)
		switch i {
		case 0:
			return "<" + model.FormatElapsed(hi)
		case model.LatencyBuckets - 1:
			return ">" + model.FormatElapsed(lo)
		}
		share := (float64(n)/2 - float64(before)) / float64(v)
		return "~" + model.FormatElapsed(twoDigits(lo+time.Duration(share*float64(hi-lo))))
	}
	return ""
}

// twoDigits returns a time as exactly as a class of half an octave can tell it.
func twoDigits(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 100 {
		unit *= 10
	}
	return (d + unit/2) / unit * unit
}
