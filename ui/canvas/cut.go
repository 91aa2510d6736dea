package canvas

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Truncate cuts s to w columns, the last of them an ellipsis. It cuts between words: half a verb would be read as another
// one, and half a number (0x7f3a… and 12…) as another number. Only a word that has the room to itself, such as a
// name, is cut within.
func Truncate(s string, w int) string {
	if w <= 0 {
		return ""
	}
	cut, n := 0, 0
	for cut < len(s) {
		r, size := utf8.DecodeRuneInString(s[cut:])
		rw := RuneWidth(r)
		if n+rw > w-1 {
			break
		}
		n += rw
		cut += size
	}
	head := s[:cut]
	next, _ := utf8.DecodeRuneInString(s[cut:])
	if last, _ := utf8.DecodeLastRuneInString(head); cut < len(s) && inWord(last) && inWord(next) {
		if k := strings.LastIndexFunc(head, func(r rune) bool { return !inWord(r) }); k >= 0 && strings.TrimFunc(head[:k+1], dangles) != "" {
			head = head[:k+1]
		} else if k := numberStart(head); k < len(head) && partOfNumber(s[cut]) {
			head = head[:k]
		}
	}
	head = endOfWords(head)
	for k := numberStart(head); k < len(head); k = numberStart(head) {
		if Width(head)+2 <= w {
			return head + " …"
		}
		head = endOfWords(strings.TrimRight(head[:k], "+-")) // of a+100 a is a name that there is
	}
	return head + "…"
}

// inWord reports whether a rune belongs to a word, a name or a number.
func inWord(r rune) bool {
	return r == '_' || r == '-' || r == '.' || r == '\'' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// dangles reports whether a rune says nothing where a text ends with it.
func dangles(r rune) bool {
	return r == ' ' || r == ',' || r == ';' || r == ':' || r == '·' || r == '(' || r == '→' || r == '[' || r == '{' || r == '='
}

// danglers are words that say nothing where a text ends with them.
var danglers = []string{"a", "an", "the", "of", "to", "in", "is", "by", "and", "or", "not", "as", "no", "with", "for", "on"}

// endOfWords returns a text without what dangles at its end.
func endOfWords(s string) string {
	for {
		t := strings.TrimRightFunc(s, dangles)
		k := strings.LastIndexByte(t, ' ')
		if k < 0 || !slices.Contains(danglers, t[k+1:]) {
			return t
		}
		s = t[:k]
	}
}

// numberStart returns where the number begins that a text ends with, or the length of the text.
func numberStart(s string) int {
	k := len(s)
	for k > 0 && partOfNumber(s[k-1]) {
		k--
	}
	if k < len(s) && s[k] >= '0' && s[k] <= '9' {
		return k
	}
	return len(s)
}

// FitName cuts a text to w columns that ends with the number of a page or with pages, name[12]: the name gives way, and the number is whole.
func FitName(s string, w int) string {
	k := strings.LastIndexByte(s, '[')
	if Width(s) <= w || k < 0 || Width(s[k:])+2 > w {
		return Fit(s, w)
	}
	room := w - Width(s[k:]) - 1
	return Head(s[:k], room) + "…" + s[k:]
}
