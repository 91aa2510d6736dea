package ui

import (
	"fmt"

	"incore/model"
)

// drawMeters draws what the current process as a whole has, and the faults it took.
func (m *Model) drawMeters() {
	a := m.lay.meters
	if a.empty() || m.proc().PID == 0 {
		return
	}
	s, lim := m.proc().Stat, m.proc().Limits
	rss := meter{label: "RSS", value: model.FormatBytes(s.RSS), style: m.theme.ok, part: s.RSS, whole: s.VmSize}
	if s.VmSize > 0 {
		rss.less = " of " + model.FormatBytes(s.VmSize)
		rss.more = rss.less + " mapped"
	}
	lock := meter{label: "VmLck", value: model.FormatBytes(s.VmLck), style: m.theme.gold, part: s.VmLck, whole: lim.MemlockSoft}
	switch {
	case lim.IPCLock:
		lock.whole = 0
		lock.less, lock.more = " no limit", " no limit (CAP_IPC_LOCK)"
	case lim.MemlockSoft == model.Unlimited:
		lock.whole = 0
		lock.less, lock.more = " no limit", " of unlimited"
	default:
		lock.more = " of " + model.FormatBytes(lim.MemlockSoft)
		lock.less = lock.more
	}
	major := m.theme.text
	if s.Major > 0 {
		major = m.theme.fail
	}
	all := []meter{rss, lock,
		{label: "faults", value: fmt.Sprint(s.Minor), more: " minor", less: " minor", least: " minor", style: m.theme.accent},
		{value: fmt.Sprint(s.Major), more: " major", less: " major", least: " major", style: major}}
	if s.Swap > 0 {
		all = append(all, meter{label: "swap", value: model.FormatBytes(s.Swap), style: style{fg: m.theme.kinds[kindSwapped]}})
	}
	if m.lay.size == sizeThree {
		all = append(all, m.commitMeter()...)
	}
	m.drawMeterRow(a.row(0), all)
	if a.h > 1 {
		m.drawMeterRow(a.row(1), m.commitMeters())
	}
}

// commitMeters are what the whole machine has promised of its memory, one by one. The limit
// binds in mode 2 alone (Documentation/mm/overcommit-accounting.rst).
func (m *Model) commitMeters() []meter {
	s, th := m.state.System, m.theme
	limit := meter{label: "limit", value: model.FormatBytes(s.CommitLimit), style: th.text}
	if s.Overcommit != 2 {
		limit.more, limit.less = " (binds in mode 2 only)", " (mode 2 only)"
	}
	names := map[int]string{0: " (heuristic)", 1: " (always)", 2: " (strict)"}
	return []meter{{label: "system committed", value: model.FormatBytes(s.Committed), style: th.text}, limit,
		{label: "overcommit mode", value: fmt.Sprint(s.Overcommit), more: names[s.Overcommit], style: th.text}}
}

// commitMeter is the same in one, where that was read.
func (m *Model) commitMeter() []meter {
	s := m.state.System
	if s.CommitLimit == 0 {
		return nil
	}
	k := meter{label: "committed", value: model.FormatBytes(s.Committed), style: m.theme.text}
	limit := model.FormatBytes(s.CommitLimit)
	k.less = fmt.Sprintf(" of %s, mode %d", limit, s.Overcommit)
	k.more, k.least = k.less, k.less
	if s.Overcommit != 2 {
		k.more = fmt.Sprintf(", mode %d (limit %s: mode 2 only)", s.Overcommit, limit)
		k.less = fmt.Sprintf(", mode %d (%s: mode 2)", s.Overcommit, limit)
		k.least = fmt.Sprintf(", mode %d", s.Overcommit)
	}
	return []meter{k}
}

// meter is one figure of the meter row, with a bar where whole is known. What
// stands behind the figure comes in three lengths.
type meter struct {
	label, value      string
	more, less, least string
	part, whole       int64
	style             style
}

// behind is the words behind the figure, the shorter the higher the level.
func (k *meter) behind(level int) string { return [...]string{k.more, k.less, k.least}[level] }

func (k *meter) width(level int) int {
	n := textWidth(k.value) + textWidth(k.behind(level))
	if k.label != "" {
		n += textWidth(k.label) + 1
	}
	return n
}

// drawMeterRow fits the meters into the row: with fewer words behind the figures,
// then with fewer meters. What room is left goes to the bars.
func (m *Model) drawMeterRow(a area, all []meter) {
	th, c := m.theme, &m.canvas
	const apart = 3
	total := func(level int) (n, bars int) {
		for i := range all {
			n += all[i].width(level)
			if i > 0 {
				n += apart
			}
			if all[i].whole > 0 {
				bars++
			}
		}
		return n, bars
	}
	level := 0
	n, bars := total(level)
	for n > a.w && level < 2 {
		level++
		n, bars = total(level)
	}
	for n > a.w && len(all) > 1 {
		all = all[:len(all)-1]
		n, bars = total(level)
	}
	bar := 0
	if bars > 0 {
		bar = min(20, (a.w-n)/bars-1)
	}
	if bar < 4 {
		bar = 0
	}
	x := a.x
	for i, k := range all {
		if i > 0 {
			x += apart
		}
		if k.label != "" {
			x += c.text(x, a.y, a.x+a.w-x, k.label, th.dim) + 1
		}
		if k.whole > 0 && bar > 0 {
			m.drawBar(x, a.y, bar, k)
			x += bar + 1
		}
		st := th.text
		if k.whole == 0 && k.part == 0 && k.label != "VmLck" {
			st = k.style
		}
		x += c.text(x, a.y, a.x+a.w-x, k.value, st)
		x += c.text(x, a.y, a.x+a.w-x, k.behind(level), th.dim)
	}
	m.drawFaultHistory(area{x + apart, a.y, a.x + a.w - x - apart, 1})
}

func (m *Model) drawBar(x, y, w int, k meter) {
	full := 0
	if k.part > 0 {
		full = clamp(int(float64(k.part)/float64(k.whole)*float64(w)+0.5), 1, w)
	}
	for i := range w {
		if i < full {
			m.canvas.set(x+i, y, m.theme.barFull, k.style)
		} else {
			m.canvas.set(x+i, y, m.theme.barEmpty, m.theme.rule)
		}
	}
}

// drawFaultHistory is a sparkline of the faults of each of the last calls, the
// newest at the right: heights are logarithmic, major faults stand out.
func (m *Model) drawFaultHistory(a area) {
	const label = "per call "
	w := min(a.w-len(label), 40)
	if w < 8 {
		return
	}
	var calls []*model.Event
	for i := len(m.state.Events) - 1; i >= 0 && len(calls) < w; i-- {
		if e := &m.state.Events[i]; e.Call != "" && e.Proc == m.view.current.proc {
			calls = append(calls, e)
		}
	}
	if len(calls) == 0 {
		return
	}
	x := a.x + m.canvas.text(a.x, a.y, a.w, label, m.theme.mute)
	for i, e := range calls {
		n := e.Minor + e.Major
		level, st := 0, m.theme.accent
		for v := n; v > 0 && level < 6; v /= 4 {
			level++
		}
		r := m.theme.levels[level]
		switch {
		case n == 0:
			r, st = m.theme.levels[0], m.theme.rule
		case e.Major > 0:
			st = m.theme.fail
		}
		m.canvas.set(x+len(calls)-1-i, a.y, r, st)
	}
}
