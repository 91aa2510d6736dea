package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"incore/model"
	"incore/ui"
	"incore/ui/sheet"
)

const at7f = 0x7f00_0000_0000

// spaceProcess is a process with regions and VMAs, told in pages from at7f on.
func spaceProcess(regions []model.RegionInfo, vmas ...model.VMA) *model.Process {
	p := &model.Process{Name: model.Main, PID: 1, PageSize: pageSize, VMAs: vmas}
	for _, info := range regions {
		r := model.Region{RegionInfo: info}
		r.Pages = r.Pages.Add(int64(info.Len/pageSize), model.Page{Mapping: model.InVMA})
		p.Regions = append(p.Regions, &r)
	}
	return p
}

func regionAt(name string, page, n uint64) model.RegionInfo {
	return model.RegionInfo{Name: name, Base: at7f + page*pageSize, Len: n * pageSize, Backing: model.Anon}
}

func vmaAt(page, n uint64) model.VMA {
	return model.VMA{Start: at7f + page*pageSize, End: at7f + (page+n)*pageSize, Prot: model.ProtRead | model.ProtWrite}
}

// told are the rows in words: the pages from at7f on, what they are of.
func told(p *model.Process, rows []sheet.SpaceRow) (all []string) {
	for _, r := range rows {
		s := ""
		switch {
		case r.Head:
			s = "head "
		case r.Below:
			s = "  "
		}
		switch {
		case r.Hi == 0 || r.Hi > sheet.KernelHalf:
			s += "kernel"
		case r.Lo < at7f:
			s += "low"
		default:
			s += fmt.Sprintf("%d+%d", (r.Lo-at7f)/pageSize, r.Size()/pageSize)
		}
		if r.Region != sheet.NoRegion {
			s += " " + p.Regions[r.Region].Name
		}
		if r.Vma != sheet.NoVMA {
			s += fmt.Sprintf(" v%d", r.Vma)
		}
		all = append(all, s)
	}
	return all
}

func TestSpaceRows(t *testing.T) {
	const rest = 0x80_0000_0000/pageSize*2 - 100 // to 0x8000_0000_0000
	for _, tt := range []struct {
		name    string
		regions []model.RegionInfo
		vmas    []model.VMA
		want    []string
	}{
		{"nothing", nil, nil, nil},
		{"one", []model.RegionInfo{regionAt("a", 0, 100)}, []model.VMA{vmaAt(0, 100)}, []string{"low", "0+100 a v0", fmt.Sprintf("100+%d", rest)}},
		{"a part of it locked", []model.RegionInfo{regionAt("a", 0, 100)}, []model.VMA{vmaAt(0, 4), vmaAt(4, 4), vmaAt(8, 92)},
			[]string{"low", "head 0+100 a", "  0+4 a v0", "  4+4 a v1", "  8+92 a v2", fmt.Sprintf("100+%d", rest)}},
		{"a hole in it", []model.RegionInfo{regionAt("a", 0, 100)}, []model.VMA{vmaAt(0, 4), vmaAt(8, 92)},
			[]string{"low", "head 0+100 a", "  0+4 a v0", "  4+4 a", "  8+92 a v1", fmt.Sprintf("100+%d", rest)}},
		{"two of them in one VMA", []model.RegionInfo{regionAt("b", 60, 40), regionAt("a", 0, 60)}, []model.VMA{vmaAt(0, 100)},
			[]string{"low", "0+60 a v0", "60+40 b v0", fmt.Sprintf("100+%d", rest)}},
		{"more than the region", []model.RegionInfo{regionAt("a", 10, 80)}, []model.VMA{vmaAt(0, 100)},
			[]string{"low", "0+10 v0", "10+80 a v0", "90+10 v0", fmt.Sprintf("100+%d", rest)}},
		{"one in the hole of another", []model.RegionInfo{regionAt("a", 0, 100), regionAt("b", 40, 10)}, []model.VMA{vmaAt(0, 40), vmaAt(40, 10), vmaAt(50, 50)},
			[]string{"low", "0+40 a v0", "40+10 b v1", "50+50 a v2", fmt.Sprintf("100+%d", rest)}},
		{"blocks of the heap", []model.RegionInfo{regionAt("heap", 0, 100), {Name: "m", Base: at7f, Len: 2 * pageSize, Malloc: model.FromBrk}},
			[]model.VMA{vmaAt(0, 100)}, []string{"low", "0+100 heap v0", fmt.Sprintf("100+%d", rest)}},
		{"a page of the kernel", nil, []model.VMA{vmaAt(0, 100), {Start: 0xffff_ffff_ff60_0000, End: 0xffff_ffff_ff60_1000}},
			[]string{"low", "0+100 v0", "kernel", "kernel v1"}},
	} {
		p := spaceProcess(tt.regions, tt.vmas...)
		if got := told(p, sheet.SpaceRows(nil, p)); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%q, want\n%q", tt.name, got, tt.want)
		}
	}
}

// The rows cover all addresses once and in order, each lies in its VMA and in its region, and
// every border of either is one of theirs.
func TestSpaceRowsCoverAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var p model.Process
		p.Name, p.PageSize = model.Main, pageSize
		var regions []model.RegionInfo
		var vmas []model.VMA
		borders := map[uint64]bool{}
		for at, i := uint64(0), 0; i < rapid.IntRange(1, 12).Draw(rt, "vmas"); i++ {
			at += rapid.Uint64Range(0, 3).Draw(rt, "gap")
			v := vmaAt(at, rapid.Uint64Range(1, 5).Draw(rt, "pages"))
			vmas = append(vmas, v)
			at = (v.End - at7f) / pageSize
			borders[v.Start], borders[v.End] = true, true
		}
		for i := range rapid.IntRange(0, 5).Draw(rt, "regions") {
			r := regionAt(string(rune('a'+i)), rapid.Uint64Range(0, 30).Draw(rt, "at"), rapid.Uint64Range(1, 20).Draw(rt, "of"))
			regions = append(regions, r)
			borders[r.Base], borders[r.Base+r.Len] = true, true
		}
		p = *spaceProcess(regions, vmas...)
		at, ends := uint64(0), map[uint64]bool{}
		var head *sheet.SpaceRow
		rows := sheet.SpaceRows(nil, &p)
		for i := range rows {
			r := &rows[i]
			if r.Head {
				if head = r; r.Region == sheet.NoRegion || r.Lo != at || i+2 >= len(rows) || !rows[i+1].Below || !rows[i+2].Below {
					rt.Fatalf("a row over none: %q", told(&p, rows))
				}
				continue
			}
			if r.Lo != at || r.Hi <= r.Lo {
				rt.Fatalf("from %x after %x: %q", r.Lo, at, told(&p, rows))
			}
			if r.Vma != sheet.NoVMA && (r.Lo < vmas[r.Vma].Start || r.Hi > vmas[r.Vma].End) {
				rt.Fatalf("outside of its VMA: %q", told(&p, rows))
			}
			if r.Region != sheet.NoRegion && (r.Lo < regions[r.Region].Base || r.Hi > regions[r.Region].Base+regions[r.Region].Len) {
				rt.Fatalf("outside of its region: %q", told(&p, rows))
			}
			if r.Below && (head == nil || head.Region != r.Region || r.Lo < head.Lo || r.Hi > head.Hi) {
				rt.Fatalf("below another's: %q", told(&p, rows))
			}
			at = r.Hi
			ends[r.Hi] = true
		}
		if at != sheet.SpaceTop(vmas) {
			rt.Fatalf("ends at %x: %q", at, told(&p, rows))
		}
		for b := range borders {
			if b < at && !ends[b] {
				rt.Fatalf("no border at page %d: %q", (b-at7f)/pageSize, told(&p, rows))
			}
		}
	})
}

// spaceScript brings every kind of row that the fake lab has onto the screen.
var spaceScript = []string{"mmap a 64", "touch a[0..9]", "mlock a[4..7]", "mprotect a[30..33] none", "munmap a[40..43]",
	"mmap buf 300 memfd shared", "touch buf[0..200]"}

func TestSpaceGolden(t *testing.T) {
	for _, size := range goldenSizes {
		if size.w == 60 {
			continue
		}
		for _, set := range []string{"unicode", "ascii"} {
			name := fmt.Sprintf("space-%dx%d-%s", size.w, size.h, set)
			t.Run(name, func(t *testing.T) {
				s := newScreen(t, size.w, size.h, ui.Options{ReducedMotion: true, ASCII: set == "ascii"}, spaceScript...)
				s.press("shift+tab", "down", "s")
				golden(t, name, s.text())
			})
		}
	}
}

func TestSpaceMoves(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, spaceScript...)
	s.press("shift+tab", "ctrl+home", "right", "right", "right", "right", "right", "s")
	here := func() string {
		row := s.space().Row()
		return told(s.m.Proc(), []sheet.SpaceRow{*row})[0]
	}
	row := func() sheet.SpaceRow { return s.space().Rows[s.space().Index()] }
	if r := row(); r.Region == sheet.NoRegion || s.m.Proc().VMAs[r.Vma].Lock != model.Locked {
		t.Errorf("s with the cursor on a locked page is on %s", here())
	}
	for _, tt := range []struct {
		key  string
		want int // by how many rows, or the row from the end
	}{{"down", 1}, {"j", 1}, {"up", -1}, {"k", -1}} {
		was := s.space().Index()
		s.press(tt.key)
		if got := s.space().Index() - was; got != tt.want {
			t.Errorf("%s moves by %d, want %d", tt.key, got, tt.want)
		}
	}
	s.press("g")
	if s.space().Index() != 0 {
		t.Errorf("g is on row %d", s.space().Index())
	}
	for i := range s.space().Rows { // each row can be reached, the one over a region too
		if got := s.space().Index(); got != i {
			t.Fatalf("%d times down is on row %d", i, got)
		}
		s.press("down")
	}
	s.press("pgup", "G")
	if got := s.space().Index(); got != len(s.space().Rows)-1 {
		t.Errorf("G is on row %d of %d", got, len(s.space().Rows))
	}
	s.press("enter")
	if s.m.Mode() != "space" || !strings.Contains(s.text(), "Nothing is mapped here") {
		t.Errorf("enter on a hole:\n%s", s.text())
	}
	s.press("s")
	if s.m.Mode() != "grid" {
		t.Error("s does not close")
	}
}

// enter and a click go to the page that the row begins with.
func TestSpaceGoesToThePage(t *testing.T) {
	for _, size := range goldenSizes {
		s := newScreen(t, size.w, size.h, ui.Options{}, spaceScript...)
		s.press("s")
		x, y := find(t, s, "buf")
		s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		if s.m.Mode() != "grid" || s.m.Focus.Current != inMain("buf") {
			t.Errorf("%dx%d: a click on buf: mode %s, %v", size.w, size.h, s.m.Mode(), s.m.Focus.Current)
		}
		s.press("s", "g")
		for range s.space().Rows {
			if s.space().At != s.m.Proc().Region("a").Base+30*pageSize {
				s.press("down")
			}
		}
		s.press("enter")
		if s.m.Mode() != "grid" || s.m.Focus.Current != inMain("a") || s.m.Focus.Here().Cursor != 30 {
			t.Errorf("%dx%d: enter on a[30..33]: mode %s, %v, page %d", size.w, size.h, s.m.Mode(), s.m.Focus.Current, s.m.Focus.Here().Cursor)
		}
		// Where the cursor is among the pages already it stays.
		s.press("right", "right", "s", "enter")
		if s.m.Focus.Here().Cursor != 32 {
			t.Errorf("%dx%d: s and enter move the cursor to %d", size.w, size.h, s.m.Focus.Here().Cursor)
		}
	}
}

func TestSpaceOfProcesses(t *testing.T) {
	s := forked(t, 100, 30)
	s.press("s")
	if !strings.Contains(s.text(), "ADDRESS SPACE OF main") {
		t.Errorf("of two processes none is named:\n%s", s.text())
	}
	s.press("n")
	if !strings.Contains(s.text(), "ADDRESS SPACE OF child") || s.m.Mode() != "space" {
		t.Errorf("n:\n%s", s.text())
	}
	s.run("in child kill SIGKILL")
	if !strings.Contains(s.text(), "as last seen: killed by SIGKILL") {
		t.Errorf("a dead one:\n%s", s.text())
	}
	s.press("N", "esc")
	if s.m.Focus.Current.Proc != model.Main || s.m.Mode() != "grid" {
		t.Errorf("N and esc: %v, mode %s", s.m.Focus.Current, s.m.Mode())
	}
	one := newScreen(t, 100, 30, ui.Options{}, "mmap a 4")
	one.press("s", "n")
	if !strings.Contains(one.text(), "There is one process") {
		t.Errorf("n of one process:\n%s", one.text())
	}
	empty := newScreen(t, 100, 30, ui.Options{})
	empty.press("s", "down", "up", "G", "enter")
	if !strings.Contains(empty.text(), "The VMAs have not been read yet.") {
		t.Errorf("before the first sample:\n%s", empty.text())
	}
}

// manyVMAs is a screen of a process whose region is n VMAs of a page.
func manyVMAs(t testing.TB, n int) *screen {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, fmt.Sprintf("mmap a %d", n))
	base := s.m.State.Main().Regions[0].Base
	sample := s.lab.sample(s.lab.procs[0])
	sample.VMAs = nil
	for i := range uint64(n) {
		sample.VMAs = append(sample.VMAs, model.VMA{Start: base + i*pageSize, End: base + (i+1)*pageSize, Lock: model.Lock(i % 2), Prot: 3})
	}
	s.tell(sample)
	s.press("s")
	return s
}

// Of 65,000 VMAs a frame costs what it shows: the rows are made once a reading.
func TestManyVMAs(t *testing.T) {
	s := manyVMAs(t, 65_000)
	if !strings.Contains(s.text(), "65000 VMAs") {
		t.Errorf("how many there are is not told:\n%s", s.text())
	}
	rows := len(s.space().Rows)
	mark := &s.space().Rows[rows-1]
	mark.Hi++ // would be gone from rows that are made anew
	s.press("G", "pgup", "g", "pgdown", "down", "up")
	s.send(tea.MouseWheelMsg{X: 5, Y: 20, Button: tea.MouseWheelDown})
	sample := s.lab.sample(s.lab.procs[0])
	sample.VMAs = s.m.State.Main().VMAs // nothing has changed since the last reading
	s.tell(sample)
	if mark != &s.space().Rows[rows-1] || mark.Hi != sheet.SpaceTop(sample.VMAs)+1 {
		t.Error("the rows were made anew although no VMA has changed")
	}
	if n := len(s.space().Tallies); n > 400 {
		t.Errorf("%d rows were tallied", n)
	}
	sample.VMAs = slices.Clone(sample.VMAs)[:100]
	s.tell(sample)
	if got := len(s.space().Rows); got > 110 {
		t.Errorf("%d rows of 100 VMAs", got)
	}
}

// The wheel scrolls, and the cursor stays on the screen.
func TestSpaceWheel(t *testing.T) {
	s := manyVMAs(t, 1000)
	s.press("g")
	for range 20 {
		s.send(tea.MouseWheelMsg{X: 5, Y: 20, Button: tea.MouseWheelDown})
		if at := s.space().Index(); at < s.space().Top || at >= s.space().Top+s.space().H {
			t.Fatalf("the cursor is on row %d, the screen has %d from %d on", at, s.space().H, s.space().Top)
		}
	}
	if s.space().Top != 60 {
		t.Errorf("20 turns of the wheel scroll to row %d", s.space().Top)
	}
}

func BenchmarkSpaceOf65000VMAs(b *testing.B) {
	s := manyVMAs(b, 65_000)
	s.press("pgdown", "pgdown")
	b.ReportAllocs()
	for b.Loop() {
		s.redraw()
	}
}

func BenchmarkSpaceRowsOf65000VMAs(b *testing.B) {
	s := manyVMAs(b, 65_000)
	b.ReportAllocs()
	for b.Loop() {
		s.space().Of = sheet.SpaceOf{}
		s.space().ReadSpace()
	}
}

func TestSpaceWords(t *testing.T) {
	for _, tt := range []struct {
		got, want string
	}{
		{sheet.ManyWords(640), "640"}, {sheet.ManyWords(9999), "9999"}, {sheet.ManyWords(20_400), "20 thousand"}, {sheet.ManyWords(203_900_000), "204 million"},
		{sheet.Percent(1, 1000), "0.1 %"}, {sheet.Percent(1, 2), "50 %"}, {sheet.Percent(99_961, 100_000), "99.96 %"}, {sheet.Percent(10, 10), "100.000000 %"},
		{fmt.Sprint(sheet.Scaled(1<<63, 3, 4)), fmt.Sprint(uint64(3 << 61))},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// A click on a VMA of the list beside the grid goes to its first page.
func TestClickOnAVMA(t *testing.T) {
	s := newScreen(t, 200, 50, ui.Options{}, spaceScript...)
	s.press("shift+tab")
	a := s.part("vmas")
	if a.H < 4 {
		t.Fatalf("the list has %d rows", a.H)
	}
	for i, want := range []int64{0, 4, 8, 30} {
		s.send(tea.MouseClickMsg{X: a.X + 3, Y: a.Y + 1 + i, Button: tea.MouseLeft})
		if got := s.m.Focus.Of(inMain("a")).Cursor; got != want {
			t.Errorf("a click on VMA %d goes to page %d, want %d", i, got, want)
		}
	}
}
