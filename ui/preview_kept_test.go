package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/ui/scene"
)

// A preview is kept while line and state stay.
func TestPreviewIsKept(t *testing.T) {
	b := newBare(t, 80, 24)
	b.press(letter(':'))
	b.palette.set("touch a")
	mark := scene.Place{Proc: "a preview that is worked out anew", Region: "does not have this"}
	b.foreseen().pages[mark] = previewPages{}
	b.press(tea.KeyPressMsg{Code: tea.KeyLeft})
	if _, kept := b.foreseen().pages[mark]; !kept {
		t.Error("a preview is not kept while line and state stay")
	}
	b.press(tea.KeyPressMsg{Code: tea.KeySpace, Text: " "})
	if _, kept := b.foreseen().pages[mark]; kept {
		t.Error("a preview is kept when the line changes")
	}
}
