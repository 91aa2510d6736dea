package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// leavingTexts ask whether to quit; the longest for which there is room is shown.
var leavingTexts = []string{
	"Quit? The processes and their pages end with incore. q again quits, any other key goes on.",
	"Quit? q again quits, any other key goes on.",
	"q again quits.",
}

// askQuit quits. If something was done since the opening scene it asks first, since that is lost.
func askQuit(m *Model, _ string) tea.Cmd {
	if m.asked == "" {
		return tea.Quit
	}
	m.leaving = true
	return nil
}

// answerQuit takes the key that answers whether to quit.
func answerQuit(m *Model, key string) tea.Cmd {
	m.leaving, m.status = false, status{}
	if slices.Contains([]string{"q", "y", "ctrl+c"}, key) {
		return tea.Quit
	}
	return nil
}
