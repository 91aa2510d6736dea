package teach

import (
	"testing"

	"incore/ui/canvas"
	"incore/ui/look"
)

// The text of an option, a question or a title is one paragraph, whatever Markdown would make of its beginning.
func TestShortTextsAreNoBlocks(t *testing.T) {
	wr := &writer{th: look.New(look.DefaultTheme(), canvas.TrueColor, true, false), w: 60}
	for md, want := range map[string]string{
		"256.":                        "256.",
		"16. The flag is a flag.":     "16. The flag is a flag.",
		"- 4K":                        "- 4K",
		"# of pages":                  "# of pages",
		"`mlock` **and** *munlock*":   "mlock and munlock",
		"one line\nand the next line": "one line and the next line",
	} {
		if got := wr.inline(md, wr.th.Text).String(); got != want {
			t.Errorf("%q is drawn as %q, not as %q", md, got, want)
		}
	}
}
