//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"testing"

	"incore/memops"
	"incore/memops/sampler"
	"incore/model"
)

// Regions that are asked about together are as each of them is that is asked about alone: before a fork and
// after it, where some pages were copied, with holes, locks, files and other protection between them, and
// whichever of them are asked who shares them.
func TestTogetherIsOneByOne(t *testing.T) {
	l := opened(t, memops.Options{Sharing: true})
	for i := range 2 * sampler.TogetherFrom {
		ok(t, l, fmt.Sprintf("mmap r%d %d", i, 1+i%3))
		if i%5 != 0 {
			do(t, l, fmt.Sprintf("touch r%d", i))
		}
	}
	ok(t, l, "mmap f 3 scratch", "touch f[0..1] read", "mmap m 4 shared memfd", "touch m[1]", "mmap hole 5", "touch hole", "munmap hole[2]",
		"mprotect r7 none", "mprotect r8[0] r", "mlock r10", "madvise r13 dontneed", "malloc k 100", "touch r15 read", "munmap r20")
	l.Refresh(t.Context(), "")
	sameAsAlone(t, l, "before the fork")
	for i := range 2 * sampler.TogetherFrom { // what the state does not know yet: some pages of what was all alike
		if i%3 == 2 && i%4 == 1 {
			ok(t, l, fmt.Sprintf("madvise r%d[%d] dontneed", i, i%2*2))
		}
	}
	ok(t, l, "touch r5[1]", "touch r95[0]")
	sameAsAlone(t, l, "before a sample")
	ok(t, l, "madvise r21 dontfork", "fork child", "touch r1", "touch r8[1]", "touch r11[2]", "in child touch r2", "in child touch r14[1]", "in child munmap r4")
	l.Refresh(t.Context(), "")
	l.Refresh(t.Context(), "child")
	sameAsAlone(t, l, "after the fork")
	main := l.State().Main()
	if p := main.Region("r11").Pages; memops.SamplerOf(l, model.Main).Scans() && (p.Count(whole(main.Region("r11")), pageIsShared) != 2 || !pageIsExclusive(p.At(2))) {
		t.Errorf("r11 is %v: the page that was copied is not told from those that were not", p)
	}
}

// sameAsAlone holds what is asked together against what is asked region by region, for several choices of
// pages of which is asked who shares them.
func sameAsAlone(t *testing.T, l *memops.Lab, when string) {
	t.Helper()
	choices := map[string]func(*model.Region) model.Range{
		"none":             func(*model.Region) model.Range { return model.Range{} },
		"all":              whole,
		"the first page":   func(*model.Region) model.Range { return model.Range{Hi: 1} },
		"every other name": func(r *model.Region) model.Range { return model.Range{Hi: r.Pages.Len() * int64(len(r.Name)%2)} },
		"by the address":   func(r *model.Region) model.Range { return model.Range{Hi: r.Pages.Len() * int64(r.Base>>14&1)} },
	}
	for _, p := range l.State().Procs {
		s := memops.SamplerOf(l, p.Name)
		regions := l.State().Process(p.Name).Regions
		for name, shared := range choices {
			got, want, err := s.Compare(regions, shared)
			if err != nil {
				t.Fatal(err)
			}
			together := 0
			for i, r := range regions {
				if got[i] == nil {
					continue
				}
				together++
				if !got[i].Equal(want[i]) {
					t.Errorf("%s, %s, sharing of %s: %s is %v asked together, and %v alone", when, p.Name, name, r.Name, got[i], want[i])
				}
			}
			if name != "the first page" && together < sampler.TogetherFrom {
				t.Errorf("%s, %s, sharing of %s: only %d of %d were asked together", when, p.Name, name, together, len(regions))
			}
		}
		sample := l.Refresh(t.Context(), p.Name)
		_, want, err := s.Compare(regions, whole)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range regions {
			if got := sample.Regions[i]; got.Name != r.Name || !got.Pages.Equal(want[i]) {
				t.Errorf("%s, %s: the sample has %v for %s, and alone it is %v", when, p.Name, got, r.Name, want[i])
			}
		}
	}
}

func whole(r *model.Region) model.Range { return model.Range{Hi: r.Pages.Len()} }

// A sample in which nothing has changed is the memory of the one before, and one in which something has leaves
// that one as it was.
func TestSampleListIsKept(t *testing.T) {
	l := opened(t, memops.Options{})
	for i := range sampler.TogetherFrom {
		ok(t, l, fmt.Sprintf("mmap r%d 1", i))
	}
	l.Refresh(t.Context(), "") // which tells of all that they are there
	first := l.Refresh(t.Context(), "")
	second := l.Refresh(t.Context(), "")
	if &first.Regions[0] != &second.Regions[0] || len(first.Regions) != len(second.Regions) {
		t.Error("two samples that see the same have a list each")
	}
	ok(t, l, "touch r9", "munmap r40", "mmap z 2")
	third := l.Refresh(t.Context(), "")
	regions := l.State().Main().Regions
	if len(third.Regions) != len(regions) {
		t.Fatalf("%d regions are in the sample of %d", len(third.Regions), len(regions))
	}
	for i, r := range regions {
		if third.Regions[i].Name != r.Name || third.Regions[i].Pages.Len() != r.Pages.Len() {
			t.Errorf("in the place of %s the sample has %v", r.Name, third.Regions[i])
		}
	}
	if was, is := second.Regions[9].Pages.At(0), third.Regions[9].Pages.At(0); was.Residency != model.Absent || is.Residency != model.Resident {
		t.Errorf("r9 was %v, and is %v once it was touched", was, is)
	}
	if second.Regions[40].Name != "r40" || len(second.Regions) != sampler.TogetherFrom {
		t.Error("an older sample has changed")
	}
}
