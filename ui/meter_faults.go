package ui

import (
	"fmt"
	"math"
)

// faultSet is which faults a sparkline shows.
type faultSet uint8

const (
	faultsMinor faultSet = iota
	faultsMajor
	faultsBoth // a second with a major one in a shape and hue of its own
)

func (f faultSet) of(k *faultSecond) int64 {
	switch f {
	case faultsMinor:
		return k.minor
	case faultsMajor:
		return k.major
	}
	return k.minor + k.major
}

var (
	unicodeMajorMarks = []rune("▒▓")
	asciiMajorMarks   = []rune("!!")
)

// majorMarks are how a second with major faults is drawn in a sparkline of both, from few to
// many.
func (m *Model) majorMarks() []rune {
	if m.theme.ascii {
		return asciiMajorMarks
	}
	return unicodeMajorMarks
}

// drawSpark draws a column for each of the newest seconds in which something happened, the
// newest at the right, a blank column for a pause, and returns the most faults in one of them:
// that is the height of the tallest. Heights are square roots, so that one fault beside a
// thousand is seen; a second with none is a faint line, and so is what was before the first.
func (m *Model) drawSpark(a area, f *faultHistory, set faultSet) int64 {
	first, x := f.len(), a.x+a.w
	var most int64
	for first > 0 {
		take := 1
		if first < f.len() && f.paused(first) {
			take = 2
		}
		if x-take < a.x {
			break
		}
		first--
		x -= take
		most = max(most, set.of(f.second(first)))
	}
	th := m.theme
	m.canvas.fill(a.x, a.y, x-a.x, th.levels[0], th.rule) // nothing happened before
	top := len(th.levels) - 1
	for i := first; i < f.len(); i++ {
		if i > first && f.paused(i) {
			x++
		}
		k := f.second(i)
		n := set.of(k)
		r, st := th.levels[0], th.rule
		if n > 0 {
			share := math.Sqrt(float64(n) / float64(most))
			r, st = th.levels[clamp(int(share*float64(top)+0.5), 1, top)], th.accent
			if set == faultsMajor {
				st = th.fail
			}
			if set == faultsBoth && k.major > 0 {
				marks := m.majorMarks()
				r, st = marks[min(int(share*float64(len(marks))), len(marks)-1)], th.fail
			}
		}
		m.canvas.set(x, a.y, r, st)
		x++
	}
	return most
}

// drawMeterBlock draws the meters in two rows and three columns: bars, figures, and the
// faults with a sparkline for each kind.
func (m *Model) drawMeterBlock(a area) {
	const barLeast, barMost, sparkLeast, sparkMost = 8, 28, 12, 60
	bars := [2]meter{m.rssMeter(), m.lockMeter()}
	figures := append(m.swapMeter(), m.commitMeter()...)
	s := m.proc().Stat
	digits := max(3, len(fmt.Sprint(max(s.Minor, s.Major))))
	words := len("faults ") + digits + len(" minor ")
	right := words + sparkLeast + peakWidth
	barsOf := func(level int) int {
		n := 0
		for i := range bars {
			k := &bars[i]
			w := textWidth(k.value) + textWidth(k.behind(level))
			if k.whole > 0 {
				w = max(valueWidth, textWidth(k.value)) + textWidth(k.behind(level)) + barLeast + 1
			}
			n = max(n, len("VmLck ")+w)
		}
		return n
	}
	figuresOf := func(level int) int {
		n := 0
		for i := range figures {
			if level < nothing {
				n = max(n, metersApart+figures[i].width(level))
			}
		}
		return n
	}
	barsLevel, figuresLevel, free := shortest, nothing, -1
	for _, p := range [...][2]int{{long, long}, {long, short}, {long, shortest}, {short, short}, {short, shortest},
		{short, nothing}, {shortest, nothing}} {
		barsLevel, figuresLevel = p[0], p[1]
		if free = a.w - right - metersApart - barsOf(barsLevel) - figuresOf(figuresLevel); free >= 0 {
			break
		}
	}
	free = max(free, 0)
	more := min(free/2, barMost-barLeast)
	spark := min(free-more, sparkMost-sparkLeast)
	suffix := peakWidth
	if rest := free - more - spark; rest >= explainWidth {
		suffix += explainWidth
	} else if spark >= 2*explainWidth {
		spark, suffix = spark-explainWidth, suffix+explainWidth
	}
	left := area{a.x, a.y, barsOf(barsLevel) + more, a.h}
	for i := range bars {
		m.drawBarRow(left.row(i), &bars[i], barsLevel, barLeast+more)
	}
	if figuresLevel < nothing {
		x := left.x + left.w + metersApart
		for i := range figures {
			m.drawMeter(x, a.y+i, a.x+a.w, &figures[i], figuresLevel, 0)
		}
	}
	w := words + sparkLeast + spark + suffix
	m.drawFaultRows(area{a.x + a.w - w, a.y, w, 2}, digits, suffix)
}

// drawBarRow draws a meter of which label, bar and figure stand below those of another.
func (m *Model) drawBarRow(a area, k *meter, level, bar int) {
	label := k.label
	padded := *k
	if k.whole > 0 {
		for textWidth(label) < len("VmLck") {
			label += " "
		}
	}
	padded.label = label
	m.drawMeter(a.x, a.y, a.x+a.w, &padded, level, bar)
}

// explainWidth is the width of what says how to read the sparklines.
const explainWidth = len("   gaps are pauses")

// drawFaultRows draws the faults in two rows: a figure, a sparkline and how much its tallest
// column is, in suffix columns.
func (m *Model) drawFaultRows(a area, digits, suffix int) {
	th, c := m.theme, &m.canvas
	s, f := m.proc().Stat, m.history.procs[m.view.current.proc]
	c.text(a.x, a.y, a.w, "faults", th.dim)
	x := a.x + len("faults ")
	for i, row := range [...]struct {
		set     faultSet
		count   int64
		word    string
		style   style
		explain string
	}{
		{faultsMinor, s.Minor, "minor", th.accent, "a column is 1 s"},
		{faultsMajor, s.Major, "major", th.fail, "gaps are pauses"},
	} {
		y := a.y + i
		st := row.style
		if row.count == 0 {
			st = th.text
		}
		c.textRight(x, y, digits, fmt.Sprint(row.count), st)
		c.text(x+digits+1, y, len("minor"), row.word, th.dim)
		if f.len() == 0 {
			continue
		}
		at := area{x + digits + len(" minor "), y, a.w - len("faults ") - digits - len(" minor ") - suffix, 1}
		most := m.drawSpark(at, f, row.set)
		end := at.x + at.w + 1
		if most > 0 {
			c.text(end, y, peakWidth-1, "peak "+perSecond(most), th.dim)
		} else {
			c.text(end, y, peakWidth-1, "none", th.mute)
		}
		if suffix >= peakWidth+explainWidth {
			c.text(end+peakWidth+2, y, len(row.explain), row.explain, th.mute)
		}
	}
}
