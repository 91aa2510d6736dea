//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func keeper(t testing.TB) *Keeper {
	t.Helper()
	k, err := NewKeeper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

func keep(t testing.TB, k *Keeper, w Will) (release func()) {
	t.Helper()
	release, err := k.Keep(w)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

func makeFile(t testing.TB, path string) string {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func makeDir(t testing.TB, path string) string {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// segment makes a shared memory segment once its will is kept by keep.
func segment(t testing.TB, keep func(key int32)) (id int) {
	t.Helper()
	key := rand.Int32() | 1 // IPC_PRIVATE is 0
	keep(key)
	id, err := unix.SysvShmGet(int(key), 4096, unix.IPC_CREAT|unix.IPC_EXCL|0o600)
	if err != nil {
		t.Fatalf("shmget: %v", err)
	}
	t.Cleanup(func() { _, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil) })
	return id
}

func segmentGone(id int) bool {
	var d unix.SysvShmDesc
	_, err := unix.SysvShmCtl(id, unix.IPC_STAT, &d)
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EIDRM)
}

func pathGone(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// What was not withdrawn is undone, and nothing else.
func TestKeeper(t *testing.T) {
	nothingLeft(t)
	k := keeper(t)
	dir := t.TempDir()
	file, kept := filepath.Join(dir, "file"), filepath.Join(dir, "kept")
	sub := filepath.Join(dir, "dir")
	keep(t, k, WillRmdir(sub))
	keep(t, k, WillUnlink(filepath.Join(sub, "inside"))) // undone later than the directory, which waits
	keep(t, k, WillUnlink(file))
	keep(t, k, WillUnlink(filepath.Join(dir, "was never made")))
	release := keep(t, k, WillUnlink(kept))
	makeFile(t, file)
	makeFile(t, kept)
	makeDir(t, sub)
	makeFile(t, filepath.Join(sub, "inside"))
	id := segment(t, func(key int32) { keep(t, k, WillRemoveShm(key)) })
	other := segment(t, func(int32) {})
	release()
	release()
	if err := k.Close(); err != nil {
		t.Error(err)
	}
	if !pathGone(file) || !pathGone(sub) || !segmentGone(id) {
		t.Errorf("gone are file %v, directory %v, segment %v", pathGone(file), pathGone(sub), segmentGone(id))
	}
	if pathGone(kept) || segmentGone(other) {
		t.Errorf("gone are the file that was released %v, another segment %v", pathGone(kept), segmentGone(other))
	}
	release()
	if _, err := k.Keep(WillUnlink(file)); !errors.Is(err, ErrGone) {
		t.Errorf("keep after close = %v, want ErrGone", err)
	}
	if err := k.Close(); err != nil {
		t.Error(err)
	}
}

// It is out of reach of the terminal and of what ends a program politely.
func TestKeeperStays(t *testing.T) {
	k := keeper(t)
	if sid, err := unix.Getsid(k.PID); err != nil || sid != k.PID {
		t.Errorf("session %d, %v, want its own, %d", sid, err, k.PID)
	}
	if n := name(t, k.PID); n != "incore-keeper" {
		t.Errorf("its name is %q", n)
	}
	if fds := descriptors(t, k.PID); len(fds) != 4 {
		t.Errorf("it has the descriptors %v, want 0 to 3", fds)
	}
	for _, sig := range deaf {
		if err := unix.Kill(k.PID, sig); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	keep(t, k, WillUnlink(file))
	makeFile(t, file)
	if err := k.Close(); err != nil || !pathGone(file) {
		t.Errorf("close = %v, the file is gone: %v", err, pathGone(file))
	}
	if d := k.s.Death(); d.Signal != 0 || d.Code != 0 {
		t.Errorf("death = %+v, want exit code 0", d)
	}
}

// There is room for 1024 wills, and again for what was withdrawn.
func TestKeeperFull(t *testing.T) {
	k := keeper(t)
	dir := t.TempDir()
	path := func(i int) string {
		tail := "/" + strconv.Itoa(i)
		if i%64 != 17 {
			return dir + tail
		}
		// As long as a path may be. The two million components of 1024 such ones take an
		// emulated processor half a minute.
		full := dir + strings.Repeat("/.", (unix.PathMax-1-len(dir)-len(tail))/2) + tail
		return full + strings.Repeat("x", unix.PathMax-1-len(full))
	}
	var releases []func()
	for i := range willEntries {
		releases = append(releases, keep(t, k, WillUnlink(path(i))))
		makeFile(t, path(i))
	}
	if _, err := k.Keep(WillUnlink("/one/more")); !errors.Is(err, ErrFull) {
		t.Errorf("keep = %v, want ErrFull", err)
	}
	releases[17]()
	other := filepath.Join(dir, "other")
	makeFile(t, other)
	keep(t, k, WillUnlink(other))
	releases[17]() // the entry is another's now
	_ = k.Close()  // which waits for closeTimeout: so many may take longer
	if d := k.s.Death(); d.Signal != 0 || d.Code != 0 {
		t.Errorf("death = %+v, want exit code 0", d)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || !strings.HasPrefix(left[0].Name(), "17") {
		t.Errorf("left are %v, %v, want number 17", left, err)
	}
}

func TestKeepRefused(t *testing.T) {
	k := keeper(t)
	for _, w := range []Will{
		{}, WillUnlink(""), WillUnlink("relative"), WillRmdir("/a\x00b"),
		WillUnlink("/" + strings.Repeat("x", unix.PathMax-1)),
		{What: "nothing", Calls: func(uint64) []Request { return nil }},
		{What: "too much", Calls: func(uint64) []Request { return make([]Request, willCalls+1) }},
		{What: "too long", Text: strings.Repeat("x", willEntry), Calls: func(uint64) []Request { return make([]Request, 1) }},
	} {
		if _, err := k.Keep(w); err == nil {
			t.Errorf("%.40q was kept", w.What)
		}
	}
	for i := range willEntries {
		if k.table.count(i).Load() != 0 {
			t.Errorf("entry %d is in use", i)
		}
	}
}

// A keeper that is killed itself is found out, and what it leaves is told.
func TestKeeperKilled(t *testing.T) {
	nothingLeft(t)
	k := keeper(t)
	keep(t, k, WillRmdir("/a/directory"))
	if err := unix.Kill(k.PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	k.s.Death()
	if _, err := k.Keep(WillUnlink("/file")); !errors.Is(err, ErrGone) {
		t.Errorf("keep = %v, want ErrGone", err)
	}
	if err := k.Close(); err == nil || !strings.Contains(err.Error(), "/a/directory") {
		t.Errorf("close = %v, want what is left", err)
	}
}

// makeCgroup makes a cgroup, v1 or v2, where this user may; else it is "".
func makeCgroup(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{"/sys/fs/cgroup/memory", "/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
		path := filepath.Join(dir, fmt.Sprintf("incore-test-%d-%d", os.Getpid(), rand.Uint32()))
		if os.Mkdir(path, 0o700) != nil {
			continue
		}
		t.Cleanup(func() { _ = os.Remove(path) })
		if _, err := os.Stat(filepath.Join(path, "cgroup.procs")); err == nil {
			return path
		}
		_ = os.Remove(path)
	}
	return ""
}

// A cgroup with a process in it is busy, and is tried again until it is not.
func TestKeeperWaits(t *testing.T) {
	path := makeCgroup(t)
	if path == "" {
		t.Skip("this user can make no cgroup here")
	}
	nothingLeft(t)
	k := keeper(t)
	keep(t, k, WillRmdir(path))
	s := started(t)
	if err := os.WriteFile(filepath.Join(path, "cgroup.procs"), []byte(strconv.Itoa(s.PID)), 0); err != nil {
		t.Fatal(err)
	}
	err := k.Close()
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("close = %v, want that the cgroup is there", err)
	}
	if pathGone(path) {
		t.Fatal("a cgroup with a process is gone")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if d := k.s.Death(); d.Signal != 0 || d.Code != 0 || !pathGone(path) {
		t.Errorf("death = %+v, and the cgroup is gone: %v", d, pathGone(path))
	}
}
