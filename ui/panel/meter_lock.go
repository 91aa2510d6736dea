package panel

import (
	"incore/model"
	"incore/ui/canvas"
)

// LockMeter returns the meter of the locked memory of the process against RLIMIT_MEMLOCK. It tells the hard
// limit, up to which the process may raise the soft one (getrlimit(2)), if that is another.
func (pn *Meters) LockMeter() Meter {
	lim, n := pn.Proc().Limits, pn.Proc().Stat.VmLck
	k := Meter{label: "VmLck", value: model.FormatBytes(n), style: pn.Look.Gold, part: n}
	soft, hard := lim.MemlockSoft, lim.MemlockHard
	switch {
	case lim.IPCLock:
		k.least, k.less, k.more = " no limit", " no limit (CAP_IPC_LOCK)", " no limit (CAP_IPC_LOCK)"
		return k
	case soft == model.Unlimited:
		k.least, k.less, k.more = " no limit", " of unlimited", " of unlimited"
		return k
	}
	k.whole, k.bare = soft, true
	k.least = " of " + model.FormatBytes(soft)
	k.less, k.more = k.least, k.least
	if hard == model.Unlimited || hard > soft {
		k.more += " soft, hard " + model.FormatLimit(hard)
		k.less += " (hard " + model.FormatLimit(hard) + ")"
	}
	// A hard limit that is not much higher has its place in the bar, to scale.
	const much = 4
	if hard > soft && hard <= much*soft {
		k.whole, k.soft = hard, soft
	}
	if word := Fullness(n, soft, pn.Proc().PageSize); word != "" {
		k.hot = true
		k.style = pn.Look.Fail
		k.more, k.less, k.least = k.more+", "+word, k.less+" !", k.least+" !"
	}
	return k
}

// Fullness returns words if so many locked bytes are near the limit, or "".
func Fullness(locked, limit, pageSize int64) string {
	switch {
	case locked <= 0:
		return ""
	case locked+pageSize > limit:
		return "full"
	case locked >= limit-limit/10:
		return "nearly full"
	}
	return ""
}

// barMarks are those of a bar that goes on behind a limit.
type barMarks struct{ hot, tick, beyond rune }

var (
	unicodeBarMarks = barMarks{hot: '▆', tick: '┤', beyond: '┄'}
	asciiBarMarks   = barMarks{hot: '#', tick: '|', beyond: ' '}
)

// DrawBar draws the part of the whole as a bar of w columns. A hot one has another shape, not only another hue.
// Behind the soft limit the rest up to the hard one is thinner.
func (pn *Meters) DrawBar(x, y, w int, k *Meter) {
	th := pn.Look
	marks := &unicodeBarMarks
	if th.ASCII {
		marks = &asciiBarMarks
	}
	cells := func(n int64) int { return int(float64(n)/float64(k.whole)*float64(w) + 0.5) }
	full, tick := 0, w
	if k.part > 0 {
		full = canvas.Clamp(cells(k.part), 1, w)
	}
	if k.soft > 0 {
		tick = canvas.Clamp(cells(k.soft), 1, w-1)
	}
	solid := th.BarFull
	if k.hot {
		solid = marks.hot
	}
	for i := range w {
		switch {
		case i == tick:
			pn.Canvas.Set(x+i, y, marks.tick, th.Dim)
		case i < full:
			pn.Canvas.Set(x+i, y, solid, k.style)
		case i > tick:
			pn.Canvas.Set(x+i, y, marks.beyond, th.Rule)
		default:
			pn.Canvas.Set(x+i, y, th.BarEmpty, th.Rule)
		}
	}
}
