package look

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"incore/assets"
)

// themeFiles are the built-in themes in the order in which a key goes through them.
var themeFiles = []string{"default", "high-contrast"}

// builtin reads one of them over what it leaves out. A file that is carried in the program
// and cannot be read is the program's own fault, which a test would have found.
func builtin(name string, of Theme) *Theme {
	file := path.Join("themes", name+".json")
	data, err := assets.Themes.ReadFile(file)
	if err != nil {
		panic(fmt.Errorf("a built-in theme: %w", err))
	}
	t, err := parseTheme(file, strings.NewReader(string(data)), of)
	if err != nil {
		panic(fmt.Errorf("a built-in theme: %w", err))
	}
	return t
}

// DefaultTheme is the theme that holds unasked, and has what another one leaves out.
var DefaultTheme = sync.OnceValue(func() *Theme { return builtin(themeFiles[0], Theme{}) })

// Themes are the built-in themes, the default one first.
var Themes = sync.OnceValue(func() []*Theme {
	all := []*Theme{DefaultTheme()}
	for _, name := range themeFiles[1:] {
		all = append(all, builtin(name, *DefaultTheme()))
	}
	return all
})

// Next returns the built-in theme behind t in the order of [Themes]; behind one from
// elsewhere it is the first.
func Next(t *Theme) *Theme {
	all := Themes()
	for i := range all[:len(all)-1] {
		if all[i] == t {
			return all[i+1]
		}
	}
	return all[0]
}
