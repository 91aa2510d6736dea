package panel

import (
	"fmt"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Regions draws the list of the regions of all processes.
type Regions struct {
	*scene.Scene
	Area canvas.Area // the cells that it draws in
}

// FirstListed returns the first line of the list if it has room for n lines. The current region is in the
// middle, and the heading of its process on the screen if both fit.
func (pn *Regions) FirstListed(n int) int {
	at := pn.ListIndex()
	first := max(0, min(at-n/2, len(pn.List)-n))
	if head := at - 1 - pn.Focus.Index; pn.Several() && head >= 0 && at-head < n {
		first = min(first, head)
	}
	return first
}

// Draw draws the regions, each with a strip of what it holds, below a heading for each process if there are
// several.
func (pn *Regions) Draw() {
	a, th, c := pn.Area, pn.Look, &pn.Canvas
	if a.Empty() {
		return
	}
	right := fmt.Sprint(len(pn.List))
	if n := len(pn.State.Procs); n > 1 {
		right = fmt.Sprintf("%d processes", n)
		if canvas.Width("REGIONS")+3+len(right) > a.W {
			right = fmt.Sprint(n)
		}
	}
	_, list := a.CutTop(1)
	first := pn.FirstListed(list.H)
	if more := pn.moreListed(first, list.H); more != "" {
		right = canvas.Join("  ", right, more)
		if canvas.Width("REGIONS")+3+canvas.Width(right) > a.W {
			right = more
		}
	}
	th.DrawHeading(c, a.Row(0), "REGIONS", right)
	nameW := pn.ListedNames(a.W)
	for i := 0; i < list.H && first+i < len(pn.List); i++ {
		row, y := pn.List[first+i], list.Y+i
		if row.Region < 0 {
			pn.drawListedProcess(&pn.State.Procs[row.Proc], pn.State.Depth(row.Proc), list.Row(i))
			continue
		}
		at := pn.PlaceOf(row)
		p, r := pn.RegionAt(at)
		x, st := a.X, th.Text
		switch {
		case at == pn.Focus.Current:
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
		for j, k := range pn.TallyOf(at, r, stripWidth(a.W, nameW)).Strip {
			c.Set(x+j, y, k.Rune, k.Style)
		}
	}
}

// ListedNames returns how many columns the names of the regions take in a list of w columns.
func (pn *Regions) ListedNames(w int) int {
	n := 4
	for _, l := range pn.ListSizes() {
		n = max(n, min(l.Names, w/3))
	}
	return n
}

// stripWidth returns what is left for the strips in a list of w columns.
func stripWidth(w, names int) int {
	w -= 2 + names + 1
	if w+names+3 >= leastSized {
		w -= 7
	}
	return w
}

// leastSized is how wide a list of regions is at least that tells their sizes.
const leastSized = 26

// SeeStrips notes for the legend what the strips of the list will show.
func (pn *Regions) SeeStrips(s *look.Seen) {
	a, ln := pn.Area, pn.Focus.Lens
	if a.H < 2 {
		return
	}
	first, w := pn.FirstListed(a.H-1), stripWidth(a.W, pn.ListedNames(a.W))
	for i := first; i < min(len(pn.List), first+a.H-1); i++ {
		if pn.List[i].Region < 0 {
			continue
		}
		at := pn.PlaceOf(pn.List[i])
		_, r := pn.RegionAt(at)
		shown := pn.TallyOf(at, r, w).Shown
		for k := range shown {
			c := shown[k]
			if ln.Bare != nil { // a strip has no marks of faults
				c.Class = ln.Bare(c.Class)
			}
			s.Column(ln, &c)
		}
	}
}

// moreListed returns how many regions the list has above and below the n lines from first on.
func (pn *Regions) moreListed(first, n int) string {
	count := func(rows []scene.ListRow) (k int) {
		for _, row := range rows {
			if row.Region >= 0 {
				k++
			}
		}
		return k
	}
	above, below := count(pn.List[:first]), count(pn.List[min(first+n, len(pn.List)):])
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

// deepest is by how many columns the name of a process is indented at most.
const deepest = 4

// drawListedProcess draws the heading of a process: its name, a column further in than its parent's, its PID, and
// what it has in memory or how it ended.
func (pn *Regions) drawListedProcess(p *model.Process, depth int, a canvas.Area) {
	th, c := pn.Look, &pn.Canvas
	st := th.Text
	if p.Name == pn.Focus.Current.Proc {
		st = th.Accent.Bold()
		if pn.Focus.Current.Region == "" {
			c.Set(a.X, a.Y, th.Marker, th.Accent)
		}
	}
	x, end := a.X+1+min(depth, deepest), a.X+a.W
	right, rightStyle := "RSS "+model.FormatBytes(p.Stat.RSS), th.Dim
	if p.Death != nil {
		if p.Death.Signal != "" || p.Death.Code != 0 {
			rightStyle = th.Fail
		}
		right = shortDeath(p.Death)
		if long := PlainDeath(p.Death); canvas.Width(p.Name)+3+canvas.Width(long) <= a.W {
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

// PlainDeath returns how a process ended, without the cause.
func PlainDeath(d *model.Died) string {
	k := *d
	k.Cause = ""
	return k.String()
}

// shortDeath returns how a process ended in one word.
func shortDeath(d *model.Died) string {
	if d.Signal != "" {
		return d.Signal
	}
	return fmt.Sprintf("exit %d", d.Code)
}
