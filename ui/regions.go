package ui

import (
	"fmt"

	"incore/model"
)

// drawRegions lists the regions, each with a strip of what it holds.
func (m *Model) drawRegions() {
	a, th, c := m.lay.regions, m.theme, &m.canvas
	if a.empty() {
		return
	}
	regions := m.state.Proc.Regions
	c.heading(a.row(0), th, "REGIONS", fmt.Sprint(len(regions)))
	_, list := a.cutTop(1)
	first := m.firstListed(list.h)
	nameW := 4
	for i := range regions {
		nameW = max(nameW, min(textWidth(regions[i].Name), a.w/3))
	}
	for i := 0; i < list.h && first+i < len(regions); i++ {
		r := &regions[first+i]
		y, x := list.y+i, a.x
		st := th.text
		if r.Name == m.view.current {
			c.set(x, y, th.marker, th.accent)
			st = th.heading
		}
		c.text(x+2, y, nameW, r.Name, st)
		x += 2 + nameW + 1
		if a.w >= 26 {
			c.textRight(x, y, 6, model.FormatBytes(int64(r.Len)), th.dim)
			x += 7
		}
		for j, k := range m.tallyOf(r, a.x+a.w-x).strip {
			c.set(x+j, y, k.r, k.style)
		}
	}
}

// firstListed is the first region of the list when it has room for n.
func (m *Model) firstListed(n int) int {
	return max(0, min(m.view.index-n/2, len(m.state.Proc.Regions)-n))
}
