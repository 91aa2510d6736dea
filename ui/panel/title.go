package panel

import (
	"fmt"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Title draws the first row: the name, what runs where, and whether it lives.
type Title struct {
	*scene.Scene
	Area   canvas.Area // the cells that it draws in
	Paused bool        // the picture is held still
	Slow   string      // the pace of touches in words, or ""
}

// Draw draws the row. At the right it draws whether the subject lives.
func (pn *Title) Draw() {
	a, th, c := pn.Area, pn.Look, &pn.Canvas
	if a.Empty() {
		return
	}
	mark, text, st := pn.indicator()
	room := a.W
	text = canvas.Fit(text, max(8, a.W/2))
	n := canvas.Width(text) + 2
	if n <= a.W {
		x := a.X + a.W - n
		c.Set(x, a.Y, mark, st)
		c.Text(x+2, a.Y, n-2, text, st)
		room -= n + 2
	}
	x := a.X + pn.drawLogo(a.X, a.Y, room)
	end := a.X + room
	if pn.Plan.Size == scene.SizeSmall {
		pn.drawSmallTitle(x, a.Y, end-x)
		return
	}
	p := pn.Proc()
	if p.PID == 0 {
		return
	}
	if pn.Several() {
		x += c.Text(x, a.Y, max(0, min(16, end-x)), p.Name, th.Accent.Bold()) + 2
	}
	right := model.FormatBytes(p.PageSize) + " pages"
	for _, s := range []string{fmt.Sprintf("pid %d", p.PID), pn.State.User, "Linux " + pn.State.Kernel} {
		if n := canvas.Width(s); n > 0 && x+n <= end {
			x += c.Text(x, a.Y, end-x, s, th.Dim) + 2
		}
	}
	if x+canvas.Width(right) <= end {
		c.TextRight(x, a.Y, end-x, right, th.Dim)
	}
}

// drawLogo draws a tank with a lid and the name, and returns the columns taken.
func (pn *Title) drawLogo(x, y, w int) int {
	th, c := pn.Look, &pn.Canvas
	lk := th.States[look.Anon][model.Locked][look.Writable]
	if th.ASCII {
		lk = look.Tile{{Rune: '#', Style: th.Heading}, {Rune: '#', Style: th.Heading}}
	}
	if w < 9 {
		return 0
	}
	c.Set(x, y, lk[0].Rune, lk[0].Style)
	c.Set(x+1, y, lk[1].Rune, lk[1].Style)
	return 3 + c.Text(x+3, y, w-3, "incore", th.Heading) + 2
}

// drawSmallTitle names the region, for it has no heading in a small terminal.
func (pn *Title) drawSmallTitle(x, y, w int) {
	r := pn.Region()
	if r == nil {
		return
	}
	n := r.Pages.Len()
	at := pn.Focus.Here().Cursor
	name := pn.Named(pn.Proc().Name, r.Name)
	for _, s := range []string{fmt.Sprintf("%s[%d] of %d pages", name, at, n), fmt.Sprintf("%s[%d] of %d", name, at, n),
		fmt.Sprintf("%s[%d]", name, at), fmt.Sprintf("%s[%d]", r.Name, at), r.Name} {
		if canvas.Width(s) <= w {
			pn.Canvas.Text(x, y, w, s, pn.Look.Text)
			return
		}
	}
}

// indicator returns in a mark and in words whether the subject lives and what it does.
func (pn *Title) indicator() (rune, string, canvas.Style) {
	th, s := pn.Look, &pn.State
	switch {
	case pn.Proc().Death != nil:
		return th.Dead, PlainDeath(pn.Proc().Death), th.Fail
	case pn.Proc().PID == 0:
		return th.Live, "starting", th.Dim
	case pn.Paused:
		return th.Live, "paused", th.Gold
	case s.Running.Command != nil:
		text := s.Running.Line()
		if s.Running.Queued > 0 {
			text = fmt.Sprintf("%d queued · %s", s.Running.Queued, text)
		}
		return th.Live, "busy: " + text, th.Gold
	}
	if pn.Slow != "" {
		return th.Live, "live, " + pn.Slow, th.OK
	}
	return th.Live, "live", th.OK
}

// Banner draws the row that says that the current process is gone.
type Banner struct {
	*scene.Scene
	Area canvas.Area // the cells that it draws in
}

// Draw draws how the process ended and what to do. It draws nothing while the process lives.
func (pn *Banner) Draw() {
	a, d := pn.Area, pn.Proc().Death
	if a.Empty() || d == nil {
		return
	}
	plain := *d
	plain.Cause = ""
	reset := []string{"Press R or type reset for a fresh one.", "Press R to reset.", "R resets."}
	if pn.Several() {
		reset = []string{"Press n for the next process, R for a fresh subject.", "Press n for the next, R to reset.", "n: next, R: reset."}
	}
	full, short := scene.Ending(d, pn.Several()), scene.Ending(&plain, pn.Several())
	if !pn.Several() { // a name stays as it is
		full, short = scene.Capital(full), scene.Capital(short)
	}
	for _, s := range []string{
		full + ". What was seen stays. " + reset[0],
		full + ". What was seen stays. " + reset[1],
		full + ". " + reset[1],
		full + ". " + reset[2],
		scene.Capital(d.String()) + ". " + reset[2], // why is wanted more than who
		short + ". " + reset[2],
		scene.Capital(plain.String()) + ". " + reset[2],
		scene.Capital(plain.String()),
	} {
		if canvas.Width(s)+2 <= a.W {
			pn.Canvas.Fill(a.X, a.Y, a.W, ' ', pn.Look.Banner)
			pn.Canvas.Text(a.X+1, a.Y, a.W-2, s, pn.Look.Banner)
			return
		}
	}
}
