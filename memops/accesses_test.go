//go:build linux && (amd64 || arm64)

package memops_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"incore/memops"
	"incore/memops/faults"
	"incore/model"
	"incore/model/lang"
)

// counts fails where an event's times are not those of its accesses.
func counts(t *testing.T, e model.Event) (none, minor, major int64) {
	t.Helper()
	if e.Latency == nil {
		t.Fatalf("%s: %s %s has no times", e.Command, e.Strace(), e.Refused)
	}
	none, minor, major = e.Latency.Count(model.NoFault), e.Latency.Count(model.MinorFault), e.Latency.Count(model.MajorFault)
	if none+minor+major != e.Ret || minor != min(e.Minor, e.Ret-major) || major != min(e.Major, e.Ret) {
		t.Errorf("%s: %d accesses, %d minor and %d major faults; timed are %d, %d and %d", e.Command, e.Ret, e.Minor, e.Major, none, minor, major)
	}
	return none, minor, major
}

func TestTouchIsTimed(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 3000", "mmap b 100")
	for _, line := range []string{
		"touch a every 3", "touch a every 3", "touch a", "touch a", "touch a random", "touch b random at 20000/s", "touch b read", "touch b[7]",
		"touch b+5,10000", "touch b+0,0",
	} {
		e := do(t, l, line)
		none, minor, _ := counts(t, e)
		switch line {
		case "touch a every 3":
			if none != 1000 && minor != 1000 {
				t.Errorf("%s: %d without a fault, %d with one", line, none, minor)
			}
		case "touch a":
			if none != 3000 && (none != 1000 || minor != 2000) {
				t.Errorf("%s: %d without a fault, %d with one", line, none, minor)
			}
		}
	}
	for _, line := range []string{"touch b read", "touch b[7]", "touch a random"} {
		if none, _, _ := counts(t, do(t, l, line)); none == 0 {
			t.Errorf("%s: no access of pages that are there went without a fault", line)
		}
	}
	ok(t, l, "munmap b[40]")
	if e := do(t, l, "touch b"); e.Ret != 40 || e.Signal == nil {
		t.Errorf("touch over a hole: %s", e.Strace())
	} else {
		counts(t, e)
	}
	ok(t, l, "mmap x 20 rx", "touch x exec")
	counts(t, *l.State().Last)
	if e := do(t, l, "mlock b[0]"); e.Latency != nil {
		t.Errorf("%s has times of accesses", e.Strace())
	}
}

// A page that has to be read from a disk is a major fault, and takes longer than one that is there.
func TestMajorFaultsAreTimed(t *testing.T) {
	l := opened(t, memops.Options{})
	needsScratch(t, l)
	ok(t, l, "mmap a 16 shared scratch", "touch a", "msync a sync", "madvise a dontneed", "posix_fadvise a dontneed")
	if _, _, major := counts(t, do(t, l, "touch a random read")); major == 0 {
		t.Error("pages that were dropped from the page cache cost no major fault")
	}
	if none, _, _ := counts(t, do(t, l, "touch a read")); none != 16 {
		t.Errorf("%d of 16 accesses went without a fault", none)
	}
}

// accessesOf are the items of what is done while somebody watches, without the sampler.
func accessesOf(t *testing.T, l *memops.Lab, line string) (list []model.Accessed) {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	memops.SetSampling(l, true)
	defer func() { memops.SetSampling(l, false) }()
	for _, item := range l.Do(t.Context(), c) {
		if a, ok := item.(model.Accessed); ok {
			list = append(list, a)
		}
	}
	return list
}

// heats are the pages of a, a letter each: . was not reached; - took no fault, m a minor, M a major one.
func heats(l *memops.Lab) string {
	r := l.State().Main().Region("a")
	out := make([]byte, r.Pages.Len())
	for i := range out {
		switch h := r.Heat.At(int64(i)); {
		case h.Last == 0:
			out[i] = '.'
		case h.Major > 0:
			out[i] = 'M'
		case h.Minor > 0:
			out[i] = 'm'
		default:
			out[i] = '-'
		}
	}
	return string(out)
}

func TestAccessesAreTold(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string // what is done unwatched
		line  string
		want  string // of the eight pages of a
	}{
		{"a fresh region", nil, "touch a", "mmmmmmmm"},
		{"one that is there", []string{"touch a"}, "touch a", "--------"},
		{"random", nil, "touch a random", "mmmmmmmm"},
		{"every second", nil, "touch a every 2", "m.m.m.m."},
		{"paced", nil, "touch a[2..3] at 10000/s", "..mm...."},
		{"up to a hole", []string{"munmap a[3]"}, "touch a", "mmm....."},
		{"unaligned", nil, fmt.Sprintf("touch a+100,%d", 2*pageBytes+808), "mmm....."},
		{"memset", nil, "memset a[1..2] 7", ".mm....."},
		{"memset of a part", []string{"touch a[1]"}, "memset a[1..2] 7", ".--....."}, // which of them is not certain
		{"memset up to a hole", []string{"munmap a[3]"}, "memset a 7", "mmm....."},
		{"memcpy", nil, "memcpy a[0..1] a[4..5]", "mm..mm.."},
		{"memcpy of what is there", []string{"touch a"}, "memcpy a[0..1] a[4..5]", "--..--.."},
		{"memmove onto itself, upwards", nil, "memmove a[1..3] a[0..2]", "----...."},
		{"memcmp of what is equal", nil, "memcmp a[0..1] a[5..6]", "mm...mm."},
		{"memcmp up to what differs", []string{"memset a 0", "memset a[5] 1"}, "memcmp a[0..3] a[4..7]", "--..--.."},
		{"memcmp up to a hole", []string{"touch a", "munmap a[6]"}, "memcmp a[0..3] a[4..7]", "--..--.."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := opened(t, memops.Options{})
			ok(t, l, append([]string{"mmap a 8"}, tt.lines...)...)
			if len(accessesOf(t, l, tt.line)) != 1 || heats(l) != tt.want {
				t.Errorf("%s: %s, want %s", tt.line, heats(l), tt.want)
			}
		})
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 8", "touch a", "memset a 3", "touch a random at 10000/s")
	if l.State().Main().Region("a").Heat != nil || l.State().Main().Latencies != nil {
		t.Error("accesses are told though nobody watches")
	}
}

// A paced touch is told while it goes on, each page as it is reached, and in the end all of it.
func TestTouchIsToldGoingOn(t *testing.T) {
	s := onScreen(t)
	reached := func() (n int64) {
		if a := s.state.Main().Region("a"); a != nil {
			n = a.Heat.Count(model.Range{Hi: a.Heat.Len()}, func(h model.Heat) bool { return h.Last > 0 })
		}
		return n
	}
	s.submit("mmap a 10000", "touch a at 1000/s")
	s.until("the first accesses", func() bool { return reached() > 0 })
	for range 3 {
		some := reached()
		s.until("more accesses", func() bool { return reached() > some })
	}
	if s.state.Running.Line() != "touch a at 1000/s" {
		t.Errorf("what runs is %q", s.state.Running.Command)
	}
	s.lab.Interrupt()
	s.until("its end", s.idle(2))
	e, heat := s.state.Last, s.state.Main().Region("a").Heat
	if reached() != e.Ret || heat.Count(model.Range{Hi: e.Ret}, func(h model.Heat) bool { return h.Minor == 1 && h.Major == 0 }) != e.Ret {
		t.Errorf("%d pages were touched, told are %d: %+v", e.Ret, reached(), heat)
	}
	if *s.state.Main().Latencies != *e.Latency {
		t.Errorf("told are the times %v, of the event %v", *s.state.Main().Latencies, *e.Latency)
	}
	counts(t, *e)
}

// A long touch at random tells of all its accesses, in few items.
func TestRandomTouchIsTold(t *testing.T) {
	const pages = 30000
	s := onScreen(t)
	began := time.Now()
	s.submit("mmap a 30000", "touch a random")
	s.until("its end", s.idle(2))
	most := pages/100 + int(time.Since(began)/faults.TellEvery) // a slow machine is told for longer
	items := 0
	for _, it := range s.seen {
		if a, ok := it.(model.Accessed); ok {
			items++
			if !slices.IsSortedFunc(a.Runs, func(a, b model.AccessRun) int { return cmp.Compare(a.Addr, b.Addr) }) {
				t.Error("accesses are told in another order than that of their addresses")
			}
		}
	}
	heat := s.state.Main().Region("a").Heat
	if n := heat.Count(model.Range{Hi: pages}, func(h model.Heat) bool { return h.Minor == 1 }); n != pages {
		t.Errorf("%d of %d pages took a fault: %d runs", n, pages, len(heat))
	}
	if items == 0 || items > most {
		t.Errorf("%d items tell of it, want %d at most", items, most)
	}
	if *s.state.Main().Latencies != *s.state.Last.Latency {
		t.Error("the times that were told are not those of the event")
	}
}
