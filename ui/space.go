package ui

import (
	"fmt"
	"sort"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
)

// space is the view of the address space of a process.
type space struct {
	rows []spaceRow
	of   spaceOf

	regions []*model.Region // that sum is of
	sum     uint64

	top  int    // the first row on the screen
	at   uint64 // the address whose row is the current one
	head bool   // the current row is the one over those of a region
	h    int    // rows on the screen, as they were drawn last

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

// spaceKeys are the key of the address space and those within it.
func spaceKeys() []binding {
	move := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.moveInSpace(n); return nil }
	}
	screen := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.moveInSpace(n * max(1, m.space.h)); return nil }
	}
	process := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.nextProcess(n); m.openSpace(); return nil }
	}
	closed := func(m *Model, _ string) tea.Cmd { m.mode, m.status = modeGrid, status{}; return nil }
	const all = 1 << 30
	return []binding{
		{keys: []string{"s"}, show: "s", word: "addresses", help: "the whole address space of the process", group: groupLook, why: (*Model).whyNoSpace,
			do: func(m *Model, _ string) tea.Cmd { m.openSpace(); return nil }},
		{mode: modeSpace, keys: []string{"esc", "s"}, show: "esc", row: "esc s", word: "back", help: "back to the grid", do: closed},
		{mode: modeSpace, keys: []string{"down", "j"}, show: "↑↓", row: "↑↓ j k", ascii: "up down", word: "move", help: "move", do: move(1)},
		{mode: modeSpace, keys: []string{"up", "k"}, do: move(-1)},
		{mode: modeSpace, keys: []string{"pgdown", "space"}, show: "pgup pgdn", help: "a screen up and down", do: screen(1)},
		{mode: modeSpace, keys: []string{"pgup"}, do: screen(-1)},
		{mode: modeSpace, keys: []string{"home", "g"}, show: "g G", help: "lowest, highest address", do: move(-all)},
		{mode: modeSpace, keys: []string{"end", "G"}, do: move(all)},
		{mode: modeSpace, keys: []string{"enter"}, show: "enter", word: "to the page", help: "show its pages in the grid; a click too", why: (*Model).whyNoPageHere,
			do: func(m *Model, _ string) tea.Cmd { m.goToSpaceRow(); return nil }},
		{mode: modeSpace, keys: []string{"n"}, show: "n", row: "n N", word: "process", help: "next process, the one before", why: (*Model).whyAlone, do: process(1)},
		{mode: modeSpace, keys: []string{"N"}, why: (*Model).whyAlone, do: process(-1)},
		{mode: modeSpace, keys: []string{"q", "ctrl+c"}, show: "q", word: "quit", help: "quit", do: quit},
	}
}

// whyNoSpace says why there is no address space to show.
func (m *Model) whyNoSpace() string {
	if m.proc().PID == 0 {
		return "The subject has not started yet."
	}
	return ""
}

// openSpace shows the address space of the current process, at the page under the cursor.
func (m *Model) openSpace() {
	m.mode, m.status = modeSpace, status{}
	m.space.at, m.space.head = 0, false
	if r := m.region(); r != nil {
		m.space.at = r.Base + uint64(m.view.here().cursor)*uint64(m.proc().PageSize)
	}
	m.readSpace()
	m.space.top = m.spaceIndex() - m.space.h/2
}

// readSpace makes the rows anew where the process is another one or its VMAs have changed.
func (m *Model) readSpace() {
	p, s := m.proc(), &m.space
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

// spaceIndex is the current row: that of the current address.
func (m *Model) spaceIndex() int {
	s := &m.space
	i := sort.Search(len(s.rows), func(i int) bool { return s.rows[i].lo > s.at }) - 1
	// The row over those of a region begins where the first of them does, before it.
	if i > 0 && s.head && s.rows[i-1].head {
		i--
	}
	return max(0, i)
}

// moveInSpace moves the cursor by rows.
func (m *Model) moveInSpace(n int) {
	m.readSpace()
	if s := &m.space; len(s.rows) > 0 {
		m.selectSpaceRow(canvas.Clamp(m.spaceIndex()+n, 0, len(s.rows)-1))
	}
}

// selectSpaceRow makes a row the current one, and brings it onto the screen.
func (m *Model) selectSpaceRow(i int) {
	s := &m.space
	s.at, s.head = s.rows[i].lo, s.rows[i].head
	s.top = canvas.Clamp(s.top, i-max(1, s.h)+1, i)
	m.status = status{}
}

// scrollSpace scrolls by rows, and takes the cursor along where it would leave the screen.
func (m *Model) scrollSpace(n int) {
	s := &m.space
	m.readSpace()
	if len(s.rows) == 0 {
		return
	}
	at := m.spaceIndex()
	s.top = canvas.Clamp(s.top+n, 0, max(0, len(s.rows)-s.h))
	if to := canvas.Clamp(at, s.top, s.top+max(1, s.h)-1); to != at {
		m.selectSpaceRow(min(to, len(s.rows)-1))
	}
}

// spaceRow is the current row, or nil.
func (m *Model) spaceRow() *spaceRow {
	if m.readSpace(); len(m.space.rows) == 0 {
		return nil
	}
	return &m.space.rows[m.spaceIndex()]
}

// whyNoPageHere says why the grid cannot show what the current row stands for.
func (m *Model) whyNoPageHere() string {
	row := m.spaceRow()
	switch {
	case row == nil:
		return "The VMAs have not been read yet."
	case row.region != noRegion:
		return ""
	case row.vma == noVMA:
		return "Nothing is mapped here: the grid has no page to show."
	}
	name, _ := ownName(&m.proc().VMAs[row.vma])
	return fmt.Sprintf("%s is not a region: the grid shows what commands have mapped.", name)
}

// goToSpaceRow goes to the page of the current row in the grid; where the cursor is on one of
// its pages already it stays there.
func (m *Model) goToSpaceRow() {
	row, p := m.spaceRow(), m.proc()
	r := p.Regions[row.region]
	m.goTo(place{p.Name, r.Name})
	ps := uint64(p.PageSize)
	first, end := int64((row.lo-r.Base)/ps), int64((row.hi-r.Base+ps-1)/ps)
	if rv := m.view.here(); rv.cursor < first || rv.cursor >= end {
		m.begin(false)
		rv.cursor = first
	}
	m.mode, m.status = modeGrid, status{}
}

// clickSpaceRow is a click on a row: it goes to the page, or says why there is none.
func clickSpaceRow(i int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		if i >= len(m.space.rows) {
			return nil
		}
		m.selectSpaceRow(i)
		if why := m.whyNoPageHere(); why != "" {
			m.status = status{why, true}
			return nil
		}
		m.goToSpaceRow()
		return nil
	}
}
