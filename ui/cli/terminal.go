package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"

	"incore/ui/plain"
	"incore/ui/settings"
)

// choice is the value of a flag that takes one of a few words.
type choice struct {
	value string
	of    []string
}

var (
	colorWords      = settings.Color.Words()
	backgroundWords = settings.Background.Words()
)

// String implements pflag.Value.
func (c *choice) String() string { return c.value }

// Type implements pflag.Value.
func (c *choice) Type() string { return "when" }

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.of, s) {
		return nearestError(s, c.of)
	}
	c.value = s
	return nil
}

func (c *choice) wants() string { return oneOf(c.of) }

// asciiOnly reports whether what is printed must keep to ASCII: asked for, or the
// locale says so.
func (a *app) asciiOnly() bool { return a.ascii || !localeIsUTF8(a.getenv) }

// localeIsUTF8 reads the locale as setlocale(3) does: the first of LC_ALL, LC_CTYPE
// and LANG that is not empty decides. C, POSIX and any other charset are not UTF-8;
// a locale without a charset has that of its country, which is not UTF-8 either. No
// locale at all says nothing, which is what containers have, whose terminals are
// outside and nearly always UTF-8.
func localeIsUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// shown returns text as it may be printed.
func shown(s string, ascii bool) string { return plain.Shown(s, ascii) }

// columnsOf returns how wide the terminal behind a writer is now: 0 if it is none, or does not say.
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
