package csource_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/csource"
	"incore/model/modeltest"
)

// manyLocks are the items of a session that locks every other page of a region of n pages.
func manyLocks(n int) (items []model.Item) {
	const base = 0x7f0000000000
	region := model.RegionInfo{Name: "a", Base: base, Len: uint64(n) << 12, Backing: model.Anon}
	items = append(items, model.Started{Proc: model.Main, PageSize: 4096, Limits: model.Limits{MemlockSoft: int64(n/2-1) << 12, MemlockHard: 1 << 40}})
	seq := 0
	add := func(e model.Event) {
		seq++
		e.Seq, e.Proc = seq, model.Main
		items = append(items, e)
	}
	add(model.Event{Command: modeltest.Parsed(fmt.Sprintf("mmap a %d", n)), Call: "mmap", Ret: base, RetHex: true, Mapped: &region})
	for i := 0; i < n; i += 2 {
		add(model.Event{Command: modeltest.Parsed(fmt.Sprintf("mlock a[%d]", i)), Call: "mlock", VmLck: 4096,
			Args: []model.Arg{{Kind: model.ArgAddr, Value: base + uint64(i)<<12}, {Kind: model.ArgLen, Value: 4096}}})
	}
	last := items[len(items)-1].(model.Event)
	last.Ret, last.Errno, last.VmLck = -1, "ENOMEM", 0
	items[len(items)-1] = last
	return items
}

// What a program has of a long session is bounded, and it says that it is: so is the time that
// it takes to put it together.
func TestCOfALongPast(t *testing.T) {
	for _, tt := range []struct {
		locks int
		want  []string
		lines int
	}{
		{20, []string{"mlock(rest, 19 * page)"}, 40},
		{1000, []string{"mlock(rest, 999 * page)"}, 40},
		{33_000, []string{csource.Otherwise + "what the session did in the beginning is not", "commands of the past are left out"}, 700},
	} {
		var s model.State
		items := manyLocks(2 * tt.locks)
		for _, item := range items {
			s = s.Apply(item)
		}
		last := items[len(items)-1].(model.Event)
		began := time.Now()
		text := csource.C(last, csource.PastOf(s, last), []model.RegionInfo{s.Main().Regions[0].RegionInfo}, 4096)
		t.Logf("%d locks: %v, %d lines", tt.locks, time.Since(began), strings.Count(text, "\n"))
		for _, want := range tt.want {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("%d locks: %q is missing:\n%.3000s", tt.locks, want, text)
			}
		}
		if n := strings.Count(text, "\n"); n > tt.lines {
			t.Errorf("%d locks: %d lines", tt.locks, n)
		}
	}
}
