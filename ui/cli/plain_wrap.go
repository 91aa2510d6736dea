package cli

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"
)

// columnsOf tells how wide the terminal behind a writer is now: 0 where it is none, or does
// not say.
func columnsOf(w io.Writer) func() int {
	f, ok := w.(term.File)
	if !ok {
		return func() int { return 0 }
	}
	return func() int {
		columns, _, err := term.GetSize(f.Fd())
		if err != nil {
			return 0
		}
		return columns
	}
}

// narrowest is the least width that lines are broken for.
const narrowest = 20

// wrapped breaks a line between words, so that a terminal does not break it within one: a screen
// reader would read the two parts as two words. What has no room in a line stays whole. A line is
// broken at the last column but one, behind which some terminals begin a new line themselves.
func wrapped(line string, columns int) (lines []string) {
	if columns < narrowest {
		return []string{line}
	}
	rest := line
	for {
		end, ok := bytesOfRunes(rest, columns) // the blank behind the last word may stand there
		if !ok {
			break
		}
		at := strings.LastIndexByte(rest[:end], ' ')
		if at <= 0 {
			if at = strings.IndexByte(rest[end:], ' '); at < 0 {
				break
			}
			at += end
		}
		lines = append(lines, strings.TrimRight(rest[:at], " "))
		rest = strings.TrimLeft(rest[at:], " ")
	}
	return append(lines, rest)
}

// bytesOfRunes returns how many bytes the first n runes of a text have, and whether it has as many. It
// looks no further: a line of 64 KiB is broken a thousand times.
func bytesOfRunes(s string, n int) (end int, ok bool) {
	for range n {
		if end == len(s) {
			return end, false
		}
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	return end, true
}

// print writes lines, as the terminal has room for them.
func (p *plain) print(lines ...string) error {
	columns := p.columns()
	var all []string
	for _, line := range lines {
		all = append(all, wrapped(shown(line, p.out.ascii), columns)...)
	}
	return p.out.print(all...)
}
