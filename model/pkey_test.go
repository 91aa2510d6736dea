package model_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

// Keys are those that were made, with what was freed of them; a child has its parent's, and exec ends them.
func TestKeysOfState(t *testing.T) {
	s := model.State{}.Apply(model.Started{Proc: model.Main, PageSize: 4096})
	key := func(proc, name string, number int, freed bool) {
		s = s.Apply(model.Event{Proc: proc, Call: "pkey_alloc", Key: &model.ProtectionKey{Name: name, Number: number, Rights: model.KeyNoWrite, Freed: freed}})
	}
	is := func(what, proc, want string) {
		t.Helper()
		got := ""
		for _, k := range s.Process(proc).Keys {
			got += fmt.Sprintf("%s=%d freed=%t ", k.Name, k.Number, k.Freed)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	key(model.Main, "k", 1, false)
	key(model.Main, "j", 2, false)
	key(model.Main, "k", 1, true)
	before := s
	is("one is freed", model.Main, "k=1 freed=true j=2 freed=false ")
	s = s.Apply(model.Started{Proc: "kid", Parent: model.Main, PageSize: 4096})
	key("kid", "l", 1, false)
	is("its number is another's by then", "kid", "k=1 freed=true j=2 freed=false l=1 freed=false ")
	kid := s.Process("kid")
	if !kid.KeyTaken(1) || kid.KeyOf(1).Name != "l" || kid.KeyTaken(3) || kid.KeyRights(3) != model.KeyNoAccess || kid.KeyRights(0) != "" {
		t.Errorf("the keys by number: %+v", kid.Keys)
	}
	key("kid", "k", 1, true)
	is("it is freed by the name that it had before", "kid", "k=1 freed=true j=2 freed=false l=1 freed=true ")
	key("kid", "k", 3, false)
	is("a name that is taken again", "kid", "j=2 freed=false l=1 freed=true k=3 freed=false ")
	is("the parent's stay", model.Main, "k=1 freed=true j=2 freed=false ")
	s = s.Apply(model.Event{Proc: "kid", Call: model.CallExecve, Errno: "EACCES"})
	is("an exec that failed", "kid", "j=2 freed=false l=1 freed=true k=3 freed=false ")
	s = s.Apply(model.Event{Proc: "kid", Call: model.CallExecve})
	is("an exec", "kid", "")
	if before.Main().Keys[0].Freed == false || len(before.Main().Keys) != 2 {
		t.Error("an older state has changed")
	}
	for range model.KeysKept {
		key("kid", fmt.Sprintf("n%d", len(s.Process("kid").Keys)), 5, false)
		key("kid", "n", 5, true)
	}
	if key("kid", "more", 6, false); len(s.Process("kid").Keys) != model.KeysKept {
		t.Errorf("%d are kept", len(s.Process("kid").Keys))
	}
}

func TestKeyRights(t *testing.T) {
	for _, tt := range []struct {
		rights             model.KeyRights
		read, write, fetch bool
	}{{"", false, false, false}, {model.KeyNoAccess, true, true, false}, {model.KeyNoWrite, false, true, false}} {
		if r := tt.rights; r.Denies(model.ProtRead) != tt.read || r.Denies(model.ProtWrite) != tt.write || r.Denies(model.ProtExec) != tt.fetch {
			t.Errorf("%q is not what pkeys(7) says of it", r)
		}
	}
}
