package cli

import (
	"image/color"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"

	"incore/ui/look"
)

// helpColors has the help of commands in the colors of the screen's default theme, so that what is typed, what is said
// of it and what is dim look alike in both.
func helpColors(pick lipgloss.LightDarkFunc) fang.ColorScheme {
	theme := look.DefaultTheme()
	of := func(name string) color.Color {
		dark, light := theme.Color(name)
		return pick(light, dark)
	}
	return fang.ColorScheme{
		Base: of("text"), Title: of("accent"), Description: of("text"), Codeblock: of("background"),
		Program: of("accent"), Command: of("ok"), Argument: of("text"), DimmedArgument: of("dim"), Comment: of("dim"),
		Flag: of("ok"), FlagDefault: of("dim"), QuotedString: of("lock"), Help: of("dim"), Dash: of("dim"),
		ErrorHeader: [2]color.Color{of("background"), of("error")}, ErrorDetails: of("error"),
	}
}
