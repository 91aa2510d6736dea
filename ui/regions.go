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
func (s *scene) relist() {
	s.list = s.list[:0]
	for i := range s.state.Procs {
		if s.several() {
			s.list = append(s.list, listRow{i, -1})
		}
		for k := range s.state.Procs[i].Regions {
			s.list = append(s.list, listRow{i, k})
		}
	}
}

// placeOf is the region of a line.
func (s *scene) placeOf(row listRow) place {
	p := &s.state.Procs[row.proc]
	return place{p.Name, p.Regions[row.region].Name}
}

// listIndex is the line of the current region, or of its process where that has none.
func (s *scene) listIndex() int {
	at := 0
	for i := range s.state.Procs {
		p, head := &s.state.Procs[i], 0
		if s.several() {
			head = 1
		}
		if p.Name != s.view.current.proc {
			at += head + len(p.Regions)
			continue
		}
		if s.view.current.region != "" {
			at += head + s.view.index
		}
		return at
	}
	return 0
}

// regionPanel lists the regions of all processes.
type regionPanel struct {
	*scene
	area canvas.Area
}

// firstListed is the first line of the list when it has room for n: the current one is in
// the middle, and the heading of its process on the screen where both fit.
func (pn *regionPanel) firstListed(n int) int {
	at := pn.listIndex()
	first := max(0, min(at-n/2, len(pn.list)-n))
	if head := at - 1 - pn.view.index; pn.several() && head >= 0 && at-head < n {
		first = min(first, head)
	}
	return first
}

// draw lists the processes, where there are several, and their regions, each with
// a strip of what it holds.
func (pn *regionPanel) draw() {
	a, th, c := pn.area, pn.look, &pn.canvas
	if a.Empty() {
		return
	}
	right := fmt.Sprint(len(pn.list))
	if n := len(pn.state.Procs); n > 1 {
		right = fmt.Sprintf("%d processes", n)
		if canvas.Width("REGIONS")+3+len(right) > a.W {
			right = fmt.Sprint(n)
		}
	}
	_, list := a.CutTop(1)
	first := pn.firstListed(list.H)
	if more := pn.moreListed(first, list.H); more != "" {
		right = canvas.Join("  ", right, more)
		if canvas.Width("REGIONS")+3+canvas.Width(right) > a.W {
			right = more
		}
	}
	th.DrawHeading(c, a.Row(0), "REGIONS", right)
	nameW := pn.listedNames(a.W)
	for i := 0; i < list.H && first+i < len(pn.list); i++ {
		row, y := pn.list[first+i], list.Y+i
		if row.region < 0 {
			pn.drawListedProcess(&pn.state.Procs[row.proc], list.Row(i))
			continue
		}
		at := pn.placeOf(row)
		p, r := pn.regionAt(at)
		x, st := a.X, th.Text
		switch {
		case at == pn.view.current:
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
		for j, k := range pn.tallyOf(at, r, stripWidth(a.W, nameW)).strip {
			c.Set(x+j, y, k.Rune, k.Style)
		}
	}
}

// listedNames is how wide the names of the regions are in a list of w columns.
func (pn *regionPanel) listedNames(w int) int {
	n := 4
	for _, l := range pn.listSizes() {
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
func (pn *regionPanel) seeStrips(s *look.Seen) {
	a, ln := pn.area, pn.view.lens
	if a.H < 2 {
		return
	}
	first, w := pn.firstListed(a.H-1), stripWidth(a.W, pn.listedNames(a.W))
	for i := first; i < min(len(pn.list), first+a.H-1); i++ {
		if pn.list[i].region < 0 {
			continue
		}
		at := pn.placeOf(pn.list[i])
		_, r := pn.regionAt(at)
		shown := pn.tallyOf(at, r, w).shown
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
func (pn *regionPanel) moreListed(first, n int) string {
	count := func(rows []listRow) (k int) {
		for _, row := range rows {
			if row.region >= 0 {
				k++
			}
		}
		return k
	}
	above, below := count(pn.list[:first]), count(pn.list[min(first+n, len(pn.list)):])
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
func (pn *regionPanel) drawListedProcess(p *model.Process, a canvas.Area) {
	th, c := pn.look, &pn.canvas
	st := th.Text
	if p.Name == pn.view.current.proc {
		st = th.Accent.Bold()
		if pn.view.current.region == "" {
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
