package panel

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// vmaOf returns the line of /proc/PID/maps that covers addr, its addresses counted in
// pages of the region, where it fits in w columns.
func (pn *Inspector) vmaOf(r *model.Region, addr uint64, w int) string {
	vmas := pn.Proc().VMAsIn(model.Span{Addr: addr, Len: 1})
	if len(vmas) == 0 {
		return ""
	}
	v := &vmas[0]
	s := fmt.Sprintf("%s %s", pn.vmaPages(r, v), vmaFlags(v))
	if long := fmt.Sprintf("%x-%x %s", v.Start, v.End, vmaFlags(v)); canvas.Width(long) <= w {
		s = long
	}
	if all := pn.Proc().VMAsIn(r.Span()); len(all) > 1 {
		if more := fmt.Sprintf("%s, one of %d", s, len(all)); canvas.Width(more) <= w {
			s = more
		}
	}
	return s
}

// keyOf says what protection key the VMA at an address has, and what the thread may do by it; it is "" of the default one.
func (pn *Inspector) keyOf(addr uint64) string {
	p := pn.Proc()
	vmas := p.VMAsIn(model.Span{Addr: addr, Len: 1})
	if len(vmas) == 0 || vmas[0].Key == 0 {
		return ""
	}
	words := p.KeyWords(vmas[0].Key)
	return fmt.Sprintf("%s: %s", strings.TrimPrefix(words, "key "), p.KeyRights(vmas[0].Key).Words())
}

// vmaPages returns what of the region a VMA covers; VMAs can reach past the region,
// where the kernel merged it with a neighbor.
func (pn *Inspector) vmaPages(r *model.Region, v *model.VMA) string {
	ps := uint64(pn.Proc().PageSize)
	lo, hi := max(v.Start, r.Base), min(v.End, r.Base+r.Len)
	if ps == 0 || hi <= lo {
		return ""
	}
	t := model.Target{Form: model.PageSpan, Region: r.Name, First: int64((lo - r.Base) / ps), Last: int64((hi-r.Base+ps-1)/ps) - 1}
	return t.String()
}

// vmaFlags returns the protection and sharing as maps writes them, and the lock flags and the protection key of smaps.
func vmaFlags(v *model.VMA) string {
	s := ProtFlags(v.Prot)
	if v.Shared {
		s += "s"
	} else {
		s += "p"
	}
	switch v.Lock {
	case model.Locked:
		s += " lo"
	case model.OnFault:
		s += " lo lf"
	}
	if v.Key != 0 {
		s += fmt.Sprintf(" key %d", v.Key)
	}
	return s
}

// VMAs draws the list of the VMAs of the current region.
type VMAs struct {
	Inspector
}

// Draw draws the VMAs that the kernel holds for the region: a lock or a protection of a part splits one into
// several. A click on one goes to its first page.
func (pn *VMAs) Draw() {
	a, th, c := pn.Area, pn.Look, &pn.Canvas
	r := pn.Region()
	if a.H < 2 || r == nil {
		return
	}
	vmas := pn.Proc().VMAsIn(r.Span())
	th.DrawHeading(c, a.Row(0), "VMAS OF "+pn.Named(pn.Proc().Name, r.Name), fmt.Sprint(len(vmas)))
	_, a = a.CutTop(1)
	cur := r.Base + uint64(pn.Focus.Here().Cursor)*uint64(pn.Proc().PageSize)
	first := 0
	for i := range vmas {
		if vmas[i].Start <= cur && cur < vmas[i].End {
			first = canvas.Clamp(i-a.H/2, 0, max(0, len(vmas)-a.H))
		}
	}
	vmas = vmas[first:min(len(vmas), first+a.H)]
	const address = 13 // columns, with the gap before it
	names, w := pn.vmaNames(r, vmas, canvas.Clamp(a.W-2-1-11-6-address, 10, 24), address)
	room := a.W - 2 - w - 1 - 11 - 6 // for the address
	for i := range vmas {
		v, y := &vmas[i], a.Y+i
		page, at := int64((max(v.Start, r.Base)-r.Base)/uint64(pn.Proc().PageSize)), pn.Focus.Current
		pn.Clickable(canvas.Area{X: a.X, Y: y, W: a.W, H: 1}, func(h scene.Clicks) tea.Cmd { h.GoToPage(at, page); return nil })
		st := th.Text
		if v.Start <= cur && cur < v.End {
			c.Set(a.X, y, th.Marker, th.Accent)
			st = th.Heading
		}
		x := a.X + 2
		c.Text(x, y, w, names[i], st)
		x += w + 1
		c.Text(x, y, a.X+a.W-x, vmaFlags(v), LockStyle(th, v.Lock))
		x += 11
		size := model.FormatBytes(int64(v.End - v.Start))
		if room < address {
			c.TextRight(x, y, a.X+a.W-x, size, th.Dim)
			continue
		}
		c.TextRight(x, y, 6, size, th.Dim)
		x += 7
		c.TextRight(x, y, a.X+a.W-x, fmt.Sprintf("%x", v.Start), th.Mute)
	}
}

// vmaNames returns which pages of a region each VMA is of, in w columns, or in more besides where the
// names are longer.
func (pn *VMAs) vmaNames(r *model.Region, vmas []model.VMA, w, more int) (names []string, _ int) {
	names = make([]string, len(vmas))
	short, wide := false, 0
	for i := range vmas {
		names[i] = pn.vmaPages(r, &vmas[i])
		short, wide = short || canvas.Width(names[i]) > w, max(wide, canvas.Width(names[i])-canvas.Width(r.Name))
	}
	for i := range names {
		if short { // the heading has the name
			names[i] = strings.TrimPrefix(names[i], r.Name)
		}
	}
	if wide > w {
		w = min(w+more, wide)
	}
	return names, w
}
