package ui_test

import (
	"strings"
	"testing"

	"incore/ui"
	"incore/ui/scene"
)

// The grid begins at the scale that was asked for, keys go on from it, and presenter mode gives it back.
func TestScaleAtFirst(t *testing.T) {
	for _, tt := range []struct {
		zoom scene.Zoom
		want string // of a row of 64 pages of which the first is resident
		key  string // that goes on
	}{
		{scene.ZoomChips, "▐▇▇▌·· ·· ··", "Z"},
		{scene.ZoomDense, " █" + strings.Repeat("·", 63), "z"},
	} {
		scale := scene.Scale{Zoom: tt.zoom}
		s := newScreen(t, 100, 30, ui.Options{Scale: &scale, ReducedMotion: true}, "mmap a 64", "touch a[0]")
		if got := s.text(); !strings.Contains(got, tt.want) {
			t.Errorf("zoom %d:\n%s", tt.zoom, got)
		}
		before := s.text()
		s.press("P")
		if got := s.text(); strings.Contains(got, tt.want) {
			t.Errorf("zoom %d: presenter mode looks as the other:\n%s", tt.zoom, got)
		}
		s.press("P")
		if got := s.text(); !strings.Contains(got, tt.want) {
			t.Errorf("zoom %d: after presenter mode:\n%s\nwant\n%s", tt.zoom, got, before)
		}
		s.press(tt.key)
		if got := s.text(); strings.Contains(got, tt.want) {
			t.Errorf("zoom %d: %s changes nothing:\n%s", tt.zoom, tt.key, got)
		}
	}
}

// What went wrong before the screen opened stands in the status row, at every size that has one, until a key is pressed.
func TestNotice(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {100, 30}, {200, 50}} {
		for _, presenter := range []bool{false, true} {
			s := newScreen(t, size[0], size[1], ui.Options{Notice: "Defaults hold: c.toml:1:1", Presenter: presenter}, "mmap a 64")
			if got := s.text(); !strings.Contains(got, "Defaults hold: c.toml:1:1") {
				t.Errorf("%v, presenter %v:\n%s", size, presenter, got)
			}
			s.press("w")
			if got := s.text(); strings.Contains(got, "Defaults hold") {
				t.Errorf("%v, presenter %v, after a key:\n%s", size, presenter, got)
			}
		}
	}
}
