package canvas

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestTruncate(t *testing.T) {
	for _, tt := range []struct {
		s    string
		w    int
		want string
	}{
		{"anonymous", 5, "anon…"},
		{"anonymous", 1, "…"},
		{"anonymous", 0, ""},
		{"at 0x7f3a40000000", 10, "at…"}, // another address would be a lie
		{"at a+0x3000", 8, "at a+…"},
		{"12345 pages", 4, "…"},
		{"12345 pages", 8, "12345 …"},
		{"漢字漢字", 4, "漢…"},
		{"\xff\xfe\xfd", 2, "\xff…"},
	} {
		if got := Truncate(tt.s, tt.w); got != tt.want {
			t.Errorf("%q in %d: %q, want %q", tt.s, tt.w, got, tt.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		s    string
		w    int
		want []string
	}{
		{"a b c", 3, []string{"a b", "c"}},
		{"a  b\n c", 10, []string{"a b c"}},
		{"abcdefgh ij", 3, []string{"abc", "def", "gh", "ij"}},
		{"漢字漢字", 4, []string{"漢字", "漢字"}},
		{"漢", 1, []string{"漢"}},
		{"", 5, nil},
		{"a", 0, nil},
	} {
		if d := cmp.Diff(tt.want, Wrap(tt.s, tt.w)); d != "" {
			t.Errorf("%q in %d (-want +got):\n%s", tt.s, tt.w, d)
		}
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		s     string
		w     int
		ascii bool
		want  string
	}{
		{"plain", 10, false, "plain\n"},
		{"a\x1b[2Jb\tc\x00", 20, false, "a�[2Jb�c�\n"},
		{"a\u202eb\u200bc", 20, false, "a�b�c\n"},
		{"e\u0301", 20, false, "e\n"},
		{"漢字x", 20, false, "漢字x\n"},
		{"漢字x", 4, false, "漢…\n"},
		{"1µs → …", 20, true, "1us > ~\n"},
		{"漢", 20, true, "?\n"},
	} {
		c := Canvas{ASCII: tt.ascii}
		c.Reset(20, 1)
		c.Text(0, 0, tt.w, tt.s, Style{})
		if got := c.Plain(); got != tt.want {
			t.Errorf("%q in %d, ASCII %v: %q, want %q", tt.s, tt.w, tt.ascii, got, tt.want)
		}
	}
}

func TestEncode(t *testing.T) {
	c := Canvas{}
	c.Reset(6, 3)
	c.Text(0, 0, 6, "ab", Style{FG: RGB(0x010203)}.Bold())
	c.Text(3, 0, 6, "c", Style{FG: RGB(0x010203)}.Bold())
	c.Text(0, 1, 6, "d", Style{FG: ANSI16(9), BG: ANSI16(3)})
	c.Text(1, 1, 6, "e", Style{FG: kind256 | 200, Attr: Reverse | Underline})
	want := "\x1b[0;1;38;2;1;2;3mab c\x1b[m\n\x1b[0;91;43md\x1b[0;4;7;38;5;200me\x1b[m\n"
	if got := c.Encode(); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	if got := ansi.Strip(c.Encode()); got != "ab c\nde\n" {
		t.Errorf("without styles: %q", got)
	}
	// A background reaches to the end of the row.
	c.Reset(3, 1)
	c.Fill(0, 0, 3, ' ', Style{BG: ANSI16(4)})
	if got := c.Encode(); got != "\x1b[0;44m   \x1b[m" {
		t.Errorf("%q", got)
	}
}

func TestEncodeReusesItsCells(t *testing.T) {
	c := Canvas{}
	c.Reset(10, 10)
	c.Text(0, 0, 10, strings.Repeat("x", 10), Style{})
	c.Reset(5, 5)
	if got := c.Plain(); got != "\n\n\n\n\n" {
		t.Errorf("%q is left of the frame before", got)
	}
}

func TestDetectColors(t *testing.T) {
	for _, tt := range []struct {
		env  []string
		want Colors
	}{
		{[]string{"TERM=xterm-256color", "NO_COLOR=anything", "COLORTERM=truecolor"}, NoColor},
		{[]string{"TERM=tmux-256color", "COLORTERM=truecolor"}, TrueColor},
		{[]string{"TERM=xterm-256color", "NO_COLOR=", "COLORTERM=truecolor", "CLICOLOR_FORCE=1"}, TrueColor},
		{[]string{"TERM=xterm-256color", "CLICOLOR_FORCE=1"}, Color256},
		{[]string{"TERM=xterm", "CLICOLOR_FORCE=1"}, Color16},
		{[]string{"TERM=dumb"}, NoColor},
	} {
		if got := DetectColors(&strings.Builder{}, tt.env); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.env, got, tt.want)
		}
	}
}

func TestDarkIn(t *testing.T) {
	for env, want := range map[string]bool{"COLORFGBG=0;15": false, "COLORFGBG=15;0": true, "COLORFGBG=0;default;15": false,
		"COLORFGBG=12;8": true, "COLORFGBG=": true, "COLORFGBG=x": true, "TERM=xterm": true} {
		if got := DarkIn([]string{env}); got != want {
			t.Errorf("%s: dark %v, want %v", env, got, want)
		}
	}
}

// A word as long as a line of a script is broken in time that grows with its length, not with the square.
func TestWrapLongWord(t *testing.T) {
	least := func(n int) time.Duration {
		word, took := strings.Repeat("x", n), []time.Duration{}
		for range 10 {
			begin := time.Now()
			if got := strings.Join(Wrap(word, 80), ""); got != word {
				t.Fatalf("a word of %d is %d long when it is broken", n, len(got))
			}
			took = append(took, time.Since(begin))
		}
		return slices.Min(took)
	}
	if short, long := least(4<<10), least(64<<10); long > 100*short { // sixteen times as long; the square is 256
		t.Errorf("4 KiB take %v, 64 KiB %v", short, long)
	}
}

func TestWrapWords(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "a": {"a"}, "a bc d": {"a bc", "d"}, "abcdefgh": {"abcdefgh"}, "ab abcdefgh c": {"ab", "abcdefgh", "c"},
		"  a   b ": {"a b"},
	} {
		if got := WrapWords(text, 4); !slices.Equal(got, want) {
			t.Errorf("WrapWords(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWrapList(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "a": {"a"}, "a 1, b 2": {"a 1, b 2"}, "a 1, bcd 2, e": {"a 1,", "bcd 2, e"}, "abcdefghijk, b": {"abcdefghijk,", "b"},
	} {
		if got := WrapList(text, 8); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// A line is wrapped as its text is, and each letter keeps its style.
func TestWrapLine(t *testing.T) {
	bold := Style{Attr: Bold}
	line := Line{Style{}.Span("one tw"), bold.Span("o thr"), Style{}.Span("ee")}
	want := []Line{{Style{}.Span("one tw"), bold.Span("o")}, {bold.Span("thr"), Style{}.Span("ee")}}
	if d := cmp.Diff(want, line.Wrap(7)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for w := range 12 {
		var text []string
		for _, l := range line.Wrap(w) {
			text = append(text, l.String())
		}
		if d := cmp.Diff(Wrap(line.String(), w), text); d != "" {
			t.Errorf("in %d columns (-text +line):\n%s", w, d)
		}
	}
}
