//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"strings"
	"testing"

	"incore/model"
)

// A fault on a file region reads one page where MADV_RANDOM is advised of it, as tidy does. Since Linux 6.17 that is so only of
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

// What Linux does unasked is what comes: a read of one cold page reads ahead, and a write to all of them after that is one
// major fault and 255 minor ones. Of what is tidy each page is a major fault.
func TestColdFileUnasked(t *testing.T) {
	l := opened(t, Options{})
	const cold = "msync %[1]s sync; madvise %[1]s dontneed; posix_fadvise %[1]s dontneed; expect all %[1]s absent unmapped"
	ok(t, l, "mmap f 256 scratch shared", "touch f")
	ok(t, l, strings.Split(fmt.Sprintf(cold, "f"), "; ")...)
	ok(t, l, "touch f[100] read", "expect major 1")
	l.Refresh(t.Context(), "")
	count := func(is func(model.Page) bool) int64 {
		pages := mainOf(l).here().Region("f").Pages
		return pages.Count(model.Range{Hi: pages.Len()}, is)
	}
	resident := count(func(p model.Page) bool { return p.Residency == model.Resident })
	if resident == 1 {
		t.Skip("this disk reads nothing ahead")
	}
	t.Logf("%d pages resident, %d mapped", resident, count(func(p model.Page) bool { return p.Has(model.Mapped) }))
	ok(t, l, strings.Split(fmt.Sprintf(cold, "f"), "; ")...)
	ok(t, l, "memset f 1", "expect minor > 0", "expect major < 64")
	ok(t, l, "mmap g 64 scratch shared tidy", "touch g")
	ok(t, l, strings.Split(fmt.Sprintf(cold, "g"), "; ")...)
	ok(t, l, "memset g 1", "expect minor 0", "expect major 64")
}
