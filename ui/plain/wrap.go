package plain

import (
	"io"
	"strings"
	"unicode/utf8"
)

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

// print writes lines in one write, as the terminal has room for them.
func (p *Conversation) print(lines ...string) error {
	columns := p.cfg.Columns()
	var b strings.Builder
	for _, line := range lines {
		for _, part := range wrapped(Shown(line, p.cfg.ASCII), columns) {
			b.WriteString(strings.TrimRight(part, " "))
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(p.cfg.Out, b.String())
	return err
}
