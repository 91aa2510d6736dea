package ui

import "fmt"

// meter is one figure of the process, with a bar where whole is known. What stands behind the
// figure comes in three lengths.
type meter struct {
	label, value      string
	more, less, least string
	part, whole       int64 // bytes
	soft              int64 // bytes: a tick within the bar, or 0
	style             style
	hot               bool // it nears its limit
	bare              bool // the bar stands beside the shortest words too
}

// The lengths of the words behind a figure.
const (
	long = iota
	short
	shortest
	nothing // the figure itself is left out
)

func (k *meter) behind(level int) string { return [...]string{k.more, k.less, k.least}[level] }

// hasBar reports whether a bar belongs to the figure with so many words behind it.
func (k *meter) hasBar(level int) bool { return k.whole > 0 && (level < shortest || k.bare) }

// valueWidth is room for any amount of memory, so that a bar does not move as the amount grows.
const valueWidth = 5

// width is how wide the meter is without its bar.
func (k *meter) width(level int) int {
	n := textWidth(k.value)
	if k.whole > 0 {
		n = max(n, valueWidth)
	}
	n += textWidth(k.behind(level))
	if k.label != "" {
		n += textWidth(k.label) + 1
	}
	return n
}

// metersApart is how many columns are between two meters of a row.
const metersApart = 3

// rowPlan is a way to fill a row: words of a length, bars and a sparkline at least so wide.
type rowPlan struct {
	level, bar, spark int
	peak              bool
}

var rowPlans = [...]rowPlan{
	{long, 8, 16, true}, {short, 8, 16, true}, {short, 6, 10, true}, {shortest, 6, 10, true}, {shortest, 6, 10, false},
	{shortest, 6, 0, false}, {shortest, 0, 0, false},
}

// peakWidth is the width of " peak 9999/s".
const peakWidth = 12

// needs is how many columns a plan takes for these meters, and how many bars share what is left.
func (p rowPlan) needs(all []meter) (n, bars int) {
	for i := range all {
		if i > 0 {
			n += metersApart
		}
		n += all[i].width(p.level)
		if p.bar > 0 && all[i].hasBar(p.level) {
			n += p.bar + 1
			bars++
		}
	}
	if p.spark > 0 {
		n += 1 + p.spark
	}
	if p.peak {
		n += peakWidth
	}
	return n, bars
}

// drawMeterRow fits the meters into one row, and with spark a sparkline of faults behind them:
// with fewer words behind the figures, then without bars, then with fewer meters. What room is
// left goes to bars and sparkline.
func (m *Model) drawMeterRow(a area, all []meter, spark bool) {
	const barMost, sparkMost = 20, 48
	var plan rowPlan
	var n, bars int
	for {
		for _, plan = range rowPlans {
			if !spark {
				plan.spark, plan.peak = 0, false
			}
			if n, bars = plan.needs(all); n <= a.w {
				break
			}
		}
		if n <= a.w || len(all) <= 1 {
			break
		}
		all = all[:len(all)-1]
	}
	if bars > 0 {
		plan.bar += clamp((a.w-n)/(2*bars), 0, barMost-plan.bar)
		n, _ = plan.needs(all)
	}
	if plan.spark > 0 {
		plan.spark += clamp(a.w-n, 0, sparkMost-plan.spark)
	}
	x := a.x
	for i := range all {
		if i > 0 {
			x += metersApart
		}
		x = m.drawMeter(x, a.y, a.x+a.w, &all[i], plan.level, plan.bar)
	}
	f := m.history.procs[m.view.current.proc]
	if plan.spark > 0 && f.len() > 0 {
		at := area{a.x + a.w - plan.spark, a.y, plan.spark, 1}
		if plan.peak {
			at.x -= peakWidth
		}
		peak := m.drawSpark(at, f, faultsBoth)
		if plan.peak {
			m.canvas.text(at.x+at.w+1, a.y, peakWidth-1, "peak "+perSecond(peak), m.theme.dim)
		}
	}
}

// drawMeter draws one meter with a bar of so many columns and returns where it ends.
func (m *Model) drawMeter(x, y, end int, k *meter, level, bar int) int {
	th, c := m.theme, &m.canvas
	if k.label != "" {
		x += c.text(x, y, end-x, k.label, th.dim) + 1
	}
	st := k.style
	if k.whole > 0 && !k.hot || k.label == "VmLck" && !k.hot {
		st = th.text
	}
	pad := 0
	if k.whole > 0 {
		pad = max(0, valueWidth-textWidth(k.value))
	}
	if bar > 0 && k.hasBar(level) {
		m.drawBar(x, y, bar, k)
		x += bar + 1 + pad
		pad = 0
	}
	x += c.text(x, y, end-x, k.value, st)
	behind := th.dim
	if k.hot {
		behind = k.style
	}
	return x + c.text(x, y, end-x, k.behind(level), behind) + pad
}

// perSecond is a rate in at most six columns: 812/s, 12k/s, 1.2M/s.
func perSecond(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d/s", n)
	case n < 999_500:
		return fmt.Sprintf("%dk/s", (n+500)/1000)
	case n < 9_950_000:
		return fmt.Sprintf("%.1fM/s", float64(n)/1e6)
	}
	return fmt.Sprintf("%dM/s", (n+500_000)/1_000_000)
}
