package canvas

import (
	"iter"
	"strings"
)

// Wrap cuts s into lines of at most w columns, between words where it can. Words are what stands between blanks,
// tabs and newlines. In a line they are one blank apart.
func Wrap(s string, w int) []string {
	return joined(s, lines(s, w, nextWord, true))
}

// WrapWords cuts s into lines as Wrap does, but cuts no word. A word that is too long has a line of its own.
func WrapWords(s string, w int) []string {
	return joined(s, lines(s, w, nextWord, false))
}

// WrapList cuts a list into lines of at most w columns, behind its commas. An item stays in one line: +4K alone
// would not say of what.
func WrapList(s string, w int) []string {
	return joined(s, lines(s, w, nextItem, false))
}

// Wrap cuts the line into lines of at most w columns, as the function Wrap does. A blank between two words has the
// style of the word before it.
func (l Line) Wrap(w int) (out []Line) {
	s := l.String()
	for parts := range lines(s, w, nextWord, true) {
		var line Line
		for i, p := range parts {
			if i > 0 {
				line.add(" ", line[len(line)-1].Style)
			}
			at := 0 // of a span, in s
			for _, k := range l {
				lo, hi := max(p.lo, at), min(p.hi, at+len(k.Text))
				if lo < hi {
					line.add(s[lo:hi], k.Style)
				}
				at += len(k.Text)
			}
		}
		out = append(out, line)
	}
	return out
}

// part is a stretch of a text, in bytes.
type part struct{ lo, hi int }

// lines yields the parts of s that stand in each line, a blank between two of them. next finds the first word from a
// place on, of which none is empty; cut reports whether a word that is too long is cut. What is yielded is good until
// the next line.
func lines(s string, w int, next func(s string, at int) part, cut bool) iter.Seq[[]part] {
	return func(yield func([]part) bool) {
		if w <= 0 && cut {
			return
		}
		var room [16]part
		line, width := room[:0], 0
		for p := next(s, 0); p.lo < p.hi; p = next(s, p.hi) {
			n := Width(s[p.lo:p.hi])
			if width > 0 && width+1+n > w {
				if !yield(line) {
					return
				}
				line, width = line[:0], 0
			}
			for cut && n > w && width == 0 {
				head := Head(s[p.lo:p.hi], w)
				if !yield(append(line, part{p.lo, p.lo + len(head)})) {
					return
				}
				p.lo += len(head)
				n -= Width(head) // not counted anew: a word can have the length of a line of a script
			}
			if p.lo == p.hi {
				continue
			}
			if width > 0 {
				width++
			}
			line, width = append(line, p), width+n
		}
		if len(line) > 0 {
			yield(line)
		}
	}
}

// nextWord returns the first word of s from a place on.
func nextWord(s string, at int) part {
	for at < len(s) && isBlank(s[at]) {
		at++
	}
	end := at
	for end < len(s) && !isBlank(s[end]) {
		end++
	}
	return part{at, end}
}

func isBlank(b byte) bool { return b == ' ' || b == '\n' || b == '\t' }

// nextItem returns the first item of a list from a place on, with its comma.
func nextItem(s string, at int) part {
	for at < len(s) && s[at] == ' ' {
		at++
	}
	if i := strings.Index(s[at:], ", "); i >= 0 {
		return part{at, at + i + 1}
	}
	return part{at, len(s)}
}

// joined returns lines as texts.
func joined(s string, lines iter.Seq[[]part]) (out []string) {
	for parts := range lines {
		out = append(out, joinParts(s, parts))
	}
	return out
}

// joinParts puts a blank between two parts of s. Where one stands there already nothing is copied.
func joinParts(s string, parts []part) string {
	whole := true
	for i := 1; i < len(parts); i++ {
		whole = whole && parts[i].lo == parts[i-1].hi+1 && s[parts[i-1].hi] == ' '
	}
	if whole {
		return s[parts[0].lo:parts[len(parts)-1].hi]
	}
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s[p.lo:p.hi])
	}
	return b.String()
}

// Head returns as much of the beginning of s as fits w columns, at least one rune.
func Head(s string, w int) string {
	n := 0
	for i, r := range s {
		rw := RuneWidth(r)
		if i > 0 && n+rw > w {
			return s[:i]
		}
		n += rw
	}
	return s
}
