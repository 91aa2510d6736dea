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
	p := &m.state.Proc
	if p.PID == 0 {
		return
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
	at := m.view.of(r.Name).cursor
	for _, s := range []string{fmt.Sprintf("%s[%d] of %d pages", r.Name, at, n), fmt.Sprintf("%s[%d] of %d", r.Name, at, n),
		fmt.Sprintf("%s[%d]", r.Name, at), r.Name} {
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
	case s.Proc.Death != nil:
		return th.dead, s.Proc.Death.String(), th.fail
	case s.Proc.PID == 0:
		return th.live, "starting", th.dim
	case s.Running.Command != "":
		text := s.Running.Command
		if s.Running.Queued > 0 {
			text = fmt.Sprintf("%d queued · %s", s.Running.Queued, text)
		}
		return th.live, "busy: " + text, th.gold
	}
	return th.live, "live", th.ok
}

// drawBanner says that the subject is gone and what to do.
func (m *Model) drawBanner() {
	a, d := m.lay.banner, m.state.Proc.Death
	if a.empty() || d == nil {
		return
	}
	for _, s := range []string{
		ending(d) + ". What was seen stays. Press R or type reset for a fresh one.",
		ending(d) + ". What was seen stays. Press R to reset.",
		ending(d) + ". Press R to reset.",
		fmt.Sprintf("%s: press R to reset", d),
		d.String(),
	} {
		if textWidth(s)+2 <= a.w {
			m.canvas.fill(a.x, a.y, a.w, ' ', m.theme.banner)
			m.canvas.text(a.x+1, a.y, a.w-2, s, m.theme.banner)
			return
		}
	}
}

// ending says how the subject ended.
func ending(d *model.Died) string {
	if d.Signal == "" {
		return "The subject " + d.String()
	}
	return "The subject was " + d.String()
}
