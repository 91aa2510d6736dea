package panel

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Legend draws the legend.
type Legend struct {
	*scene.Scene
	Area   canvas.Area // the cells that it draws in
	Inline bool        // it has rows alone, no heading
	Mapped bool        // the map is on the screen
	legend look.Legend
	items  []look.Item
}

// Draw draws the items of the legend.
func (pn *Legend) Draw(items []look.Item) {
	a, th := pn.Area, pn.Look
	if a.Empty() {
		return
	}
	if pn.Inline {
		th.DrawItemRow(&pn.Canvas, a, items)
		return
	}
	if len(items) == 0 {
		return
	}
	if a.H < 2 {
		th.DrawItemRow(&pn.Canvas, a, items)
		return
	}
	counted := pn.Plan.Size == scene.SizeThree && pn.Region() != nil && pn.Focus.Lens == look.State
	if len(items) < a.H || a.W >= 36 && (a.H > 4 || len(items) <= 2*(a.H-1)) || pn.Focus.Lens != look.State {
		pn.drawLegendHeading(a.Row(0), counted)
		_, a = a.CutTop(1)
	}
	cols := 1
	if !counted {
		cols = look.LegendColumns(items, a.W)
	}
	indent := look.ItemIndent
	if n := min(3, (a.W+1)/(look.TightIndent+look.LeastWord)); n > cols && !counted && len(items) > cols*a.H && pn.Focus.Lens == look.State {
		cols, indent, items = n, look.TightIndent, look.Merged(items)
		if 2*a.H >= len(items) {
			cols = 2 // of longer words
		}
	}
	items = pn.withMarks(items, cols*a.H)
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
			pn.Canvas.Text(x+1, a.Y+row, w-1, more, th.Mute)
			return
		}
		th.DrawItem(&pn.Canvas, x, a.Y+row, w, indent, it)
		if counted && it.Count >= 0 {
			st := th.Text
			if it.Count == 0 {
				st = th.Mute // it is seen of another region
			}
			pn.Canvas.TextRight(x+20, a.Y+row, a.W-20, fmt.Sprint(it.Count), st)
		}
	}
}

// withMarks adds what is drawn beside the grid, as far as there is room for it: the map, and the flags of smaps that
// stand there.
func (pn *Legend) withMarks(items []look.Item, room int) []look.Item {
	th := pn.Look
	var more []look.Item
	if pn.Mapped {
		more = append(more, look.Item{Tile: look.Tile{canvas.Blank, {Rune: th.Thumb, Style: th.Accent}}, Word: look.WordMap, Count: -1})
	}
	flag := func(a, b rune, word string) {
		more = append(more, look.Item{Tile: look.Tile{{Rune: a, Style: th.Text}, {Rune: b, Style: th.Text}}, Word: word, Count: -1})
	}
	if r := pn.Region(); r != nil && pn.Focus.Lens == look.State {
		lo, lf := pn.lockFlags(r)
		if lo {
			flag('l', 'o', look.WordLo)
		}
		if lf {
			flag('l', 'f', look.WordLf)
		}
	}
	if n := room - len(items); n < len(more) {
		more = more[:max(0, n)]
	}
	return append(items, more...)
}

// lockFlags reports which flags of locks stand beside the grid: of the page under the cursor, and of the first VMAs of the region.
func (pn *Legend) lockFlags(r *model.Region) (lo, lf bool) {
	const listed = 16 // of VMAs, at most
	lock := r.Pages.At(pn.Focus.Here().Cursor).Lock
	lo, lf = lock != model.Unlocked, lock == model.OnFault
	vmas := pn.Proc().VMAsIn(r.Span())
	for _, v := range vmas[:min(len(vmas), listed)] {
		lo, lf = lo || v.Flags.Has("lo"), lf || v.Flags.Has("lf")
	}
	return lo, lf
}

// drawLegendHeading names the lens; a click goes to the next one.
func (pn *Legend) drawLegendHeading(a canvas.Area, counted bool) {
	right := fmt.Sprintf("lens %d of %d", pn.Focus.Lens.Number(), len(look.Lenses))
	if counted {
		right = "pages of " + pn.Focus.Current.Region
	}
	title := fmt.Sprintf("%d %s", pn.Focus.Lens.Number(), strings.ToUpper(pn.Focus.Lens.Name))
	pn.Look.DrawHeading(&pn.Canvas, a, title, right)
	pn.Clickable(a, func(h scene.Clicks) tea.Cmd { h.SetLens(pn.Focus.Lens.Next()); return nil })
}

// Explain returns the items for what is seen. They are valid until the next call.
func (pn *Legend) Explain(s *look.Seen) []look.Item {
	pn.items = pn.Scene.Explain(&pn.legend, pn.items[:0], s)
	return pn.items
}
