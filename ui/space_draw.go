package ui

import (
	"fmt"
	"math/bits"
	"path"
	"sort"
	"strings"

	"incore/model"
)

// drawSpace draws the address space of the current process over the whole screen but the last
// row: its totals, all addresses to scale, and a row a VMA and a hole.
func (m *Model) drawSpace() {
	m.readSpace()
	a, s, p := area{m.lay.keys.x, 0, m.lay.keys.w, m.height - 1}, &m.space, m.proc()
	if a.empty() {
		return
	}
	m.drawSpaceHeading(a.row(0), p)
	_, a = a.cutTop(1)
	if len(s.rows) == 0 {
		m.canvas.text(a.x, a.y, a.w, "The VMAs have not been read yet.", m.theme.dim)
		s.h = a.h
		return
	}
	m.drawSpaceTotals(a.row(0), p)
	_, a = a.cutTop(1)
	roomy := a.h >= 12 && a.w >= 56
	if roomy {
		m.drawToScale(a.row(0), p)
		_, a = a.cutTop(1)
		if a.h >= 18 {
			_, a = a.cutTop(1)
		}
	}
	cols := spaceColumns(p, a.w-2) // a marker before, a scroll bar behind
	if roomy {
		cols.drawHeads(m, area{a.x + 1, a.y, a.w - 2, 1})
		_, a = a.cutTop(1)
	}
	legend := area{}
	if roomy {
		a, legend = a.cutTop(a.h - 1)
		if a.h > 16 { // nothing stands right above the legend, nor right above the keys where one row of it does
			a.h, legend.y, legend.h = a.h-2, legend.y-1, 2
		}
	}
	s.h = a.h
	s.top = clamp(s.top, 0, max(0, len(s.rows)-a.h))
	at, shown := m.spaceIndex(), seen{}
	for i := 0; i < a.h && s.top+i < len(s.rows); i++ {
		k := s.top + i
		if k == at {
			m.canvas.set(a.x, a.y+i, m.theme.marker, m.theme.accent)
		}
		cols.drawRow(m, p, &s.rows[k], area{a.x + 1, a.y + i, a.w - 2, 1}, k == at, &shown)
		m.clickable(area{a.x, a.y + i, a.w - 1, 1}, clickSpaceRow(k))
	}
	m.drawSpaceBar(area{a.x + a.w - 1, a.y, 1, a.h})
	if cols.strip > 0 && !legend.empty() {
		m.drawLegendRow(area{legend.x + 1, legend.y, legend.w - 1, legend.h}, m.legendItems(&shown))
	}
	if _, rest := a.cutTop(len(s.rows) + 1); rest.h >= 4 {
		for i, line := range wrap(spaceWords, min(rest.w-1, topicWidth)) {
			m.canvas.text(rest.x+1, rest.row(i).y, rest.row(i).w, line, m.theme.dim)
		}
	}
}

// spaceWords say what the rows are, where there is room below them.
const spaceWords = "A VMA is a line of /proc/PID/maps: addresses with one protection, one lock, one thing behind them." +
	" A call about a part splits it, and neighbours that are alike again become one. What no VMA covers is not there: a touch is SIGSEGV."

func (m *Model) drawSpaceHeading(a area, p *model.Process) {
	title := "ADDRESS SPACE"
	if m.several() {
		title += " OF " + p.Name
	}
	n := ownVMAs(p.VMAs)
	right := fmt.Sprintf("%d VMAs", n)
	if n == 1 {
		right = "1 VMA"
	}
	if most := m.state.System.MaxMapCount; most > 0 && a.w >= 60 {
		right += fmt.Sprintf(" of at most %d", most)
	}
	switch {
	case p.Death != nil:
		right = "as last seen: " + plainDeath(p.Death)
	case a.w >= 60:
		right = fmt.Sprintf("pid %d  %s", p.PID, right)
	}
	m.canvas.heading(a, m.theme, title, right)
}

// drawSpaceTotals says how much of the addresses is mapped, and how much of that is in memory.
func (m *Model) drawSpaceTotals(a area, p *model.Process) {
	th, c := m.theme, &m.canvas
	x, end := a.x, a.x+a.w
	for _, f := range []struct {
		name string
		n    int64
	}{{"VmSize", p.Stat.VmSize}, {"RSS", p.Stat.RSS}, {"VmLck", p.Stat.VmLck}} {
		value := model.FormatBytes(f.n)
		if x+textWidth(f.name)+1+textWidth(value) > end {
			return
		}
		x += c.text(x, a.y, end-x, f.name, th.dim) + 1
		x += c.text(x, a.y, end-x, value, th.text.bold()) + 2
	}
	top := spaceTop(p.VMAs)
	if p.Stat.VmSize <= 0 {
		return
	}
	share := manyWords(top / uint64(p.Stat.VmSize))
	for _, s := range []string{
		fmt.Sprintf("of %s of addresses, mapped is 1 in %s", model.FormatBytes(int64(top)), share),
		fmt.Sprintf("mapped: 1 in %s", share),
	} {
		if x+textWidth(s) <= end {
			c.text(x, a.y, end-x, s, th.dim)
			return
		}
	}
}

// manyWords is a number of things as it is said: 640, 20 thousand, 204 million.
func manyWords(n uint64) string {
	words := []string{"", " thousand", " million", " billion", " trillion"}
	i := 0
	for i+1 < len(words) && n >= 10_000 || i > 0 && i+1 < len(words) && n >= 1000 {
		n, i = (n+500)/1000, i+1
	}
	return fmt.Sprint(n, words[i])
}

// drawToScale draws all addresses as one line: a mark where anything at all is mapped.
func (m *Model) drawToScale(a area, p *model.Process) {
	th, c := m.theme, &m.canvas
	top := spaceTop(p.VMAs)
	right := model.FormatBytes(int64(top))
	x := a.x + c.text(a.x, a.y, a.w, "0", th.dim) + 1
	w := a.x + a.w - x - textWidth(right) - 1
	if a.w >= 90 {
		const captionWidth = 44
		w -= captionWidth
		caption := fmt.Sprintf("to scale, a column is %s: %c is mapped", model.FormatBytes(int64(top/uint64(w))), th.thumb)
		c.textRight(a.x+a.w-captionWidth, a.y, captionWidth, caption, th.dim)
	}
	n := ownVMAs(p.VMAs)
	row := m.spaceRow()
	for i := range uint64(w) {
		lo, hi := scaled(top, i, uint64(w)), scaled(top, i+1, uint64(w))
		k := sort.Search(n, func(k int) bool { return p.VMAs[k].End > lo })
		r, st := '·', th.mute
		if th.ascii {
			r = '.'
		}
		if k < n && p.VMAs[k].Start < hi {
			r, st = th.thumb, th.text
			if row.lo < hi && row.hi > lo && row.vma != noVMA {
				st = th.accent.bold()
			}
		}
		c.set(x+int(i), a.y, r, st)
	}
	c.text(x+w+1, a.y, textWidth(right), right, th.dim)
}

// scaled is n*i/of, without overflow.
func scaled(n, i, of uint64) uint64 {
	hi, lo := bits.Mul64(n, i)
	q, _ := bits.Div64(hi, lo, of)
	return q
}

// drawSpaceBar shows which part of the rows is on the screen, where not all are.
func (m *Model) drawSpaceBar(a area) {
	th, c, s := m.theme, &m.canvas, &m.space
	n := len(s.rows)
	if n <= a.h || a.h < 2 {
		return
	}
	size := max(1, a.h*a.h/n)
	at := (a.h - size) * s.top / max(1, n-a.h)
	for i := range a.h {
		r, st := th.track, th.rule
		if i >= at && i < at+size {
			r, st = th.thumb, th.dim
		}
		c.set(a.x, a.y+i, r, st)
	}
}

// ownName is what a VMA is called that is of no region, and what it is there for, where that
// is known.
func ownName(v *model.VMA) (name, what string) {
	switch file := strings.TrimSuffix(v.Path, " (deleted)"); {
	case file == "/memfd:incore":
		return "[incore]", "its stacks, and incore's requests"
	case file == "/memfd:incore-subject":
		return "[incore]", "the subject's program"
	case file == "[stack]":
		return file, "the stack that execve made"
	case file == "[heap]":
		return file, "what brk moves the end of"
	case file == "[vsyscall]":
		return file, "of the kernel, for old programs"
	case file == "[vdso]":
		return file, "of the kernel: calls without a system call"
	case strings.HasPrefix(file, "[vvar"):
		return file, "of the kernel: what [vdso] reads"
	case file == "":
		return "anonymous", ""
	case strings.HasPrefix(file, "["):
		return file, ""
	default:
		return path.Base(file), v.Path
	}
}
