//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"

	"incore/model"
)

// A fault on a file region reads one page, for incore advises MADV_RANDOM of it. Since Linux 6.17 that is so only of
// memory that may not be executed. POSIX_FADV_RANDOM is about read(2) and changes nothing of a fault.
func TestReadingAhead(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 64 shared scratch", "touch a", "msync a sync")
	// brought returns how many pages a fault on a page that nobody has in memory brings in.
	brought := func(advice ...string) int64 {
		t.Helper()
		ok(t, l, "madvise a dontneed", "posix_fadvise a dontneed", "expect all a absent")
		ok(t, l, advice...)
		ok(t, l, "touch a[10] read")
		l.Refresh(t.Context(), "")
		r := mainOf(l).here().Region("a")
		return r.Pages.Count(model.Range{Hi: r.Pages.Len()}, func(p model.Page) bool { return p.Residency == model.Resident })
	}
	if n := brought("madvise a normal"); n == 1 {
		t.Skip("this disk reads nothing ahead")
	}
	if n := brought("madvise a normal", "posix_fadvise a random"); n == 1 {
		t.Error("POSIX_FADV_RANDOM: a fault brings in one page")
	}
	ok(t, l, "posix_fadvise a normal")
	if n := brought("madvise a random"); n != 1 {
		t.Errorf("MADV_RANDOM: a fault brings in %d pages", n)
	}
	v, _ := model.KernelVersion(l.State().Kernel)
	if n := brought("madvise a random", "mprotect a rx"); n == 1 != v.Before(model.Version{6, 17}) {
		t.Errorf("Linux %v, MADV_RANDOM, executable: a fault brings in %d pages", v, n)
	}
}
