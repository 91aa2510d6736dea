package cli

import "testing"

func TestLocale(t *testing.T) {
	for _, tt := range []struct {
		all, ctype, lang string
		utf8             bool
	}{
		{"", "", "", true},
		{"", "", "C.UTF-8", true},
		{"", "", "en_US.utf8", true},
		{"", "", "C", false},
		{"", "", "POSIX", false},
		{"", "", "de_DE", false},
		{"", "", "de_DE.ISO-8859-15@euro", false},
		{"", "C", "en_US.UTF-8", false},
		{"", "en_US.UTF-8", "C", true},
		{"C", "en_US.UTF-8", "en_US.UTF-8", false},
		{"en_US.UTF-8", "C", "C", true},
	} {
		env := map[string]string{"LC_ALL": tt.all, "LC_CTYPE": tt.ctype, "LANG": tt.lang}
		if got := localeIsUTF8(func(name string) string { return env[name] }); got != tt.utf8 {
			t.Errorf("LC_ALL=%s LC_CTYPE=%s LANG=%s: %t, want %t", tt.all, tt.ctype, tt.lang, got, tt.utf8)
		}
	}
}

func TestShown(t *testing.T) {
	for _, tt := range []struct {
		text, utf8, ascii string
	}{
		{"4.1µs → a…", "4.1µs → a…", "4.1us -> a..."},
		{"Grüße", "Grüße", `Gr\u00fc\u00dfe`},
		{"\x1b[2J", `\x1b[2J`, `\x1b[2J`},
		{"a\nb", `a\x0ab`, `a\x0ab`},
	} {
		if got := shown(tt.text, false); got != tt.utf8 {
			t.Errorf("%q is shown as %q, want %q", tt.text, got, tt.utf8)
		}
		if got := shown(tt.text, true); got != tt.ascii {
			t.Errorf("%q is shown in ASCII as %q, want %q", tt.text, got, tt.ascii)
		}
	}
}
