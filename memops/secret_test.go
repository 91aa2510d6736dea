//go:build linux && (amd64 || arm64)

package memops_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// needsSecret skips where the kernel has no memfd_secret, or has it switched off.
func needsSecret(t testing.TB) {
	t.Helper()
	// No kernel takes the flag.
	if _, _, errno := unix.Syscall(unix.SYS_MEMFD_SECRET, 1<<30, 0, 0); errno == unix.ENOSYS {
		t.Skip("this kernel has no memfd_secret, or has it switched off: before Linux 6.5 it is on with secretmem.enable=1 alone")
	}
}

// Secret memory is locked as it is mapped, is brought in by accesses alone, and stays in memory (memfd_secret(2); mm/secretmem.c).
func TestSecret(t *testing.T) {
	needsSecret(t)
	needsMemlock(t, 40)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap key 4 shared secret", "expect all key absent")
	lo := locksSecrets(t, l, "key")
	locked := func(name string) string { // as the kernel left it
		if lo {
			return "expect all " + name + " locked"
		}
		return "expect no " + name + " locked"
	}
	vmlck := func(pages int) string {
		if !lo {
			pages = 0
		}
		return fmt.Sprintf("expect vmlck %d", pages)
	}
	moved := fmt.Sprintf("expect return %d", 4*pageBytes)
	ok(t, l, vmlck(4), "touch key[0] read", "expect minor 1", "touch key[1]", "expect minor 1", "memset key 0x41", "expect all key resident file", locked("key"),
		"munlock key", locked("key"), "munlockall", locked("key"), vmlck(4), "mprotect key[1] none", "touch key[0] read", "mprotect key r", "mprotect key rw")
	if e := do(t, l, "munlock key"); lo && e.Result != "key[0] is secret memory: it stays locked" {
		t.Errorf("munlock: %s", e.Strace())
	}
	if e := do(t, l, "mmap long 8 populate locked alias key"); e.Result != "0 of 8 pages brought in: secret memory is brought in by the process's own accesses alone" {
		t.Errorf("populated: %s", e.Strace())
	}
	ok(t, l, "touch long[0..3]", "expect minor 4", "memcmp long[0..3] key", "expect return 0", "munmap long", vmlck(4),
		// What the kernel copies at the process's own addresses it can have.
		"write key", moved, "read key", moved, "memset key 0x41",
		// Nothing takes its pages out of memory.
		"madvise key dontneed_locked", "expect all key resident unmapped", "posix_fadvise key dontneed", "expect all key resident",
		"touch key read", "expect minor 4")
	// A child has it, not locked, and its pages stay in memory all the same.
	ok(t, l, "fork kid", locked("key"), "in kid expect no key locked", "in kid expect vmlck 0", "in kid madvise key pageout", "in kid madvise key dontneed", "in kid expect all key resident",
		"in kid memset key[2] 0x42", "mmap b 1", "memset b 0x42", "memcmp key[2] b", "expect return 0", "in kid mlockall current", "in kid expect no key locked", "in kid exit")
	// What the region leaves when its pages move has no lock; a name outlives its pages, and the memory its first name.
	ok(t, l, "mmap same 4 alias key", "mremap same 4 dontunmap", "expect no same locked", locked("same_2"), "munmap key", "memcmp same_2[2] b", "expect return 0")
	if e := do(t, l, "touch key"); e.Signal == nil || e.Signal.Code != "SEGV_MAPERR" {
		t.Errorf("what is gone: %s", e.Strace())
	}
	if e := do(t, l, "truncate same_2 8"); e.Errno != "EINVAL" {
		t.Errorf("it had its length already: %s", e.Strace())
	}
}

// locksSecrets reports whether the kernel locks a region of secret memory as it is mapped, which its flags say of one; it is never dumped.
func locksSecrets(t *testing.T, l *memops.Lab, region string) bool {
	t.Helper()
	l.Refresh(t.Context(), model.Main)
	main := l.State().Process(model.Main)
	v := main.VMAsIn(main.Region(region).Span())[0]
	if !v.Secret() || !v.Flags.Has("dd") || !v.Shared || main.Stat.VmLck != 0 != (v.Lock == model.Locked) {
		t.Errorf("it is %+v, with flags %s and VmLck %d", v, v.Flags, main.Stat.VmLck)
	}
	want := model.SecretsTouched
	if v.Lock == model.Locked {
		want = model.SecretsLocked
	}
	if got := main.Limits.Secrets; got != want {
		t.Errorf("the kernel was found to hold secret memory to the limit as %q, and the flags are %s", got, v.Flags)
	}
	return v.Lock == model.Locked
}

// All that it is answered is foreseen, and explained, as it is at all users of the machine.
func TestSecretAnswers(t *testing.T) {
	needsSecret(t)
	needsMemlock(t, 40)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap first 1 shared secret")
	lo := locksSecrets(t, l, "first")
	ok(t, l, "munmap first")
	for _, x := range []struct {
		answer, line string
		why          string // how the explanation begins; "" where it succeeds
	}{
		{"EINVAL", "mmap a 4 secret", "Secret memory is mapped shared or not at all"},
		{"EPERM", "mmap a 4 shared secret rx", "What memfd_secret makes may not be executed."},
		{"EPERM", "mmap a 4 secret rx", "What memfd_secret makes may not be executed."},
		{"EINVAL", "mmap a 4 shared secret hugetlb", "MAP_HUGETLB is for"},
		{"EINVAL", "mmap a 4 shared secret grows_down", "Only private anonymous memory"},
		{"EINVAL", "mmap a 4 secret droppable", "MAP_DROPPABLE "},
		{"EINVAL", "mmap a 4 shared secret offset 100B", "A mapping begins at a page of its file"},
		{"EINVAL", "mmap a 0 shared secret", "The length is 0"},
		{"", "mmap s 4 shared secret", ""},
		{"EEXIST", "mmap a 4 shared secret at s[1] noreplace", "s[1..3] is mapped"},
		{"EINVAL", "mmap a 4 shared secret at s+1,1", "A mapping begins at a page"},
		{"EINVAL", "mmap a 4 private alias s", "Secret memory is mapped shared or not at all"},
		{"", "mmap long 8 alias s", ""},
		{"SIGBUS", "touch long", "long[4] is mapped, but nothing is behind it: the secret memory has "},
		{"", "munmap long", ""},
		{"ENOMEM", "mlock s", "s is secret memory, on which mlock sets no lock."},
		{"ENOMEM", "mlock2 s[1..2]", "s[1..2] is secret memory, on which mlock2 sets no lock."},
		{"ENOMEM", "mlock2 s onfault", "s is secret memory, on which mlock2 sets no lock."},
		{"", "touch s", ""},
		{"ENOMEM", "mlock s", "s is secret memory, on which mlock sets no lock."},
		{"EINVAL", "madvise s dontneed", "s is locked, and MADV_DONTNEED"},
		{"EINVAL", "madvise s free", "s is locked, and MADV_FREE"},
		{"EINVAL", "madvise s cold", "s is locked, and MADV_COLD"},
		{"EINVAL", "madvise s pageout", "s is locked, and MADV_PAGEOUT"},
		{"EINVAL", "madvise s remove", "s is locked, and MADV_REMOVE"},
		{"EINVAL", "madvise s guard_install", "s is locked, and MADV_GUARD_INSTALL"},
		{"EINVAL", "madvise s wipeonfork", "MADV_WIPEONFORK is for private anonymous memory"},
		{"EINVAL", "madvise s populate_read", "s is secret memory, and the kernel's own code"},
		{"EINVAL", "madvise s populate_write", "s is secret memory, and the kernel's own code"},
		{"EINVAL", "madvise s collapse", "s is secret memory, which is of single pages"},
		{"EINVAL", "msync s sync", "s is secret memory, which has no disk"},
		{"EBUSY", "msync s invalidate", "s is locked, and MS_INVALIDATE"},
		{"EBUSY", "msync s sync,invalidate", "s is locked, and MS_INVALIDATE"},
		{"", "msync s async", ""},
		{"EACCES", "mprotect s rx", "s is secret memory, and what memfd_secret makes may not be executed."},
		{"EINVAL", "truncate s 8", "Secret memory is given its length once, before it is mapped, and it has "},
		{"EINVAL", "truncate s 0", "Secret memory is given its length once"},
		{"", "fork kid", ""},
		{"ENOMEM", "in kid mlock s", "s is secret memory, on which mlock sets no lock."},
		{"EOPNOTSUPP", "in kid madvise s remove", "s is secret memory, into which no hole can be punched"},
		{"EINVAL", "in kid madvise s free", "MADV_FREE is for private anonymous memory"},
		{"EINVAL", "in kid msync s sync", "s is secret memory, which has no disk"},
		{"", "in kid msync s invalidate", ""},
		{"", "in kid exit", ""},
		// Beside other memory: what comes before it is done.
		{"", "mmap m 12", ""},
		{"", "mmap n 4 shared secret at m[4]", ""},
		{"ENOMEM", "mlock m+0,{12}", "m[4..7] is secret memory, on which mlock sets no lock."},
		{"", "munlock m+0,{12}", ""},
		{"EINVAL", "madvise m+0,{12} populate_write", "m[4..7] is secret memory, and the kernel's own code"},
		{"EINVAL", "msync m+0,{12} sync", "m[4..7] is secret memory, which has no disk"},
		{"EINVAL", "madvise m+0,{12} dontneed", "m[4..7] is locked, and MADV_DONTNEED"},
		{"EINVAL", "mmap o 4 secret at m", "Secret memory is mapped shared or not at all"},
		{"", "capset -ipc_lock", ""},
		{"", "setrlimit memlock 40", ""},
		{"EAGAIN", "mmap a 64 shared secret", "Secret memory has to fit into what may be locked as it is mapped, touched or not. RLIMIT_MEMLOCK is "},
		{"EAGAIN", "mmap a 64 shared secret none", "Secret memory has to fit into what may be locked"},
		{"EAGAIN", "mmap a 64 shared secret locked", "MAP_LOCKED locks the mapping as it is made. RLIMIT_MEMLOCK is "},
		{"EINVAL", "mmap a 64 secret", "Secret memory is mapped shared or not at all"},
		{"EAGAIN", "mmap a 64 alias s", "Secret memory has to fit into what may be locked"},
		{"", "setrlimit memlock 0", ""},
		{"EAGAIN", "mmap a 1 shared secret", "Secret memory has to fit into what may be locked"},
		{"EPERM", "mmap a 1 shared secret locked", "RLIMIT_MEMLOCK is 0"},
	} {
		line := x.line
		if at := strings.Index(line, "{"); at >= 0 {
			line = line[:at] + fmt.Sprint(12*pageBytes) + line[strings.Index(line, "}")+1:]
		}
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		if !lo && (strings.Contains(x.why, "is locked, and ") || strings.HasPrefix(x.why, "Secret memory has to fit")) {
			continue // what is not locked is held to no limit as it is mapped: TestSecretOverTouched
		}
		if a, is := lang.Inner(c).(lang.Madvise); is && !kernel.Probe().Advices[a.Advice] {
			continue
		}
		refreshAll(t, l)
		before := l.State()
		reach, seq := calls.Foresee(c, before), lastSeq(before)
		l.Do(t.Context(), c)
		refreshAll(t, l)
		e := ownEvent(l.State(), seq)
		got := e.Errno
		if e.Signal != nil {
			got = e.Signal.Name
		}
		why, _ := calls.Explain(e, l.State())
		if got != x.answer || e.Refused != "" {
			t.Errorf("%s: %s %s", line, e.Strace(), e.Refused)
		}
		if reach.Answer != got && line != "mmap o 4 secret at m" {
			t.Errorf("%s: foreseen was %q (%s), and it was %s", line, reach.Answer, reach.Why, e.Strace())
		}
		if !strings.HasPrefix(why, x.why) || (why == "") != (x.why == "") {
			t.Errorf("%s: %s\nwhy: %s", line, e.Strace(), why)
		}
		if wrong := comparePages(lang.Inner(c), reach, before, l.State()); wrong != "" {
			t.Errorf("%s: %s", line, wrong)
		}
	}
}

// No file of /proc and no call of another process reads it, root's neither, and yet it is seen which of its pages are there.
func TestSecretFromOutside(t *testing.T) {
	needsSecret(t)
	needsMemlock(t, 4)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap key 4 shared secret", "mmap plain 4", "touch key[1..2]", "touch plain", "expect count key resident 2", "expect count key mapped 2")
	main := l.State().Main()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", main.PID))
	if errors.Is(err, os.ErrPermission) {
		t.Skipf("this user may not read the memory of the subject: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	buf := make([]byte, 16)
	at := func(name string) int64 { return int64(main.Region(name).Base) + pageBytes }
	if _, err := mem.ReadAt(buf, at("plain")); err != nil {
		t.Errorf("ordinary memory: %v", err)
	}
	if _, err := mem.ReadAt(buf, at("key")); !errors.Is(err, unix.EIO) {
		t.Errorf("secret memory: %v", err)
	}
	local := []unix.Iovec{{Base: &buf[0]}}
	local[0].SetLen(len(buf))
	if _, err := unix.ProcessVMReadv(main.PID, local, []unix.RemoteIovec{{Base: uintptr(at("key")), Len: len(buf)}}, 0); !errors.Is(err, unix.EFAULT) {
		t.Errorf("process_vm_readv of secret memory: %v", err)
	}
	ok(t, l, "expect count key resident 2")
}

// Where it is off, memfd_secret is what fails, and it is said why.
func TestSecretOff(t *testing.T) {
	if _, _, errno := unix.Syscall(unix.SYS_MEMFD_SECRET, 1<<30, 0, 0); errno != unix.ENOSYS {
		t.Skip("this kernel has memfd_secret, and it is on")
	}
	l := opened(t, memops.Options{})
	e := do(t, l, "mmap key 4 shared secret")
	if e.Call != "memfd_secret" || e.Errno != "ENOSYS" {
		t.Fatalf("%s", e.Strace())
	}
	why, try := calls.Explain(e, l.State())
	t.Logf("why: %s\ntry: %s", why, try)
	if strings.Contains(why, "not known") || !strings.Contains(why, "5.14") && !strings.Contains(why, "secretmem.enable") {
		t.Errorf("why: %s", why)
	}
	if reach := calls.Foresee(mustParse(t, "mmap key 4 shared secret"), l.State()); reach.Answer != "ENOSYS" {
		t.Errorf("foreseen was %+v", reach)
	}
}

// Where a mapping is not locked, the limit is asked of each page as it is first touched, by whatever comes to it at the process's own addresses.
// It counts until its file is gone, and no capability is above it.
func TestSecretOverTouched(t *testing.T) {
	needsSecret(t)
	needsMemlock(t, 20)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap first 1 shared secret")
	if locksSecrets(t, l, "first") {
		t.Skip("this kernel locks secret memory as it is mapped")
	}
	ok(t, l, "munmap first", "setrlimit memlock 10", "mmap a 16 shared secret", "mmap b 8 shared secret", "mmap plain 1", "touch plain")
	full := "RLIMIT_MEMLOCK is " + model.FormatSize(uint64(10*pageBytes)) + ", and the session has 10 pages"
	over := func(line, name, missed string, explained ...string) {
		t.Helper()
		c := mustParse(t, line)
		refreshAll(t, l)
		before := l.State()
		reach := calls.Foresee(c, before)
		e := do(t, l, line)
		refreshAll(t, l)
		why, try := calls.Explain(e, l.State())
		got := e.Errno
		if e.Signal != nil {
			got = e.Signal.Name + " " + e.Signal.Code
		}
		if got != missed || !strings.HasPrefix(missed, reach.Answer) || reach.Answer == "" {
			t.Errorf("%s: foreseen was %q (%s), and it was %s %s", line, reach.Answer, reach.Why, e.Strace(), got)
		}
		for _, part := range append(explained, name) {
			if !strings.Contains(why+" "+try, part) {
				t.Errorf("%s: %q is missing: %s Try: %s", line, part, why, try)
			}
		}
		if wrong := comparePages(lang.Inner(c), reach, before, l.State()); wrong != "" {
			t.Errorf("%s: %s", line, wrong)
		}
	}
	over("touch a", "a[10]", "SIGBUS BUS_ADRERR", full, "setrlimit memlock")
	ok(t, l, "expect count a resident 10", "touch a[0..9]")
	over("touch a[12] read", "a[12]", "SIGBUS BUS_ADRERR", full)
	over("memset b 1", "b", "SIGBUS BUS_ADRERR", full)
	over("write a[11]", "a[11]", "EFAULT", "RLIMIT_MEMLOCK, ", "A touch that did the same would be SIGBUS", "setrlimit memlock")
	// A child has its own limit, and what both count is one.
	ok(t, l, "fork kid", "in kid touch a[3]")
	over("in kid touch b[2]", "b[2]", "SIGBUS BUS_ADRERR", full)
	ok(t, l, "in kid setrlimit memlock 12", "in kid touch b[2..3]", "in kid exit")
	// What is only taken out of a page table counts still; what is gone does not.
	ok(t, l, "madvise a dontneed")
	over("touch b[0]", "b[0]", "SIGBUS BUS_ADRERR", "the session has 12 pages")
	ok(t, l, "munmap a", "touch b", "expect count b resident 8")
}

// raiseMemlock gives what the test starts a limit, where it may.
func raiseMemlock(t *testing.T, bytes uint64) {
	t.Helper()
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &was); err != nil {
		t.Fatal(err)
	}
	if was.Cur >= bytes {
		return
	}
	if err := unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{Cur: bytes, Max: max(bytes, was.Max)}); err != nil {
		t.Logf("RLIMIT_MEMLOCK stays: %v", err)
		return
	}
	t.Cleanup(func() {
		if err := unix.Setrlimit(unix.RLIMIT_MEMLOCK, &was); err != nil {
			t.Error(err)
		}
	})
}

// How much of it there is counts once, however many map it and whether anybody has it in a page table; what no call brings in is let through.
func TestBudgetOfSecrets(t *testing.T) {
	needsSecret(t)
	raiseMemlock(t, 128<<20)
	l := allowed(t)
	switch limits := l.State().Main().Limits; {
	case limits.MemlockSoft == model.Unlimited, limits.MemlockSoft >= 128<<20, limits.IPCLock && limits.Secrets == model.SecretsLocked:
	default:
		t.Skipf("RLIMIT_MEMLOCK, %s, allows less than fills a budget, and nothing of this user is above it", model.FormatLimit(limits.MemlockSoft))
	}
	ok(t, l, "mmap big 65M shared secret populate locked")
	refusedForMemory(t, l, "touch big", "touch of up to 65M and ")
	for _, line := range []string{"mlock big", "madvise big populate_write"} {
		if e := do(t, l, line); e.Refused != "" || e.OK() {
			t.Errorf("%s was the kernel's to refuse: %s %s", line, e.Strace(), e.Refused)
		}
	}
	ok(t, l, "munmap big", "mmap a 30M shared secret", "touch a", "mmap b 30M alias a", "touch b", "fork kid", "in kid touch a", "in kid touch b", "mmap c 20M shared secret", "touch c")
	refusedForMemory(t, l, "mmap d 20M populate", "and it has 5")
	ok(t, l, "madvise a dontneed_locked", "madvise b dontneed_locked", "madvise c dontneed_locked", "in kid exit")
	refusedForMemory(t, l, "mmap d 20M populate", "and it has 5")
	ok(t, l, "munmap a", "munmap b", "mmap d 20M populate")
	// What is no longer mapped of what still is somewhere is remembered.
	ok(t, l, "munmap d", "munmap c[1..]")
	refusedForMemory(t, l, "mmap d 60M populate", "and it has 2")
	ok(t, l, "munmap c", "mmap d 60M populate")
}
