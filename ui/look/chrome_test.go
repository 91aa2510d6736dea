package look

import (
	"testing"

	"charm.land/lipgloss/v2"

	"incore/ui/canvas"
)

// TestResolve holds that a cell has all that a style says of it, in each kind of color.
func TestResolve(t *testing.T) {
	blue, far, sky := canvas.ANSI16(4), canvas.RGB(0x8BB8FF).To256(), canvas.RGB(0x8BB8FF)
	for _, tt := range []struct {
		style lipgloss.Style
		want  canvas.Style
	}{
		{lipgloss.NewStyle(), canvas.Style{}},
		{lipgloss.NewStyle().Foreground(lipgloss.NoColor{}).Padding(1), canvas.Style{}},
		{lipgloss.NewStyle().Foreground(blue.Ink()).Background(far.Ink()), canvas.Style{FG: blue, BG: far}},
		{lipgloss.NewStyle().Background(sky.Ink()), canvas.Style{BG: sky}},
		{lipgloss.NewStyle().Foreground(lipgloss.Color("#8bb8ff")), canvas.Style{FG: sky}},
		{lipgloss.NewStyle().Bold(true).Faint(true), canvas.Style{Attr: canvas.Bold | canvas.Faint}},
		{lipgloss.NewStyle().Italic(true), canvas.Style{Attr: canvas.Italic}},
		{lipgloss.NewStyle().Underline(true).Reverse(true), canvas.Style{Attr: canvas.Underline | canvas.Reverse}},
	} {
		if got := Resolve(tt.style); got != tt.want {
			t.Errorf("%+v, want %+v", got, tt.want)
		}
	}
}

// TestChrome holds that the text which is printed and the screen have the same styles, and that these show where there are
// no colors.
func TestChrome(t *testing.T) {
	for _, colors := range []canvas.Colors{canvas.TrueColor, canvas.Color256, canvas.Color16, canvas.NoColor} {
		for _, dark := range []bool{true, false} {
			c, screen := DefaultTheme().Chrome(colors, dark), New(nil, colors, dark, false)
			for name, pair := range map[string]struct {
				printed lipgloss.Style
				cell    canvas.Style
			}{
				"heading": {c.Heading, screen.Heading}, "key": {c.Key, screen.Key}, "code": {c.Code, screen.Code},
				"error": {c.Fail, screen.Fail}, "banner": {c.Banner, screen.Banner}, "keycap": {c.Keycap, screen.Keycap},
			} {
				var cells canvas.Canvas
				cells.Reset(1, 1)
				cells.Set(0, 0, 'x', pair.cell)
				var printed canvas.Canvas
				printed.Reset(1, 1)
				printed.Set(0, 0, 'x', Resolve(pair.printed))
				if printed.Encode() != cells.Encode() {
					t.Errorf("%s in %v colors, dark %v: %q is printed, %q drawn", name, colors, dark, printed.Encode(), cells.Encode())
				}
				if pair.cell == (canvas.Style{}) || colors == canvas.NoColor && pair.cell.FG|pair.cell.BG != 0 {
					t.Errorf("%s in %v colors, dark %v: %+v", name, colors, dark, pair.cell)
				}
			}
		}
	}
	if got := (&Chrome{}).Heading.Render("x y"); got != "x y" {
		t.Errorf("the zero value draws %q", got)
	}
}
