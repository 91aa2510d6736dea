package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"incore/model"
	"incore/ui/canvas"
)

// doctorCommand is "incore doctor".
func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this kernel, user and terminal allow",
		Long: `doctor says what this kernel, user and terminal allow. Where something is
missing, it says why, and what you cannot see or do without it. It tries what
can be tried, in a subject of its own. It leaves nothing behind.

Exit status: 0 incore can run here; 3 the subject could not be started.`,
		Example: `incore doctor
incore doctor --json | jq '.checkups[] | select(.ok | not)'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := append(kernelCheckups(cmd.Context()), a.terminalCheckups()...)
			return a.tellCheckups(list)
		},
	}
	cmd.Flags().BoolVar(&a.json, "json", false, "print one JSON object")
	return cmd
}

// tellCheckups prints what was found. Its error is that no subject can run here.
func (a *app) tellCheckups(list []model.Checkup) error {
	var err error
	if a.json {
		err = writeCheckups(a.out, list)
	} else {
		_, err = io.WriteString(a.out, checkupText(list, a.textWidth(), a.asciiOnly(), a.chrome()))
	}
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Needs && !c.OK {
			return &exitError{exitNoSubject, errors.New(c.Found)}
		}
	}
	return nil
}

// checkupJSON is a model.Checkup on the wire.
type checkupJSON struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Found string `json:"found"`
	Means string `json:"means,omitempty"`
}

func writeCheckups(w io.Writer, list []model.Checkup) error {
	out := struct {
		Fit      bool          `json:"fit"` // incore can run here
		Checkups []checkupJSON `json:"checkups"`
	}{Fit: model.Fit(list)}
	for _, c := range list {
		out.Checkups = append(out.Checkups, checkupJSON{c.Group, c.Name, c.OK, c.Found, c.Means})
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return &exitError{exitPanic, err}
	}
	_, err = io.WriteString(w, escapeInvisible(string(b))+"\n")
	return err
}

// The widths of the text, in columns: for pipes, and the range for terminals.
const (
	pipeWidth = 80
	mostWidth = 100
)

// textWidth is how wide the text may be.
func (a *app) textWidth() int {
	if f, ok := a.stdout.(term.File); ok && a.terminal {
		if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			return min(w, mostWidth)
		}
	}
	return pipeWidth
}

// The sizes in columns and rows below which the screen leaves something out (ui, classOf).
const (
	roomyWidth, roomyHeight = 96, 24
	leastWidth, leastHeight = 20, 5
)

// terminalCheckups looks at what the screen can be shown on.
func (a *app) terminalCheckups() []model.Checkup {
	const group = "terminal"
	check := func(ok bool, name, found, means string) model.Checkup {
		if ok {
			means = ""
		}
		return model.Checkup{Group: group, Name: name, OK: ok, Found: found, Means: means}
	}
	var list []model.Checkup
	kind := a.getenv("TERM")
	if a.terminal {
		list = append(list, check(true, "terminal", "standard output is one; "+termWords(kind), ""))
		if f, ok := a.stdout.(term.File); ok {
			list = append(list, sizeCheckup(check, f))
		}
		list = append(list, check(a.hasColors(), "colors", a.colorWords(), "states are told apart by their glyphs alone"))
	} else {
		found := "standard output is none"
		if kind == "dumb" {
			found = "TERM=dumb takes no escape sequences"
		}
		list = append(list, check(false, "terminal", found, "incore prints a demonstration in text there, and no screen"))
	}
	locale := "the locale is UTF-8, or none is set"
	if !localeIsUTF8(a.getenv) {
		locale = "the locale is not UTF-8 (LC_ALL, LC_CTYPE, LANG)"
	}
	return append(list, check(localeIsUTF8(a.getenv), "UTF-8", locale, "ASCII characters only, as with --ascii"))
}

func sizeCheckup(check func(bool, string, string, string) model.Checkup, f term.File) model.Checkup {
	w, h, err := term.GetSize(f.Fd())
	if err != nil || w == 0 || h == 0 {
		return check(false, "size", "the terminal does not tell it", "the screen takes it for 80x24")
	}
	means := fmt.Sprintf("the screen leaves panels out below %dx%d", roomyWidth, roomyHeight)
	if w < leastWidth || h < leastHeight {
		means = fmt.Sprintf("the screen needs %dx%d", leastWidth, leastHeight)
	}
	return check(w >= roomyWidth && h >= roomyHeight, "size", fmt.Sprintf("%dx%d", w, h), means)
}

func (a *app) hasColors() bool { return canvas.DetectColors(a.stdout, os.Environ()) != canvas.NoColor }

// colorWords says how many colors there are, and who says so.
func (a *app) colorWords() string {
	switch canvas.DetectColors(a.stdout, os.Environ()) {
	case canvas.TrueColor:
		return "24 bits"
	case canvas.Color256:
		return "256 (COLORTERM does not say truecolor)"
	case canvas.Color16:
		return "the 16 of the terminal's theme"
	}
	if a.getenv("NO_COLOR") != "" {
		return "none: NO_COLOR is set"
	}
	return "none: " + termWords(a.getenv("TERM"))
}

// termWords says of what kind the terminal is.
func termWords(kind string) string {
	if kind == "" {
		return "TERM is not set"
	}
	return "TERM=" + kind
}
