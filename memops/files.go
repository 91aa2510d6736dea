//go:build linux && (amd64 || arm64)

package memops

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// file is what lies behind a region beside memory.
type file struct {
	fd    uint64 // the subject's descriptor of it, or noFD
	block uint64 // the bytes that a mapping of it is a multiple of: a huge page's; 0 where that is a page
	size  uint64 // bytes that it may come to take of a disk: scratch's length

	memory bool // a memfd of pages that are not of hugetlb
}

// noFD is where mmap(2) and posix_fadvise(2) take a descriptor, and there is none.
const noFD = ^uint64(0)

// files are what lies behind the regions of a process, by region. A descriptor stays open
// as long as a region has it: posix_fadvise needs one, and so does a mapping of the same
// file at a second place.
type files struct {
	of    map[string]file
	users map[uint64]int // how many regions have a descriptor
}

// forked are the files of a child: it has the same descriptors. After an exec there are
// none, since all of them are opened close-on-exec.
func (f files) forked() files { return files{maps.Clone(f.of), maps.Clone(f.users)} }

// keepFile notes what lies behind a new region.
func (p *process) keepFile(region string, f file) {
	p.dropFiles(region) // a region that MADV_DONTFORK kept from this process had the name
	if f == (file{fd: noFD}) {
		return
	}
	p.files.put(region, f)
}

// dropFiles forgets what lies behind regions that are gone, and has the descriptors closed
// that no other region has.
func (p *process) dropFiles(regions ...string) {
	for _, name := range regions {
		f, ok := p.files.drop(name)
		if ok && !p.files.has(f.fd) {
			p.closeLater(f.fd)
		}
	}
}

// has reports whether a region has the descriptor.
func (f files) has(fd uint64) bool { return f.users[fd] > 0 }

// put notes what lies behind a region that has nothing yet.
func (f *files) put(region string, what file) {
	if f.of == nil {
		f.of, f.users = map[string]file{}, map[uint64]int{}
	}
	f.of[region] = what
	f.users[what.fd]++
}

// drop forgets what lies behind a region.
func (f *files) drop(region string) (was file, ok bool) {
	if was, ok = f.of[region]; !ok {
		return was, false
	}
	delete(f.of, region)
	if f.users[was.fd]--; f.users[was.fd] == 0 {
		delete(f.users, was.fd)
	}
	return was, true
}

// closeLater has a descriptor closed once the command's own call has been told.
func (p *process) closeLater(fd uint64) {
	if fd != noFD {
		p.afterwards(func() (model.Event, error) { return p.syscall("close", unix.SYS_CLOSE, fdArg(fd)) })
	}
}

// fdArg is a file descriptor.
func fdArg(fd uint64) model.Arg { return strace.Word(fd, fmt.Sprint(int64(fd))) }

// openat has the subject open a file. Its event is told by the caller.
func (p *process) openat(path string, flags uint64) (fd uint64, e model.Event, err error) {
	name, err := p.textArg(path)
	if err != nil {
		return noFD, e, err
	}
	at := int64(unix.AT_FDCWD)
	args := []model.Arg{strace.Word(uint64(at), "AT_FDCWD"), name, model.OpenFlags.Arg(flags)}
	if flags&(unix.O_CREAT|unix.O_TMPFILE) != 0 {
		args = append(args, strace.Word(0o600, "0600"))
	}
	e, err = p.syscall("openat", unix.SYS_OPENAT, args...)
	return uint64(e.Ret), e, err
}

// textArg is a string in the subject's memory. It lies where a touch's stamps do, which
// is free between touches, and as long as the longest path (PATH_MAX).
func (p *process) textArg(s string) (model.Arg, error) {
	if len(s) >= len(p.sub.StampArea) {
		return model.Arg{}, fmt.Errorf("%.40q…: %w", s, unix.ENAMETOOLONG)
	}
	n := copy(p.sub.StampArea, s)
	p.sub.StampArea[n] = 0
	return strace.Word(subject.StampsAddr, fmt.Sprintf("%q", s)), nil
}

// truncate gives a file that the subject has just made its length. Where that fails, the
// event is the command's own.
func (p *process) truncate(fd, size uint64) (model.Event, error) {
	e, err := p.syscall("ftruncate", unix.SYS_FTRUNCATE, fdArg(fd), strace.Len(size))
	if err != nil {
		return e, err
	}
	if !e.OK() {
		p.closeLater(fd)
		return e, nil
	}
	p.aside(e)
	return e, nil
}

// truncateFile gives the file behind a region another length. All that map the file see it.
func (p *process) truncateFile(c lang.Truncate) (model.Event, error) {
	r := p.here().Region(c.Name)
	f, ok := p.files.of[c.Name]
	switch {
	case r == nil:
		return model.Event{}, p.here().NoRegion(c.Name)
	case r.Backing == model.FileOf:
		return model.Event{}, fmt.Errorf("%s shows a file of the user's, which is open for reading alone: truncate is for a memfd, a scratch file and secret memory", c.Name)
	case !ok || f.fd == noFD:
		return model.Event{}, fmt.Errorf("%s is %s memory: no file lies behind it. truncate is for a memfd, a scratch file and secret memory", c.Name, r.Backing)
	}
	size := c.Size.Bytes(p.lab.pageSize)
	if f.size > 0 && size > f.size {
		if why := p.lab.unfit(f.path(p), size-f.size); why != "" {
			return model.Event{}, fmt.Errorf("the file system of the scratch file %s", why)
		}
	}
	was, known := f.stat(p)
	e, err := p.syscall("ftruncate", unix.SYS_FTRUNCATE, fdArg(f.fd), strace.Len(size))
	if err != nil || !e.OK() {
		return e, err
	}
	if known {
		e.Result = "it was " + model.FormatBytes(was.Size)
		e.Resized = p.lab.resized(idOf(&was), size)
	}
	return e, nil
}

// resized notes how long a file is by now, and returns the regions that have it.
func (l *Lab) resized(id fileID, size uint64) (list []model.Resized) {
	for _, p := range l.processes() {
		if !p.lives() {
			continue
		}
		for name, f := range p.files.of {
			stat, ok := f.stat(p)
			if !ok || idOf(&stat) != id {
				continue
			}
			if f.size > 0 {
				f.size = max(size, 1) // a scratch file of no bytes stays one
				p.files.of[name] = f
			}
			list = append(list, model.Resized{Proc: p.name, Region: name, FileLen: size})
		}
	}
	slices.SortFunc(list, func(a, b model.Resized) int {
		return cmp.Or(cmp.Compare(a.Proc, b.Proc), cmp.Compare(a.Region, b.Region))
	})
	return list
}

// findFile finds what is to lie behind a mapping, and opens nothing yet.
func (p *process) findFile(m *mapping) error {
	if m.cmd.HugeTLB {
		m.file.block = uint64(proc.ReadMeminfo().HugeSize)
	}
	switch {
	case m.cmd.Alias != "":
		return p.findAlias(m)
	case m.cmd.Backing == model.FileOf:
		user, err := lookAtFile(m.cmd.Path, p.sub.PID)
		if err != nil {
			return err
		}
		m.user = user
		if user.zero { // /dev/zero has no length and no page cache to look at
			return nil
		}
		m.file.block = user.block
		length := uint64(max(0, user.stat.Size))
		m.fill = min(m.size, length-min(length, m.off))
		m.info.Unknowable = user.unknowable()
		if user.path >= 0 {
			m.info.FileLen, m.info.Sized = uint64(max(0, user.stat.Size)), true
		}
	}
	return nil
}

// findAlias makes the mapping one of what lies behind a region that is there already.
func (p *process) findAlias(m *mapping) error {
	of := p.here().Region(m.cmd.Alias)
	if of == nil {
		return p.here().NoRegion(m.cmd.Alias)
	}
	f, ok := p.files.of[of.Name]
	if !ok || f.fd == noFD {
		return fmt.Errorf("%s is %s memory: no file lies behind it that could be mapped again. A memfd, secret memory, a scratch file, a file or a segment of shmget can",
			of.Name, of.Backing)
	}
	m.file = f
	m.info.Backing, m.info.Path, m.info.Unknowable = of.Backing, of.Path, of.Unknowable
	m.info.FileLen, m.info.Sized = of.FileLen, of.Sized
	return nil
}

// openFile opens what lies behind a mapping, where that is not open already. The event is
// the call that failed, where one did; then nothing stays open.
func (p *process) openFile(m *mapping) (e model.Event, err error) {
	if m.cmd.Alias != "" {
		return e, nil
	}
	switch m.info.Backing {
	case model.Memfd:
		m.file.memory = !m.cmd.HugeTLB
		m.file.fd, e, err = p.memfd(m)
	case model.Secret:
		m.file.fd, e, err = p.secret(m.ends)
	case model.Scratch:
		m.file.size = m.ends
		m.file.fd, e, err = p.scratch(m.ends)
	case model.FileOf:
		m.file.fd, e, err = p.openUserFile(m.user)
	}
	return e, err
}

// forgetFile closes what incore itself has open of the file.
func (m *mapping) forgetFile() {
	if m.user != nil {
		m.user.close()
	}
}

// memfd makes a memory file in the subject, of huge pages where the mapping is to be of
// those: memory that is not cannot be mapped so (mm/mmap.c, ksys_mmap_pgoff).
func (p *process) memfd(m *mapping) (fd uint64, e model.Event, err error) {
	name, err := p.textArg(m.cmd.Name)
	if err != nil {
		return noFD, e, err
	}
	flags := uint64(unix.MFD_CLOEXEC)
	size := m.ends
	if m.cmd.HugeTLB {
		flags |= unix.MFD_HUGETLB
		size = p.lab.roundUp(size, m.file.block) // such a file has no other length
	}
	e, err = p.syscall("memfd_create", unix.SYS_MEMFD_CREATE, name, model.MemfdFlags.Arg(flags))
	if err != nil || !e.OK() {
		return noFD, e, err
	}
	p.aside(e)
	fd = uint64(e.Ret)
	e, err = p.truncate(fd, size)
	return fd, e, err
}

// secret makes a file of memfd_secret in the subject. It can be given its length but once.
func (p *process) secret(size uint64) (fd uint64, e model.Event, err error) {
	e, err = p.syscall("memfd_secret", unix.SYS_MEMFD_SECRET, model.SecretFlags.Arg(unix.O_CLOEXEC))
	if err != nil || !e.OK() {
		return noFD, e, err
	}
	p.aside(e)
	fd = uint64(e.Ret)
	e, err = p.truncate(fd, size)
	return fd, e, err
}
