package ui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
)

// The page view has every bit that is known, follows the cursor, and scrolls on a small screen.
func TestPageView(t *testing.T) {
	s := newScreen(t, 80, 24, ui.Options{}, "mmap a 64", "touch a[0..3]", "mlock a[2]")
	s.touched("a", 1, 1, model.MinorFault)
	s.press("right", "i")
	for _, want := range []string{"PAGE a[1]", "Resident, anonymous", "not locked", "mincore 1, mapped, exclusive", "touches took 1 minor and 0 major"} {
		if !strings.Contains(s.text(), want) {
			t.Errorf("%q is missing:\n%s", want, s.text())
		}
	}
	s.press("right")
	if !strings.Contains(s.text(), "PAGE a[2]") || !strings.Contains(s.text(), "rw-p lo") {
		t.Errorf("after right:\n%s", s.text())
	}
	s.send(tea.WindowSizeMsg{Width: 40, Height: 6})
	before := s.text()
	if s.press("pgdown"); s.text() == before {
		t.Error("nothing scrolls where there is no room")
	}
	s.press("pgup", "esc")
	if s.m.Mode() != "grid" {
		t.Errorf("esc leads to mode %s", s.m.Mode())
	}
	// A click on the inspector opens it as well.
	s = newScreen(t, 100, 30, ui.Options{}, "mmap a 64")
	s.click(s.part("page").X+1, s.part("page").Y+1)
	if s.m.Mode() != "page" {
		t.Error("a click on the inspector does nothing")
	}
	// Without a region there is no page.
	s.press("esc", "d")
	s.lab.Submit(lang.Munmap{T: model.Target{Region: "a"}})
	s.pump()
	if s.press("i"); s.m.Mode() != "grid" || s.said() == "" {
		t.Errorf("without a region i leads to mode %s, and says %q", s.m.Mode(), s.said())
	}
}
