package panel

import (
	"incore/ui/canvas"
	"incore/ui/look"
)

// DrawKeycap draws a pressed key, in three rows if the area has them, and returns how many columns it takes.
func DrawKeycap(c *canvas.Canvas, th *look.Look, a canvas.Area, show string) int {
	if a.Empty() {
		return 0
	}
	name := canvas.Fit(show, a.W-2)
	n := min(a.W, max(a.H+2, canvas.Width(name)+2))
	mid := a.Y + a.H/2
	c.Fill(a.X, mid, n, ' ', th.Keycap)
	c.Text(a.X+(n-canvas.Width(name))/2, mid, n, name, th.Keycap)
	if a.H >= 3 && !th.ASCII && th.Keycap.BG != 0 {
		edge := canvas.Style{FG: th.Keycap.BG}
		c.Fill(a.X, mid-1, n, '▄', edge)
		c.Fill(a.X, mid+1, n, '▀', edge)
	}
	return n
}
