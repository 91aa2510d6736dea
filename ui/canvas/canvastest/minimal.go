// Package canvastest has what tests and benchmarks hold an encoder of canvases against.
package canvastest

import (
	"unicode/utf8"

	"incore/ui/canvas"
)

// state is how a terminal can stand after a part of a frame: the style that is selected, and the cursor.
type state struct {
	pen  canvas.Style
	x, y int
}

// costs are the bytes that the cheapest way to each state takes.
type costs map[state]int

func (c costs) add(s state, cost int) {
	if old, ok := c[s]; !ok || cost < old {
		c[s] = cost
	}
}

// slack is how many bytes a way may be behind the cheapest and still win: a style of two colors.
const slack = 48

// Minimal returns how many bytes a frame takes at least that makes the canvas before one like after, of the same size, by what
// [canvas.Encoder] has: moves, styles, runes and the end of a row erased. It tries every way to go on from every state, and takes
// some hundred times as long as an encoder. Both canvases are as an encoder has left them, without runes of two columns.
func Minimal(before, after *canvas.Canvas) int {
	best := costs{{}: 0}
	for y := range len(after.Cells) / after.W {
		row, old := after.Cells[y*after.W:(y+1)*after.W], before.Cells[y*after.W:(y+1)*after.W]
		best = minimalRow(best, old, row, y)
	}
	return least(best)
}

func least(c costs) int {
	n := -1
	for _, cost := range c {
		if n < 0 || cost < n {
			n = cost
		}
	}
	return n
}

func minimalRow(best costs, old, row []canvas.Cell, y int) costs {
	last, blank := -1, len(row)
	for i := range row {
		if row[i] != old[i] {
			last = i
		}
	}
	for blank > 0 && row[blank-1] == canvas.Blank {
		blank--
	}
	erased := costs{}
	for i := range last + 1 {
		if row[i] == old[i] {
			continue
		}
		if i >= blank {
			for s, cost := range best {
				reach(s, cost, row, i, y, func(s state, cost int) {
					drawn(s, cost, canvas.Blank, func(s state, cost int) { erased.add(state{s.pen, i, y}, cost+len("\x1b[K")-1) })
				})
			}
		}
		next := costs{}
		for s, cost := range best {
			reach(s, cost, row, i, y, func(s state, cost int) { drawn(s, cost, row[i], next.add) })
		}
		best = pruned(next)
	}
	for s, cost := range erased {
		best.add(s, cost)
	}
	return pruned(best)
}

func pruned(c costs) costs {
	n := least(c)
	for s, cost := range c {
		if cost > n+slack {
			delete(c, s)
		}
	}
	return c
}

// reach tries a move to a cell, and drawing what lies before it once more.
func reach(s state, cost int, row []canvas.Cell, x, y int, to func(state, int)) {
	if s.x == x && s.y == y {
		to(s, cost)
		return
	}
	to(state{s.pen, x, y}, cost+canvas.MoveLen(s.x, s.y, x, y))
	if s.y != y || s.x > x || x-s.x > len("\x1b[999C") {
		return
	}
	ways := costs{s: cost}
	for i := s.x; i < x; i++ {
		next := costs{}
		for w, c := range ways {
			drawn(w, c, row[i], next.add)
		}
		ways = next
	}
	for w, c := range ways {
		to(w, c)
	}
}

// drawn tries the styles that a cell can be drawn in.
func drawn(s state, cost int, k canvas.Cell, to func(state, int)) {
	width := utf8.RuneLen(k.Rune)
	at := func(pen canvas.Style) {
		to(state{pen, s.x + 1, s.y}, cost+len(pen.AppendFrom(nil, s.pen))+width)
	}
	if k.Rune != ' ' || k.Attr != 0 {
		at(k.Style)
		return
	}
	kept := s.pen
	kept.BG, kept.Attr = k.BG, kept.Attr&^(canvas.Reverse|canvas.Underline)
	at(kept)
	at(canvas.Style{BG: k.BG})
}
