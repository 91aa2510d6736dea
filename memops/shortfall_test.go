//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// A call that succeeded and did less than it was asked says so, as the page table, mincore and the
// settings of the machine have it.
func TestShortfalls(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, make([]byte, pageBytes+904), 0o644); err != nil { // a page and a part of one
		t.Fatal(err)
	}
	ksm := "nothing merges them: /sys/kernel/mm/ksm/run is " + strings.TrimSpace(string(proc.ReadText("/sys/kernel/mm/ksm/run")))
	if strings.HasSuffix(ksm, "1") {
		ksm = ""
	}
	for _, x := range []struct{ lines, want string }{
		{"mmap a 4 file {file} populate", "2 of 4 pages brought in: the file ends there"},
		{"mmap a 4 file {file} locked", "2 of 4 pages brought in: the file ends there"},
		{"mmap a 2 file {file} populate", ""},
		{"mmap a 4 populate", ""},
		{"mmap a 4 locked", ""},
		{"mmap a 4 shared memfd locked", ""},
		{"mmap a 4 none locked", "0 of 4 pages brought in: what may not be accessed cannot be"},
		{"mmap a 4 none populate", "0 of 4 pages brought in: what may not be accessed cannot be"},
		{"mlockall future; mmap a 4 none", "0 of 4 pages brought in: what may not be accessed cannot be"},
		{"mlockall future; mmap a 4", ""},
		{"mlockall future onfault; mmap a 4 locked", "0 of 4 pages brought in: mlockall future onfault locks them as they are touched"},
		{"mmap a 4; touch a; madvise a free", "4 pages in memory until it is short; a write keeps its page"},
		{"mmap a 4; touch a[1]; madvise a free", "1 page in memory until it is short; a write keeps its page"},
		{"mmap a 4; madvise a free", ""},
		{"mmap a 4; touch a; madvise a dontneed", ""},
		{"mmap a 4 shared; touch a; madvise a dontneed", "4 of 4 pages still in memory: only this mapping of them is gone"},
		{"mmap a 2 file {file}; touch a read; madvise a dontneed", "2 of 2 pages still in memory: only this mapping of them is gone"},
		{"mmap a 4; touch a; madvise a willneed", "no page of it is in swap: there is nothing to read"},
		{"mmap a 4 shared memfd; touch a[0]; madvise a willneed", "1 of 4 pages in memory as it returned"},
		{"mmap a 4; madvise a mergeable", ksm},
		{"mmap a 4; msync a async", "MS_ASYNC only looks whether the range is mapped: it starts no writing"},
		{"mmap a 4; msync a sync", ""},
		{"mmap a 4 shared memfd; touch a; posix_fadvise a dontneed", "4 of 4 pages still in memory: 4 of them mapped here"},
		{"mmap a 4; touch a[0..2]; mlock2 a onfault", "3 of 4 pages in memory: the rest is locked as it comes in"},
		{"mmap a 4; touch a; mlock2 a onfault", ""},
		{"mmap a 4; mlock a", ""},
		{"mmap a 4; touch a[0]; mlockall current onfault", "1 of 4 pages of regions brought in: the rest as it is touched"},
		{"mmap a 4; mmap b 2 none; mlockall current", "4 of 6 pages of regions brought in"},
		{"mmap a 4; mlockall current", ""},
		{"mlockall future; mlockall current", "mlockall future is no longer in force"},
		{"shmget s 4; touch s[0]; shmctl s lock", "1 of 4 pages in memory: the rest is locked as it comes in"},
		{"shmget s 4; touch s; shmctl s lock; munlock s", "SHM_LOCK still holds its pages"},
		{"shmget s 4; mlock s; munlock s", ""},
		{"capset -ipc_lock; mmap a 4; mlock a; setrlimit memlock 2", "{4} is locked and stays so"},
		{"capset -ipc_lock; mmap a 4; mlock a; setrlimit memlock 4", ""},
		{"mmap a 4 shared memfd; mremap a 5", "the last page has nothing behind: an access is SIGBUS"},
		{"mmap a 4 shared; mremap a 8", "the last 4 pages have nothing behind: an access is SIGBUS"},
		{"mmap a 4; mremap a 8", ""},
		{"mmap a 4 shared; mremap a 2", ""},
	} {
		t.Run(x.lines, func(t *testing.T) {
			list := strings.Split(strings.ReplaceAll(x.lines, "{file}", name), "; ")
			for _, line := range list {
				hasWhatItNeeds(t, line)
			}
			l := opened(t, memops.Options{})
			ok(t, l, list[:len(list)-1]...)
			e := do(t, l, list[len(list)-1])
			if e.Errno == "ENOMEM" || e.Errno == "EPERM" {
				t.Skipf("this user may not lock so much: %s", e.Strace())
			}
			if want := inPages(x.want); !e.OK() || e.Result != want {
				t.Errorf("%s\n got: %q\nwant: %q", e.Strace(), e.Result, want)
			}
		})
	}
}

// What is said to be left undone is what the state shows.
func TestShortfallIsWhatIsSeen(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "touch a[0..2]", "mlock2 a onfault", "expect count a resident 3", "munlock a",
		"madvise a free", "expect count a mapped 3", "mmap s 4 shared", "touch s", "madvise s dontneed", "expect count s resident 4", "expect count s mapped 0")
}

// An advice that no huge page can follow says so; one that it can does not.
func TestShortfallOfHugepage(t *testing.T) {
	if !kernel.Probe().Advices["hugepage"] {
		t.Skip("this kernel does not know the advice hugepage")
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "mmap b 64M noreserve")
	never := proc.ReadSystem().THP == "never"
	for line, want := range map[string]string{
		"madvise a hugepage": "no huge page of " + model.FormatBytes(proc.ReadNumber("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")) + " fits into the range",
		"madvise b hugepage": "",
	} {
		if never {
			want = "no huge page comes of it: transparent_hugepage/enabled is never"
		}
		if e := do(t, l, line); e.Result != want {
			t.Errorf("%s: %q, want %q", line, e.Result, want)
		}
	}
}
