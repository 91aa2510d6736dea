package ui

import (
	"fmt"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// listRow is a line of the regions panel: a region, or the heading of a process.
type listRow struct {
	proc   int // index in the state
	region int // index in the process; -1 is its heading
}

// relist makes the lines of the panel anew: the regions of every process, below a
// heading where there are several.
func (m *Model) relist() {
	m.list = m.list[:0]
	for i := range m.state.Procs {
		if m.several() {
			m.list = append(m.list, listRow{i, -1})
		}
		for k := range m.state.Procs[i].Regions {
			m.list = append(m.list, listRow{i, k})
		}
	}
}

// placeOf is the region of a line.
func (m *Model) placeOf(row listRow) place {
	p := &m.state.Procs[row.proc]
	return place{p.Name, p.Regions[row.region].Name}
}

// listIndex is the line of the current region, or of its process where that has none.
func (m *Model) listIndex() int {
	at := 0
	for i := range m.state.Procs {
		p, head := &m.state.Procs[i], 0
		if m.several() {
			head = 1
		}
		if p.Name != m.view.current.proc {
			at += head + len(p.Regions)
			continue
		}
		if m.view.current.region != "" {
			at += head + m.view.index
		}
		return at
	}
	return 0
}

// firstListed is the first line of the list when it has room for n: the current one is in
// the middle, and the heading of its process on the screen where both fit.
func (m *Model) firstListed(n int) int {
	at := m.listIndex()
	first := max(0, min(at-n/2, len(m.list)-n))
	if head := at - 1 - m.view.index; m.several() && head >= 0 && at-head < n {
		first = min(first, head)
	}
	return first
}

// drawRegions lists the processes, where there are several, and their regions, each with
// a strip of what it holds.
func (m *Model) drawRegions() {
	a, th, c := m.lay.regions, m.theme, &m.canvas
	if a.Empty() {
		return
	}
	right := fmt.Sprint(len(m.list))
	if n := len(m.state.Procs); n > 1 {
		right = fmt.Sprintf("%d processes", n)
		if canvas.Width("REGIONS")+3+len(right) > a.W {
			right = fmt.Sprint(n)
		}
	}
	_, list := a.CutTop(1)
	first := m.firstListed(list.H)
	if more := m.moreListed(first, list.H); more != "" {
		right = canvas.Join("  ", right, more)
		if canvas.Width("REGIONS")+3+canvas.Width(right) > a.W {
			right = more
		}
	}
	th.DrawHeading(c, a.Row(0), "REGIONS", right)
	nameW := m.listedNames(a.W)
	for i := 0; i < list.H && first+i < len(m.list); i++ {
		row, y := m.list[first+i], list.Y+i
		if row.region < 0 {
			m.drawListedProcess(&m.state.Procs[row.proc], list.Row(i))
			continue
		}
		at := m.placeOf(row)
		p, r := m.regionAt(at)
		x, st := a.X, th.Text
		switch {
		case at == m.view.current:
			c.Set(x, y, th.Marker, th.Accent)
			st = th.Heading
		case p.Death != nil:
			st = th.Mute
		}
		c.Text(x+2, y, nameW, r.Name, st)
		x += 2 + nameW + 1
		if a.W >= leastSized {
			c.TextRight(x, y, 6, model.FormatBytes(int64(r.Len)), th.Dim)
			x += 7
		}
		for j, k := range m.tallyOf(at, r, stripWidth(a.W, nameW)).strip {
			c.Set(x+j, y, k.Rune, k.Style)
		}
	}
}

// listedNames is how wide the names of the regions are in a list of w columns.
func (m *Model) listedNames(w int) int {
	n := 4
	for _, l := range m.listSizes() {
		n = max(n, min(l.names, w/3))
	}
	return n
}

// stripWidth is what is left for the strips in a list of w columns.
func stripWidth(w, names int) int {
	w -= 2 + names + 1
	if w+names+3 >= leastSized {
		w -= 7
	}
	return w
}

// leastSized is how wide a list of regions is at least that tells their sizes.
const leastSized = 26

// seeStrips notes for the legend what the strips of the list will show.
func (m *Model) seeStrips(s *look.Seen) {
	a, ln := m.lay.regions, m.view.lens
	if a.H < 2 {
		return
	}
	first, w := m.firstListed(a.H-1), stripWidth(a.W, m.listedNames(a.W))
	for i := first; i < min(len(m.list), first+a.H-1); i++ {
		if m.list[i].region < 0 {
			continue
		}
		at := m.placeOf(m.list[i])
		_, r := m.regionAt(at)
		shown := m.tallyOf(at, r, w).shown
		for k := range shown {
			c := shown[k]
			if ln.Bare != nil { // a strip has no marks of faults
				c.Class = ln.Bare(c.Class)
			}
			s.Column(ln, &c)
		}
	}
}

// moreListed is how many regions the list has above and below the n lines from first on.
func (m *Model) moreListed(first, n int) string {
	count := func(rows []listRow) (k int) {
		for _, row := range rows {
			if row.region >= 0 {
				k++
			}
		}
		return k
	}
	above, below := count(m.list[:first]), count(m.list[min(first+n, len(m.list)):])
	switch {
	case above > 0 && below > 0:
		return fmt.Sprintf("↑ %d ↓ %d more", above, below)
	case above > 0:
		return fmt.Sprintf("↑ %d more", above)
	case below > 0:
		return fmt.Sprintf("↓ %d more", below)
	}
	return ""
}

// drawListedProcess is the heading of a process: its name, its PID, and what it has in
// memory or how it ended.
func (m *Model) drawListedProcess(p *model.Process, a canvas.Area) {
	th, c := m.theme, &m.canvas
	st := th.Text
	if p.Name == m.view.current.proc {
		st = th.Accent.Bold()
		if m.view.current.region == "" {
			c.Set(a.X, a.Y, th.Marker, th.Accent)
		}
	}
	x, end := a.X+1, a.X+a.W
	right, rightStyle := "RSS "+model.FormatBytes(p.Stat.RSS), th.Dim
	if p.Death != nil {
		if p.Death.Signal != "" || p.Death.Code != 0 {
			rightStyle = th.Fail
		}
		right = shortDeath(p.Death)
		if long := plainDeath(p.Death); canvas.Width(p.Name)+3+canvas.Width(long) <= a.W {
			right = long
		}
	}
	x += c.Text(x, a.Y, max(4, end-x-canvas.Width(right)-1), p.Name, st) + 1
	if c.TextRight(x, a.Y, end-x, right, rightStyle) > 0 {
		end -= canvas.Width(right) + 1
	}
	if pid := fmt.Sprintf("pid %d", p.PID); x+1+canvas.Width(pid)+1 <= end {
		x += 1 + c.Text(x+1, a.Y, end-x-1, pid, th.Dim) + 1
	}
	c.Fill(x, a.Y, end-x, th.Glyphs.Rule, th.Rule)
}

// plainDeath is how a process ended, without the cause behind it.
func plainDeath(d *model.Died) string {
	k := *d
	k.Cause = ""
	return k.String()
}

// shortDeath is how a process ended in one word.
func shortDeath(d *model.Died) string {
	if d.Signal != "" {
		return d.Signal
	}
	return fmt.Sprintf("exit %d", d.Code)
}
