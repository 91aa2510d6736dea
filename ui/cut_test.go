package ui_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"incore/ui"
)

// cutAt finds what stands before an ellipsis.
var cutAt = regexp.MustCompile(`([\pL\pN_.'-]+)…`)

// Nothing is cut within a number or a word, at whatever width: what stands before an ellipsis is a word of the screens that
// have room for all. A name alone, which may be as long as it likes, is cut within.
func TestNothingIsCutWithinAWord(t *testing.T) {
	const name, child = "zzlongestofallthenames", "zzchildoftheotherprocess"
	script := append([]string{"mmap " + name + " 30000", "touch " + name + "[12300..12345]", "mlock2 " + name + "[12340..12400] onfault",
		"mmap zzfile 12 memfd shared", "fork " + child, "in " + child + " touch " + name + "[12341]", "mlock " + name + "[0..9999]",
		"mprotect " + name + "[12345] none", "touch " + name + "[12345]"}, richScript...)
	screens := func(w, h int, modes []bool, see func(what, text string)) {
		for _, presenter := range modes {
			s := newScreen(t, w, h, ui.Options{ReducedMotion: true, Presenter: presenter}, script...)
			look := func(keys ...string) {
				s.press(keys...)
				see(fmt.Sprintf("%dx%d, presenter %v, %s", w, h, presenter, strings.Join(keys, " ")), s.text())
			}
			look()
			look("shift+tab", "end", "left", "left")
			for _, keys := range [][]string{{"p", "right"}, {"a", "right"}, {"R"}, {"i"}, {"enter"}, {"s"}} {
				look(keys...)
				s.press("esc")
			}
			for _, lens := range []string{"2", "3", "4", "5", "1"} {
				look(lens)
			}
			for _, line := range []string{"mmap c", "mmap c 64", "touch " + name + "[12300..12345", "mlock nothing", "mlock2 " + name + " onfault"} {
				s.press(":")
				s.typeText(line)
				look()
				look("enter")
				s.press("esc")
			}
		}
	}
	whole := map[string]bool{}
	words := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.'-", r)
		})
	}
	for _, w := range []int{400, 200, 160} {
		screens(w, 120, []bool{false, true}, func(_, text string) {
			for _, word := range words(strings.ReplaceAll(text, "…", " … ")) {
				whole[word] = true
			}
		})
	}
	seen := map[string]bool{}
	for w := 40; w <= 200; w++ {
		if (testing.Short() || raced) && w%20 != 0 {
			continue
		}
		for k, h := range []int{24, 45} {
			screens(w, h, []bool{(w+k)%2 == 0}, func(what, text string) {
				for _, m := range cutAt.FindAllStringSubmatch(text, -1) {
					head := m[1]
					last := rune(head[len(head)-1])
					if strings.HasPrefix(head, "zz") || seen[head] || whole[head] && !unicode.IsDigit(last) {
						continue
					}
					seen[head] = true
					t.Errorf("%s: %q is cut:\n%s", what, head, lineOf(text, m[0]))
				}
			})
		}
	}
}

// lineOf returns the line of a text that has a part of it.
func lineOf(text, part string) string {
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

// A page's number is whole where its region's name is long, and the address goes before it.
func TestPageNumberIsWhole(t *testing.T) {
	for w := 40; w <= 200; w++ {
		for _, h := range []int{16, 24, 45} {
			s := newScreen(t, w, h, ui.Options{ReducedMotion: true}, "mmap averyverylongnameofaregion 30000", "touch averyverylongnameofaregion[12345]", "fork childwithalongname")
			s.press("shift+tab", "g", "end")
			text := s.text()
			if strings.Contains(text, "PAGE ") && !strings.Contains(lineOf(text, "PAGE "), fmt.Sprintf("[%d]", s.m.Focus.Here().Cursor)) {
				t.Errorf("%dx%d: the number of the page is cut:\n%s", w, h, lineOf(text, "PAGE "))
			}
		}
	}
}

// The caret stands where the line is wrong, and a menu says a command once.
func TestCaretStandsUnderItsWord(t *testing.T) {
	for w := 40; w <= 200; w += 3 {
		s := newScreen(t, w, 24, ui.Options{}, "mmap a 64")
		s.press(":")
		s.typeText("mmap c")
		s.press("enter")
		lines := strings.Split(s.text(), "\n")
		for i, line := range lines {
			if _, rest, ok := strings.Cut(line, "mmap c"); ok && strings.Contains(line, ": mmap c") {
				under := len([]rune(line)) - len([]rune(rest))
				below := []rune(lines[i+1])
				if at := strings.IndexRune(string(below), '^'); at >= 0 && len([]rune(string(below)[:at])) != under {
					t.Errorf("%d columns: the caret is not under column %d:\n%s\n%s", w, under, line, lines[i+1])
				}
				if w >= 80 && !strings.Contains(lines[i+1], "^ mmap needs a size") {
					t.Errorf("%d columns: there is no caret:\n%s\n%s", w, line, lines[i+1])
				}
			}
		}
		s.press("esc", "p")
		if n := strings.Count(lineOf(s.text(), "Protect a[0]"), "mprotect"); n != 1 {
			t.Errorf("%d columns: the menu says the command %d times:\n%s", w, n, lineOf(s.text(), "Protect a[0]"))
		}
	}
}
