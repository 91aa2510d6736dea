package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/look"
)

// drawLegend explains what the frame shows, and nothing else.
func (m *Model) drawLegend(items []look.Item) {
	a, th := m.lay.legend, m.theme
	if a.Empty() {
		return
	}
	if m.lay.inline {
		th.DrawItemRow(&m.canvas, a, items)
		return
	}
	if len(items) == 0 {
		return
	}
	if a.H < 2 {
		th.DrawItemRow(&m.canvas, a, items)
		return
	}
	counted := m.lay.size == sizeThree && m.region() != nil && m.view.lens == look.State
	if len(items) < a.H || a.W >= 36 && (a.H > 4 || len(items) <= 2*(a.H-1)) || m.view.lens != look.State {
		m.drawLegendHeading(a.Row(0), counted)
		_, a = a.CutTop(1)
	}
	cols := 1
	if !counted {
		cols = legendColumns(items, a.W)
	}
	indent := look.ItemIndent
	if n := min(3, (a.W+1)/(look.TightIndent+look.LeastWord)); n > cols && !counted && len(items) > cols*a.H && m.view.lens == look.State {
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
			m.canvas.Text(x+1, a.Y+row, w-1, more, th.Mute)
			return
		}
		th.DrawItem(&m.canvas, x, a.Y+row, w, indent, it)
		if counted && it.Count >= 0 {
			st := th.Text
			if it.Count == 0 {
				st = th.Mute // it is seen of another region
			}
			m.canvas.TextRight(x+20, a.Y+row, a.W-20, fmt.Sprint(it.Count), st)
		}
	}
}

// drawLegendHeading names the lens; a click goes to the next one.
func (m *Model) drawLegendHeading(a canvas.Area, counted bool) {
	right := fmt.Sprintf("lens %d of %d", m.view.lens.Number(), len(look.Lenses))
	if counted {
		right = "pages of " + m.view.current.region
	}
	title := fmt.Sprintf("%d %s", m.view.lens.Number(), strings.ToUpper(m.view.lens.Name))
	m.theme.DrawHeading(&m.canvas, a, title, right)
	m.clickable(a, func(m *Model) tea.Cmd { m.setLens(m.view.lens.Next()); return nil })
}

// legendItems explain what the picture shows, under its lens.
func (m *Model) legendItems(s *look.Seen) []look.Item {
	l := &m.legend
	l.Look, l.Lens, l.Tight, l.Narrow = m.theme, m.view.lens, m.lay.cell.pitch == m.lay.cell.w, m.lay.scale.zoom >= zoomDense
	l.Counts = nil
	if r := m.region(); r != nil && m.view.lens == look.State {
		l.Counts = &m.tallyOf(m.view.current, r, len(m.view.here().tally.strip)).Sums
	}
	m.items = l.Items(m.items[:0], s)
	return m.items
}
