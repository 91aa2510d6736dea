//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/sampler"
	"incore/model"
)

// are reports whether all pages of a region of a process are as wanted.
func (s *screen) are(name, region string, rg model.Range, want func(model.Page) bool) bool {
	p := s.state.Process(name)
	if p == nil || p.Region(region) == nil {
		return false
	}
	return p.Region(region).Pages.Count(rg, want) == rg.Len()
}

func pageIsShared(p model.Page) bool    { return p.Has(model.Mapped | model.Shared) }
func pageIsExclusive(p model.Page) bool { return p.Has(model.Mapped | model.Exclusive) }
func pageIsUntold(p model.Page) bool    { return p.Mapping&(model.Exclusive|model.Shared) == 0 }

// Copy-on-write is seen as it happens, on the side that writes and on the other, without
// anybody asking; and before a fork nothing of it is looked at.
func TestScreenSeesCopies(t *testing.T) {
	s := onScreen(t)
	scans := memops.SamplerOf(s.lab, model.Main).Scans()
	all := model.Range{Hi: 64}
	s.submit("mmap a 64", "touch a")
	s.until("64 pages", func() bool { return s.resident() == 64 })
	s.submit("touch a")
	s.until("a sample after it", s.idle(3))
	if scans && !s.are("main", "a", all, pageIsUntold) {
		t.Error("sharing is told before there is any")
	}
	s.submit("fork child")
	s.until("what both have", func() bool { return s.are("main", "a", all, pageIsShared) && s.are("child", "a", all, pageIsShared) })
	s.submit("in child touch a[3]")
	one := model.Range{Lo: 3, Hi: 4}
	s.until("the copy", func() bool {
		return s.are("child", "a", one, pageIsExclusive) && s.are("main", "a", one, pageIsExclusive)
	})
	for _, name := range []string{"main", "child"} {
		a := s.state.Process(name).Region("a")
		if a.Changed.At(3) <= a.Changed.At(4) {
			t.Errorf("%s: the page that was copied changed at %v, and its neighbor at %v", name, a.Changed.At(3), a.Changed.At(4))
		}
		if !s.are(name, "a", model.Range{Lo: 4, Hi: 64}, pageIsShared) {
			t.Errorf("%s: the other pages are not shared any more", name)
		}
	}
	s.submit("touch a[5]")
	s.until("the other way round", func() bool {
		return s.are("main", "a", model.Range{Lo: 5, Hi: 6}, pageIsExclusive) && s.are("child", "a", model.Range{Lo: 5, Hi: 6}, pageIsExclusive)
	})
	s.submit("in child kill SIGKILL")
	s.until("all of it main's again", func() bool { return s.are("main", "a", all, pageIsExclusive) })
	s.submit("reset", "mmap a 64", "touch a")
	s.until("64 pages of a fresh subject", func() bool { return s.idle(10)() && s.resident() == 64 })
	if scans && !s.are("main", "a", all, pageIsUntold) {
		t.Error("sharing is told of a subject that has not forked")
	}
}

// A screen that is about sharing is told of files and memfds too, before there is any fork: what a
// process has alone, and what the page cache shares with it. So is one of a fresh subject.
func TestSharingIsAskedFor(t *testing.T) {
	s := onScreen(t)
	alone := model.Range{Hi: 8}
	look := model.View{Proc: "main", Region: "anon", Pages: alone, Cursor: -1, Sharing: true}
	told := func() bool {
		return s.are("main", "anon", alone, pageIsExclusive) && s.are("main", "mem", alone, pageIsExclusive) &&
			s.are("main", "disk", alone, pageIsExclusive) && s.are("main", "disk2", alone, pageIsExclusive)
	}
	maps := []string{"mmap anon 8", "mmap mem 8 shared memfd", "mmap disk 8 shared scratch", "mmap disk2 8 scratch",
		"touch anon", "touch mem", "touch disk", "touch disk2"}
	s.submit(maps...)
	s.until("all of it", func() bool {
		return s.are("main", "disk2", alone, func(p model.Page) bool { return p.Has(model.Mapped) })
	})
	if told() && memops.SamplerOf(s.lab, model.Main).Scans() {
		t.Error("sharing is told unasked")
	}
	s.lab.Look(look)
	s.until("who has them", told)
	s.submit("mmap other 8 alias mem", "touch other read")
	s.until("two that map them", func() bool {
		return s.are("main", "mem", alone, pageIsShared) && s.are("main", "other", alone, pageIsShared)
	})
	s.submit("reset")
	s.submit(maps...)
	s.until("who has them after a reset", told)
}

// Of more pages than can be asked about in passing, those on the screen are told.
func TestSharingInView(t *testing.T) {
	for name, size := range map[string]int{"sampled whole": sampler.SharePages + 100, "swept": sampler.FullPages + 100} {
		t.Run(name, func(t *testing.T) {
			s := onScreen(t)
			if !memops.SamplerOf(s.lab, model.Main).Scans() {
				t.Skip("this kernel has no PAGEMAP_SCAN (Linux 6.7): pagemap is always read")
			}
			in, out := model.Range{Lo: 1000, Hi: 1016}, model.Range{Lo: 2000, Hi: 2016}
			s.submit(fmt.Sprintf("mmap a %d noreserve", size), "touch a[1000..1015]", "touch a[2000..2015]", "fork child")
			s.lab.Look(model.View{Proc: "main", Region: "a", Pages: in, Cursor: -1})
			s.until("the pages in view", func() bool { return s.are("main", "a", in, pageIsShared) })
			s.until("the others", func() bool {
				return s.are("main", "a", out, func(p model.Page) bool { return p.Has(model.Mapped) && pageIsUntold(p) })
			})
			s.submit("in child touch a[1004]")
			s.until("the copy", func() bool { return s.are("main", "a", model.Range{Lo: 1004, Hi: 1005}, pageIsExclusive) })
			s.until("nothing else", func() bool { return s.are("main", "a", model.Range{Lo: 1005, Hi: 1016}, pageIsShared) })
		})
	}
}

// Without PAGEMAP_SCAN a page that is present and not exclusive is the zero page only until
// there is another way to share one; then the frame tells, where it may be asked.
func TestZeroPageWithoutScan(t *testing.T) {
	l := opened(t, memops.Options{})
	memops.SamplerOf(l, model.Main).ForgoScan()
	ok(t, l, "mmap a 8", "touch a[0..3] read", "touch a[4..7]", "expect all a[0..3] zero shared", "expect all a[4..7] exclusive", "fork child")
	memops.SamplerOf(l, "child").ForgoScan()
	pfn, err := memops.SamplerOf(l, model.Main).Files().Entry(l.State().Main().Region("a").Base/uint64(pageBytes) + 4)
	if err != nil {
		t.Fatal(err)
	}
	var frames proc.Frames
	told := pfn&proc.EntryFrame != 0 && frames.Open() == nil
	frames.Close()
	t.Logf("frames may be asked: %v", told)
	ok(t, l, "expect all a shared", "expect all a[4..7] shared")
	for _, line := range []string{"expect no a[4..7] zero", "expect count a zero 4", "in child expect count a zero 4"} {
		if told {
			ok(t, l, line)
		} else if got := refuted(t, l, line); !strings.Contains(got, "not known") {
			t.Errorf("%s: %s", line, got)
		}
	}
	ok(t, l, "in child touch a[0]", "in child touch a[4]",
		"in child expect all a[0] exclusive", "in child expect no a[0] zero", "expect all a[4] exclusive", "expect all a[0] shared",
		"reset")
	memops.SamplerOf(l, model.Main).ForgoScan()
	ok(t, l, "mmap a 2", "touch a read", "expect all a zero")
	if e := do(t, l, "madvise a mergeable"); e.OK() && !told {
		if got := refuted(t, l, "expect no a zero"); !strings.Contains(got, "not known") {
			t.Errorf("expect no a zero: %s", got)
		}
	} else if e.OK() {
		ok(t, l, "expect all a zero")
	}
}

// What the probe found of the zero page is what the page table says of a page of the subject's.
func TestZeroPageIsProbed(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "touch a[1] read")
	entry, err := memops.SamplerOf(l, model.Main).Files().Entry(l.State().Main().Region("a").Base/uint64(pageBytes) + 1)
	if err != nil {
		t.Fatal(err)
	}
	if own := entry&proc.EntryExclusive != 0; entry&proc.EntryPresent == 0 || own == kernel.Probe().ZeroPage {
		t.Errorf("the entry of a page that was read is %#x, and the probe says that there is a zero page: %v", entry, kernel.Probe().ZeroPage)
	}
	word := "no zero page"
	if missing := strings.Join(kernel.Probe().Missing(), "; "); strings.Contains(missing, word) == kernel.Probe().ZeroPage {
		t.Errorf("what is missing is said to be %q", missing)
	}
}
