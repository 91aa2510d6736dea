package cli

import (
	"errors"
	"io/fs"
	"strings"

	"incore/ui/look"
)

// themeNames returns the built-in themes.
func themeNames() (names []string) {
	for _, t := range look.Themes() {
		names = append(names, t.Name)
	}
	return names
}

// prepare reads the files that the screen is to begin with, before it opens: what is wrong in
// them is said on the command line, and nothing has run by then.
func (a *app) prepare() (err error) {
	if a.colorsRead, err = a.readTheme(); err != nil || a.commands == "" {
		return err
	}
	if a.commands == stdinName {
		return usage("--commands takes a file: standard input is the keyboard")
	}
	if a.steps, err = a.readScript(a.commands); err != nil {
		return err
	}
	switch {
	case len(a.steps) == 0:
		return usage("%s: there is no command in the file", a.commands)
	case a.plain || !a.terminal:
		return usage("--commands is for the screen; without one: incore run %s", a.commands)
	}
	return nil
}

// readTheme returns the built-in theme of that name, or that of the file.
func (a *app) readTheme() (*look.Theme, error) {
	if a.theme == "" {
		return nil, nil
	}
	for _, t := range look.Themes() {
		if t.Name == a.theme {
			return t, nil
		}
	}
	f, err := a.openAwaited(a.theme)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(a.theme, "./") {
			if like := nearest(a.theme, themeNames()); like != "" {
				return nil, usage("no theme is called %q; did you mean %s?", a.theme, like)
			}
			return nil, usage("no theme is called %q: there are %s, or a file", a.theme, strings.Join(themeNames(), ", "))
		}
		return nil, usage("%s: %w", a.theme, bare(err))
	}
	defer f.Close()
	t, err := look.ParseTheme(a.theme, f)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	if t.Name == "" {
		t.Name = a.theme
	}
	return t, nil
}
