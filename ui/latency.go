package ui

import (
	"fmt"
	"math"
	"time"

	"incore/model"
)

// latencyKinds are the rows of the histogram: one for each thing that an access came to.
var latencyKinds = [model.FaultKinds]struct{ word, short string }{
	model.NoFault: {"no fault", "none"}, model.MinorFault: {"minor", "minor"}, model.MajorFault: {"major", "major"},
}

// latencyStyle is the hue of a row, that of the same faults elsewhere.
func (m *Model) latencyStyle(k model.FaultKind) style {
	switch k {
	case model.MinorFault:
		return m.theme.accent
	case model.MajorFault:
		return m.theme.fail
	}
	return m.theme.text
}

// drawLatency draws how long accesses took: a row each for those that took no fault, a minor
// and a major one, over one axis of time.
func (m *Model) drawLatency() {
	a, th := m.lay.latency, m.theme
	if a.empty() || m.proc().PID == 0 {
		return
	}
	l := m.proc().Latencies
	var total int64
	if l != nil {
		for k := range l {
			total += l.Count(model.FaultKind(k))
		}
	}
	if a.h > 4 || a.h > 1 && total == 0 {
		right := ""
		if total > 0 {
			right = counted(total, "touch", "touches")
		}
		m.canvas.heading(a.row(0), th, "TOUCH LATENCY", right)
		_, a = a.cutTop(1)
	}
	if total == 0 {
		for _, s := range []string{"touch pages: w, and see what a fault costs", "touch pages: w"} {
			if textWidth(s) <= a.w || s == "touch pages: w" {
				m.canvas.text(a.x, a.y, a.w, s, th.dim)
				return
			}
		}
	}
	m.drawHistogram(a, l)
}

// counted is a number of things in words.
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
func (m *Model) drawHistogram(a area, l *model.Latencies) {
	if a.h < model.FaultKinds+1 || a.w < latencyLeast {
		m.drawMedians(a, l)
		return
	}
	countWidth := len("count")
	for k := range l {
		countWidth = max(countWidth, len(fmt.Sprint(l.Count(model.FaultKind(k)))))
	}
	over := a.w < latencyWide && a.h > 2*model.FaultKinds
	left, right := len("minor "), 1+medianWidth
	switch {
	case over:
		left, right = 0, 0
	case a.w >= latencyWide:
		left, right = len("no fault "), 2+countWidth+medianWidth
	}
	each := (a.h - 1) / model.FaultKinds
	bars := min(each, 4)
	if over {
		bars = min(each-1, 4)
	}
	ax := newTimeAxis(l, area{a.x + left, a.y, a.w - left - right, 1})
	y := a.y
	for k := range l {
		kind := model.FaultKind(k)
		n, st := l.Count(kind), m.latencyStyle(kind)
		if over {
			m.drawLatencyWords(area{a.x, y, a.w, 1}, kind, n, medianOf(l, kind))
			y++
		}
		base := y + bars - 1
		if !over {
			m.drawLatencyFigures(area{a.x, base, a.w, 1}, kind, n, medianOf(l, kind))
		}
		if n > 0 {
			m.drawHump(ax, base, bars, &l[k], st)
		}
		y += bars
	}
	m.drawAxis(ax, y)
	if !over && a.w >= latencyWide {
		m.canvas.textRight(a.x, y, a.w, "count median", m.theme.mute)
	} else if !over {
		m.canvas.textRight(a.x, y, a.w, "median", m.theme.mute)
	}
	if y+1 == a.y+a.h {
		return
	}
	for _, s := range []string{"height: root of the count, each row on its own", "height: root of the count"} {
		if textWidth(s) <= a.w {
			m.canvas.text(a.x, y+1, a.w, s, m.theme.mute)
			return
		}
	}
}

// drawLatencyWords draws a line over a row: what it is, how many, and the median.
func (m *Model) drawLatencyWords(a area, k model.FaultKind, n int64, median string) {
	th := m.theme
	x := a.x + m.canvas.text(a.x, a.y, a.w, latencyKinds[k].word, m.latencyStyle(k)) + 1
	x += m.canvas.text(x, a.y, a.x+a.w-x, fmt.Sprint(n), th.text) + 1
	if n == 0 {
		return
	}
	for _, s := range []string{"median " + median, median} {
		if m.canvas.textRight(x, a.y, a.x+a.w-x, s, th.dim) > 0 {
			return
		}
	}
}

// drawLatencyFigures draws what stands beside a row.
func (m *Model) drawLatencyFigures(a area, k model.FaultKind, n int64, median string) {
	th := m.theme
	word := latencyKinds[k].short
	if a.w >= latencyWide {
		word = latencyKinds[k].word
		m.canvas.textRight(a.x, a.y, a.w-1-medianWidth, fmt.Sprint(n), th.text)
	}
	m.canvas.text(a.x, a.y, a.w, word, m.latencyStyle(k))
	if n > 0 {
		m.canvas.textRight(a.x, a.y, a.w, median, th.dim)
	} else if a.w < latencyWide {
		m.canvas.textRight(a.x, a.y, a.w, "0", th.dim)
	}
}

// drawMedians says in words what there is no room to draw.
func (m *Model) drawMedians(a area, l *model.Latencies) {
	row := 0
	for k := range l {
		kind := model.FaultKind(k)
		n := l.Count(kind)
		if n == 0 || row >= a.h {
			continue
		}
		m.drawLatencyWords(a.row(row), kind, n, medianOf(l, kind))
		row++
	}
}

// drawHump draws one row of the histogram, so many rows high from base up. Its tallest column
// fills it: the heights of two rows are not to be compared, their places are.
func (m *Model) drawHump(ax timeAxis, base, rows int, of *[model.LatencyBuckets]int64, st style) {
	th := m.theme
	var most int64
	for col := range ax.cols {
		most = max(most, ax.sum(of, col))
	}
	steps := len(th.levels)
	top := steps*rows + rows - 1 // an eighth is left free over the tallest
	full := '█'
	if th.ascii {
		full = '#'
	}
	for col := range ax.cols {
		n := ax.sum(of, col)
		if n == 0 {
			continue
		}
		level := max(1, int(math.Sqrt(float64(n)/float64(most))*float64(top)+0.5))
		for row := 0; level > 0; row++ {
			r := full
			if level <= steps {
				r = th.levels[level-1]
			}
			m.canvas.fill(ax.left(col), base-row, ax.left(col+1)-ax.left(col), r, st)
			level -= steps + 1
		}
	}
}

// medianOf is the median of the times, as near as their classes tell it: ~1.2µs; and "" where
// there are none. Below the first class and in the last only a bound is known.
func medianOf(l *model.Latencies, k model.FaultKind) string {
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

// twoDigits is a time as exactly as a class of half an octave can tell it.
func twoDigits(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 100 {
		unit *= 10
	}
	return (d + unit/2) / unit * unit
}
