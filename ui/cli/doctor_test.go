package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

var checkups = []model.Checkup{
	{Group: "system", Name: "subject", OK: true, Needs: true, Found: "starts in 2ms"},
	{Group: "system", Name: "clock", OK: true, Found: "of constant rate"},
	{Group: "swap", Name: "swap", Found: "none is on (swapon, as root)", Means: "no anonymous page leaves memory, so none is swapped and none comes back by a major fault"},
}

// clean is the text as it goes to a pipe.
func clean(list []model.Checkup, width int) string {
	return checkupText(list, width, false, &look.Chrome{})
}

// TestCheckupColors holds that a terminal gets the same text in the theme's colors: what works in one, what is missing
// in another, and what nothing works without in that of an error.
func TestCheckupColors(t *testing.T) {
	list := append(slices.Clone(checkups), model.Checkup{Group: "swap", Name: "Linux", Needs: true, Found: "none"})
	st := look.DefaultTheme().Chrome(canvas.TrueColor, true)
	for _, width := range []int{40, 80, 100} {
		got := checkupText(list, width, false, st)
		if text := ansi.Strip(got); text != clean(list, width) {
			t.Errorf("at %d columns it is\n%s", width, text)
		}
		for _, want := range []string{st.Heading.Render("system"), st.OK.Render("ok"), st.Gold.Render("missing"), st.Fail.Render("missing"),
			st.Fail.Render("incore cannot run here.")} {
			if !strings.Contains(want, "\x1b[") || !strings.Contains(got, want) {
				t.Errorf("at %d columns there is no %q in\n%q", width, want, got)
			}
		}
	}
	plain := checkupText(list, 80, false, look.DefaultTheme().Chrome(canvas.NoColor, true))
	if regexp.MustCompile("\x1b\\[[0-9;]*[34][0-9]").MatchString(plain) || !strings.Contains(plain, "\x1b[1m") {
		t.Errorf("without colors it is %q", plain)
	}
}

func TestCheckupText(t *testing.T) {
	want := strings.TrimPrefix(`
system
  ok       subject  starts in 2ms
  ok       clock    of constant rate
swap
  missing  swap     none is on (swapon, as root)
                    → no anonymous page leaves memory, so none is
                       swapped and none comes back by a major fault
incore can run here.
`, "\n")
	got := clean(checkups, 70)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	const narrow = `system
  ok       subject
    starts in 2ms
  ok       clock
    of constant rate
swap
  missing  swap
    none is on (swapon, as root)
    → no anonymous page leaves memory, so
       none is swapped and none comes back
       by a major fault
incore can run here.
`
	if got := clean(checkups, 44); got != narrow {
		t.Errorf("got\n%s\nwant\n%s", got, narrow)
	}
	for _, width := range []int{20, 40, 59, 60, 80, 100} {
		for line := range strings.Lines(clean(checkups, width)) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width || strings.HasSuffix(line, " \n") {
				t.Errorf("at %d columns a line has %d: %q", width, n, line)
			}
		}
	}
	if got := checkupText(checkups, 80, true, &look.Chrome{}); strings.IndexFunc(got, func(r rune) bool { return r > 0x7e }) >= 0 || !strings.Contains(got, "-> no anonymous") {
		t.Errorf("in ASCII it is\n%s", got)
	}
}

// Without a subject the exit status is 3, and all else is told all the same.
func TestNoSubjectToExamine(t *testing.T) {
	list := slices.Clone(checkups)
	list[0].OK, list[0].Found = false, "execve: Operation not permitted (EPERM)\x1b[2J"
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		a := &app{out: &checkedWriter{to: &out}, getenv: func(string) string { return "" }, json: asJSON}
		err := a.tellCheckups(list)
		var coded *exitError
		if !errors.As(err, &coded) || coded.code != exitNoSubject || !strings.Contains(coded.Error(), "EPERM") {
			t.Errorf("the error is %v", err)
		}
		if strings.Contains(out.String(), "\x1b") {
			t.Errorf("an escape sequence came through: %q", out.String())
		}
		if asJSON {
			var got struct {
				Fit      bool
				Checkups []checkupJSON
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Fit || len(got.Checkups) != len(list) || got.Checkups[2].Means != list[2].Means {
				t.Errorf("%v: %+v", err, got)
			}
		} else if !strings.Contains(out.String(), "incore cannot run here.") || !strings.Contains(out.String(), "major") {
			t.Errorf("the text is\n%s", out.String())
		}
	}
}

func TestTerminalCheckups(t *testing.T) {
	for name, c := range map[string]struct {
		env      map[string]string
		terminal bool
		want     map[string]bool
		words    string
	}{
		"a pipe":      {map[string]string{"TERM": "xterm"}, false, map[string]bool{"terminal": false, "UTF-8": true}, "standard output is none"},
		"dumb":        {map[string]string{"TERM": "dumb", "LANG": "C"}, false, map[string]bool{"terminal": false, "UTF-8": false}, "TERM=dumb"},
		"a terminal":  {map[string]string{"TERM": "xterm", "LC_ALL": "de_DE.utf8"}, true, map[string]bool{"terminal": true, "UTF-8": true, "colors": false}, "TERM=xterm"},
		"without any": {map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, true, map[string]bool{"colors": false}, "NO_COLOR is set"},
	} {
		a := &app{stdout: &bytes.Buffer{}, terminal: c.terminal, getenv: func(k string) string { return c.env[k] }}
		list := a.terminalCheckups()
		all := clean(list, 200)
		if !strings.Contains(all, c.words) {
			t.Errorf("%s: %q is missing in\n%s", name, c.words, all)
		}
		for what, ok := range c.want {
			if i := slices.IndexFunc(list, func(c model.Checkup) bool { return c.Name == what }); i < 0 || list[i].OK != ok {
				t.Errorf("%s: %s should be %v:\n%s", name, what, ok, all)
			}
		}
	}
}
