package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/settings"
)

// noConfig is the word of --config that has no file of settings read.
const noConfig = "none"

// configCommand is "incore config".
func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the settings that hold, and where each comes from",
		Long: `config prints the settings that the screen starts with, and where each comes
from: a flag, the environment, the file of settings, or the default. What it
prints can be saved as the file of settings.

See incore help settings for the file and what each setting takes.`,
		Example: `incore config
incore config --theme high-contrast >new.toml`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.settleAll(cmd.Flags()); err != nil {
				return err
			}
			return a.tellSettings()
		},
	}
	a.settingFlags(cmd)
	cmd.Flags().BoolVar(&a.json, "json", false, "print one JSON object")
	return cmd
}

// settingFlags gives a command the flags that go before the file of settings, and that of the file itself.
func (a *app) settingFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&a.color, "color", "colors of the screen: auto, always, never or 16")
	f.Var(&a.background, "background", "background that the colors are for: auto, dark or light")
	f.BoolVar(&a.reducedMotion, "reduced-motion", false, "nothing fades or pulses")
	f.Var(&nonEmpty{&a.theme, "name", strings.Join(themeNames(), ", ") + " or a file"}, "theme", "colors of the screen: "+strings.Join(themeNames(), ", ")+", or a file of JSON")
	f.Var(&nonEmpty{&a.config, "file", "a file of settings, or " + noConfig}, "config", "a file of settings instead of your own; "+noConfig+" reads none")
	for name, words := range map[string][]string{"color": colorWords, "background": backgroundWords} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // fails for an unknown flag only
	}
}

// settled is what the screen starts with.
type settled struct {
	settings.Settings
	colors *look.Theme // nil is the default theme
	file   string      // of settings: which was read, or would be; "" is none
	read   bool        // there is such a file
	broken error       // of the user's own file: none of it holds
}

// settle decides what the screen starts with. The user's own file of settings is read where there is a screen; where it is
// broken, that is said and the defaults hold. What was asked for by --config has to be right.
func (a *app) settle(flags *pflag.FlagSet) error {
	if a.config == "" && (!a.terminal || a.plain) {
		a.config = noConfig // the words and scripts have nothing of it
	}
	err := a.settleAll(flags)
	if err == nil || a.settled.broken == nil {
		return err
	}
	a.report(err) // and go on
	return nil
}

// settleAll decides what holds: flags go before the environment, that before the file, and that before what holds unasked.
// It returns what is wrong with any of them. If that is the user's own file, everything else is settled all the same.
func (a *app) settleAll(flags *pflag.FlagSet) error {
	a.settled = settled{Settings: settings.Defaults()}
	if err := a.readConfig(); err != nil {
		if a.config != "" {
			return usage("%w", err)
		}
		a.settled.broken = err
	}
	s := &a.settled
	if a.getenv("NO_COLOR") != "" {
		s.Set(settings.Color, settings.Never, settings.Environment, "NO_COLOR")
	}
	for k, flag := range map[settings.Key]string{settings.Color: "color", settings.Background: "background", settings.ReducedMotion: "reduced-motion"} {
		if f := flags.Lookup(flag); f.Changed {
			s.Set(k, f.Value.String(), settings.Flag, "--"+flag)
		}
	}
	if a.theme != "" {
		colors, err := readTheme(a.theme, a.theme, a.openAwaited)
		if err != nil {
			s.broken = nil // the worse of the two
			return err
		}
		s.Set(settings.Theme, a.theme, settings.Flag, "--theme")
		if builtInTheme(a.theme) == nil {
			s.Reword(settings.Theme, wholePath(a.theme))
		}
		s.colors = colors
	}
	if s.broken != nil {
		return usage("%w", s.broken)
	}
	return nil
}

// readConfig reads the file of settings, and the theme that it names.
func (a *app) readConfig() error {
	s := &a.settled
	open := openSettings
	switch a.config {
	case noConfig:
		return nil
	case stdinName:
		return errors.New("--config takes a file: standard input is the keyboard")
	case "":
		s.file = a.ownConfig()
	default:
		s.file, open = a.config, a.openAwaited
	}
	if s.file == "" {
		return nil
	}
	f, err := open(s.file)
	if a.config == "" && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) {
		return nil
	}
	s.read = true
	if err != nil {
		return fmt.Errorf("%s: %w", s.file, bare(err))
	}
	defer f.Close()
	read, err := s.Read(s.file, f)
	if err != nil {
		return err
	}
	if theme := read.Of(settings.Theme); theme.Source == settings.File {
		file := theme.Text
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(s.file), file)
		}
		if s.colors, err = readTheme(theme.Text, file, openSettings); err != nil {
			return fmt.Errorf("%s:%d:%d: %w", s.file, theme.Line, theme.Col, err)
		}
		if builtInTheme(theme.Text) == nil {
			read.Reword(settings.Theme, wholePath(file))
		}
	}
	s.Settings = read
	return nil
}

// ownConfig returns where the user's own file of settings is, or "" where there is no place for one. Paths that are not
// whole do not count, as the XDG Base Directory Specification has it.
func (a *app) ownConfig() string {
	dir := a.getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		home := a.getenv("HOME")
		if !filepath.IsAbs(home) {
			return ""
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "incore", "config.toml")
}

// wholePath returns the path of a file as every folder knows it.
func wholePath(file string) string {
	if whole, err := filepath.Abs(file); err == nil { // else this folder is gone
		return whole
	}
	return file
}

// openSettings opens a file that nobody asked for on the command line: one that may have no end, or that waits for
// somebody to write it, is refused.
func openSettings(name string) (io.ReadCloser, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir() && !info.Mode().IsRegular():
		return nil, errors.New("is no regular file")
	}
	return openFile(name)
}

// tellSettings prints what holds.
func (a *app) tellSettings() error {
	s := &a.settled
	if a.json {
		b, err := json.MarshalIndent(struct {
			File     string            `json:"file,omitempty"`
			Read     bool              `json:"read"`
			Settings settings.Settings `json:"settings"`
		}{s.file, s.read, s.Settings}, "", "  ")
		if err != nil {
			return &exitError{exitPanic, err}
		}
		_, err = io.WriteString(a.out, escapeInvisible(string(b))+"\n")
		return err
	}
	head := "no file of settings was read"
	switch {
	case s.read:
		head = "the file of settings is " + s.file
	case s.file != "":
		head = "there is no file of settings yet; it would be " + s.file
	}
	var b strings.Builder
	for line := range strings.Lines("# What incore's screen starts with, and where each comes from.\n# " + strings.ToUpper(head[:1]) + head[1:] + "\n" + s.TOML(a.asciiOnly())) {
		b.WriteString(shown(strings.TrimSuffix(line, "\n"), a.asciiOnly()) + "\n")
	}
	_, err := io.WriteString(a.out, b.String())
	return err
}

// options returns the settings as the screen takes them.
func (s *settled) options(ascii bool) ui.Options {
	opts := ui.Options{
		ASCII: ascii, ReducedMotion: s.On(settings.ReducedMotion), Theme: s.colors, Hex: s.Text(settings.Numbers) == settings.Hex,
		Colors: map[string]canvas.Colors{settings.Always: canvas.TrueColor, settings.Never: canvas.NoColor, settings.Color16: canvas.Color16}[s.Text(settings.Color)],
	}
	if b := s.Text(settings.Background); b != settings.Auto {
		dark := b == settings.Dark
		opts.Dark = &dark
	}
	if scale, ok := ui.Scales[s.Text(settings.Zoom)]; ok {
		opts.Scale = &scale
	}
	if s.broken != nil {
		// Without the folder: the row may have no room for all of it.
		opts.Notice = "Defaults hold: " + shown(strings.TrimPrefix(s.broken.Error(), filepath.Dir(s.file)+string(filepath.Separator)), opts.ASCII)
	}
	return opts
}
