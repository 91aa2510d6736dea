package terminal

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// modes returns what is written to have a terminal show canvases and tell of keys and of the mouse, what is asked of it, and what
// is written to have all that be as before. The order is that of the stacks of the Kitty protocol: the alternate screen has one of
// its own, so keys are asked for in it and given back before it is left.
func modes(o Options) (takes, asks, leaves string) {
	env := variables(o.Environ)
	takes = ansi.SetModeAltScreenSaveCursor + ansi.HideCursor + ansi.SetModeBracketedPaste +
		ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr
	leaves = ansi.ResetStyle + ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseExtSgr + ansi.ResetModeBracketedPaste +
		ansi.ResetModeAltScreenSaveCursor + ansi.ShowCursor
	if env["TERM"] != "linux" { // which prints what it does not know of these
		const steadyBar, default_ = 6, 0
		takes += ansi.SetCursorStyle(steadyBar)
		leaves = ansi.SetCursorStyle(default_) + leaves
	}
	if o.Input == nil {
		return takes, "", leaves
	}
	// Keys that are told apart: both protocols may be asked for, and a terminal obeys the one that it knows.
	takes += ansi.SetModifyOtherKeys2 + ansi.PushKittyKeyboard(ansi.KittyDisambiguateEscapeCodes)
	leaves = ansi.ResetModifyOtherKeys + ansi.PopKittyKeyboard(1) + leaves
	if o.Background {
		asks += ansi.RequestBackgroundColor
	}
	if answersModes(env) {
		asks += ansi.RequestModeSynchronizedOutput
	}
	return takes, asks, leaves
}

// answersModes reports whether a terminal may be asked whether it has a mode (DECRQM). The console of Linux and Terminal of
// macOS print a part of the question. Over ssh an answer may come after the end of the program, so that only terminals are
// asked that are known to have the mode.
func answersModes(env map[string]string) bool {
	name, program := env["TERM"], env["TERM_PROGRAM"]
	for _, known := range []string{"ghostty", "wezterm", "alacritty", "kitty", "rio", "foot", "contour"} {
		if strings.Contains(name, known) {
			return true
		}
	}
	_, overSSH := env["SSH_TTY"]
	return name != "linux" && !strings.Contains(program, "Apple") && !overSSH
}

// variables are environment variables by their names.
func variables(environ []string) map[string]string {
	m := make(map[string]string, len(environ))
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		m[name] = value
	}
	return m
}
