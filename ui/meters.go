package ui

import (
	"fmt"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// drawMeters draws what the current process as a whole has, and the faults it took: in one
// row, or in two with a sparkline each for minor and major faults.
func (m *Model) drawMeters() {
	a := m.lay.meters
	if a.Empty() || m.proc().PID == 0 {
		return
	}
	const leastForTwo = 84 // columns
	if a.H > 1 && a.W >= leastForTwo {
		m.drawMeterBlock(a)
		return
	}
	all := append([]meter{m.rssMeter(), m.lockMeter()}, m.swapMeter()...)
	if a.H > 1 {
		m.drawMeterRow(a.Row(1), m.commitMeter(), false)
	} else if m.lay.size == sizeThree {
		all = append(all, m.commitMeter()...)
	}
	all = append(all, m.faultMeters()...)
	m.drawMeterRow(a.Row(0), all, true)
}

// rssMeter is the memory of the process that is in core.
func (m *Model) rssMeter() meter {
	s := m.proc().Stat
	k := meter{label: "RSS", value: model.FormatBytes(s.RSS), style: m.theme.OK, part: s.RSS, whole: s.VmSize}
	if s.VmSize > 0 {
		k.less = " of " + model.FormatBytes(s.VmSize)
		k.more = k.less + " mapped"
	}
	return k
}

// faultMeters are the faults since the process began: minor ones, and major ones with the
// mark that they have in a sparkline of both.
func (m *Model) faultMeters() []meter {
	s := m.proc().Stat
	major := meter{value: fmt.Sprint(s.Major), more: " major", less: " major", least: " major", style: m.theme.Text, near: true}
	if s.Major > 0 {
		major.mark, major.style = m.majorMarks()[0], m.theme.Fail
	}
	return []meter{
		{label: "faults", value: fmt.Sprint(s.Minor), more: " minor", less: " minor", least: " minor", style: m.theme.Accent},
		major,
	}
}

// swapMeter is what of the process is swapped out, where it can be.
func (m *Model) swapMeter() []meter {
	n := m.proc().Stat.Swap
	switch {
	case n > 0:
		return []meter{{label: "swap", spare: spareBeforeFigures, value: model.FormatBytes(n), style: canvas.Style{FG: m.theme.Kinds[look.Swapped]}}}
	case m.state.System.SwapTotal > 0:
		return []meter{{label: "swap", spare: spareBeforeSpark, value: "0", style: m.theme.Text}}
	}
	return nil
}

// commitMeter is what the whole machine has promised of its memory, where that was read. The
// limit binds in mode 2 alone (Documentation/mm/overcommit-accounting.rst).
func (m *Model) commitMeter() []meter {
	s := m.state.System
	if s.CommitLimit == 0 {
		return nil
	}
	k := meter{label: "system committed", spare: spareBeforeSpark, value: model.FormatBytes(s.Committed), style: m.theme.Text}
	limit := model.FormatBytes(s.CommitLimit)
	k.least = " of " + limit
	k.less = k.least
	k.more = fmt.Sprintf(" of %s, overcommit mode %d", limit, s.Overcommit)
	if s.Overcommit != 2 {
		k.more = fmt.Sprintf(", overcommit mode %d (limit %s: mode 2 only)", s.Overcommit, limit)
		k.less, k.least = "", ""
	}
	return []meter{k}
}
