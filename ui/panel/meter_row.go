package panel

import (
	"fmt"

	"incore/ui/canvas"
)

// Meter is one figure of the process, with a bar if whole is known. What stands behind the figure comes in
// three lengths.
type Meter struct {
	label, value      string
	more, less, least string
	part, whole       int64 // bytes
	soft              int64 // bytes: a tick within the bar, or 0
	style             canvas.Style
	hot               bool // it nears its limit
	bare              bool // the bar stands beside the shortest words too
	mark              rune // that it has in a sparkline, or 0
	near              bool // it belongs to the meter before it
	spare             int  // how easily it goes where there is no room: 0 is last
}

// The lengths of the words behind a figure.
const (
	wordsLong = iota
	wordsShort
	wordsLeast
)

func (k *Meter) behind(level int) string { return [...]string{k.more, k.less, k.least}[level] }

// hasBar reports whether a bar belongs to the figure with so many words behind it.
func (k *Meter) hasBar(level int) bool { return k.whole > 0 && (level < wordsLeast || k.bare) }

// valueWidth is room for any amount of memory, so that a bar does not move as the amount grows.
const valueWidth = 5

// padded reports whether the figure has room to grow: where there are no bars there is none for
// that either.
func (k *Meter) padded(bar int) bool { return bar > 0 && k.whole > 0 }

// width returns how wide the meter is without its bar, beside bars of so many columns.
func (k *Meter) width(level, bar int) int {
	n := canvas.Width(k.value)
	if k.padded(bar) {
		n = max(n, valueWidth)
	}
	n += canvas.Width(k.behind(level))
	if k.label != "" {
		n += canvas.Width(k.label) + 1
	}
	return n
}

// How easily a meter goes.
const (
	spareBeforeFigures = 1 + iota
	spareBeforeSpark
)

// metersApart is how many columns are between two meters of a row.
const metersApart = 3

// apart returns how many columns are before the meter.
func (k *Meter) apart() int {
	if k.near {
		return metersApart - 1
	}
	return metersApart
}

// rowPlan is a way to fill a row: words of a length, bars and a sparkline at least so wide.
type rowPlan struct {
	level, bar, spark int
	peak              bool
}

var rowPlans = [...]rowPlan{
	{wordsLong, 8, 16, true}, {wordsShort, 8, 16, true}, {wordsShort, 6, 10, true}, {wordsLeast, 6, 10, true},
	{wordsLeast, 6, 8, false}, {wordsLeast, 4, 8, false}, {wordsLeast, 6, 0, false}, {wordsLeast, 0, 0, false},
}

// PeakWidth is the columns of " peak 9999/s".
const PeakWidth = 12

// needs returns how many columns a plan takes for these meters, and how many bars share what is left.
func (p rowPlan) needs(all []Meter) (n, bars int) {
	for i := range all {
		k := &all[i]
		if i > 0 {
			n += k.apart()
		}
		n += k.width(p.level, p.bar)
		if p.bar > 0 && k.hasBar(p.level) {
			n += p.bar + 1
			bars++
		}
		if p.spark > 0 && k.mark != 0 {
			n += 2
		}
	}
	if p.spark > 0 {
		n += 1 + p.spark
	}
	if p.peak {
		n += PeakWidth
	}
	return n, bars
}

// fitRow chooses how to fill a row of w columns, and with which of the meters: first with fewer
// words behind the figures, then without the meters that are easily spared, then without
// sparkline and bars, at last without more of the meters.
func fitRow(w int, all []Meter, spark bool) (rowPlan, []Meter) {
	for {
		for _, p := range rowPlans {
			if !spark {
				p.spark, p.peak = 0, false
			} else if p.spark == 0 && mostSpare(all) >= spareBeforeSpark {
				break
			}
			if n, _ := p.needs(all); n <= w {
				return p, all
			}
		}
		if len(all) <= 1 {
			return rowPlan{level: wordsLeast}, all
		}
		all = fewer(all)
	}
}

// mostSpare returns how easily that of the meters goes that goes most easily.
func mostSpare(all []Meter) (spare int) {
	for i := range all {
		spare = max(spare, all[i].spare)
	}
	return spare
}

// fewer returns the meters without the one that goes most easily, and of those the last.
func fewer(all []Meter) []Meter {
	spare := mostSpare(all)
	for i := len(all) - 1; ; i-- {
		if all[i].spare == spare {
			return append(all[:i], all[i+1:]...)
		}
	}
}

// drawMeterRow fits the meters into one row, and with spark a sparkline of faults behind them.
// What room is left goes to bars and sparkline.
func (pn *Meters) drawMeterRow(a canvas.Area, all []Meter, spark bool) {
	const barMost, sparkMost = 20, 48
	plan, all := fitRow(a.W, all, spark)
	n, bars := plan.needs(all)
	if bars > 0 {
		plan.bar += canvas.Clamp((a.W-n)/(2*bars), 0, barMost-plan.bar)
		n, _ = plan.needs(all)
	}
	if plan.spark > 0 {
		plan.spark += canvas.Clamp(a.W-n, 0, sparkMost-plan.spark)
	}
	x := a.X
	for i := range all {
		k := &all[i]
		if i > 0 {
			x += k.apart()
		}
		if plan.spark > 0 && k.mark != 0 {
			pn.Canvas.Set(x, a.Y, k.mark, k.style)
			x += 2
		}
		x = pn.drawMeter(x, a.Y, a.X+a.W, k, plan.level, plan.bar)
	}
	if plan.spark == 0 {
		return
	}
	at := canvas.Area{X: a.X + a.W - plan.spark, Y: a.Y, W: plan.spark, H: 1}
	if plan.peak {
		at.X -= PeakWidth
	}
	peak := pn.DrawSpark(at, pn.History.Procs[pn.Focus.Current.Proc], FaultsBoth)
	if plan.peak {
		pn.drawPeak(at.X+at.W+1, a.Y, peak)
	}
}

// drawMeter draws one meter with a bar of so many columns and returns where it ends.
func (pn *Meters) drawMeter(x, y, end int, k *Meter, level, bar int) int {
	th, c := pn.Look, &pn.Canvas
	if k.label != "" {
		x += c.Text(x, y, end-x, k.label, th.Dim) + 1
	}
	st := k.style
	if k.whole > 0 && !k.hot || k.label == "VmLck" && !k.hot {
		st = th.Text
	}
	pad := 0
	if k.padded(bar) {
		pad = max(0, valueWidth-canvas.Width(k.value))
	}
	if bar > 0 && k.hasBar(level) {
		pn.DrawBar(x, y, bar, k)
		x += bar + 1 + pad
		pad = 0
	}
	x += c.Text(x, y, end-x, k.value, st)
	behind := th.Dim
	if k.hot {
		behind = k.style
	}
	return x + c.Text(x, y, end-x, k.behind(level), behind) + pad
}

// drawPeak says how much the tallest column of a sparkline is.
func (pn *Meters) drawPeak(x, y int, faults int64) {
	if faults == 0 {
		pn.Canvas.Text(x, y, PeakWidth-1, "none", pn.Look.Mute)
		return
	}
	pn.Canvas.Text(x, y, PeakWidth-1, "peak "+PerSecond(faults), pn.Look.Dim)
}

// PerSecond returns a rate in at most six columns: 812/s, 12k/s, 1.2M/s.
func PerSecond(n int64) string {
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
