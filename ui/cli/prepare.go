package cli

import (
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/pflag"

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
func (a *app) prepare(flags *pflag.FlagSet) (err error) {
	if err = a.settle(flags); err != nil || a.commands == "" {
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

// readTheme returns the built-in theme of that name, or that of the file. open opens it.
func readTheme(name, file string, open func(string) (io.ReadCloser, error)) (*look.Theme, error) {
	if t := builtInTheme(name); t != nil {
		return t, nil
	}
	f, err := open(file)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, "./") {
			if like := nearest(name, themeNames()); like != "" {
				return nil, usage("no theme is called %q; did you mean %s?", name, like)
			}
			return nil, usage("no theme is called %q: there are %s, or a file", name, strings.Join(themeNames(), ", "))
		}
		return nil, usage("%s: %w", file, bare(err))
	}
	defer f.Close()
	t, err := look.ParseTheme(file, f)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	if t.Name == "" {
		t.Name = name
	}
	return t, nil
}

// builtInTheme returns the built-in theme of a name, or nil.
func builtInTheme(name string) *look.Theme {
	for _, t := range look.Themes() {
		if t.Name == name {
			return t
		}
	}
	return nil
}
