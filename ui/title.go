package ui

import (
	"fmt"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// drawTitle draws the name, what runs where, and at the right whether it lives.
func (m *Model) drawTitle() {
	a, th, c := m.lay.title, m.theme, &m.canvas
	if a.Empty() {
		return
	}
	mark, text, st := m.indicator()
	room := a.W
	text = canvas.Fit(text, max(8, a.W/2))
	n := canvas.Width(text) + 2
	if n <= a.W {
		x := a.X + a.W - n
		c.Set(x, a.Y, mark, st)
		c.Text(x+2, a.Y, n-2, text, st)
		room -= n + 2
	}
	x := a.X + m.drawLogo(a.X, a.Y, room)
	end := a.X + room
	if m.lay.size == sizeSmall {
		m.drawSmallTitle(x, a.Y, end-x)
		return
	}
	p := m.proc()
	if p.PID == 0 {
		return
	}
	if m.several() {
		x += c.Text(x, a.Y, max(0, min(16, end-x)), p.Name, th.Accent.Bold()) + 2
	}
	right := model.FormatBytes(p.PageSize) + " pages"
	for _, s := range []string{fmt.Sprintf("pid %d", p.PID), m.state.User, "Linux " + m.state.Kernel} {
		if n := canvas.Width(s); n > 0 && x+n <= end {
			x += c.Text(x, a.Y, end-x, s, th.Dim) + 2
		}
	}
	if x+canvas.Width(right) <= end {
		c.TextRight(x, a.Y, end-x, right, th.Dim)
	}
}

// drawLogo draws a tank with a lid and the name, and returns the columns taken.
func (m *Model) drawLogo(x, y, w int) int {
	th, c := m.theme, &m.canvas
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
func (m *Model) drawSmallTitle(x, y, w int) {
	r := m.region()
	if r == nil {
		return
	}
	n := r.Pages.Len()
	at := m.view.here().cursor
	name := m.named(m.proc().Name, r.Name)
	for _, s := range []string{fmt.Sprintf("%s[%d] of %d pages", name, at, n), fmt.Sprintf("%s[%d] of %d", name, at, n),
		fmt.Sprintf("%s[%d]", name, at), fmt.Sprintf("%s[%d]", r.Name, at), r.Name} {
		if canvas.Width(s) <= w {
			m.canvas.Text(x, y, w, s, m.theme.Text)
			return
		}
	}
}

// indicator says whether the subject lives and what it does.
func (m *Model) indicator() (rune, string, canvas.Style) {
	th, s := m.theme, &m.state
	switch {
	case m.proc().Death != nil:
		return th.Dead, plainDeath(m.proc().Death), th.Fail
	case m.proc().PID == 0:
		return th.Live, "starting", th.Dim
	case m.paused():
		return th.Live, "paused", th.Gold
	case s.Running.Command != nil:
		text := s.Running.Line()
		if s.Running.Queued > 0 {
			text = fmt.Sprintf("%d queued · %s", s.Running.Queued, text)
		}
		return th.Live, "busy: " + text, th.Gold
	}
	if slow := m.slow(); slow != "" {
		return th.Live, "live, " + slow, th.OK
	}
	return th.Live, "live", th.OK
}

// drawBanner says that the current process is gone and what to do.
func (m *Model) drawBanner() {
	a, d := m.lay.banner, m.proc().Death
	if a.Empty() || d == nil {
		return
	}
	plain := *d
	plain.Cause = ""
	reset := []string{"Press R or type reset for a fresh one.", "Press R to reset.", "R resets."}
	if m.several() {
		reset = []string{"Press n for the next process, R for a fresh subject.", "Press n for the next, R to reset.", "n: next, R: reset."}
	}
	full, short := ending(d, m.several()), ending(&plain, m.several())
	if !m.several() { // a name stays as it is
		full, short = capital(full), capital(short)
	}
	for _, s := range []string{
		full + ". What was seen stays. " + reset[0],
		full + ". What was seen stays. " + reset[1],
		full + ". " + reset[1],
		full + ". " + reset[2],
		capital(d.String()) + ". " + reset[2], // why is wanted more than who
		short + ". " + reset[2],
		capital(plain.String()) + ". " + reset[2],
		capital(plain.String()),
	} {
		if canvas.Width(s)+2 <= a.W {
			m.canvas.Fill(a.X, a.Y, a.W, ' ', m.theme.Banner)
			m.canvas.Text(a.X+1, a.Y, a.W-2, s, m.theme.Banner)
			return
		}
	}
}

// ending says how a process ended; it is named where there are several.
func ending(d *model.Died, several bool) string {
	name := "the subject"
	if several {
		name = d.Proc
	}
	if d.Signal == "" {
		return name + " " + d.String()
	}
	return name + " was " + d.String()
}
