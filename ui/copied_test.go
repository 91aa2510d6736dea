package ui_test

import (
	"strings"
	"testing"

	"incore/ui"
	"incore/ui/scene"
)

// A write that copies a page says so in the log and in the caption. After it nothing says that a write
// may cost a fault, on the side that wrote; on the other one it may.
func TestCopyOnWriteIsSaid(t *testing.T) {
	const may = "a minor fault if first since the fork"
	s := newScreen(t, 160, 45, ui.Options{ReducedMotion: true}, "mmap a 8", "touch a", "fork child")
	words := func() string {
		in := s.inspector().Inspected(s.m.Region())
		return in.Words[len(in.Words)-1]
	}
	s.press("n")
	if s.m.Focus.Current.Proc != "child" || !strings.Contains(words(), "a write copies it, a minor fault") {
		t.Fatalf("before the write, in %v: %s", s.m.Focus.Current, words())
	}
	s.press("w")
	if text := s.text(); !strings.Contains(text, "copied 1 page") {
		t.Errorf("the log does not say that a page was copied:\n%s", text)
	}
	if got := words(); got != "a read or write costs nothing" {
		t.Errorf("after %s: %s", s.last(), got)
	}
	s.press("n")
	if got := words(); s.m.Focus.Current.Proc != "main" || !strings.Contains(got, may) {
		t.Errorf("in %v: %s", s.m.Focus.Current, got)
	}
	s.press("w")
	if got := words(); got != "a read or write costs nothing" {
		t.Errorf("after %s: %s", s.last(), got)
	}
	p := newScreen(t, 120, 35, ui.Options{ReducedMotion: true, Presenter: true}, "mmap a 8", "touch a", "fork child", "in child touch a[0]")
	if text := p.text(); !strings.Contains(text, "copied 1 page") {
		t.Errorf("the caption does not say that a page was copied:\n%s", text)
	}
}

// A child of a child stands under its parent, before that one's younger siblings, and further in.
func TestGrandchildStandsUnderItsParent(t *testing.T) {
	s := newScreen(t, 200, 50, ui.Options{ReducedMotion: true}, "mmap a 8", "fork child", "fork other", "in child fork grand")
	at := map[string][2]int{}
	list := s.part("regions")
	for row := 1; row < list.H; row++ {
		line := []rune(strings.Split(s.text(), "\n")[list.Y+row])[list.X : list.X+list.W]
		text := strings.TrimLeft(string(line), " ▎>")
		if name, _, _ := strings.Cut(text, " "); name != "a" {
			at[name] = [2]int{row, strings.Index(string(line), name)}
		}
	}
	for _, pair := range [][2]string{{"main", "child"}, {"child", "grand"}, {"grand", "other"}} {
		if at[pair[0]][0] == 0 || at[pair[0]][0] >= at[pair[1]][0] {
			t.Errorf("%s is to stand above %s: %v\n%s", pair[0], pair[1], at, s.text())
		}
	}
	if at["main"][1] >= at["child"][1] || at["child"][1] >= at["grand"][1] || at["child"][1] != at["other"][1] {
		t.Errorf("the names are indented by %v:\n%s", at, s.text())
	}
	// n goes through them in that order.
	var order []string
	for range 4 {
		order = append(order, s.m.Focus.Current.Proc)
		s.press("n")
	}
	if got := strings.Join(order, " "); got != "main child grand other" {
		t.Errorf("n goes through %s, and is in %v", got, scene.Place(s.m.Focus.Current))
	}
}
