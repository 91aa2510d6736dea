//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A scratch file lies in TMPDIR where that is on a disk, and leaves nothing there.
func TestScratchLeavesNothing(t *testing.T) {
	l := opened(t, Options{})
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if why := l.unfit(dir, 1<<20); why != "" {
		t.Skip(dir + " " + why)
	}
	ok(t, l, "mmap a 16 shared scratch", "memset a 7", "mmap b 16 alias a", "memcmp a b", "expect return 0")
	fd := mainOf(l).files.of["a"].fd
	if link, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", mainOf(l).sub.PID, fd)); err != nil || !strings.HasPrefix(link, dir+"/") {
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
			mainOf(l).sub.Hangup()
			<-mainOf(l).ended
		}
		fd, e, err := mainOf(l).scratchOnceNamed(dir)
		if killed != (err != nil) || err == nil && (!e.OK() || e.Call != "unlinkat") {
			t.Errorf("descriptor %d: %s: %v", fd, e.Strace(), err)
		}
		if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
			t.Errorf("%s has %v (%v)", dir, list, err)
		}
	}
	fd, e, err := mainOf(l).scratchOnceNamed(dir + "/none")
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

// Half of the disk is for the scratch files of all processes together, each counted once.
func TestScratchOfSeveral(t *testing.T) {
	l := opened(t, Options{})
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var on unix.Statfs_t
	if err := unix.Statfs(dir, &on); err != nil {
		t.Fatal(err)
	}
	if why := l.unfit(dir, 1<<20); why != "" {
		t.Skip(dir + " " + why)
	}
	fifth := on.Bavail * uint64(on.Bsize) / 5
	if e := do(t, l, fmt.Sprintf("mmap a %dB shared noreserve scratch", fifth)); !e.OK() {
		t.Skipf("no file of %d bytes: %s %s", fifth, e.Strace(), e.Refused)
	}
	// What a child has of its parent, and an alias, is no further file.
	ok(t, l, "fork c", "fork d", "in c mmap x 4 shared alias a")
	if why := l.unfit(dir, fifth); why != "" {
		t.Errorf("a second fifth: %s %s", dir, why)
	}
	ok(t, l, fmt.Sprintf("in c mmap b %dB shared noreserve scratch", fifth), "munmap a")
	if why := l.unfit(dir, fifth); !strings.Contains(why, "half of that at most") {
		t.Errorf("a third fifth: %q", why)
	}
	// What they occupy already was free before.
	ok(t, l, "mmap w 64 shared scratch", "memset w 1", "msync w sync")
	there, more := l.scratchOn(on.Fsid)
	if size := uint64(64 * pageBytes); there.length+more < 2*fifth+size || there.length > 0 && there.occupied < size {
		t.Errorf("of %d bytes %d are told, which occupy %d, and %d elsewhere", 2*fifth+size, there.length, there.occupied, more)
	}
	do(t, l, "in c exit")
	do(t, l, "in d exit")
	ok(t, l, "expect dead c", "expect dead d")
	if why := l.unfit(dir, fifth*2); why != "" {
		t.Errorf("the files are gone, and %s %s", dir, why)
	}
}
