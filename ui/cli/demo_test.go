package cli_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/model/lang"
	"incore/ui/cli"
)

func TestDemoStepsParse(t *testing.T) {
	for _, step := range cli.DemoSteps() {
		c, err := lang.Parse(step.Command)
		if err != nil || c == nil {
			t.Errorf("%s: %v", step.Command, err)
			continue
		}
		if got := c.String(); got != step.Command {
			t.Errorf("%q is printed as %q", step.Command, got)
		}
	}
}

func TestDemoShowsEachStep(t *testing.T) {
	l := newFakeLab(map[string][]model.Item{
		"mmap a 32": {model.Event{
			Proc: model.Main, Command: parsed("mmap a 32"), Call: "mmap",
			Mapped: &model.RegionInfo{Name: "a", Base: 0x7f0000000000, Len: 32 * 4096, Backing: model.Anon},
		}},
	})
	l.page = model.Page{Residency: model.Absent, Mapping: model.InVMA}
	f := newFakeApp(t, l, "")
	if code := f.Main(nil); code != cli.ExitHeld {
		t.Errorf("exit code is %d: %s", code, f.errs)
	}
	out := f.out.String()
	for _, step := range cli.DemoSteps() {
		_, after, found := strings.Cut(out, "\n"+step.Say+"\n> "+step.Command+"\n")
		if !found {
			t.Fatalf("no step %q in:\n%s", step.Command, out)
		}
		if !strings.Contains(after, "\n  a  "+strings.Repeat(".", 32)+"\n") {
			t.Errorf("the region is not shown after %q:\n%s", step.Command, after)
		}
		out = after
	}
	if got := l.commands(); len(got) != len(cli.DemoSteps()) {
		t.Errorf("ran %q", got)
	}
	if !l.isClosed() {
		t.Error("the lab is still open")
	}
}

func TestDemoSaysWhereTheSubjectDied(t *testing.T) {
	l := newFakeLab(map[string][]model.Item{"touch a[2..9]": {killed}})
	f := newFakeApp(t, l, "")
	if code := f.Main(nil); code != cli.ExitDied {
		t.Errorf("exit code is %d, want %d", code, cli.ExitDied)
	}
	if got, want := f.errs.String(), "incore: the subject died during the demonstration: killed by SIGKILL\n"; got != want {
		t.Errorf("stderr is %q, want %q", got, want)
	}
	if got := l.commands(); len(got) != 2 {
		t.Errorf("went on with %q", got)
	}
}
