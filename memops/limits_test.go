//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
)

// needsMemlock skips a test that sets RLIMIT_MEMLOCK to so many pages, where the user's hard
// limit is below that.
func needsMemlock(t testing.TB, pages int64) {
	t.Helper()
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &r); err != nil {
		t.Fatal(err)
	}
	if r.Max < uint64(pages*pageBytes) {
		t.Skipf("the hard limit of RLIMIT_MEMLOCK is %d bytes, below the %d pages that this needs", r.Max, pages)
	}
}

// limited are the lines that begin a script in which RLIMIT_MEMLOCK holds, for root too.
func limited(limit string, lines ...string) []string {
	return append([]string{"capset -ipc_lock", "expect ok", "setrlimit memlock " + limit, "expect ok"}, lines...)
}

func TestMemlock(t *testing.T) {
	needsMemlock(t, 16)
	half := fmt.Sprintf("%dB", 2*pageBytes+pageBytes/2)
	for name, lines := range map[string][]string{
		"over the limit it is all or nothing": limited("4",
			"mmap a 16", "expect rlimit memlock 4", "mlock a[0..4]", "expect errno ENOMEM", "expect no a locked", "expect no a resident",
			"mlock a[0..3]", "expect ok", "expect vmlck 4", "mlock a[4]", "expect errno ENOMEM", "expect count a locked 4",
			"mlock2 a[4] onfault", "expect errno ENOMEM", "munlock a[0]", "mlock a[4]", "expect ok"),
		"limit 0 is EPERM": limited("0",
			"mmap a 4", "mlock a[0]", "expect errno EPERM", "mlock2 a[0] onfault", "expect errno EPERM",
			"mlockall current", "expect errno EPERM", "mlockall future", "expect errno EPERM",
			"mmap b 4 locked", "expect errno EPERM", "munlock a", "expect ok", "munlockall", "expect ok"),
		"a limit is counted in whole pages": limited(half,
			"mmap a 4", "expect rlimit memlock "+half, "mlock a[0..2]", "expect errno ENOMEM", "mlock a[0..1]", "expect ok", "expect vmlck 2"),
		"what is locked twice is charged once": limited("4",
			"mmap a 8", "mlock a[0..2]", "mlock a[1..3]", "expect ok", "expect vmlck 4", "mlock a[0..3]", "expect ok", "expect vmlck 4",
			"mlock a[3..4]", "expect errno ENOMEM"),
		"a limit lowered under what is locked": limited("4",
			"mmap a 8", "mlock a[0..3]", "expect ok", "setrlimit memlock 2", "expect ok", "expect all a[0..3] locked resident",
			"mlock a[0..3]", "expect errno ENOMEM", "mlock a[0]", "expect errno ENOMEM", "mlock a[4]", "expect errno ENOMEM",
			"munlock a[0..1]", "mlock a[2..3]", "expect ok", "munlock a[2]", "mlock a[4]", "expect ok"),
		"MAP_LOCKED over the limit is EAGAIN": limited("4",
			"mmap a 5 locked", "expect errno EAGAIN", "mmap a 4 locked", "expect ok", "mmap b 1 none locked", "expect errno EAGAIN"),
		"the hard limit holds": append([]string{"capset -sys_resource", "expect ok"}, limited("4 8",
			"setrlimit memlock 8", "expect ok", "setrlimit memlock 9", "expect errno EINVAL", "setrlimit memlock 9 9", "expect errno EPERM",
			"setrlimit memlock unlimited unlimited", "expect errno EPERM", "setrlimit memlock 8 7", "expect errno EINVAL",
			"expect rlimit memlock 8", "setrlimit memlock 0 8", "expect ok", "expect rlimit memlock 0")...),
		"a dropped capability stays dropped": limited("1",
			"capset -ipc_lock", "expect ok", "mmap a 2", "mlock a", "expect errno ENOMEM", "capset -chown", "mlock a", "expect errno ENOMEM"),
	} {
		t.Run(name, script(name, lines...))
	}
}

// What capset says is what /proc/PID/status shows of the thread that locks.
func TestCapset(t *testing.T) {
	l := opened(t, memops.Options{})
	was := sampled(l).Limits
	if !was.IPCLock {
		e := do(t, l, "capset -ipc_lock")
		if !e.OK() || !strings.Contains(e.Result, "CAP_IPC_LOCK") {
			t.Errorf("a capability that is not there was dropped as %s, %q", e.Strace(), e.Result)
		}
		t.Skip("this user has no CAP_IPC_LOCK to drop")
	}
	ok(t, l, "setrlimit memlock 0", "mmap a 2", "mlock a", "expect ok", "munlock a")
	e := do(t, l, "capset -ipc_lock")
	if !e.OK() || e.Result != "" || e.Call != "capset" {
		t.Errorf("dropping CAP_IPC_LOCK: %s, %q", e.Strace(), e.Result)
	}
	if now := sampled(l).Limits; now.IPCLock || now.MemlockHard != was.MemlockHard || now.MemlockSoft != 0 {
		t.Errorf("after setrlimit memlock 0 and capset -ipc_lock the limits are %+v, and were %+v", now, was)
	}
	ok(t, l, "expect ok")
	do(t, l, "mlock a")
	do(t, l, "expect errno EPERM")
	ok(t, l, "reset", "setrlimit memlock 0", "mmap a 2", "mlock a")
	if os.Geteuid() == 0 {
		// The rules of exec for root give all of the bounding set back (capabilities(7)).
		ok(t, l, "capset -ipc_lock", "exec", "mmap a 2", "mlock a", "expect all a locked")
	}
}

// An argument is shown as strace(1) shows it.
func TestSetrlimitArguments(t *testing.T) {
	needsMemlock(t, 1)
	l := opened(t, memops.Options{})
	hard := sampled(l).Limits.MemlockHard
	const begin, end = "prlimit64(0, RLIMIT_MEMLOCK, {rlim_cur=1000, rlim_max=", "}, NULL) = 0"
	if got := do(t, l, "setrlimit memlock 1000B").Strace(); !strings.HasPrefix(got, begin) || !strings.HasSuffix(got, end) {
		t.Errorf("got %s, want %s…%s", got, begin, end)
	}
	if now := sampled(l).Limits.MemlockHard; now != hard {
		t.Errorf("the hard limit was %d and is %d", hard, now)
	}
	if got, want := do(t, l, "setrlimit memlock 1000B 2000B").Strace(), begin+"2000"+end; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
