//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"
	"time"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// asked asks sets of expects together.
func asked(t *testing.T, l *memops.Lab, how lang.AskFor, sets ...[]string) (model.Asked, time.Duration) {
	t.Helper()
	a := lang.Ask{ID: 7, For: how}
	for _, set := range sets {
		var of []model.Command
		for _, line := range set {
			c, err := lang.Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			of = append(of, c)
		}
		a.Sets = append(a.Sets, of)
	}
	began := time.Now()
	items := l.Do(t.Context(), a)
	took := time.Since(began)
	var out *model.Asked
	for _, it := range items {
		switch it := it.(type) {
		case model.Asked:
			out = &it
		case model.Event, model.Checked:
			t.Errorf("asking left %T in the log: %+v", it, it)
		}
	}
	if out == nil || out.ID != 7 || len(out.Sets) != len(sets) {
		t.Fatalf("the answer to %v is %+v", a, out)
	}
	for i, s := range out.Sets {
		if len(s.Checks) != len(sets[i]) {
			t.Fatalf("set %d: %+v", i, s)
		}
	}
	return *out, took
}

// TestAsk holds that sets of expects are asked together, and waited for only where waiting may change the answer.
func TestAsk(t *testing.T) {
	l := opened(t, memops.Options{Sharing: true})
	do(t, l, "mmap a 4")
	do(t, l, "touch a[0..1]")
	for _, c := range []struct {
		name  string
		how   lang.AskFor
		sets  [][]string
		holds []bool
		waits bool
	}{
		{"one holds", lang.OneHolds, [][]string{{"expect minor 4"}, {"expect minor 2", "expect ok"}, {"expect errno EINVAL"}}, []bool{false, true, false}, false},
		{"one holds, and others would be waited for", lang.OneHolds,
			[][]string{{"expect all a swapped"}, {"expect all a[0] resident"}, {"expect all a[0] absent"}}, []bool{false, true, false}, false},
		{"none, and no wait changes it", lang.OneHolds, [][]string{{"expect minor 4"}, {"expect ok", "expect errno EINVAL"}}, []bool{false, false}, false},
		{"two, and no wait changes it", lang.OneHolds, [][]string{{"expect ok"}, {"expect minor 2"}}, []bool{true, true}, false},
		{"none, and a wait may change it", lang.OneHolds, [][]string{{"expect all a swapped"}, {"expect minor 4"}}, []bool{false, false}, true},
		{"two, and a wait may change it", lang.OneHolds, [][]string{{"expect no a swapped"}, {"expect all a[2..3] absent"}}, []bool{true, true}, true},
		{"all hold", lang.AllHold, [][]string{{"expect all a[0] resident"}, {"expect no a[0] absent"}, {"expect ok"}}, []bool{true, true, true}, false},
		{"not all hold", lang.AllHold, [][]string{{"expect minor 4"}, {"expect ok"}}, []bool{false, true}, false},
		{"not all hold, and a wait may change it", lang.AllHold, [][]string{{"expect all a swapped"}, {"expect ok"}}, []bool{false, true}, true},
		{"as it is", lang.AsItIs, [][]string{{"expect all a swapped", "expect ok"}}, []bool{false}, false},
		{"nothing", lang.AsItIs, nil, nil, false},
		{"nothing, of which one should hold", lang.OneHolds, nil, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			is, took := asked(t, l, c.how, c.sets...)
			for i, s := range is.Sets {
				if s.Holds != c.holds[i] {
					t.Errorf("%q holds: %v, want %v: %+v", c.sets[i], s.Holds, c.holds[i], s.Checks)
				}
			}
			if c.waits != (took >= lang.AskPatience) {
				t.Errorf("it took %v", took)
			}
		})
	}
	// What was asked is no command: an expect is still about the touch.
	if is, _ := asked(t, l, lang.AsItIs, []string{"expect minor 2"}); !is.Sets[0].Holds {
		t.Errorf("%+v", is)
	}
}

// TestAskVoid holds that an expect which there is nothing to ask of says so, and one that is false does not.
func TestAskVoid(t *testing.T) {
	l := opened(t, memops.Options{Sharing: true})
	if is, _ := asked(t, l, lang.OneHolds, []string{"expect ok"}); !is.Sets[0].Checks[0].Void {
		t.Errorf("before any command: %+v", is)
	}
	do(t, l, "mmap a 4")
	do(t, l, "fork child")
	do(t, l, "in child mlock a[0]")
	for expect, void := range map[string]bool{
		"expect all b locked": true, "expect count b locked 0": true, "expect vmas b 1": true, "in nobody expect ok": true, "in nobody expect vmlck 0": true,
		"expect dead nobody": true, "expect alive nobody": true, "expect signal SIGSEGV in b": false,
		"expect all a locked": false, "in child expect all a locked": false, "in child expect vmlck 2": false, "expect errno EINVAL": false,
		"expect dead child": false, "expect signal SIGSEGV": false, "expect minor 7": false,
	} {
		is, _ := asked(t, l, lang.AsItIs, []string{expect})
		if c := is.Sets[0].Checks[0]; c.OK || c.Void != void {
			t.Errorf("%s: %+v, want void %v", expect, c, void)
		}
	}
	if is, _ := asked(t, l, lang.OneHolds, []string{"in child expect vmlck 1"}, []string{"expect vmlck 1"}); !is.Sets[0].Holds || is.Sets[1].Holds {
		t.Errorf("in a process: %+v", is)
	}
	do(t, l, "in child touch b")
	if is, _ := asked(t, l, lang.AsItIs, []string{"in child expect errno EINVAL"}); !is.Sets[0].Checks[0].Void {
		t.Errorf("after a refused command: %+v", is)
	}
	do(t, l, "in child kill SIGKILL")
	if is, _ := asked(t, l, lang.OneHolds, []string{"expect alive child"}, []string{"expect dead child"}); !is.Sets[1].Holds || is.Sets[0].Holds {
		t.Errorf("of a process that has ended: %+v", is)
	}
}
