package plain

import "testing"

func TestShown(t *testing.T) {
	for _, tt := range []struct {
		text, utf8, ascii string
	}{
		{"4.1µs → a…", "4.1µs → a…", "4.1us -> a..."},
		{"Grüße", "Grüße", `Gr\u00fc\u00dfe`},
		{"\x1b[2J", `\x1b[2J`, `\x1b[2J`},
		{"a\nb", `a\x0ab`, `a\x0ab`},
	} {
		if got := Shown(tt.text, false); got != tt.utf8 {
			t.Errorf("%q is shown as %q, want %q", tt.text, got, tt.utf8)
		}
		if got := Shown(tt.text, true); got != tt.ascii {
			t.Errorf("%q is shown in ASCII as %q, want %q", tt.text, got, tt.ascii)
		}
	}
}
