package model_test

import (
	"fmt"
	"slices"
	"testing"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

// A name that is gone stands for its last addresses until it is taken again; a child knows its parent's, and the
// regions that it did not get.
func TestGoneNames(t *testing.T) {
	a, b := *mappedEvent("a", 4).Mapped, *mappedEvent("b", 2).Mapped
	b.Base += 16 * modeltest.PageSize
	unmap := model.Event{Proc: model.Main, Call: "munmap", Command: modeltest.Parsed("munmap a"), Gone: []string{"a"}}
	s := fold(started, model.Event{Proc: model.Main, Call: "mmap", Mapped: &a}, model.Event{Proc: model.Main, Call: "mmap", Mapped: &b}, unmap)
	p := s.Main()
	if g := p.GoneRegion("a"); g == nil || g.Since() != "a is gone since munmap a" || p.Region("a") != nil || p.GoneRegion("b") != nil {
		t.Errorf("after munmap a it is %+v", g)
	}
	span, err := p.Resolve(modeltest.Parsed("touch a[1..]").(lang.Touch).T)
	if want := (model.Span{Addr: a.Base + modeltest.PageSize, Len: a.Len - modeltest.PageSize}); err != nil || span != want {
		t.Errorf("a[1..] is %+v, %v; want %+v", span, err, want)
	}
	if got := p.PageName(a.Base + modeltest.PageSize); got != "a[1]" {
		t.Errorf("its second page is %s", got)
	}
	c := lang.Completer{State: &s, Proc: model.Main}
	if got := c.Words("mlock "); !slices.Equal(got, []string{"b", "a"}) || c.Unknown("mlock a ") != nil || c.Unknown("truncate a ") == nil {
		t.Errorf("mlock is offered %v; %v, %v", got, c.Unknown("mlock a "), c.Unknown("truncate a "))
	}

	kid := s.Apply(model.Started{Proc: "kid", Parent: model.Main, PageSize: modeltest.PageSize}).Process("kid")
	if g := kid.GoneRegion("b"); g == nil || g.Parent != model.Main || kid.GoneRegion("a") == nil {
		t.Errorf("in the child b is %+v", g)
	}
	again := a
	again.Base += 8 * modeltest.PageSize
	s = s.Apply(model.Event{Proc: model.Main, Call: "mmap", Mapped: &again})
	if p := s.Main(); p.GoneRegion("a") != nil || p.Named("a").Base != again.Base || len(p.GoneNames()) != 0 {
		t.Errorf("taken again it is %+v", p.Named("a"))
	}
	if s = s.Apply(unmap); s.Main().Named("a").Base != again.Base {
		t.Errorf("gone again it is %+v", s.Main().Named("a"))
	}
}

// The newest are kept, whatever an event takes away, and older states stay as they were.
func TestGoneAreBounded(t *testing.T) {
	s := fold(started)
	total := 0
	for _, n := range []int{1, model.GoneKept - 1, 1, 3 * model.GoneKept, 10, model.GoneKept} {
		var all model.Event
		for range n {
			total++
			info := model.RegionInfo{Name: fmt.Sprint("r", total), Base: modeltest.BaseA + uint64(total)*modeltest.PageSize, Len: modeltest.PageSize}
			s = s.Apply(model.Event{Proc: model.Main, Call: "mmap", Mapped: &info})
			all.Gone = append(all.Gone, info.Name)
		}
		all.Proc, all.Call = model.Main, "execve"
		older := s.Main()
		was := slices.Clone(older.Gone)
		s = s.Apply(all)
		if !slices.Equal(was, older.Gone) {
			t.Fatalf("%d more changed what an older state remembers", n)
		}
		kept := s.Main().Gone
		if len(kept) > model.GoneKept || len(kept) < min(total, model.GoneKept/2) || kept[len(kept)-1].Name != fmt.Sprint("r", total) {
			t.Errorf("of %d %d are kept, the newest %s", total, len(kept), kept[len(kept)-1].Name)
		}
	}
}
