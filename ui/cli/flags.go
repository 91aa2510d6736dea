package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wanter is a value of a flag that says what it takes, as it stands behind "--flag wants".
type wanter interface{ wants() string }

// nonEmpty is the value of a flag that takes one word, which is not empty.
type nonEmpty struct {
	to   *string
	kind string // in the help
	want string
}

// String implements pflag.Value.
func (w *nonEmpty) String() string {
	if w.to == nil { // pflag makes one to see whether a default is worth a word
		return ""
	}
	return *w.to
}

// Type implements pflag.Value.
func (w *nonEmpty) Type() string { return w.kind }

// Set implements pflag.Value.
func (w *nonEmpty) Set(s string) error {
	if s == "" {
		return errors.New("it is empty")
	}
	*w.to = s
	return nil
}

func (w *nonEmpty) wants() string { return w.want }

// meant is the error of a flag's value that has a nearest right one.
type meant string

// Error implements error.
func (m meant) Error() string { return "did you mean " + string(m) + "?" }

// flagError words what pflag says of a flag, with the nearest right one.
func flagError(cmd *cobra.Command, err error) error {
	help := cmd.CommandPath() + " --help"
	var (
		unknown = new(pflag.NotExistError)
		missing = new(pflag.ValueRequiredError)
		invalid = new(pflag.InvalidValueError)
		garbled = new(pflag.InvalidSyntaxError)
	)
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown, help)
	case errors.As(err, &missing):
		return usage("--%s wants %s", missing.GetFlag().Name, wants(missing.GetFlag()))
	case errors.As(err, &invalid):
		return invalidValue(invalid)
	case errors.As(err, &garbled):
		return usage("%q is no flag; see %s", garbled.GetSpecifiedFlag(), help)
	}
	return usage("%w; see %s", err, help)
}

// invalidValue says what the flag takes, and what was probably meant.
func invalidValue(e *pflag.InvalidValueError) error {
	f := e.GetFlag()
	if like := meant(""); errors.As(e, &like) {
		return usage("--%s wants %s, not %q; %w", f.Name, wants(f), e.GetValue(), like)
	}
	if f.Value.Type() == "bool" {
		return usage("--%s wants %s, not %q; --%[1]s alone is true", f.Name, wants(f), e.GetValue())
	}
	return usage("--%s wants %s, not %q", f.Name, wants(f), e.GetValue())
}

// wants returns what a flag takes.
func wants(f *pflag.Flag) string {
	if w, ok := f.Value.(wanter); ok {
		return w.wants()
	}
	if f.Value.Type() == "bool" {
		return "true or false"
	}
	return "a " + f.Value.Type()
}

// unknownFlag says which flag was probably meant, or which command has it.
func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError, help string) error {
	if short := e.GetSpecifiedShortnames(); short != "" {
		return usage("unknown flag -%s; see %s", short, help)
	}
	name := e.GetSpecifiedName()
	if of := commandsWith(cmd.Root(), name); len(of) > 0 && len(of) < 5 { // more say nothing
		all := of[len(of)-1]
		if before := of[:len(of)-1]; len(before) > 0 {
			all = strings.Join(before, ", ") + " and " + all
		}
		return usage("--%s is a flag of %s, not of %s", name, all, cmd.CommandPath())
	}
	if like := nearestFlag(cmd, name); like != "" {
		return usage("unknown flag --%s; did you mean --%s?", name, like)
	}
	return usage("unknown flag --%s; see %s", name, help)
}

// commandsWith returns the commands, this one and those beneath it, that have a flag of that name.
func commandsWith(cmd *cobra.Command, name string) (of []string) {
	if cmd.Flags().Lookup(name) != nil && !cmd.Hidden {
		of = append(of, cmd.CommandPath())
	}
	for _, sub := range cmd.Commands() {
		of = append(of, commandsWith(sub, name)...)
	}
	return of
}

// nearestFlag finds a flag by cobra's own measure of nearness, which it applies to
// commands only.
func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return nearest(name, names)
}

// nearest returns the word that s was probably meant to be, or "".
func nearest(s string, words []string) string {
	if s == "" {
		return "" // which every word begins with
	}
	list := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, w := range words {
		list.AddCommand(&cobra.Command{Use: w, Run: func(*cobra.Command, []string) {}})
	}
	if like := list.SuggestionsFor(s); len(like) > 0 {
		return like[0]
	}
	return ""
}

// oneOf returns "one of a, b, c".
func oneOf(words []string) string { return "one of " + strings.Join(words, ", ") }

// nearestError returns the error of a word that is none of those.
func nearestError(s string, words []string) error {
	if like := nearest(s, words); like != "" {
		return meant(like)
	}
	return errors.New("no such word")
}
