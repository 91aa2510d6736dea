package ui_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/ui"
)

// The inspector, over the whole screen too, and the address space say which protection key a VMA has, and what that allows.
func TestProtectionKeyIsShown(t *testing.T) {
	s := newScreen(t, 120, 40, ui.Options{}, "mmap a 8", "touch a")
	p := s.scene().State.Process(model.Main)
	sample := model.Sample{Time: p.Regions[0].Changed.At(0) + 1, Proc: model.Main, Stat: p.Stat, Limits: p.Limits}
	for _, r := range p.Regions {
		sample.Regions = append(sample.Regions, model.RegionSample{Name: r.Name, Pages: r.Pages})
	}
	base := p.Region("a").Base
	for i, key := range []int{1, 2, 0} {
		v := model.VMA{Start: base + uint64(i)*pageSize, End: base + uint64(i+1)*pageSize, Prot: model.ProtRead | model.ProtWrite, Key: key}
		if key == 0 {
			v.End = base + 8*pageSize
		}
		sample.VMAs = append(sample.VMAs, v)
	}
	s.tell(model.Event{Proc: model.Main, Call: "pkey_alloc", Key: &model.ProtectionKey{Name: "k", Number: 1, Rights: model.KeyNoWrite}}, sample)
	shows := func(what string, want ...string) {
		t.Helper()
		text := strings.Join(strings.Fields(s.text()), " ")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q:\n%s", what, w, s.text())
			}
		}
	}
	s.redraw()
	shows("the inspector", "rw-p key 1")
	s.press("i")
	shows("the page", "key 1 (k, no_write): may read and not write")
	s.press("right")
	shows("the page beside it", "key 2 (the kernel's, for what may be executed alone): may neither read nor write")
	s.press("right")
	if strings.Contains(s.text(), "key ") {
		t.Errorf("a page with the default key has one:\n%s", s.text())
	}
	s.press("esc", "s")
	shows("the address space", "key 1 (k, no_write)")
}
