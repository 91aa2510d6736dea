package sheet

import (
	"fmt"
	"math/bits"
	"strings"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/panel"
	"incore/ui/scene"
)

// spaceCols are the columns of the rows of the address space; a width of 0 leaves one out.
type spaceCols struct {
	addr, size, mode, lock, what, strip, core int
	long                                      bool // both ends of the range are told
}

// The most and least columns.
const (
	spaceStripMost = 64
	spaceWhatLeast = 10
)

// spaceColumns returns the columns for a process in w columns of the screen.
func spaceColumns(p *model.Process, w int) spaceCols {
	digits := 8
	digits = max(digits, (bits.Len64(SpaceTop(p.VMAs)-1)+3)/4)
	if n := len(p.VMAs); n > 0 && ownVMAs(p.VMAs) < n {
		digits = 16 // [vsyscall]
	}
	c := spaceCols{addr: digits, size: 7, mode: 5}
	if w < 90 {
		c.addr = min(c.addr, 12) // an address of the kernel's half has an ellipsis
	}
	left := w - c.addr - c.size - 1 - c.mode
	if left >= 6+spaceWhatLeast {
		c.lock = 6
		left -= c.lock
	}
	if left >= 14+spaceWhatLeast {
		c.core = 14
		if w < 70 {
			c.core = 12
		}
		left -= c.core
	}
	if left >= c.addr+1+44 {
		c.long = true
		left -= c.addr + 1
	}
	if left >= 18+2+8 {
		c.strip = min(spaceStripMost, max(8, left-2-34))
		left -= c.strip + 2
	}
	c.what = left
	return c
}

// addrWidth returns the columns of the range.
func (k *spaceCols) addrWidth() int {
	if k.long {
		return 2*k.addr + 1
	}
	return k.addr
}

// drawHeads draws the words over the columns.
func (k *spaceCols) drawHeads(sh *Space, a canvas.Area) {
	x, st := a.X, sh.Look.Mute
	put := func(w int, s string, right bool) {
		if w <= 0 {
			return
		}
		if right {
			sh.Canvas.TextRight(x, a.Y, w, s, st)
		} else {
			sh.Canvas.Text(x, a.Y, w, s, st)
		}
		x += w
	}
	put(k.addrWidth(), "address", true)
	put(k.size, "size", true)
	x++
	put(k.mode, "mode", false)
	put(k.lock, "lock", false)
	put(k.what, "what", false)
	if k.strip > 0 {
		put(k.strip+2, "its pages", false)
	}
	put(k.core, "resident", true)
}

// address returns an address in so many columns, written as in /proc/PID/maps; one of the kernel's half that has no room is cut
// in front, since all of them begin in the same way.
func (k *spaceCols) address(v uint64) string {
	s := fmt.Sprintf("%08x", v)
	if len(s) > k.addr {
		return "…" + s[len(s)-k.addr+1:]
	}
	return s
}

// drawRow draws one row, and notes in shown what its strip shows.
func (k *spaceCols) drawRow(sh *Space, p *model.Process, row *SpaceRow, a canvas.Area, current bool, shown *look.Seen) {
	th, c := sh.Look, &sh.Canvas
	if row.Vma == NoVMA && row.Region == NoRegion {
		k.drawHole(sh, p, row, a)
		return
	}
	main := th.Text
	if current {
		main = th.Heading
	}
	x := a.X
	if !row.Head {
		s := k.address(row.Lo)
		if k.long {
			s += "-" + k.address(row.Hi)
		}
		c.TextRight(x, a.Y, k.addrWidth(), s, th.Dim)
	}
	x += k.addrWidth()
	c.TextRight(x, a.Y, k.size, model.FormatBytes(int64(row.Size())), main)
	x += k.size + 1
	if row.Vma != NoVMA {
		v := &p.VMAs[row.Vma]
		mode := panel.ProtFlags(v.Prot) + "p"
		if v.Shared {
			mode = mode[:3] + "s"
		}
		c.Text(x, a.Y, k.mode-1, mode, main)
		if k.lock > 0 {
			c.Text(x+k.mode, a.Y, k.lock-1, lockFlags(v), panel.LockStyle(th, v.Lock))
		}
	}
	x += k.mode + k.lock
	k.drawWhat(sh, p, row, canvas.Area{X: x, Y: a.Y, W: k.what, H: 1}, main)
	x += k.what
	if row.Region == NoRegion {
		return
	}
	r := p.Regions[row.Region]
	rg := pagesOfRow(p, r, row)
	t := sh.spaceTally(scene.Place{Proc: p.Name, Region: r.Name}, r, rg, k.strip)
	for i, g := range t.strip {
		c.Set(x+i, a.Y, g.Rune, g.Style)
		shown.Column(sh.Focus.Lens, &g)
	}
	if k.strip > 0 {
		x += k.strip + 2
	}
	if row.Vma != NoVMA || row.Head {
		st := th.Dim
		if t.resident > 0 {
			st = th.Text
		}
		c.TextRight(x, a.Y, k.core, fmt.Sprintf("%d of %d", t.resident, rg.Len()), st)
	}
}

// drawWhat says what a row is of: a region, and which of its pages; or what else the process
// has mapped.
func (k *spaceCols) drawWhat(sh *Space, p *model.Process, row *SpaceRow, a canvas.Area, main canvas.Style) {
	th, c := sh.Look, &sh.Canvas
	if row.Region == NoRegion {
		v := &p.VMAs[row.Vma]
		name, what := ownName(v)
		x := a.X + c.Text(a.X, a.Y, a.W-1, name, th.Dim) + 1
		if room := a.X + a.W + k.strip - x; room >= canvas.Width(what) {
			c.Text(x, a.Y, room, what, th.Mute)
		}
		return
	}
	r := p.Regions[row.Region]
	rg := pagesOfRow(p, r, row)
	name := model.PagesOf(r, rg).String()
	x := a.X
	if row.Below && a.W >= 14 {
		x += 2
	}
	if row.Below && canvas.Width(name) > a.X+a.W-1-x {
		name = strings.TrimPrefix(name, r.Name) // which stands above
	}
	switch {
	case row.Head:
		x += c.Text(x, a.Y, a.X+a.W-1-x, r.Name, th.Accent.Bold())
		if s := panel.ShortBacking(p, r); x+2+canvas.Width(s) < a.X+a.W {
			c.Text(x+2, a.Y, a.X+a.W-x-2, s, th.Mute)
		}
	case row.Vma == NoVMA:
		if s := name + ": a hole"; x+canvas.Width(s) < a.X+a.W {
			name = s
		}
		c.Text(x, a.Y, a.X+a.W-1-x, name, th.Mute)
	default:
		if !row.Below {
			main = th.Accent.Bold()
		}
		x += c.Text(x, a.Y, a.X+a.W-1-x, name, main)
		more := panel.ShortBacking(p, r)
		if v := &p.VMAs[row.Vma]; v.Start < row.Lo || v.End > row.Hi {
			more = "one VMA with its neighbor"
		} else if row.Below {
			more = ""
		}
		if key := p.VMAs[row.Vma].Key; key != 0 {
			more = canvas.Join(", ", more, p.KeyWords(key))
		}
		if more != "" && x+2+canvas.Width(more) < a.X+a.W {
			c.Text(x+2, a.Y, a.X+a.W-x-2, more, th.Mute)
		}
	}
}

// drawHole draws addresses that nothing is mapped at: how many in words, and dots, one more
// for every doubling, so that a small hole is not taken for a large one.
func (k *spaceCols) drawHole(sh *Space, p *model.Process, row *SpaceRow, a canvas.Area) {
	th, c := sh.Look, &sh.Canvas
	x := a.X
	c.TextRight(x, a.Y, k.addrWidth(), "…", th.Mute)
	x += k.addrWidth()
	if row.Hi == 0 || row.Hi > KernelHalf {
		s := "not for processes: the kernel's half of the addresses"
		if canvas.Width(s) > a.X+a.W-x-2 {
			s = "the kernel's half"
		}
		c.Text(x+1, a.Y, a.X+a.W-x-1, s, th.Mute)
		return
	}
	n := model.FormatBytes(int64(row.Size()))
	c.TextRight(x, a.Y, k.size, n, th.Dim)
	x += k.size + 1
	text := "unmapped"
	pages := row.Size() / uint64(max(1, p.PageSize))
	long := fmt.Sprintf("unmapped, room for %s pages", ManyWords(pages))
	if pages == 1 {
		long = "unmapped, room for a page"
	}
	longest := long
	if top := SpaceTop(p.VMAs); row.Size() >= top/1000 {
		longest = fmt.Sprintf("%s: %s of all addresses", long, Percent(row.Size(), top))
	}
	for _, s := range []string{longest, long} {
		if x+canvas.Width(s) <= a.X+a.W {
			text = s
			break
		}
	}
	c.Text(x, a.Y, a.X+a.W-x, text, th.Dim)
}

// Percent returns a part of a whole in percent. It has as many digits as it takes not to say 100 if something
// is missing.
func Percent(part, whole uint64) string {
	p := 100 * float64(part) / float64(whole)
	if p < 10 {
		return fmt.Sprintf("%.1f %%", p)
	}
	s := fmt.Sprintf("%.0f", p)
	for digits := 1; s[0] == '1' && digits < 7; digits++ {
		s = fmt.Sprintf("%.*f", digits, p)
	}
	return s + " %"
}

// lockFlags returns the lock flags as smaps writes them, and mseal's.
func lockFlags(v *model.VMA) string {
	s := ""
	switch v.Lock {
	case model.Locked:
		s = "lo"
	case model.OnFault:
		s = "lo lf"
	}
	if v.Sealed && len(s) < 3 {
		s = canvas.Join(" ", s, "sl")
	}
	return s
}

// pagesOfRow returns the pages of a region that a row stands for.
func pagesOfRow(p *model.Process, r *model.Region, row *SpaceRow) model.Range {
	ps := uint64(p.PageSize)
	return model.Range{Lo: int64((row.Lo - r.Base) / ps), Hi: int64((row.Hi - r.Base + ps - 1) / ps)}
}
