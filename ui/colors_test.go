package ui_test

import (
	"strconv"
	"testing"

	"incore/ui"
	"incore/ui/canvas"
)

func TestNoColorHasNoColor(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		for _, key := range []string{"", "v", ":", "p", "?"} {
			s := newScreen(t, 100, 30, ui.Options{Colors: canvas.NoColor, ASCII: ascii}, richScript...)
			if key != "" {
				s.press(key, "right")
			}
			for i, c := range s.m.Canvas.Cells {
				if c.FG != 0 || c.BG != 0 {
					t.Fatalf("after %q: cell %d, %q, has a color", key, i, c.Rune)
				}
			}
		}
	}
}

// With 16 colors only those of the user's own theme are asked for.
func TestSixteenColors(t *testing.T) {
	for _, dark := range []bool{true, false} {
		s := newScreen(t, 100, 30, ui.Options{Colors: canvas.Color16, Dark: &dark}, richScript...)
		s.press("v", "right")
		for _, c := range s.m.Canvas.Cells {
			for _, k := range []canvas.Color{c.FG, c.BG} {
				if n, err := strconv.Atoi(k.String()); k != 0 && (err != nil || len(k.String()) > 2 || n > 15) {
					t.Fatalf("%q is drawn in %v", c.Rune, k)
				}
			}
		}
	}
}
