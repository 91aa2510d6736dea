package ui

import (
	"fmt"
	"sort"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// Space is the address space of a process.
type Space struct {
	*scene

	rows []spaceRow
	of   spaceOf

	regions []*model.Region // that sum is of
	sum     uint64

	top  int    // the first row on the screen
	at   uint64 // the address whose row is the current one
	head bool   // the current row is the one over those of a region
	h    int    // rows on the screen, as they were drawn last

	legend  look.Legend
	tallies map[spacePages]*spaceTally // of rows that are on the screen, or were
}

// spaceOf is what the rows were made of. The VMAs of a sample are never changed, so where they
// are the same slice they are the same.
type spaceOf struct {
	proc    string
	vmas    *model.VMA
	n       int
	regions uint64 // of where they lie
}

// spaceKeys are the keys within it.
func spaceKeys() []SheetKey {
	move := func(n int) func(*Space, SheetHost) { return func(sh *Space, _ SheetHost) { sh.move(n) } }
	screen := func(n int) func(*Space, SheetHost) {
		return func(sh *Space, _ SheetHost) { sh.move(n * max(1, sh.h)) }
	}
	process := func(n int) func(*Space, SheetHost) {
		return func(sh *Space, h SheetHost) { h.NextProcess(n); sh.Open() }
	}
	alone := unless(func(sh *Space) string { return whyAlone(sh.scene) })
	const all = 1 << 30
	return []SheetKey{
		{Keys: []string{"esc", "s"}, Show: "esc", Row: "esc s", Word: "back", Help: "back to the grid", Do: shut},
		{Keys: []string{"down", "j"}, Show: "↑↓", Row: "↑↓ j k", ASCII: "up down", Word: "move", Help: "move", Do: act(move(1))},
		{Keys: []string{"up", "k"}, Do: act(move(-1))},
		{Keys: []string{"pgdown", "space"}, Show: "pgup pgdn", Help: "a screen up and down", Do: act(screen(1))},
		{Keys: []string{"pgup"}, Do: act(screen(-1))},
		{Keys: []string{"home", "g"}, Show: "g G", Help: "lowest, highest address", Do: act(move(-all))},
		{Keys: []string{"end", "G"}, Do: act(move(all))},
		{Keys: []string{"enter"}, Show: "enter", Word: "to the page", Help: "show its pages in the grid; a click too",
			Why: unless((*Space).whyNoPageHere), Do: act((*Space).goToRow)},
		{Keys: []string{"n"}, Show: "n", Row: "n N", Word: "process", Help: "next process, the one before", Why: alone, Do: act(process(1))},
		{Keys: []string{"N"}, Why: alone, Do: act(process(-1))},
		{Keys: []string{"q", "ctrl+c"}, Show: "q", Word: "quit", Help: "quit", Do: leave},
	}
}

// whyNoSpace says why there is no address space to show.
func whyNoSpace(m *scene) string {
	if m.proc().PID == 0 {
		return "The subject has not started yet."
	}
	return ""
}

// Open implements Sheet: the row of the page under the cursor is the current one.
func (sh *Space) Open() {
	sh.at, sh.head = 0, false
	if r := sh.region(); r != nil {
		sh.at = r.Base + uint64(sh.view.here().cursor)*uint64(sh.proc().PageSize)
	}
	sh.readSpace()
	sh.top = sh.index() - sh.h/2
}

// readSpace makes the rows anew where the process is another one or its VMAs have changed.
func (sh *Space) readSpace() {
	p, s := sh.proc(), sh
	now := spaceOf{proc: p.Name, n: len(p.VMAs)}
	if now.n > 0 {
		now.vmas = &p.VMAs[0]
	}
	if s.regions == nil || !sameList(s.regions, p.Regions) {
		s.regions, s.sum = p.Regions, regionSum(p.Regions)
	}
	now.regions = s.sum
	if now != s.of {
		s.of, s.rows = now, spaceRows(s.rows, p)
	}
}

// regionSum stands for where regions lie and what they are called (FNV-1a). A sample of other pages makes
// another list of them, and no other rows.
func regionSum(list []*model.Region) uint64 {
	sum := uint64(len(list))
	for _, r := range list {
		sum = ((sum*0x100000001b3^r.Base)*0x100000001b3 ^ r.Len) * 0x100000001b3
		for _, c := range []byte(r.Name) {
			sum = (sum ^ uint64(c)) * 0x100000001b3
		}
	}
	return sum
}

// index is the current row: that of the current address.
func (sh *Space) index() int {
	s := sh
	i := sort.Search(len(s.rows), func(i int) bool { return s.rows[i].lo > s.at }) - 1
	// The row over those of a region begins where the first of them does, before it.
	if i > 0 && s.head && s.rows[i-1].head {
		i--
	}
	return max(0, i)
}

// move moves the cursor by rows.
func (sh *Space) move(n int) {
	sh.readSpace()
	if s := sh; len(s.rows) > 0 {
		sh.selectRow(canvas.Clamp(sh.index()+n, 0, len(s.rows)-1))
	}
}

// selectRow makes a row the current one, and brings it onto the screen.
func (sh *Space) selectRow(i int) {
	s := sh
	s.at, s.head = s.rows[i].lo, s.rows[i].head
	s.top = canvas.Clamp(s.top, i-max(1, s.h)+1, i)
}

// Scroll implements Sheet: it scrolls by rows, and takes the cursor along where it would leave the screen.
func (sh *Space) Scroll(n int) {
	s := sh
	sh.readSpace()
	if len(s.rows) == 0 {
		return
	}
	at := sh.index()
	s.top = canvas.Clamp(s.top+n, 0, max(0, len(s.rows)-s.h))
	if to := canvas.Clamp(at, s.top, s.top+max(1, s.h)-1); to != at {
		sh.selectRow(min(to, len(s.rows)-1))
	}
}

// row is the current row, or nil.
func (sh *Space) row() *spaceRow {
	if sh.readSpace(); len(sh.rows) == 0 {
		return nil
	}
	return &sh.rows[sh.index()]
}

// whyNoPageHere says why the grid cannot show what the current row stands for.
func (sh *Space) whyNoPageHere() string {
	row := sh.row()
	switch {
	case row == nil:
		return "The VMAs have not been read yet."
	case row.region != noRegion:
		return ""
	case row.vma == noVMA:
		return "Nothing is mapped here: the grid has no page to show."
	}
	name, _ := ownName(&sh.proc().VMAs[row.vma])
	return fmt.Sprintf("%s is not a region: the grid shows what commands have mapped.", name)
}

// goToRow goes to the page of the current row in the grid; where the cursor is on one of
// its pages already it stays there.
func (sh *Space) goToRow(h SheetHost) {
	row, p := sh.row(), sh.proc()
	r := p.Regions[row.region]
	ps := uint64(p.PageSize)
	first, end := int64((row.lo-r.Base)/ps), int64((row.hi-r.Base+ps-1)/ps)
	at := place{p.Name, r.Name}
	if rv := sh.view.of(at); rv.cursor < first || rv.cursor >= end {
		h.GoToPage(at, first)
	} else {
		h.GoTo(at)
	}
	h.Close()
}

// clicked is a click on a row: it goes to the page, or says why there is none.
func (sh *Space) clicked(i int) func(host) tea.Cmd {
	return func(h host) tea.Cmd {
		if i >= len(sh.rows) {
			return nil
		}
		sh.selectRow(i)
		if why := sh.whyNoPageHere(); why != "" {
			h.(SheetHost).Say(why, true)
			return nil
		}
		sh.goToRow(h.(SheetHost))
		return nil
	}
}
