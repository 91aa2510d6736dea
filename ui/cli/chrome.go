package cli

import (
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"incore/ui/canvas"
	"incore/ui/look"
)

// chrome is the styles of what is printed: those of the default theme, for the terminal that standard output is. Anything
// else gets clean text.
func (a *app) chrome() *look.Chrome {
	if !a.terminal {
		return &look.Chrome{}
	}
	colors := canvas.DetectColors(a.stdout, os.Environ())
	return look.DefaultTheme().Chrome(colors, colors == canvas.NoColor || a.darkBackground())
}

// darkBackground asks the terminal for its background, as the screen does: where there is no answer COLORFGBG decides.
// The library waits for one for 4 s. It is given the files themselves, since of anything else it cannot give up a read.
func (a *app) darkBackground() bool {
	in, isFile := a.stdin.(*os.File)
	out, isStream := a.stdout.(*stream)
	if isFile && isStream && a.typed && inForeground() {
		if bg, err := lipgloss.BackgroundColor(in, out.file); err == nil && bg != nil {
			return tea.BackgroundColorMsg{Color: bg}.IsDark()
		}
	}
	return canvas.DarkIn(os.Environ())
}

// inForeground reports whether the terminal may be asked: a process in the background would be stopped for it (SIGTTOU).
// Where the kernel does not say (proc_pid_stat(5), pgrp and tpgid) it may.
func inForeground() bool {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return true
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const pgrp, tpgid = 2, 5 // behind the name
	return len(fields) <= tpgid || fields[pgrp] == fields[tpgid]
}
