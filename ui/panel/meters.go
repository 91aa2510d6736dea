package panel

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Meters draws what the current process as a whole has.
type Meters struct {
	*scene.Scene
	Area    canvas.Area // the cells that it draws in
	History *History    // whose faults the sparkline shows
}

// Draw draws the meters in one row, or in two with a sparkline each for minor and major faults.
func (pn *Meters) Draw() {
	a := pn.Area
	if a.Empty() || pn.Proc().PID == 0 {
		return
	}
	const leastForTwo = 84 // columns
	if a.H > 1 && a.W >= leastForTwo {
		pn.drawMeterBlock(a)
		return
	}
	all := slices.Concat([]Meter{pn.rssMeter()}, pn.pssMeter(), []Meter{pn.LockMeter()}, pn.swapMeter())
	if a.H > 1 {
		pn.drawMeterRow(a.Row(1), pn.commitMeter(), false)
	} else if pn.Plan.Size == scene.SizeThree {
		all = append(all, pn.commitMeter()...)
	}
	all = append(all, pn.faultMeters()...)
	pn.drawMeterRow(a.Row(0), all, true)
}

// narrowMeters is below how many columns faults are one figure. With two the locked memory would have no room.
const narrowMeters = 50

// untouchedMeters is from how many columns on one row of meters says what RSS is before the first touch, and has the faults too.
const untouchedMeters = 72

// rssMeter returns the memory of the process that is in core.
func (pn *Meters) rssMeter() Meter {
	s := pn.Proc().Stat
	k := Meter{label: "RSS", value: model.FormatBytes(s.RSS), style: pn.Look.OK, part: s.RSS, whole: s.VmSize}
	if s.VmSize > 0 {
		k.less = " of " + model.FormatBytes(s.VmSize)
		k.more = k.less + " mapped"
	}
	if pn.isUntouched() {
		k.more, k.less = ": stack and code", ": stack and code" // as long as what stands there later
		if pn.Area.W >= untouchedMeters {
			k.least = k.less
		}
	}
	return k
}

// isUntouched reports whether nothing is mapped of the regions, so that all that is in memory is what a subject has
// of its own. Where there is much it is not asked.
func (pn *Meters) isUntouched() bool {
	const most = 64
	p := pn.Proc()
	if p.Stat.RSS == 0 || p.Stat.RSS > most<<10 || p.Stat.VmSize == 0 || len(p.Regions) > most {
		return false
	}
	for _, r := range p.Regions {
		if len(r.Pages) > most || r.Pages.Count(model.Range{Lo: 0, Hi: r.Pages.Len()}, func(pg model.Page) bool {
			return pg.Has(model.Mapped) && !pg.Has(model.ZeroPage)
		}) > 0 {
			return false
		}
	}
	return true
}

// pssMeter returns the process's share of what it has in core, where others live that may have the same
// pages. RSS counts those in each.
func (pn *Meters) pssMeter() []Meter {
	n := pn.Proc().Stat.Pss
	if n == 0 {
		return nil
	}
	return []Meter{{label: "Pss", spare: spareBeforeFigures, value: model.FormatBytes(n), style: pn.Look.Text,
		more: ", RSS with shared pages divided", less: ", shared pages divided"}}
}

// faultMeters returns the faults since the process began: minor ones, and major ones with the
// mark that they have in a sparkline of both.
func (pn *Meters) faultMeters() []Meter {
	s := pn.Proc().Stat
	if pn.Area.W < narrowMeters {
		return []Meter{{label: "faults", value: fmt.Sprint(s.Minor + s.Major), style: pn.Look.Accent, near: true}}
	}
	major := Meter{value: fmt.Sprint(s.Major), more: " major", less: " major", least: " major", style: pn.Look.Text, near: true}
	if s.Major > 0 {
		major.mark, major.style = pn.majorMarks()[0], pn.Look.Fail
	}
	return []Meter{
		{label: "faults", value: fmt.Sprint(s.Minor), more: " minor", less: " minor", least: " minor", style: pn.Look.Accent},
		major,
	}
}

// swapMeter returns what of the process is swapped out, where it can be.
func (pn *Meters) swapMeter() []Meter {
	n := pn.Proc().Stat.Swap
	switch {
	case n > 0:
		return []Meter{{label: "swap", spare: spareBeforeFigures, value: model.FormatBytes(n), style: canvas.Style{FG: pn.Look.Kinds[look.Swapped]}}}
	case pn.State.System.SwapTotal > 0:
		return []Meter{{label: "swap", spare: spareBeforeSpark, value: "0", style: pn.Look.Text}}
	}
	return nil
}

// commitMeter returns what the whole machine has promised of its memory, where that was read. The
// limit binds in mode 2 alone (Documentation/mm/overcommit-accounting.rst).
func (pn *Meters) commitMeter() []Meter {
	s := pn.State.System
	if s.CommitLimit == 0 {
		return nil
	}
	k := Meter{label: "system committed", spare: spareBeforeSpark, value: model.FormatBytes(s.Committed), style: pn.Look.Text}
	limit := model.FormatBytes(s.CommitLimit)
	k.least = " of " + limit
	k.less = k.least
	k.more = fmt.Sprintf(" of %s, overcommit mode %d", limit, s.Overcommit)
	if s.Overcommit != 2 {
		k.more = fmt.Sprintf(", overcommit mode %d (limit %s: mode 2 only)", s.Overcommit, limit)
		k.less, k.least = "", ""
	}
	return []Meter{k}
}
