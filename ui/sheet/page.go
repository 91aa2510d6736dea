package sheet

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/panel"
	"incore/ui/scene"
)

// Page is the sheet of all that is known of the page under the cursor. On a small screen the inspector has room
// for the words alone.
type Page struct {
	panel.Inspector
	top int // the line that is shown first
	h   int // lines on the screen, as they were drawn last
}

// InspectKeys returns the keys of the sheet of a page.
func InspectKeys() []Key {
	move := func(dx, dy int64) func(Sheet, Host) tea.Cmd {
		return func(_ Sheet, h Host) tea.Cmd { h.Move(dx, dy); return nil }
	}
	screen := func(n int) func(Sheet, Host) tea.Cmd {
		return act(func(sh *Page, _ Host) { sh.top += n * max(1, sh.h) })
	}
	why := unless(func(sh *Page) string { return scene.WhyNoRegion(sh.Scene) })
	return []Key{
		{Keys: []string{"esc", "q", "i", "enter"}, Show: "esc q", Row: "esc q i", Word: "back", Help: "back to the grid", Do: shut},
		{Keys: []string{"left", "h"}, Show: "←↑↓→", ASCII: "arrows", Word: "page", Help: "another page", Why: why, Do: move(-1, 0)},
		{Keys: []string{"right", ";"}, Why: why, Do: move(1, 0)},
		{Keys: []string{"up", "k"}, Why: why, Do: move(0, -1)},
		{Keys: []string{"down", "j"}, Why: why, Do: move(0, 1)},
		{Keys: []string{"pgdown", "space"}, Show: "pgup pgdn", Word: "scroll", Help: "scroll", Do: screen(1)},
		{Keys: []string{"pgup"}, Do: screen(-1)},
		{Keys: []string{"ctrl+c"}, Show: "ctrl+c", Help: "quit at once", Do: leave},
	}
}

// Open implements Sheet.
func (sh *Page) Open() { sh.top = 0 }

// Scroll implements Sheet.
func (sh *Page) Scroll(n int) { sh.top += n }

// Draw implements Sheet.
func (sh *Page) Draw(a canvas.Area) {
	r := sh.Region()
	sh.h = a.H - 3
	if r == nil {
		sh.Canvas.Text(a.X, a.Y, a.W, scene.WhyNoRegion(sh.Scene), sh.Look.Dim)
		return
	}
	in := sh.Inspected(r)
	sh.DrawPageHeading(&in, a.Row(0))
	_, a = a.CutTop(1)
	type line struct {
		name, text string
		st         canvas.Style
	}
	var lines []line
	add := func(name, text string, st canvas.Style) {
		for i, s := range canvas.Wrap(text, a.W-panel.FieldIndent) {
			if i > 0 {
				name = ""
			}
			lines = append(lines, line{name, s, st})
		}
	}
	add("", in.Head, sh.Look.Heading)
	for _, f := range sh.fields(&in) {
		add(string(f.Name), f.Value, sh.Look.Text)
		if f.Name == panel.FieldFlags {
			for _, name := range sh.FrameOf(r, in.Page).FlagNames() {
				if text := look.FlagWords[name]; text != "" {
					add("", name+": "+text, sh.Look.Dim)
				}
			}
		}
		if f.Name == panel.FieldPagemap {
			for _, s := range entryWords(sh.FrameOf(r, in.Page)) {
				add("", s, sh.Look.Dim)
			}
		}
	}
	sh.top = canvas.Clamp(sh.top, 0, max(0, len(lines)-a.H))
	for i := 0; i < a.H && sh.top+i < len(lines); i++ {
		l := &lines[sh.top+i]
		sh.Canvas.Text(a.X, a.Y+i, panel.FieldIndent-1, l.name, sh.Look.Dim)
		sh.Canvas.Text(a.X+panel.FieldIndent, a.Y+i, a.W-panel.FieldIndent, l.text, l.st)
	}
}

// fields returns all lines about a page; of many pages what they have in common.
func (sh *Page) fields(in *panel.Inspected) []panel.Field {
	if in.Words == nil {
		return sh.SelectionFields(in.R, in.Sel)
	}
	fields := sh.PageFields(in, 1<<10)
	if h := in.R.Heat.At(in.Page); h.Last > 0 {
		text := fmt.Sprintf("%s ago", model.FormatElapsed((sh.Glow.Now - h.Last).Round(time.Millisecond)))
		if in.R.HeatBlock <= 1 {
			text += fmt.Sprintf("; touches took %d minor and %d major faults on it", h.Minor, h.Major)
		}
		fields = append(fields, panel.Field{Name: panel.FieldTouched, Value: text})
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

// entryWords returns the bits of the page table's entry, one by one.
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
