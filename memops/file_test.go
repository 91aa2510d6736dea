//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/model"
	"incore/model/calls"
)

// userFileOf makes a file of pages pages of random-looking bytes, whose times lie in the past.
func userFileOf(t testing.TB, pages int64) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a file")
	content = make([]byte, pages*pageBytes)
	for i := range content {
		content[i] = byte(i>>8 ^ i)
	}
	then := time.Now().Add(-time.Hour)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
	return path, content
}

// Whatever is done to the memory that shows a user's file, the file stays as it was.
func TestFileIsNeverWritten(t *testing.T) {
	path, content := userFileOf(t, 16)
	was, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	l := opened(t, memops.Options{})
	file := " file '" + path + "'"
	for _, line := range []string{"mmap s 16 shared" + file, "mmap s 16 shared rwx" + file} {
		if e := do(t, l, line); e.Call != "mmap" || e.Errno != "EACCES" {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	ok(t, l, "mmap s 16 shared r"+file, "mmap p 16"+file, "mmap q 16 shared r alias s", "mmap x 16 private alias s", "mmap r 16 r"+file)
	for _, region := range []string{"s", "p", "q", "x", "r"} {
		for _, line := range []string{
			"mprotect s rw", "memset s 1", "touch s", "memcpy s p", "memmove s x", "madvise s remove", "madvise s free", "madvise s populate_write",
			"msync s sync", "msync s async", "msync s invalidate", "posix_fadvise s dontneed", "posix_fadvise s willneed",
			"madvise s dontneed", "madvise s pageout", "madvise s cold", "madvise s collapse", "madvise s guard_install", "mlock s", "munlock s",
			"mremap s 32", "mremap s 16", "mprotect s rwx", "touch s exec",
		} {
			verb, rest, _ := strings.Cut(line, " s")
			do(t, l, verb+" "+region+rest)
		}
	}
	for _, line := range []string{"mprotect s rw", "mprotect q rwx", "madvise s remove"} {
		if e := do(t, l, line); e.Errno != "EACCES" {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	ok(t, l, "mmap y 16"+file, "fork child", "in child memset y 3", "expect alive")
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	now, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !now.ModTime().Equal(was.ModTime()) || now.Size() != was.Size() || now.Mode() != was.Mode() {
		t.Errorf("the file was %v and is %v", was, now)
	}
	if is, err := os.ReadFile(path); err != nil || !bytes.Equal(is, content) {
		t.Errorf("the file has another content, or cannot be read: %v", err)
	}
}

// A private mapping reads the file and writes to copies; past the end of the file there is nothing.
func TestFileIsRead(t *testing.T) {
	path, _ := userFileOf(t, 8)
	t.Chdir(filepath.Dir(path))
	l := opened(t, memops.Options{})
	ok(t, l,
		"mmap a 16 file 'a file'", "expect all a[0..7] unmapped file", "mmap b 16 shared r file ./'a file'", "touch a[2] read",
		"expect all a[2] resident mapped file", "memcmp a[0..7] b[0..7]", "expect return 0", "memset a[3] 9", "expect all a[3] anon resident",
		"expect all b[3] file resident", "posix_fadvise b[0..7] willneed", "mincore b[0..7]")
	for _, line := range []string{"touch a[8] read", "touch a[15]", "touch b[8] read", "memset a[9] 1"} {
		if e := do(t, l, line); e.Signal == nil || e.Signal.Name != "SIGBUS" || e.Signal.Code != "BUS_ADRERR" {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
	if r := l.State().Main().Region("a"); r.Backing != model.FileOf || r.Path != "a file" || r.Unknowable {
		t.Errorf("a is %+v", r.RegionInfo)
	}
	ok(t, l, "expect all a[8..15] absent unmapped", "expect alive")
}

// A directory and what the kernel makes when it is read have no mapping, and the answer is the kernel's (mm/mmap.c, do_mmap;
// fs/proc/inode.c, proc_reg_mmap).
func TestFileWithoutMapping(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/proc/self/maps", link); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ paths, answer, why string }{
		{"/ /etc /proc /sys /proc/self /proc/self/fd", "ENODEV", " is a directory, and a directory has no mmap operation"},
		{"/proc/self/maps /proc/self/status /proc/mounts /proc/sys/vm/swappiness " + link, "ENODEV", " lies on proc: the kernel makes its content"},
		{"/sys/kernel/mm/transparent_hugepage/enabled /sys/class/net/lo/address", "ENODEV", " lies on sysfs: the kernel makes its content"},
		{"/proc/version /proc/cpuinfo /proc/filesystems /proc/net/dev", "EIO", " is an entry of procfs without a mapping of its own"},
	} {
		for _, path := range strings.Fields(x.paths) {
			if unix.Access(path, unix.R_OK) != nil {
				t.Logf("%s is not there, or not for this user", path)
				continue
			}
			l := opened(t, memops.Options{})
			before := len(descriptors(t, l.State().Main().PID))
			for _, how := range []string{"r", "rw", "shared r", "r populate"} {
				e := do(t, l, "mmap a 4 "+how+" file "+path)
				if e.Call != "mmap" || e.Errno != x.answer {
					t.Errorf("%s %s: %s %s", path, how, e.Strace(), e.Refused)
				}
				if why, _ := calls.Explain(e, l.State()); !strings.HasPrefix(why, path+x.why) {
					t.Errorf("%s: %s", path, why)
				}
			}
			if e := do(t, l, "mmap a 1 shared file "+path); e.Errno != "EACCES" { // which comes before
				t.Errorf("%s to be written: %s", path, e.Strace())
			}
			ok(t, l, "mmap b 2", "memset b 7", "expect alive")
			if now := len(descriptors(t, l.State().Main().PID)); now != before {
				t.Errorf("%s: %d descriptors are open, %d were", path, now, before)
			}
		}
	}
}

// /dev/zero, mapped private, is anonymous memory, and shared is shared anonymous memory (drivers/char/mem.c, mmap_zero).
func TestDevZero(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/dev/zero", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/dev/zero", link} {
		script("private", "mmap a 8 file "+path, "expect all a absent unmapped", "touch a[2]", "expect minor 1", "expect count a resident 1",
			"expect all a[2] anon mapped", "mincore a", "memset a[3..4] 9", "memcpy a[5] a[3]", "memcmp a[5] a[4]", "expect return 0", "madvise a free",
			"madvise a dontneed", "expect all a absent unmapped", "memcmp a[5] a[6]", "expect return 0", "expect vmas a 1", "fork child", "touch a[0]",
			"in child expect no a[0] resident", "mremap a 16", "touch a[15]", "expect alive")(t)
		script("shared", "mmap a 8 shared file "+path, "touch a[2]", "expect count a resident 1", "expect all a[2] file exclusive", "fork child",
			"in child memset a[3] 5", "expect all a[3] resident", "madvise a remove", "expect all a absent", "madvise a free", "expect errno EINVAL",
			"mremap a 9", "touch a[8]", "expect signal SIGBUS BUS_ADRERR in a[8]", "expect alive")(t)
		script("read only", "mmap a 4 r shared file "+path, "mprotect a rw", "expect ok", "touch a", "expect minor 4", "mmap b 4 none file "+path,
			"touch b", "expect signal SIGSEGV SEGV_ACCERR in b[0]")(t)
	}
	l := opened(t, memops.Options{Memory: 64 << 20})
	before := len(descriptors(t, l.State().Main().PID))
	ok(t, l, "mmap a 8 file /dev/zero", "mmap s 8 shared file /dev/zero")
	if now := len(descriptors(t, l.State().Main().PID)); now != before {
		t.Errorf("%d descriptors are open, %d were", now, before)
	}
	for _, line := range []string{"mmap b 1G populate file /dev/zero", "mmap b 1G shared populate file /dev/zero"} {
		if e := do(t, l, line); !strings.Contains(e.Refused, "memory") {
			t.Errorf("%s: %s %s", line, e.Strace(), e.Refused)
		}
	}
	ok(t, l, "mmap b 1G file /dev/zero")
	if e := do(t, l, "touch b"); e.Refused == "" {
		t.Errorf("a touch of all of it: %s", e.Strace())
	}
}

// What does something when it is opened, or leads into the kernel or to a device, is not opened.
func TestFileRefused(t *testing.T) {
	dir := t.TempDir()
	pipe, socket := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := net.Listen("unix", socket); err == nil {
		defer s.Close()
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("/dev/null", link); err != nil {
		t.Fatal(err)
	}
	l := opened(t, memops.Options{})
	for _, path := range []string{
		pipe, socket, link, "/dev/null", "/dev/mem", "/dev/random", "/proc/self/mem", "/proc/self/task/1/mem", "/proc/1/mem", "/proc/kcore", "/proc/kmsg",
		"/proc/vmcore", "/proc/sysrq-trigger", "/proc/self/fd/0", "/proc/self/ns/net", "/sys/kernel/btf/vmlinux", "/sys/firmware/acpi/tables/DSDT",
		"/sys/kernel/debug/sleep_time", "/sys/kernel/tracing/trace_pipe", "/sys/kernel/tracing/trace", pci("resource0"), pci("rom"), pci("config"),
	} {
		if path == "" || unix.Access(path, unix.F_OK) != nil {
			t.Logf("%q is not there, or not for this user", path)
			continue
		}
		if e := do(t, l, "mmap a 1 r file "+path); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %s", path, e.Strace())
		}
	}
	if e := do(t, l, "mmap a 1 r file "+dir+"/none"); e.Call != "openat" || e.Errno != "ENOENT" {
		t.Errorf("a file that is not there: %s %s", e.Strace(), e.Refused)
	}
	if e := do(t, l, "mmap a 1 r file /"+strings.Repeat("x/", 2100)); e.Refused == "" && e.Errno != "ENAMETOOLONG" {
		t.Errorf("a path that is too long: %s %s", e.Strace(), e.Refused)
	}
	if n := len(l.State().Main().Regions); n != 0 {
		t.Errorf("there are %d regions", n)
	}
}

// pci is a file of some device of PCI, or "".
func pci(name string) string {
	list, _ := filepath.Glob("/sys/bus/pci/devices/*/" + name)
	return append(list, "")[0]
}

// Of a file that is not the user's mincore says resident of every page; only what is mapped
// is known.
func TestFileOfAnother(t *testing.T) {
	const path = "/etc/passwd"
	if os.Geteuid() == 0 {
		t.Skip("root owns every file (CAP_FOWNER)")
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil || int(st.Uid) == os.Geteuid() || unix.Access(path, unix.W_OK) == nil {
		t.Skip(path + " is this user's")
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4 r file "+path, "expect all a unknowable unmapped file")
	if got := refuted(t, l, "expect no a resident"); !strings.Contains(got, "is not known: of a file that is not this user's") { // nobody knows
		t.Error(got)
	}
	if !l.State().Main().Region("a").Unknowable {
		t.Error("the region is not marked")
	}
	if e := do(t, l, "mincore a"); !strings.HasPrefix(e.Result, "4 of 4 resident, which means nothing") {
		t.Errorf("mincore says %s, though the file has %d bytes", e.Result, st.Size)
	}
	ok(t, l, "touch a[0] read", "expect all a[0] resident mapped", "expect all a[1..] unknowable", "madvise a dontneed", "expect all a unknowable",
		"mmap b 4 private alias a", "expect all b unknowable", "touch b[0]", "expect all b[0] resident anon", "fork child", "in child expect all a unknowable")
}

// The rule is about who may write, not about who may read.
func TestFileThatMayBeWritten(t *testing.T) {
	path, _ := userFileOf(t, 4)
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4 r file '"+path+"'", "expect no a unknowable", "expect all a resident unmapped", "posix_fadvise a dontneed")
}

// A major fault needs neither root nor swap: the file way.
func TestMajorFaultsOfAFile(t *testing.T) {
	l := opened(t, memops.Options{})
	needsScratch(t, l)
	ok(t, l, "mmap a 16 shared scratch tidy", "touch a")
	for range 3 {
		ok(t, l, "msync a sync", "madvise a dontneed", "expect all a resident unmapped", "posix_fadvise a dontneed",
			"expect all a absent unmapped", "touch a[5] read", "expect major 1", "expect minor 0", "expect count a resident 1",
			"touch a random read", "expect major 15", "expect minor 0", "touch a read", "expect major 0")
	}
	needsLock(t, l, 16*pageBytes)
	ok(t, l, "mlock a", "posix_fadvise a dontneed", "expect all a resident mapped locked")
	if e := do(t, l, "madvise a dontneed"); e.Errno != "EINVAL" {
		t.Errorf("madvise of locked pages: %s", e.Strace())
	}
}
