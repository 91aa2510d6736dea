package ui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
)

// deaf is a lab that does nothing and tells nothing.
type deaf struct{ model.Lab }

func (deaf) Look(model.View)      {}
func (deaf) Submit(model.Command) {}

// bare is a screen of which a test looks at the inside. What a lab would tell is handed to tell.
type bare struct{ *Model }

// newBare is a screen of a process with a region, a, of 64 pages.
func newBare(t testing.TB, w, h int) bare {
	t.Helper()
	b := bare{New(deaf{}, Options{ReducedMotion: true})}
	b.Update(tea.WindowSizeMsg{Width: w, Height: h})
	b.tell(model.Started{Proc: model.Main, PID: 1, PageSize: 4096}, mapped(model.Main, "a", 0x7f0000000000, 64))
	return b
}

// mapped is the event of a region that was mapped.
func mapped(proc, name string, base, pages uint64) model.Event {
	return model.Event{Proc: proc, Call: "mmap", Mapped: &model.RegionInfo{Name: name, Base: base, Len: pages * 4096, Backing: model.Anon}}
}

func (b bare) tell(items ...model.Item) { b.Update(itemsMsg{items: items, at: time.Unix(1000, 0)}) }

func (b bare) press(keys ...tea.KeyPressMsg) {
	for _, key := range keys {
		b.Update(key)
	}
}

// letter is a key that types itself.
func letter(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }
