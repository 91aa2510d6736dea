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
