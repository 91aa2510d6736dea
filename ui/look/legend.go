package look

import (
	"incore/model"
	"incore/ui/canvas"
)

// Legend explains what a picture shows.
type Legend struct {
	Look   *Look // how pages look
	Lens   *Lens // what the cells show
	Tight  bool  // the picture has no column between its cells
	Narrow bool  // a page has one column at most, without a mark beside it
	Counts *Sums // of the region that the cursor is in, or nil
}

// Item is one state with its cell.
type Item struct {
	Tile  Tile       // how the state is drawn
	Lock  model.Lock // whose frame stands around the tile
	Word  string     // what it is called
	Count int64      // pages of the current region in this state; -1 if that is not counted
}

// Items appends what is seen to items, each state with its word.
func (l *Legend) Items(items []Item, s *Seen) []Item {
	items = l.Lens.legend(l.Lens, l, items, s)
	th := l.Look
	if s.Boundary {
		c := canvas.Cell{Rune: th.Border, Style: th.Boundary}
		it := Item{Tile{canvas.Blank, c}, 0, wordBoundary, -1}
		if l.Tight {
			c := canvas.Cell{Rune: th.dot(), Style: canvas.Style{FG: th.Kinds[Absent], BG: th.Rule.FG}}
			switch {
			case th.Colors == canvas.NoColor:
				c.Attr = canvas.Underline
			case !th.ASCII && l.Lens == State && s.kinds[Anon]:
				it.Tile[0] = th.tick(th.Kinds[Anon])
			}
			it.Tile[1] = c
		}
		items = append(items, it)
	}
	if s.tenths {
		c := canvas.Cell{Rune: '5', Style: canvas.Style{FG: th.Kinds[Anon]}}
		items = append(items, Item{Tile{c, c}, 0, "tenths in memory", -1})
	}
	if s.Marked {
		items = append(items, l.reached())
	}
	return items
}

// reached returns the item of what a command would reach: as in the grid, brackets around the run where there is
// a column for them.
func (l *Legend) reached() Item {
	th := l.Look
	c := canvas.Cell{Rune: ' ', Style: canvas.Style{BG: th.Mark}}
	if th.Mark == 0 {
		c.Rune = '_'
	}
	if l.Tight {
		c.Attr |= canvas.Underline
		return Item{Tile{c, c}, 0, wordReached, -1}
	}
	return Item{Tile{th.Bracket(true, 0, 1), th.Bracket(false, 0, 1)}, 0, wordReached, -1}
}

// class adds a class of a lens, where it is seen.
func (l *Legend) class(items []Item, s *Seen, ln *Lens, class int, word string) []Item {
	if !s.Classes[class] {
		return items
	}
	return append(items, Item{l.Look.Tiles[ln.Index][0][class], 0, word, -1})
}

// states returns the kinds, locks and protections that a picture shows.
func (l *Legend) states(items []Item, s *Seen) []Item {
	th := l.Look
	var of Sums
	if l.Counts != nil {
		of = *l.Counts
	}
	for _, k := range LegendOrder {
		if s.kinds[k] {
			items = append(items, Item{th.States[k][model.Unlocked][Writable], model.Unlocked, k.Name(), of.Kinds[k]})
		}
	}
	locked := func(k Kind, lock model.Lock, word string, n int64) {
		items = append(items, Item{th.States[k][lock][Writable], lock, word, n})
	}
	for _, w := range lockWords {
		if s.locked[w.lock] {
			locked(s.under[w.lock], w.lock, w.word, of.Locked[w.lock])
		}
		if s.empty[w.lock] {
			locked(Absent, w.lock, w.empty, -1)
		}
	}
	if lock := s.part; lock != model.Unlocked {
		c := th.stripCell(Anon, 5, lock, th.Faint[lock], Writable)
		items = append(items, Item{Tile{c, c}, 0, wordPart, -1})
	}
	if s.access[ReadOnly] {
		items = append(items, Item{th.States[s.sample[ReadOnly]][0][ReadOnly], 0, wordReadOnly, -1})
	}
	if s.access[NoAccess] {
		items = append(items, Item{th.States[s.sample[NoAccess]][0][NoAccess], 0, wordNoAccess, -1})
	}
	return items
}

// LegendOrder is the order in which the legend has the kinds.
var LegendOrder = []Kind{Absent, Zero, Anon, File, Cached, Shared, SwapCache, Swapped, Huge,
	Guard, Unknowable, Hole}

// ItemIndent is where the word of an item begins.
const (
	ItemIndent  = 5 // which leaves the frame of a lock its column
	TightIndent = 4
	LeastWord   = 6 // columns, of the shortest words
)

// DrawItem draws an item as the grid does, with the frame of its lock, and its word behind it. It returns how
// many columns that takes.
func (t *Look) DrawItem(c *canvas.Canvas, x, y, w, indent int, it Item) int {
	if it.Lock != model.Unlocked {
		lid := canvas.Style{FG: t.Lids[it.Lock]}
		c.Set(x, y, t.FrameL, lid)
		c.Set(x+3, y, t.FrameR, lid)
	}
	for i, k := range it.Tile {
		c.Set(x+1+i, y, k.Rune, k.Style)
	}
	return indent + c.Text(x+indent, y, w-indent, it.Word, t.Dim)
}

// DrawItemRow draws the items side by side, in as many rows as there are. If they do not all fit, it says where
// the rest is.
func (t *Look) DrawItemRow(c *canvas.Canvas, a canvas.Area, items []Item) {
	const more = "… ?"
	if full := items; t.legendFlow(nil, a, full) < len(full) {
		for _, most := range [2]int{9, 0} { // columns of a word
			items = Merged(full)
			for i := range items {
				items[i].Word = ShortOf(items[i].Word, most)
			}
			if t.legendFlow(nil, a, items) == len(items) {
				break
			}
		}
	}
	if n := t.legendFlow(nil, a, items); n < len(items) {
		last := a.Row(a.H - 1)
		last.W -= len(more)
		c.TextRight(last.X, last.Y, a.W, more, t.Mute)
	}
	t.legendFlow(c, a, items)
}

// legendFlow fills the rows with items, and returns how many of them fit. A nil canvas has them measured alone.
func (t *Look) legendFlow(c *canvas.Canvas, a canvas.Area, items []Item) int {
	const apart, more = 2, 4
	x, row := a.X-1, 0
	for i, it := range items {
		n := TightIndent + canvas.Width(it.Word)
		room := func() int {
			end := a.X + a.W
			if row == a.H-1 && i+1 < len(items) {
				end -= more
			}
			return end - x
		}
		if n > room() && x >= a.X {
			x, row = a.X-1, row+1
		}
		if row >= a.H || n > room() {
			return i
		}
		if c != nil {
			t.DrawItem(c, x, a.Y+row, n, TightIndent, it)
		}
		x += n + apart
	}
	return len(items)
}

// LegendColumns returns how many of the items stand side by side in w columns: 1 or 2.
func LegendColumns(items []Item, w int) int {
	for i := range items {
		if ItemIndent+canvas.Width(items[i].Word) > w/2 { // the first column of the other half is blank, or a frame
			return 1
		}
	}
	return min(2, max(1, len(items)))
}
