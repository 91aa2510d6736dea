package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/look"
)

// legendPanel explains what the picture shows, and nothing else.
type legendPanel struct {
	*scene
	area   canvas.Area
	inline bool // it has rows alone, no heading
	legend look.Legend
	items  []look.Item
}

// draw explains what the frame shows, and nothing else.
func (pn *legendPanel) draw(items []look.Item) {
	a, th := pn.area, pn.look
	if a.Empty() {
		return
	}
	if pn.inline {
		th.DrawItemRow(&pn.canvas, a, items)
		return
	}
	if len(items) == 0 {
		return
	}
	if a.H < 2 {
		th.DrawItemRow(&pn.canvas, a, items)
		return
	}
	counted := pn.plan.size == sizeThree && pn.region() != nil && pn.view.lens == look.State
	if len(items) < a.H || a.W >= 36 && (a.H > 4 || len(items) <= 2*(a.H-1)) || pn.view.lens != look.State {
		pn.drawLegendHeading(a.Row(0), counted)
		_, a = a.CutTop(1)
	}
	cols := 1
	if !counted {
		cols = legendColumns(items, a.W)
	}
	indent := look.ItemIndent
	if n := min(3, (a.W+1)/(look.TightIndent+look.LeastWord)); n > cols && !counted && len(items) > cols*a.H && pn.view.lens == look.State {
		cols, indent, items = n, look.TightIndent, look.Merged(items)
		if 2*a.H >= len(items) {
			cols = 2 // of longer words
		}
	}
	w := (a.W + cols - 1) / cols
	for i, it := range items {
		it.Word = look.ShortOf(it.Word, w-indent)
		row := i / cols
		if row >= a.H {
			return
		}
		x := a.X + i%cols*w
		if i == cols*a.H-1 && len(items) > cols*a.H {
			more := "…   and more: ?"
			if canvas.Width(more) >= w {
				more = "… ?"
			}
			pn.canvas.Text(x+1, a.Y+row, w-1, more, th.Mute)
			return
		}
		th.DrawItem(&pn.canvas, x, a.Y+row, w, indent, it)
		if counted && it.Count >= 0 {
			st := th.Text
			if it.Count == 0 {
				st = th.Mute // it is seen of another region
			}
			pn.canvas.TextRight(x+20, a.Y+row, a.W-20, fmt.Sprint(it.Count), st)
		}
	}
}

// drawLegendHeading names the lens; a click goes to the next one.
func (pn *legendPanel) drawLegendHeading(a canvas.Area, counted bool) {
	right := fmt.Sprintf("lens %d of %d", pn.view.lens.Number(), len(look.Lenses))
	if counted {
		right = "pages of " + pn.view.current.region
	}
	title := fmt.Sprintf("%d %s", pn.view.lens.Number(), strings.ToUpper(pn.view.lens.Name))
	pn.look.DrawHeading(&pn.canvas, a, title, right)
	pn.clickable(a, func(h host) tea.Cmd { h.SetLens(pn.view.lens.Next()); return nil })
}

// explain explains what the picture shows, under its lens.
func (pn *legendPanel) explain(s *look.Seen) []look.Item {
	pn.items = pn.scene.explain(&pn.legend, pn.items[:0], s)
	return pn.items
}

// explain explains what is seen, under the lens; the items are appended to those given.
func (s *scene) explain(l *look.Legend, items []look.Item, seen *look.Seen) []look.Item {
	l.Look, l.Lens, l.Tight, l.Narrow = s.look, s.view.lens, s.plan.cell.pitch == s.plan.cell.w, s.plan.scale.zoom >= zoomDense
	l.Counts = nil
	if r := s.region(); r != nil && s.view.lens == look.State {
		l.Counts = &s.tallyOf(s.view.current, r, len(s.view.here().tally.strip)).Sums
	}
	return l.Items(items, seen)
}
