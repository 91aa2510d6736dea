package panel

import (
	"fmt"

	"incore/ui/canvas"
)

// meterBlock is how two rows of meters are filled, in three columns: bars below each other,
// figures, and the faults with a sparkline for each kind.
type meterBlock struct {
	bars    [2]Meter
	figures []Meter
	// The words behind both, and how wide the first and the last column are at least.
	barsLevel, figuresLevel int
	left, right             int
	digits                  int // of the faults
}

const (
	barLeast, barMost     = 8, 28
	sparkLeast, sparkMost = 12, 60
)

// drawMeterBlock draws the meters in two rows.
func (pn *Meters) drawMeterBlock(a canvas.Area) {
	b := meterBlock{bars: [2]Meter{pn.rssMeter(), pn.LockMeter()}, figures: append(append(pn.pssMeter(), pn.swapMeter()...), pn.commitMeter()...)}
	for len(b.figures) > a.H {
		b.figures = fewer(b.figures)
	}
	s := pn.Proc().Stat
	b.digits = max(3, len(fmt.Sprint(max(s.Minor, s.Major))))
	free := b.fit(a.W)
	bar := barLeast + min(free/2, barMost-barLeast)
	free -= bar - barLeast
	spark := sparkLeast + min(free, sparkMost-sparkLeast)
	free -= spark - sparkLeast
	suffix := PeakWidth
	switch {
	case free >= explainWidth:
		suffix += explainWidth
	case spark >= sparkLeast+2*explainWidth:
		spark, suffix = spark-explainWidth, suffix+explainWidth
	}
	for i := range b.bars {
		k := &b.bars[i]
		for k.whole > 0 && len(k.label) < len("VmLck") {
			k.label += " " // so that the bars stand below each other
		}
		pn.drawMeter(a.X, a.Y+i, a.X+a.W, k, b.barsLevel, bar)
	}
	x := a.X + b.left + bar - barLeast + metersApart
	for i := range b.figures {
		pn.drawMeter(x, a.Y+i, a.X+a.W, &b.figures[i], b.figuresLevel, 0)
	}
	w := b.right - sparkLeast - PeakWidth + spark + suffix
	pn.drawFaultRows(canvas.Area{X: a.X + a.W - w, Y: a.Y, W: w, H: 2}, b.digits, suffix)
}

// fit chooses the longest words for which there is room in so many columns, and the figures
// beside them, and returns what is left. A figure that is easily spared goes before the words
// of the bars do: without these a tick in one would be unexplained.
func (b *meterBlock) fit(w int) (free int) {
	b.right = len("faults ") + b.digits + len(" minor ") + sparkLeast + PeakWidth
	for {
		for _, level := range [...][2]int{{wordsLong, wordsLong}, {wordsLong, wordsShort}, {wordsLong, wordsLeast},
			{wordsShort, wordsShort}, {wordsShort, wordsLeast}, {wordsLeast, wordsLeast}} {
			b.barsLevel, b.figuresLevel = level[0], level[1]
			if b.barsLevel == wordsLeast && mostSpare(b.figures) >= spareBeforeSpark {
				break
			}
			free = w - b.needs()
			if len(b.figures) > 0 && free < [...]int{wordsLong: 30, wordsShort: 12, wordsLeast: 0}[b.figuresLevel] {
				continue // bars and sparklines are worth more than long words
			}
			if free >= 0 {
				return free
			}
		}
		if len(b.figures) == 0 {
			return 0
		}
		b.figures = fewer(b.figures)
	}
}

// needs returns how many columns the block takes at least.
func (b *meterBlock) needs() int {
	b.left = 0
	for i := range b.bars {
		k := &b.bars[i]
		n := k.width(b.barsLevel, barLeast)
		if k.hasBar(b.barsLevel) {
			n += len("VmLck") - len(k.label) + barLeast + 1
		}
		b.left = max(b.left, n)
	}
	middle := 0
	for i := range b.figures {
		middle = max(middle, metersApart+b.figures[i].width(b.figuresLevel, 0))
	}
	return b.left + middle + metersApart + b.right
}

// explainWidth is the width of what says how to read the sparklines.
const explainWidth = len("   gaps are pauses")

// drawFaultRows draws the faults in two rows: a figure, a sparkline and how much its tallest
// column is, in suffix columns.
func (pn *Meters) drawFaultRows(a canvas.Area, digits, suffix int) {
	th, c := pn.Look, &pn.Canvas
	s, f := pn.Proc().Stat, pn.History.Procs[pn.Focus.Current.Proc]
	c.Text(a.X, a.Y, a.W, "faults", th.Dim)
	x := a.X + len("faults ")
	words := len("faults ") + digits + len(" minor ")
	for i, row := range [...]struct {
		set     FaultSet
		count   int64
		word    string
		style   canvas.Style
		explain string
	}{
		{FaultsMinor, s.Minor, "minor", th.Accent, "a column is 1 s"},
		{FaultsMajor, s.Major, "major", th.Fail, "gaps are pauses"},
	} {
		y := a.Y + i
		st := row.style
		if row.count == 0 {
			st = th.Text
		}
		c.TextRight(x, y, digits, fmt.Sprint(row.count), st)
		c.Text(x+digits+1, y, len("minor"), row.word, th.Dim)
		at := canvas.Area{X: a.X + words, Y: y, W: a.W - words - suffix, H: 1}
		most := pn.DrawSpark(at, f, row.set)
		end := at.X + at.W + 1
		pn.drawPeak(end, y, most)
		if suffix >= PeakWidth+explainWidth {
			c.Text(end+PeakWidth+2, y, len(row.explain), row.explain, th.Mute)
		}
	}
}
