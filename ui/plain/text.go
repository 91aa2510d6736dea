package plain

import (
	"fmt"
	"strings"

	"incore/model"
)

// asciiWords are the characters that incore itself prints beyond ASCII.
var asciiWords = strings.NewReplacer("µ", "u", "…", "...", "·", "|", "→", "->", "×", "x", "–", "-", "−", "-", "≥", ">=", "≤", "<=", "≠", "!=")

// Shown returns text as it may be printed: without control characters, and in ASCII if that is all there is.
func Shown(s string, ascii bool) string {
	s = model.Visible(s)
	if !ascii {
		return s
	}
	s = asciiWords.Replace(s)
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// ProcessName returns what messages call a process.
func ProcessName(name string) string {
	if name == "" || name == model.Main {
		return "the subject"
	}
	return "the process " + name
}

// Plural returns a word for n things, with an s if they are not one.
func Plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
