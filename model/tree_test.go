package model_test

import (
	"slices"
	"testing"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

// A process stands behind its parent and its older siblings with all of theirs, also where a name is taken again.
func TestProcessesStandInTheOrderOfTheTree(t *testing.T) {
	s := fold(started)
	begin := func(name, parent string) {
		s = s.Apply(model.Started{Proc: name, Parent: parent, PageSize: modeltest.PageSize})
	}
	want := func(names []string, depths []int) {
		t.Helper()
		var gotNames []string
		var gotDepths []int
		for i := range s.Procs {
			gotNames, gotDepths = append(gotNames, s.Procs[i].Name), append(gotDepths, s.Depth(i))
		}
		if !slices.Equal(gotNames, names) || !slices.Equal(gotDepths, depths) {
			t.Errorf("processes %v at %v, want %v at %v", gotNames, gotDepths, names, depths)
		}
	}
	begin("child", "main")
	begin("other", "main")
	begin("grand", "child")
	begin("great", "grand")
	begin("last", "main")
	want([]string{"main", "child", "grand", "great", "other", "last"}, []int{0, 1, 2, 3, 1, 1})
	s = s.Apply(model.Died{Proc: "child"})
	begin("child", "great") // its own forebear's name
	want([]string{"main", "grand", "great", "child", "other", "last"}, []int{0, 0, 1, 2, 1, 1})
}

// Which pages a write may have to get back from a fork is known until they are written, by whichever loop.
func TestUnwritten(t *testing.T) {
	const pages = 8
	a := *mappedEvent("a", pages).Mapped
	for _, tt := range []struct {
		line string
		off  uint64 // pages
		n    uint64 // pages
		args []model.Arg
		left []int64 // pages of which a write may still fault
		fail bool
	}{
		{line: "touch a[2..3]", off: 2, n: 2, left: []int64{0, 1, 4, 5, 6, 7}},
		{line: "in kid touch a[2]", off: 2, n: 1, left: []int64{0, 1, 2, 3, 4, 5, 6, 7}}, // the other's
		{line: "touch a every 3", n: 8, left: []int64{1, 2, 4, 5, 7}},
		{line: "touch a read", n: 8, left: []int64{0, 1, 2, 3, 4, 5, 6, 7}},
		{line: "memset a 1", n: 8},
		{line: "memcpy a[1] a[2]", off: 1, n: 1, left: []int64{0, 2, 3, 4, 5, 6, 7}},
		{line: "touch a", n: 8, fail: true, left: []int64{0, 1, 2, 3, 4, 5, 6, 7}},
	} {
		s := fold(started, mappedEvent("a", pages)).Apply(forked("kid", 8, a))
		c, err := lang.Parse(tt.line)
		if err != nil {
			t.Fatal(err)
		}
		e := model.Event{Proc: "main", Command: c, Call: c.Verb(), Args: []model.Arg{
			{Kind: model.ArgAddr, Value: a.Base + tt.off*modeltest.PageSize}, {Kind: model.ArgLen, Value: tt.n * modeltest.PageSize}}}
		if len(tt.line) > 2 && tt.line[:2] == "in" {
			e.Proc = "kid"
		}
		if tt.fail {
			e.Signal = &model.Signal{Name: "SIGSEGV"}
		}
		s = s.Apply(e)
		var left []int64
		for i := range int64(pages) {
			if s.Main().Region("a").MayFault(i) {
				left = append(left, i)
			}
		}
		if !slices.Equal(left, tt.left) {
			t.Errorf("after %s the pages %v may still fault, want %v", tt.line, left, tt.left)
		}
		if s = s.Apply(forked("next", 9, a)); !s.Main().Region("a").MayFault(2) {
			t.Errorf("after %s and another fork page 2 is still known to be writable", tt.line)
		}
	}
}
