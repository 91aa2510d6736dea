package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
)

func TestDemoStepsParse(t *testing.T) {
	for _, step := range demoSteps {
		c, err := lang.Parse(step.command)
		if err != nil || c == nil {
			t.Errorf("%s: %v", step.command, err)
			continue
		}
		if got := c.String(); got != step.command {
			t.Errorf("%q is printed as %q", step.command, got)
		}
	}
}

func TestRegionLines(t *testing.T) {
	anon := func(r model.Residency, l model.Lock) model.Page {
		return model.Page{Residency: r, Lock: l, Mapping: model.InVMA}
	}
	regions := []*model.Region{
		{RegionInfo: model.RegionInfo{Name: "a"}, Pages: model.Runs[model.Page]{}.
			Add(3, anon(model.Resident, model.Unlocked)).
			Add(2, anon(model.Absent, model.Unlocked)).
			Add(1, anon(model.Unknowable, model.Unlocked)).
			Add(2, anon(model.Resident, model.Locked)).
			Add(1, anon(model.Absent, model.OnFault)).
			Add(2, model.Page{}).
			Add(1, anon(model.Absent, model.Unlocked))},
		{RegionInfo: model.RegionInfo{Name: "key"}, Pages: model.Runs[model.Page]{}.Add(4, anon(model.Absent, model.Unlocked))},
	}
	want := []string{
		"  a  ***..?**.  .",
		"           LLf",
		"  key  ....",
	}
	if diff := cmp.Diff(want, regionLines(regions)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
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
	if code := f.main(nil); code != exitHeld {
		t.Errorf("exit code is %d: %s", code, f.errs)
	}
	out := f.out.String()
	for _, step := range demoSteps {
		_, after, found := strings.Cut(out, "\n"+step.say+"\n> "+step.command+"\n")
		if !found {
			t.Fatalf("no step %q in:\n%s", step.command, out)
		}
		if !strings.Contains(after, "\n  a  "+strings.Repeat(".", 32)+"\n") {
			t.Errorf("the region is not shown after %q:\n%s", step.command, after)
		}
		out = after
	}
	if got := l.commands(); len(got) != len(demoSteps) {
		t.Errorf("ran %q", got)
	}
	if !l.isClosed() {
		t.Error("the lab is still open")
	}
}

func TestDemoSaysWhereTheSubjectDied(t *testing.T) {
	l := newFakeLab(map[string][]model.Item{"touch a[2..9]": {killed}})
	f := newFakeApp(t, l, "")
	if code := f.main(nil); code != exitDied {
		t.Errorf("exit code is %d, want %d", code, exitDied)
	}
	if got, want := f.errs.String(), "incore: the subject died during the demonstration: killed by SIGKILL\n"; got != want {
		t.Errorf("stderr is %q, want %q", got, want)
	}
	if got := l.commands(); len(got) != 2 {
		t.Errorf("went on with %q", got)
	}
}
