package model_test

import (
	"fmt"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

// However many processes die, what a State keeps of them is bounded: the newest whole, those before
// them by name and death, the first process always.
func TestDeadAreForgotten(t *testing.T) {
	const n = 1000
	s := fold(started)
	s = s.Apply(model.Died{Proc: model.Main, Signal: "SIGKILL", Time: 1})
	for i := range n {
		at := time.Duration(i + 2)
		name := fmt.Sprintf("c%d", i)
		s = s.Apply(model.Started{Time: at, Proc: name, Parent: model.Main, PageSize: modeltest.PageSize, PID: 100 + i,
			Regions: []model.RegionInfo{{Name: "a", Base: modeltest.BaseA, Len: 4 * modeltest.PageSize}}})
		s = s.Apply(model.Died{Time: at, Proc: name, Code: i % 5})
	}
	if len(s.Procs) != model.DeadKept+1 || s.Forgotten != n-model.DeadKept || s.Main().Death == nil {
		t.Fatalf("%d processes are kept and %d are not", len(s.Procs), s.Forgotten)
	}
	for i := range n {
		p := s.Process(fmt.Sprintf("c%d", i))
		switch kept, whole := i >= n-model.DeadKept, i >= n-model.DeadWhole; {
		case (p != nil) != kept:
			t.Errorf("c%d: kept is %v", i, p != nil)
		case kept && (p.Death.Code != i%5 || p.PID != 100+i || (p.Region("a") != nil) != whole):
			t.Errorf("c%d is %+v", i, p)
		}
	}
	e, err := lang.Parse("expect dead c5")
	if err != nil {
		t.Fatal(err)
	}
	want := "c5: no such process, or it is one of the 936 that died before the newest 64 dead, which alone are kept"
	if got := e.(lang.Expect).Check(s, ""); got.OK || got.Got != want {
		t.Errorf("%q", got.Got)
	}
	if s = s.Apply(started); s.Forgotten != 0 {
		t.Errorf("after a reset %d are not kept", s.Forgotten)
	}
}
