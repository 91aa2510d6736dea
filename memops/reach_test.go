//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"incore/memops"
	"incore/memops/sampler"
	"incore/model"
	"incore/model/lang"
)

// What a command changed of a region that is swept in parts is in the first sample after it,
// wherever the screen looks, and stays known when it looks elsewhere.
func TestReachedIsSeenAtOnce(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 1T noreserve")
	s.until("the mapping", s.idle(1))
	if !s.state.Last.OK() {
		t.Skipf("mmap of 1 TiB: %s", s.state.Last.Strace())
	}
	last := s.state.Main().Region("a").Pages.Len() - 1
	first := model.View{Proc: model.Main, Region: "a", Pages: model.Range{Lo: 0, Hi: 64}}
	s.lab.Look(first)
	at := func(page int64) model.Page { return s.state.Main().Region("a").Pages.At(page) }
	for i, page := range []int64{last, last / 2, 0} {
		s.submit(lang.Touch{T: model.PagesOf(s.state.Main().Region("a"), model.Range{Lo: page, Hi: page + 1}), Access: lang.Write, Every: 1}.String())
		s.until("the touch", s.done(i+2))
		samples := 0
		n := len(s.seen)
		s.until("a sample", func() bool {
			for ; n < len(s.seen); n++ {
				if _, ok := s.seen[n].(model.Sample); ok {
					samples++
				}
			}
			return samples > 0
		})
		if at(page).Residency != model.Resident {
			t.Errorf("page %d is %v in the first sample after its touch", page, at(page).Residency)
		}
	}
	for _, page := range []int64{last, last / 2, 0} {
		if at(page).Residency != model.Resident {
			t.Errorf("page %d is %v when others were touched", page, at(page).Residency)
		}
	}
	// What the screen saw stays when it looks away.
	s.lab.Look(model.View{Proc: model.Main, Region: "a", Pages: model.Range{Lo: 1 << 20, Hi: 1<<20 + 64}})
	s.submit("mincore a[0]")
	s.until("the last command", s.done(5))
	s.until("a sample", func() bool { return at(1<<20).Residency == model.Absent })
	if at(0).Residency != model.Resident {
		t.Error("page 0 is forgotten when the screen looks elsewhere")
	}
}

// A region that is swept in parts is seen as it is in the end, however long it has been swept: a
// sweep over what takes no time asks for ever more pages at once.
func TestSweepGoesOn(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap b 64", "mmap a 1G", "madvise a nohugepage")
	n := l.State().Main().Region("a").Pages.Len()
	if n+64 <= sampler.FullPages {
		t.Skip("a region of 1 GiB is sampled whole here")
	}
	resident := func(takes int) (got int64) {
		s := memops.SamplerOf(l, model.Main)
		for range takes {
			now, err := s.Parts()
			if err != nil {
				t.Fatal(err)
			}
			got = now.Regions[1].Pages.Count(model.Range{Hi: n}, func(p model.Page) bool { return p.Residency == model.Resident })
		}
		return got
	}
	if got := resident(100); got != 0 {
		t.Errorf("%d pages are resident before the first touch", got)
	}
	ok(t, l, "touch a[0..99999]")
	if got := resident(100); got != 100_000 {
		t.Errorf("%d pages are seen of 100000", got)
	}
	ok(t, l, "madvise a dontneed")
	if got := resident(100); got != 0 {
		t.Errorf("%d pages are seen of none", got)
	}
}

// A region in very many runs is swept to the end too, also while somebody holds what it was on, and what a command changed of it is seen at once.
func TestSweepOfManyRuns(t *testing.T) {
	s := onScreen(t)
	s.submit("mmap a 600000 noreserve", "madvise a nohugepage")
	s.until("the mapping", s.idle(2))
	n := s.state.Main().Region("a").Pages.Len()
	if n != 600000 || n <= sampler.FullPages {
		t.Skipf("a has %d pages", n)
	}
	s.lab.Look(model.View{Proc: model.Main, Region: "a", Pages: model.Range{Lo: 100, Hi: 200}})
	s.submit("touch a every 2")
	s.until("every second page", func() bool { return s.resident() == n/2 })
	var held []model.State
	for i, page := range []int64{1, 300001, n - 1} {
		held = append(held, s.state)
		s.submit(lang.Touch{T: model.PagesOf(s.state.Main().Region("a"), model.Range{Lo: page, Hi: page + 1}), Access: lang.Write, Every: 1}.String())
		s.until("a page between", func() bool { return s.state.Main().Region("a").Pages.At(page).Residency == model.Resident })
		if got := s.resident(); got != n/2+int64(i)+1 {
			t.Errorf("%d pages are resident, want %d", got, n/2+int64(i)+1)
		}
	}
	s.submit("munmap a[200..399999]")
	s.until("what is left", func() bool { return s.resident() == (n-399800)/2+2 })
	for i, was := range held { // the states that were held are as they were
		if got := was.Main().Region("a").Pages.Count(model.Range{Hi: n}, func(p model.Page) bool { return p.Residency == model.Resident }); got != n/2+int64(i) {
			t.Errorf("the state before touch %d has %d resident pages", i, got)
		}
	}
}
