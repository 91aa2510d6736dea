package ui

import (
	"fmt"

	"incore/model"
)

// drawTitle draws the name, what runs where, and at the right whether it lives.
func (m *Model) drawTitle() {
	a, th, c := m.lay.title, m.theme, &m.canvas
	if a.empty() {
		return
	}
	mark, text, st := m.indicator()
	room := a.w
	text = fit(text, max(8, a.w/2))
	n := textWidth(text) + 2
	if n <= a.w {
		x := a.x + a.w - n
		c.set(x, a.y, mark, st)
		c.text(x+2, a.y, n-2, text, st)
		room -= n + 2
	}
	x := a.x + m.drawLogo(a.x, a.y, room)
	end := a.x + room
	if m.lay.size == sizeSmall {
		m.drawSmallTitle(x, a.y, end-x)
		return
	}
	p := m.proc()
	if p.PID == 0 {
		return
	}
	if m.several() {
		x += c.text(x, a.y, max(0, min(16, end-x)), p.Name, th.accent.bold()) + 2
	}
	right := model.FormatBytes(p.PageSize) + " pages"
	for _, s := range []string{fmt.Sprintf("pid %d", p.PID), m.state.User, "Linux " + m.state.Kernel} {
		if n := textWidth(s); n > 0 && x+n <= end {
			x += c.text(x, a.y, end-x, s, th.dim) + 2
		}
	}
	if x+textWidth(right) <= end {
		c.textRight(x, a.y, end-x, right, th.dim)
	}
}

// drawLogo draws a tank with a lid and the name, and returns the columns taken.
func (m *Model) drawLogo(x, y, w int) int {
	th, c := m.theme, &m.canvas
	lk := th.looks[kindAnon][model.Locked][writable]
	if th.ascii {
		lk = look{{'#', th.heading}, {'#', th.heading}}
	}
	if w < 9 {
		return 0
	}
	c.set(x, y, lk[0].r, lk[0].style)
	c.set(x+1, y, lk[1].r, lk[1].style)
	return 3 + c.text(x+3, y, w-3, "incore", th.heading) + 2
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
		if textWidth(s) <= w {
			m.canvas.text(x, y, w, s, m.theme.text)
			return
		}
	}
}

// indicator says whether the subject lives and what it does.
func (m *Model) indicator() (rune, string, style) {
	th, s := m.theme, &m.state
	switch {
	case m.proc().Death != nil:
		return th.dead, plainDeath(m.proc().Death), th.fail
	case m.proc().PID == 0:
		return th.live, "starting", th.dim
	case m.paused():
		return th.live, "paused", th.gold
	case s.Running.Command != nil:
		text := s.Running.Line()
		if s.Running.Queued > 0 {
			text = fmt.Sprintf("%d queued · %s", s.Running.Queued, text)
		}
		return th.live, "busy: " + text, th.gold
	}
	if slow := m.slow(); slow != "" {
		return th.live, "live, " + slow, th.ok
	}
	return th.live, "live", th.ok
}

// drawBanner says that the current process is gone and what to do.
func (m *Model) drawBanner() {
	a, d := m.lay.banner, m.proc().Death
	if a.empty() || d == nil {
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
		if textWidth(s)+2 <= a.w {
			m.canvas.fill(a.x, a.y, a.w, ' ', m.theme.banner)
			m.canvas.text(a.x+1, a.y, a.w-2, s, m.theme.banner)
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
