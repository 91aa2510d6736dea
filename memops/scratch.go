//go:build linux && (amd64 || arm64)

package memops

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
)

// memoryFiles are the file systems that keep their files in memory: their pages are
// swapped and not read from a disk, and posix_fadvise does nothing to them. By statfs(2),
// f_type.
var memoryFiles = map[uint32]string{
	unix.TMPFS_MAGIC: "tmpfs", unix.RAMFS_MAGIC: "ramfs", unix.HUGETLBFS_MAGIC: "hugetlbfs",
}

// everywhere are the errnos of a file that could be opened in no other directory either.
var everywhere = []string{"EMFILE", "ENFILE", "ENOMEM"}

// scratchDirs are the directories in which a scratch file of size bytes can be tried, in
// order. unfit says of others why not.
func (l *Lab) scratchDirs(size uint64) (dirs, unfit []string) {
	candidates := []string{os.TempDir(), "/var/tmp"}
	if cache, err := os.UserCacheDir(); err == nil {
		candidates = append(candidates, cache)
	}
	if here, err := os.Getwd(); err == nil {
		candidates = append(candidates, here)
	}
	var seen []string
	for _, dir := range candidates {
		dir, err := filepath.Abs(dir)
		if err != nil || slices.Contains(seen, dir) {
			continue
		}
		seen = append(seen, dir)
		if why := l.unfit(dir, size); why != "" {
			unfit = append(unfit, dir+" "+why)
		} else {
			dirs = append(dirs, dir)
		}
	}
	return dirs, unfit
}

// unfit says why a scratch file of size bytes cannot lie in a directory, as far as that can
// be told before it is tried. Together with those that there are it may take half of what
// would be free without them: nobody's disk is to run full.
func (l *Lab) unfit(dir string, size uint64) string {
	var on unix.Statfs_t
	if err := unix.Statfs(dir, &on); err != nil {
		return "cannot be asked: " + err.Error()
	}
	if name := memoryFiles[uint32(on.Type)] + kernelFiles[uint32(on.Type)]; name != "" {
		return "is on " + name
	}
	free := on.Bavail * uint64(on.Bsize)
	there, more := l.scratchOn(on.Fsid)
	if total := add(add(size, there.length), more); total > (free+there.occupied)/2 {
		why := "has " + model.FormatBytes(int64(min(free, 1<<62))) + " free"
		if there.occupied > 0 {
			why += " beside " + model.FormatBytes(int64(there.occupied)) + " that scratch files have"
		}
		return why + ", and scratch files take half of that at most"
	}
	return ""
}

// add is a sum that does not go past the largest number.
func add(a, b uint64) uint64 { return max(a, a+b) }

// scratchUse is what scratch files can come to take of a disk, and what they have of it, bytes.
type scratchUse struct{ length, occupied uint64 }

// scratchOn is what the scratch files of all processes take on a file system, and what those on
// others may still take: two file systems by their IDs, such as subvolumes, can be of one disk.
// A file is counted once, however many processes have it.
func (l *Lab) scratchOn(fsid unix.Fsid) (there scratchUse, more uint64) {
	seen := map[fileID]bool{}
	for _, p := range l.processes() {
		if !p.lives() {
			continue
		}
		for _, f := range p.files.of {
			stat, ok := f.stat(p)
			if f.size == 0 || ok && seen[idOf(&stat)] {
				continue
			}
			var on unix.Statfs_t
			if !ok || unix.Statfs(f.path(p), &on) != nil {
				more = add(more, f.size) // of which nothing is known
				continue
			}
			seen[idOf(&stat)] = true
			occupied := min(uint64(stat.Blocks)*blockBytes, f.size)
			if on.Fsid == fsid {
				there.length, there.occupied = add(there.length, f.size), there.occupied+occupied
			} else {
				more = add(more, f.size-occupied)
			}
		}
	}
	return there, more
}

// scratch makes a file without a name in the subject, with a page cache and a disk behind
// it. It is gone when its last descriptor and mapping are, however incore ends. Where a
// step fails that would fail anywhere, the event is that call.
func (p *process) scratch(size uint64) (fd uint64, e model.Event, err error) {
	dirs, unfit := p.lab.scratchDirs(size)
	var named []string
	for _, dir := range dirs {
		fd, e, err = p.openat(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC)
		if err != nil || e.OK() || slices.Contains(everywhere, e.Errno) {
			return p.scratchOpened(fd, e, err, size)
		}
		p.aside(e)
		// The file system knows no file without a name, or the kernel no O_TMPFILE (open(2)).
		if e.Errno == "EOPNOTSUPP" || e.Errno == "EISDIR" {
			named = append(named, dir)
		} else {
			unfit = append(unfit, dir+" answers "+e.Errno)
		}
	}
	for _, dir := range named {
		fd, e, err = p.scratchOnceNamed(dir)
		if err != nil || e.OK() {
			return p.scratchOpened(fd, e, err, size)
		}
		p.aside(e)
		unfit = append(unfit, dir+" answers "+e.Errno)
	}
	return noFD, model.Event{}, fmt.Errorf("scratch needs a directory on a disk, with a page cache behind it, and there is none: %s. TMPDIR can name one",
		strings.Join(unfit, ", "))
}

// scratchOpened gives a scratch file its length. The event e is the last call of opening it.
func (p *process) scratchOpened(fd uint64, e model.Event, err error, size uint64) (uint64, model.Event, error) {
	if err != nil || !e.OK() {
		return noFD, e, err
	}
	p.aside(e)
	e, err = p.truncate(fd, size)
	return fd, e, err
}

// scratchOnceNamed makes a file where the file system knows none without a name, and takes
// its name away at once. A kill between the two calls would leave the name: so the keeper is
// told of it beforehand, and where only the subject is killed, incore removes it.
func (p *process) scratchOnceNamed(dir string) (fd uint64, e model.Event, err error) {
	path := filepath.Join(dir, "incore-"+rand.Text())
	release, err := p.lab.will(subject.WillUnlink(path))
	if err != nil {
		return noFD, e, err
	}
	fd, e, err = p.openat(path, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC)
	if err == nil && !e.OK() {
		release()
		return noFD, e, nil
	}
	if err == nil {
		p.aside(e)
		e, err = p.unlinkat(path)
	}
	if err != nil || !e.OK() {
		if gone := os.Remove(path); gone == nil || errors.Is(gone, fs.ErrNotExist) {
			release()
		}
		p.closeLater(fd)
		return noFD, e, err
	}
	release()
	return fd, e, nil
}

func (p *process) unlinkat(path string) (model.Event, error) {
	name, err := p.textArg(path)
	if err != nil {
		return model.Event{}, err
	}
	at := int64(unix.AT_FDCWD)
	return p.syscall("unlinkat", unix.SYS_UNLINKAT, strace.Word(uint64(at), "AT_FDCWD"), name, strace.Word(0, "0"))
}
