package sheet

import (
	"fmt"
	"math/bits"
	"path"
	"sort"
	"strings"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/panel"
)

// Draw implements Sheet: totals, all addresses to scale, and a row for each VMA and each hole.
func (sh *Space) Draw(a canvas.Area) {
	sh.ReadSpace()
	s, p := sh, sh.Proc()
	sh.drawSpaceHeading(a.Row(0), p)
	_, a = a.CutTop(1)
	if len(s.Rows) == 0 {
		sh.Canvas.Text(a.X, a.Y, a.W, "The VMAs have not been read yet.", sh.Look.Dim)
		s.H = a.H
		return
	}
	sh.drawSpaceTotals(a.Row(0), p)
	_, a = a.CutTop(1)
	roomy := a.H >= 12 && a.W >= 56
	if roomy {
		sh.drawToScale(a.Row(0), p)
		_, a = a.CutTop(1)
		if a.H >= 18 {
			_, a = a.CutTop(1)
		}
	}
	cols := spaceColumns(p, a.W-2) // a marker before, a scroll bar behind
	if roomy {
		cols.drawHeads(sh, canvas.Area{X: a.X + 1, Y: a.Y, W: a.W - 2, H: 1})
		_, a = a.CutTop(1)
	}
	legend := canvas.Area{}
	if roomy {
		a, legend = a.CutTop(a.H - 1)
		if a.H > 16 { // nothing stands right above the legend, nor right above the keys where one row of it does
			a.H, legend.Y, legend.H = a.H-2, legend.Y-1, 2
		}
	}
	s.H = a.H
	s.Top = canvas.Clamp(s.Top, 0, max(0, len(s.Rows)-a.H))
	at, shown := sh.Index(), look.Seen{}
	for i := 0; i < a.H && s.Top+i < len(s.Rows); i++ {
		k := s.Top + i
		if k == at {
			sh.Canvas.Set(a.X, a.Y+i, sh.Look.Marker, sh.Look.Accent)
		}
		cols.drawRow(sh, p, &s.Rows[k], canvas.Area{X: a.X + 1, Y: a.Y + i, W: a.W - 2, H: 1}, k == at, &shown)
		sh.Clickable(canvas.Area{X: a.X, Y: a.Y + i, W: a.W - 1, H: 1}, sh.clicked(k))
	}
	sh.drawSpaceBar(canvas.Area{X: a.X + a.W - 1, Y: a.Y, W: 1, H: a.H})
	if cols.strip > 0 && !legend.Empty() {
		sh.Look.DrawItemRow(&sh.Canvas, canvas.Area{X: legend.X + 1, Y: legend.Y, W: legend.W - 1, H: legend.H}, sh.Explain(&sh.legend, nil, &shown))
	}
	if _, rest := a.CutTop(len(s.Rows) + 1); rest.H >= 4 {
		for i, line := range canvas.Wrap(spaceWords, min(rest.W-1, topicWidth)) {
			sh.Canvas.Text(rest.X+1, rest.Row(i).Y, rest.Row(i).W, line, sh.Look.Dim)
		}
	}
}

// spaceWords say what the rows are, where there is room below them.
const spaceWords = "A VMA is a line of /proc/PID/maps: addresses with one protection, one lock, one thing behind them." +
	" A call about a part splits it, and neighbors that are alike again become one. What no VMA covers is not there: a touch is SIGSEGV."

// drawSpaceHeading draws which process it is, and how many VMAs it has.
func (sh *Space) drawSpaceHeading(a canvas.Area, p *model.Process) {
	title := "ADDRESS SPACE"
	if sh.Several() {
		title += " OF " + p.Name
	}
	n := ownVMAs(p.VMAs)
	right := fmt.Sprintf("%d VMAs", n)
	if n == 1 {
		right = "1 VMA"
	}
	if most := sh.State.System.MaxMapCount; most > 0 && a.W >= 60 {
		right += fmt.Sprintf(" of at most %d", most)
	}
	switch {
	case p.Death != nil:
		right = "as last seen: " + panel.PlainDeath(p.Death)
	case a.W >= 60:
		right = fmt.Sprintf("pid %d  %s", p.PID, right)
	}
	sh.Look.DrawHeading(&sh.Canvas, a, title, right)
}

// drawSpaceTotals says how much of the addresses is mapped, and how much of that is in memory.
func (sh *Space) drawSpaceTotals(a canvas.Area, p *model.Process) {
	th, c := sh.Look, &sh.Canvas
	x, end := a.X, a.X+a.W
	for _, f := range []struct {
		name string
		n    int64
	}{{"VmSize", p.Stat.VmSize}, {"RSS", p.Stat.RSS}, {"VmLck", p.Stat.VmLck}} {
		value := model.FormatBytes(f.n)
		if x+canvas.Width(f.name)+1+canvas.Width(value) > end {
			return
		}
		x += c.Text(x, a.Y, end-x, f.name, th.Dim) + 1
		x += c.Text(x, a.Y, end-x, value, th.Text.Bold()) + 2
	}
	top := SpaceTop(p.VMAs)
	if p.Stat.VmSize <= 0 {
		return
	}
	share := ManyWords(top / uint64(p.Stat.VmSize))
	for _, s := range []string{
		fmt.Sprintf("of %s of addresses, mapped is 1 in %s", model.FormatBytes(int64(top)), share),
		fmt.Sprintf("mapped: 1 in %s", share),
	} {
		if x+canvas.Width(s) <= end {
			c.Text(x, a.Y, end-x, s, th.Dim)
			return
		}
	}
}

// ManyWords returns a number as it is said: 640, 20 thousand, 204 million.
func ManyWords(n uint64) string {
	words := []string{"", " thousand", " million", " billion", " trillion"}
	i := 0
	for i+1 < len(words) && n >= 10_000 || i > 0 && i+1 < len(words) && n >= 1000 {
		n, i = (n+500)/1000, i+1
	}
	return fmt.Sprint(n, words[i])
}

// drawToScale draws all addresses as one line: a mark where anything at all is mapped.
func (sh *Space) drawToScale(a canvas.Area, p *model.Process) {
	th, c := sh.Look, &sh.Canvas
	top := SpaceTop(p.VMAs)
	right := model.FormatBytes(int64(top))
	x := a.X + c.Text(a.X, a.Y, a.W, "0", th.Dim) + 1
	w := a.X + a.W - x - canvas.Width(right) - 1
	if a.W >= 90 {
		const captionWidth = 44
		w -= captionWidth
		caption := fmt.Sprintf("to scale, a column is %s: %c is mapped", model.FormatBytes(int64(top/uint64(w))), th.Thumb)
		c.TextRight(a.X+a.W-captionWidth, a.Y, captionWidth, caption, th.Dim)
	}
	n := ownVMAs(p.VMAs)
	row := sh.Row()
	for i := range uint64(w) {
		lo, hi := Scaled(top, i, uint64(w)), Scaled(top, i+1, uint64(w))
		k := sort.Search(n, func(k int) bool { return p.VMAs[k].End > lo })
		r, st := '·', th.Mute
		if th.ASCII {
			r = '.'
		}
		if k < n && p.VMAs[k].Start < hi {
			r, st = th.Thumb, th.Text
			if row.Lo < hi && row.Hi > lo && row.Vma != NoVMA {
				st = th.Accent.Bold()
			}
		}
		c.Set(x+int(i), a.Y, r, st)
	}
	c.Text(x+w+1, a.Y, canvas.Width(right), right, th.Dim)
}

// Scaled returns n*i/of, without overflow.
func Scaled(n, i, of uint64) uint64 {
	hi, lo := bits.Mul64(n, i)
	q, _ := bits.Div64(hi, lo, of)
	return q
}

// drawSpaceBar shows which part of the rows is on the screen, where not all are.
func (sh *Space) drawSpaceBar(a canvas.Area) {
	th, c, s := sh.Look, &sh.Canvas, sh
	n := len(s.Rows)
	if n <= a.H || a.H < 2 {
		return
	}
	size := max(1, a.H*a.H/n)
	at := (a.H - size) * s.Top / max(1, n-a.H)
	for i := range a.H {
		r, st := th.Track, th.Rule
		if i >= at && i < at+size {
			r, st = th.Thumb, th.Dim
		}
		c.Set(a.X, a.Y+i, r, st)
	}
}

// ownName returns what a VMA is called that is of no region, and what it is there for, where that
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
