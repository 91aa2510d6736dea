package cli

import (
	"image/color"
	"testing"

	"charm.land/lipgloss/v2"

	"incore/ui/canvas"
)

// The help's colors are those of the theme, for the background that there is; none is left to the library.
func TestHelpColors(t *testing.T) {
	for _, dark := range []bool{true, false} {
		s := helpColors(canvas.TrueColor)(lipgloss.LightDark(dark))
		want := map[bool]color.Color{true: color.RGBA{0x8B, 0xB8, 0xFF, 0xff}, false: color.RGBA{0x20, 0x5F, 0xBF, 0xff}}[dark]
		if s.Title != want {
			t.Errorf("dark %v: titles are in %v, want %v", dark, s.Title, want)
		}
		for i, c := range []color.Color{s.Base, s.Description, s.Codeblock, s.Program, s.Command, s.Argument, s.DimmedArgument,
			s.Comment, s.Flag, s.FlagDefault, s.QuotedString, s.Help, s.Dash, s.ErrorHeader[0], s.ErrorHeader[1], s.ErrorDetails} {
			if c == nil {
				t.Errorf("dark %v: color %d is nobody's", dark, i)
			}
		}
	} // Of 16 colors they are those that the theme chose, and the text is the terminal's own.
	s := helpColors(canvas.Color16)(lipgloss.LightDark(true))
	if s.Title != canvas.ANSI16(14).Ink() || s.Base != (lipgloss.NoColor{}) || s.Codeblock != (lipgloss.NoColor{}) {
		t.Errorf("of 16 colors titles are in %v, text is in %v on %v", s.Title, s.Base, s.Codeblock)
	}
}
