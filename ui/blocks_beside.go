package ui

import (
	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// beside is how regions of one name stand beside each other: columns of blocks, so that what a parent and its child
// share is seen in one look. The zero value has them below each other.
type beside struct {
	columns int
	cropped bool // of a region no more than what is used of it needs a place
}

// besideGap is the columns of the screen between two columns of blocks.
const besideGap = 2

// mostBeside is the most columns of blocks.
const mostBeside = 4

// width returns how wide one of the columns of blocks is in w columns of the screen.
func (b beside) width(w int) int {
	n := max(1, b.columns)
	return (w - besideGap*(n-1)) / n
}

// linesOf returns in how many lines so many blocks stand.
func (b beside) linesOf(n int) int { return (n + b.columns - 1) / b.columns }

// mostTwins returns in how many processes that of the current one's regions is that is in most of them.
func (ar *arranger) mostTwins() (n int) {
	const most = 64 // regions that are asked about: a room sees no more
	regions := ar.Proc().Regions
	for _, r := range regions[:min(len(regions), most)] {
		n = max(n, len(ar.twins(r.Name)))
	}
	return n
}

// leastRowsOf returns how many rows a region takes at least. Cropped, that is the pages that are used, and a row more
// so that it is seen where they end.
func (ar *arranger) leastRowsOf(r *model.Region) int {
	all := ar.RowsOf(r)
	if !ar.lay.beside.cropped {
		return all
	}
	used := int((usedOf(r) + ar.PagesPerRow(r) - 1) / ar.PagesPerRow(r))
	return min(all, max(2, used+1)*ar.lay.Cell.H)
}

// usedOf returns the page behind the last one that something was done with.
func usedOf(r *model.Region) int64 {
	n := len(r.Pages)
	if n == 0 {
		return 0
	}
	last := r.Pages[n-1]
	if last.Val.Lock != model.Unlocked || look.KindOf(last.Val, look.PrivateAnon(r)) != look.Absent {
		return last.End
	}
	if n == 1 {
		return 0
	}
	return r.Pages[n-2].End
}

// besideHeightOf returns how many rows the regions of that name take beside each other, with their headings.
func (ar *arranger) besideHeightOf(name string) int {
	group, most := ar.twins(name), 0
	for _, at := range group {
		_, r := ar.RegionAt(at)
		most = max(most, ar.leastRowsOf(r))
	}
	return ar.lay.beside.linesOf(len(group)) * (1 + most)
}

// placeBeside places the regions of one name beside each other from row y on, and returns the row behind them. Where
// there is no room for all lines of them, the one of the current region is shown.
func (ar *arranger) placeBeside(group []scene.Place, y int, current bool) int {
	l, below := ar.lay, 0
	if current {
		below = ar.belowCurrent()
		group = ar.twins(ar.Focus.Current.Region) // which asking for others has overwritten
	}
	lines, numbers := l.beside.linesOf(len(group)), 0
	if len(l.Blocks) == 0 {
		numbers = 1
	}
	all, least := 0, 0
	for _, at := range group {
		_, r := ar.RegionAt(at)
		all, least = max(all, ar.RowsOf(r)), max(least, ar.leastRowsOf(r))
	}
	room := l.grid.Y + l.grid.H - y - numbers
	if current {
		room -= min(below, max(0, room-lines*(1+least)))
	} else {
		all = least
	}
	from, rows := 0, min(all, room/lines-1)
	if rows < l.Cell.H {
		from, lines, rows = ar.lineOfCurrent(group), 1, min(all, room-1)
	}
	rows -= rows % l.Cell.H
	w := l.beside.width(l.grid.W)
	for line := range lines {
		for i := (from + line) * l.beside.columns; i < min(len(group), (from+line+1)*l.beside.columns); i++ {
			x := l.grid.X + ar.columnOf(group, i)*(w+besideGap)
			head := canvas.Area{X: x, Y: y, W: w, H: 1}
			header := canvas.Area{X: x, Y: y + 1, W: w, H: numbers}
			ar.addBlock(group[i], canvas.Area{X: x, Y: y + 1 + numbers, W: w, H: rows}, head, header)
		}
		y += 1 + numbers + rows
		numbers = 0
	}
	return y
}

// columnOf returns the column of the i-th of a group. What one process alone has stands in the column that this one has
// elsewhere.
func (ar *arranger) columnOf(group []scene.Place, i int) int {
	if len(group) > 1 {
		return i % ar.lay.beside.columns
	}
	n := 0
	for k := range ar.State.Procs {
		switch p := &ar.State.Procs[k]; {
		case p.Name == group[i].Proc:
			return n % ar.lay.beside.columns
		case p.Death == nil:
			n++
		}
	}
	return 0
}

// lineOfCurrent returns in which line of a group the current region is, else 0.
func (ar *arranger) lineOfCurrent(group []scene.Place) int {
	for i, at := range group {
		if at == ar.Focus.Current {
			return i / ar.lay.beside.columns
		}
	}
	return 0
}

// belowCurrent returns how many rows the regions behind the current one take, and those that other processes alone have.
func (ar *arranger) belowCurrent() (n int) {
	regions := ar.Proc().Regions
	for i := max(0, ar.Focus.Index) + 1; i < len(regions) && n < ar.height; i++ {
		n += 1 + ar.heightOf(regions[i].Name)
	}
	for at := range ar.elsewhereOnly {
		if _, r := ar.RegionAt(at); n < ar.height {
			n += 2 + ar.RowsOf(r)
		} else {
			break
		}
	}
	return n
}
