package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
)

// pageView is all that is known of the page under the cursor, over the whole screen: on a small
// one the inspector has room for the words alone.
type pageView struct{ top int }

// pageViewKeys are the key that opens it and those within it.
func pageViewKeys() []binding {
	move := func(dx, dy int64) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.move(dx, dy, false); return nil }
	}
	scroll := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.pageView.top += n * max(1, m.height-4); return nil }
	}
	return []binding{
		{keys: []string{"i"}, show: "i", word: "inspect", help: "all that is known of the page, bit by bit", group: groupLook, why: (*Model).whyNoRegion,
			do: func(m *Model, _ string) tea.Cmd { m.openPageView(); return nil }},
		{mode: modePage, keys: []string{"esc", "i", "enter"}, show: "esc", row: "esc i", word: "back", help: "back to the grid",
			do: func(m *Model, _ string) tea.Cmd { m.mode, m.status = modeGrid, status{}; return nil }},
		{mode: modePage, keys: []string{"left", "h"}, show: "←↑↓→", ascii: "arrows", word: "page", help: "another page", why: (*Model).whyNoRegion, do: move(-1, 0)},
		{mode: modePage, keys: []string{"right", ";"}, why: (*Model).whyNoRegion, do: move(1, 0)},
		{mode: modePage, keys: []string{"up", "k"}, why: (*Model).whyNoRegion, do: move(0, -1)},
		{mode: modePage, keys: []string{"down", "j"}, why: (*Model).whyNoRegion, do: move(0, 1)},
		{mode: modePage, keys: []string{"pgdown", "space"}, show: "pgup pgdn", word: "scroll", help: "scroll", do: scroll(1)},
		{mode: modePage, keys: []string{"pgup"}, do: scroll(-1)},
		{mode: modePage, keys: []string{"q", "ctrl+c"}, show: "q", word: "quit", help: "quit", do: quit},
	}
}

func (m *Model) openPageView() {
	m.mode, m.status, m.pageView = modePage, status{}, pageView{}
}

// drawPageView draws it over the whole screen but the last row.
func (m *Model) drawPageView() {
	a, r := canvas.Area{X: m.lay.keys.X, Y: 0, W: m.lay.keys.W, H: m.height - 1}, m.region()
	if a.Empty() {
		return
	}
	if r == nil {
		m.canvas.Text(a.X, a.Y, a.W, m.whyNoRegion(), m.theme.Dim)
		return
	}
	in := m.inspected(r)
	m.drawPageHeading(&in, a.Row(0))
	_, a = a.CutTop(1)
	type line struct {
		name, text string
		st         canvas.Style
	}
	var lines []line
	add := func(name, text string, st canvas.Style) {
		for i, s := range canvas.Wrap(text, a.W-fieldIndent) {
			if i > 0 {
				name = ""
			}
			lines = append(lines, line{name, s, st})
		}
	}
	add("", in.head, m.theme.Heading)
	for _, f := range m.pageViewFields(&in) {
		add(f.name, f.value, m.theme.Text)
		if f.name == "pagemap" {
			for _, s := range entryWords(m.frameOf(r, in.page)) {
				add("", s, m.theme.Dim)
			}
		}
	}
	m.pageView.top = canvas.Clamp(m.pageView.top, 0, max(0, len(lines)-a.H))
	for i := 0; i < a.H && m.pageView.top+i < len(lines); i++ {
		l := &lines[m.pageView.top+i]
		m.canvas.Text(a.X, a.Y+i, fieldIndent-1, l.name, m.theme.Dim)
		m.canvas.Text(a.X+fieldIndent, a.Y+i, a.W-fieldIndent, l.text, l.st)
	}
}

// pageViewFields are all lines about a page; of many pages what they have in common.
func (m *Model) pageViewFields(in *inspected) []field {
	if in.words == nil {
		return m.selectionFields(in.r, in.sel)
	}
	fields := m.pageFields(in, 1<<10)
	if h := in.r.Heat.At(in.page); h.Last > 0 {
		text := fmt.Sprintf("%s ago", model.FormatElapsed((m.glow.now - h.Last).Round(time.Millisecond)))
		if in.r.HeatBlock <= 1 {
			text += fmt.Sprintf("; touches took %d minor and %d major faults on it", h.Minor, h.Major)
		}
		fields = append(fields, field{"touched", text})
	}
	return fields
}

// entryMeaning is what the bits of a pagemap entry say (Documentation/admin-guide/mm/pagemap.rst).
var entryMeaning = map[string]string{
	"present":             "present: the page table maps a frame; an access that the protection allows does not fault",
	"swapped":             "swapped: the entry is a place in swap; an access is a fault",
	"file or shared anon": "file or shared anon: the page cache or shmem backs it",
	"exclusive":           "exclusive: this process alone maps it; the first write since a fork is a fault all the same",
	"soft-dirty":          "soft-dirty: written to since these bits were cleared, or mapped since",
	"guard":               "guard: a guard marker; any access is SIGSEGV",
	"uffd-wp":             "uffd-wp: write-protected by userfaultfd",
}

// entryWords are the bits of the page table's entry, one by one.
func entryWords(f *model.Frame) (out []string) {
	if f == nil {
		return nil
	}
	for _, bit := range f.Bits() {
		if text, ok := entryMeaning[bit]; ok {
			out = append(out, text)
		}
	}
	return out
}
