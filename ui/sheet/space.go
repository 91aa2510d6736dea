package sheet

import (
	"fmt"
	"sort"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Space is the sheet of the address space of a process.
type Space struct {
	*scene.Scene

	Rows []SpaceRow // in the order of their addresses
	Of   SpaceOf    // what they were made of

	regions []*model.Region // that sum is of
	sum     uint64

	Top  int    // the first row on the screen
	At   uint64 // the address whose row is the current one
	head bool   // the current row is the one over those of a region
	H    int    // rows on the screen, as they were drawn last

	legend  look.Legend
	Tallies map[spacePages]*spaceTally // of rows that are on the screen, or were
}

// SpaceOf is what the rows were made of. The VMAs of a sample are never changed, so the same slice has the same
// VMAs.
type SpaceOf struct {
	proc    string
	vmas    *model.VMA
	n       int
	regions uint64 // of where they lie
}

// SpaceKeys returns the keys of the address space.
func SpaceKeys() []Key {
	move := func(n int) func(*Space, Host) { return func(sh *Space, _ Host) { sh.move(n) } }
	screen := func(n int) func(*Space, Host) {
		return func(sh *Space, _ Host) { sh.move(n * max(1, sh.H)) }
	}
	process := func(n int) func(*Space, Host) {
		return func(sh *Space, h Host) { h.NextProcess(n); sh.Open() }
	}
	alone := unless(func(sh *Space) string { return scene.WhyAlone(sh.Scene) })
	const all = 1 << 30
	return []Key{
		{Keys: []string{"esc", "q", "s"}, Show: "esc q", Row: "esc q s", Word: "back", Help: "back to the grid", Do: shut},
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
		{Keys: []string{"ctrl+c"}, Show: "ctrl+c", Help: "quit at once", Do: leave},
	}
}

// WhyNoSpace returns why there is no address space to show, or "".
func WhyNoSpace(m *scene.Scene) string {
	if m.Proc().PID == 0 {
		return "The subject has not started yet."
	}
	return ""
}

// Open implements Sheet. The row of the page under the cursor becomes the current one.
func (sh *Space) Open() {
	sh.At, sh.head = 0, false
	if r := sh.Region(); r != nil {
		sh.At = r.Base + uint64(sh.Focus.Here().Cursor)*uint64(sh.Proc().PageSize)
	}
	sh.ReadSpace()
	sh.Top = sh.Index() - sh.H/2
}

// ReadSpace makes the rows anew if the process is another one or its VMAs have changed.
func (sh *Space) ReadSpace() {
	p, s := sh.Proc(), sh
	now := SpaceOf{proc: p.Name, n: len(p.VMAs)}
	if now.n > 0 {
		now.vmas = &p.VMAs[0]
	}
	if s.regions == nil || !scene.SameList(s.regions, p.Regions) {
		s.regions, s.sum = p.Regions, regionSum(p.Regions)
	}
	now.regions = s.sum
	if now != s.Of {
		s.Of, s.Rows = now, SpaceRows(s.Rows, p)
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

// Index returns the index of the current row, which has the current address.
func (sh *Space) Index() int {
	s := sh
	i := sort.Search(len(s.Rows), func(i int) bool { return s.Rows[i].Lo > s.At }) - 1
	// The row over those of a region begins where the first of them does, before it.
	if i > 0 && s.head && s.Rows[i-1].Head {
		i--
	}
	return max(0, i)
}

// move moves the cursor by rows.
func (sh *Space) move(n int) {
	sh.ReadSpace()
	if s := sh; len(s.Rows) > 0 {
		sh.selectRow(canvas.Clamp(sh.Index()+n, 0, len(s.Rows)-1))
	}
}

// selectRow makes a row the current one, and brings it onto the screen.
func (sh *Space) selectRow(i int) {
	s := sh
	s.At, s.head = s.Rows[i].Lo, s.Rows[i].Head
	s.Top = canvas.Clamp(s.Top, i-max(1, s.H)+1, i)
}

// Scroll implements Sheet. It scrolls by rows, and takes the cursor along if it would leave the screen.
func (sh *Space) Scroll(n int) {
	s := sh
	sh.ReadSpace()
	if len(s.Rows) == 0 {
		return
	}
	at := sh.Index()
	s.Top = canvas.Clamp(s.Top+n, 0, max(0, len(s.Rows)-s.H))
	if to := canvas.Clamp(at, s.Top, s.Top+max(1, s.H)-1); to != at {
		sh.selectRow(min(to, len(s.Rows)-1))
	}
}

// Row returns the current row, or nil.
func (sh *Space) Row() *SpaceRow {
	if sh.ReadSpace(); len(sh.Rows) == 0 {
		return nil
	}
	return &sh.Rows[sh.Index()]
}

// whyNoPageHere returns why the grid cannot show what the current row stands for, or "".
func (sh *Space) whyNoPageHere() string {
	row := sh.Row()
	switch {
	case row == nil:
		return "The VMAs have not been read yet."
	case row.Region != NoRegion:
		return ""
	case row.Vma == NoVMA:
		return "Nothing is mapped here: the grid has no page to show."
	}
	name, _ := ownName(&sh.Proc().VMAs[row.Vma])
	return fmt.Sprintf("%s is not a region: the grid shows what commands have mapped.", name)
}

// goToRow goes to the page of the current row in the grid; where the cursor is on one of
// its pages already it stays there.
func (sh *Space) goToRow(h Host) {
	row, p := sh.Row(), sh.Proc()
	r := p.Regions[row.Region]
	ps := uint64(p.PageSize)
	first, end := int64((row.Lo-r.Base)/ps), int64((row.Hi-r.Base+ps-1)/ps)
	at := scene.Place{Proc: p.Name, Region: r.Name}
	if rv := sh.Focus.Of(at); rv.Cursor < first || rv.Cursor >= end {
		h.GoToPage(at, first)
	} else {
		h.GoTo(at)
	}
	h.Close()
}

// clicked returns what a click on a row does: it goes to the page, or says why there is none.
func (sh *Space) clicked(i int) func(scene.Clicks) tea.Cmd {
	return func(h scene.Clicks) tea.Cmd {
		if i >= len(sh.Rows) {
			return nil
		}
		sh.selectRow(i)
		if why := sh.whyNoPageHere(); why != "" {
			h.(Host).Say(why, true)
			return nil
		}
		sh.goToRow(h.(Host))
		return nil
	}
}
