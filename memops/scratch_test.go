//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A scratch file lies in TMPDIR where that is on a disk, and leaves nothing there.
func TestScratchLeavesNothing(t *testing.T) {
	l := opened(t, Options{})
	needsScratch(t, l)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if why := l.unfit(dir, 1<<20); why != "" {
		t.Skip(dir + " " + why)
	}
	ok(t, l, "mmap a 16 shared scratch", "memset a 7", "mmap b 16 alias a", "memcmp a b", "expect return 0")
	fd := l.cur.files["a"].fd
	if link, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", l.cur.sub.PID, fd)); err != nil || !strings.HasPrefix(link, dir+"/") {
		t.Errorf("the scratch file is %s (%v), want it in %s", link, err, dir)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("%s has %v (%v)", dir, list, err)
	}
}

// Where the file system knows no file without a name, it has one for a moment.
func TestScratchOnceNamed(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, Options{})
	for _, killed := range []bool{false, true} {
		if killed {
			l.cur.sub.Hangup()
			<-l.cur.ended
		}
		fd, e, err := l.scratchOnceNamed(dir)
		if killed != (err != nil) || err == nil && (!e.OK() || e.Call != "unlinkat") {
			t.Errorf("descriptor %d: %s: %v", fd, e.Strace(), err)
		}
		if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
			t.Errorf("%s has %v (%v)", dir, list, err)
		}
	}
	fd, e, err := l.scratchOnceNamed(dir + "/none")
	if fd != noFD || e.OK() && err == nil {
		t.Errorf("in a directory that is not there: %s: %v", e.Strace(), err)
	}
}

// tmpfs is memory, and a disk is not to run full.
func TestScratchUnfit(t *testing.T) {
	l := opened(t, Options{})
	if why := l.unfit("/dev/shm", 1); why != "" && !strings.Contains(why, "tmpfs") {
		t.Errorf("/dev/shm %s", why)
	}
	if why := l.unfit("/proc", 1); !strings.Contains(why, "proc") {
		t.Errorf("/proc %s", why)
	}
	if why := l.unfit(t.TempDir()+"/none", 1); why == "" {
		t.Error("a directory that is not there is fit")
	}
	for _, size := range []string{"900T", "16777215T"} {
		if e := do(t, l, "mmap a "+size+" shared scratch"); e.Refused == "" || !strings.Contains(e.Refused, "disk") {
			t.Errorf("%s: %s %s", size, e.Strace(), e.Refused)
		}
	}
}
