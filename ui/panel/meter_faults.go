package panel

import (
	"math"

	"incore/ui/canvas"
)

// FaultSet says which faults a sparkline shows.
type FaultSet uint8

const (
	// FaultsMinor shows minor faults alone.
	FaultsMinor FaultSet = iota
	// FaultsMajor shows major faults alone.
	FaultsMajor
	FaultsBoth // a second with a major one in a shape and hue of its own
)

// of returns the faults of a second that are in the set.
func (f FaultSet) of(k *FaultSecond) int64 {
	switch f {
	case FaultsMinor:
		return k.Minor
	case FaultsMajor:
		return k.Major
	}
	return k.Minor + k.Major
}

var (
	unicodeMajorMarks = []rune("▒▓")
	asciiMajorMarks   = []rune("!!")
)

// majorMarks returns how a second with major faults is drawn in a sparkline of both, from few to
// many.
func (pn *Meters) majorMarks() []rune {
	if pn.Look.ASCII {
		return asciiMajorMarks
	}
	return unicodeMajorMarks
}

// DrawSpark draws a column for each of the newest seconds in which something happened, the newest at the right,
// and a blank column for a pause. It returns the most faults in one of them, which is the height of the tallest
// column. Heights are square roots, so that one fault beside a thousand is seen. A second without a fault is a
// faint line, and so is what was before the first.
func (pn *Meters) DrawSpark(a canvas.Area, f *FaultHistory, set FaultSet) int64 {
	first, x := f.len(), a.X+a.W
	var most int64
	for first > 0 {
		take := 1
		if first < f.len() && f.paused(first) {
			take = 2
		}
		if x-take < a.X {
			break
		}
		first--
		x -= take
		most = max(most, set.of(f.second(first)))
	}
	th := pn.Look
	pn.Canvas.Fill(a.X, a.Y, x-a.X, th.Levels[0], th.Rule) // nothing happened before
	top := len(th.Levels) - 1
	for i := first; i < f.len(); i++ {
		if i > first && f.paused(i) {
			x++
		}
		k := f.second(i)
		n := set.of(k)
		r, st := th.Levels[0], th.Rule
		if n > 0 {
			share := math.Sqrt(float64(n) / float64(most))
			r, st = th.Levels[canvas.Clamp(int(share*float64(top)+0.5), 1, top)], th.Accent
			if set == FaultsMajor {
				st = th.Fail
			}
			if set == FaultsBoth && k.Major > 0 {
				marks := pn.majorMarks()
				r, st = marks[min(int(share*float64(len(marks))), len(marks)-1)], th.Fail
			}
		}
		pn.Canvas.Set(x, a.Y, r, st)
		x++
	}
	return most
}
