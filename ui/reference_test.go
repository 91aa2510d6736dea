package ui_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/assets"
	"incore/ui"
)

// TestReferenceKeys holds the keys of the reference against the key table: what stands behind the first heading of
// keys.md is written from it, by go test ./ui -run TestReferenceKeys -update.
func TestReferenceKeys(t *testing.T) {
	var text string
	for _, p := range assets.Reference() {
		if p.Name == "keys" {
			text = p.Text
		}
	}
	intro, _, ok := strings.Cut(text, "\n## ")
	if !ok {
		t.Fatal("the reference has no keys")
	}
	var b strings.Builder
	b.WriteString(intro)
	const wide = 10_000 // a row a key
	for _, group := range newScreen(t, 200, 50, ui.Options{}).help().KeyGroups(wide) {
		heading := strings.Replace(group[0].Text.String(), "this help", "the help", 1) // it is read outside
		b.WriteString("\n## " + heading + "\n\n")
		for _, row := range group[1:] {
			switch {
			case row.Term == "": // of the one above
			case row.Text == nil:
				b.WriteString("- `" + row.Term + "`: ")
				continue
			default:
				b.WriteString("- `" + row.Term + "`: ")
			}
			b.WriteString(strings.Replace(row.Text.String(), "this help", "the help", 1) + "\n")
		}
	}
	if *update {
		if err := os.WriteFile("../assets/reference/keys.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(b.String(), text); diff != "" {
		t.Errorf("keys.md (-table +file), go test ./ui -run TestReferenceKeys -update writes it:\n%s", diff)
	}
}
