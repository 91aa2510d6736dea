package cli

import (
	"image/color"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"

	"incore/ui/canvas"
	"incore/ui/look"
)

// helpColors has the help of commands in the colors of the screen's default theme, so that what is typed, what is said
// of it and what is dim look alike in both.
func helpColors(colors canvas.Colors) fang.ColorSchemeFunc {
	return func(pick lipgloss.LightDarkFunc) fang.ColorScheme {
		dark := pick(lipgloss.Black, lipgloss.White) == lipgloss.White
		c := look.DefaultTheme().Chrome(colors, dark)
		fg := func(s lipgloss.Style) color.Color { return s.GetForeground() }
		text, dim, accent, typed, paper := fg(c.Text), fg(c.Dim), fg(c.Accent), fg(c.OK), c.Paper.GetBackground()
		return fang.ColorScheme{
			Base: text, Title: accent, Description: text, Codeblock: paper,
			Program: accent, Command: typed, Argument: text, DimmedArgument: dim, Comment: dim,
			Flag: typed, FlagDefault: dim, QuotedString: fg(c.Gold), Help: dim, Dash: dim,
			ErrorHeader: [2]color.Color{paper, fg(c.Fail)}, ErrorDetails: fg(c.Fail),
		}
	}
}
