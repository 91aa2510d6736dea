package course

import (
	"strings"
	"testing"

	"incore/assets"
)

// TestFormatPage takes the examples of the page about the format, one behind the other, for a lesson: they are one, and the kernel agrees with it.
func TestFormatPage(t *testing.T) {
	live(t)
	text := exampleOf(t, "lesson-format")
	for _, seed := range []uint64{0, 1, 2, 3} {
		for _, line := range strings.Split(said(t, text, seed, MaxCheck), "\n") {
			if line != "" && !strings.HasSuffix(line, ": ok") {
				t.Errorf("seed %d: %s\n%s", seed, line, text)
			}
		}
	}
}

// exampleOf is what stands indented in a page of the reference, with a heading behind the front matter.
func exampleOf(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	for _, topic := range assets.Reference() {
		if topic.Name != page {
			continue
		}
		for line := range strings.Lines(topic.Text) {
			if of, ok := strings.CutPrefix(line, "    "); ok {
				b.WriteString(of)
			} else {
				b.WriteString("\n")
			}
		}
	}
	text := strings.TrimSpace(b.String()) + "\n"
	front, rest, ok := strings.Cut(text, "\n---\n")
	if !ok {
		t.Fatalf("no front matter in the examples of %s:\n%s", page, text)
	}
	return front + "\n---\n\n# An example\n" + rest
}
