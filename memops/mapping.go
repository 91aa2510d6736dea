//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
)

var mapFlags = []flag{
	{unix.MAP_SHARED, "MAP_SHARED"}, {unix.MAP_PRIVATE, "MAP_PRIVATE"}, {unix.MAP_ANONYMOUS, "MAP_ANONYMOUS"},
	{unix.MAP_LOCKED, "MAP_LOCKED"}, {unix.MAP_NORESERVE, "MAP_NORESERVE"}, {unix.MAP_POPULATE, "MAP_POPULATE"},
}

func (l *Lab) mmap(c model.Mmap) (model.Event, error) {
	s := l.State()
	if s.Proc.Region(c.Name) != nil {
		return model.Event{}, fmt.Errorf("there is a region %s already: munmap it first, or take another name", c.Name)
	}
	size := c.Size.Bytes(l.pageSize)
	if c.Populate || c.Locked && !l.overLimit(size) {
		if err := l.affordBytes("mmap", int64(min(size, 1<<62))); err != nil {
			return model.Event{}, err
		}
	}
	flags := uint64(unix.MAP_PRIVATE)
	if c.Shared {
		flags = unix.MAP_SHARED
	}
	for _, f := range []struct {
		set bool
		bit uint64
	}{
		{c.Backing == model.Anon, unix.MAP_ANONYMOUS}, {c.Locked, unix.MAP_LOCKED},
		{c.Noreserve, unix.MAP_NORESERVE}, {c.Populate, unix.MAP_POPULATE},
	} {
		if f.set {
			flags |= f.bit
		}
	}
	fd := wordArg(^uint64(0), "-1")
	if c.Backing == model.Memfd {
		n, e, err := l.memfd(c.Name, size)
		if err != nil || !e.OK() {
			return e, err
		}
		fd = wordArg(n, fmt.Sprint(n))
		l.afterwards(func() (model.Event, error) { return l.syscall("close", unix.SYS_CLOSE, fd) })
	}
	e, err := l.syscall("mmap", unix.SYS_MMAP, wordArg(0, "NULL"), lenArg(size), protArg(c.Prot),
		flagsArg(flags, mapFlags, "0"), fd, wordArg(0, "0"))
	if err != nil || !e.OK() {
		return e, err
	}
	e.RetHex = true
	rounded := (size + uint64(l.pageSize) - 1) &^ (uint64(l.pageSize) - 1)
	e.Mapped = &model.RegionInfo{Name: c.Name, Base: uint64(e.Ret), Len: rounded, Backing: c.Backing, Shared: c.Shared}
	if l.features.hugeAlways {
		// One touch is one page only where the system does not give huge pages
		// unasked. A mapping that was populated at once has them already.
		l.afterwards(func() (model.Event, error) {
			return l.syscall("madvise", unix.SYS_MADVISE, addrArg(e.Mapped.Base), lenArg(e.Mapped.Len), adviceArg("nohugepage"))
		})
	}
	return e, nil
}

// memfd makes a memory file of size bytes in the subject and returns its descriptor
// there. The event is the call that failed, where one did.
func (l *Lab) memfd(name string, size uint64) (fd uint64, e model.Event, err error) {
	n := copy(l.live.sub.Args[:subject.ArgsSize-1], name)
	l.live.sub.Args[n] = 0
	e, err = l.syscall("memfd_create", unix.SYS_MEMFD_CREATE, wordArg(subject.ArgsAddr, fmt.Sprintf("%q", name)), wordArg(0, "0"))
	if err != nil || !e.OK() {
		return 0, e, err
	}
	l.aside(e)
	fd = uint64(e.Ret)
	e, err = l.syscall("ftruncate", unix.SYS_FTRUNCATE, wordArg(fd, fmt.Sprint(fd)), lenArg(size))
	if err != nil {
		return fd, e, err
	}
	if !e.OK() {
		l.afterwards(func() (model.Event, error) { return l.syscall("close", unix.SYS_CLOSE, wordArg(fd, fmt.Sprint(fd))) })
		return fd, e, nil
	}
	l.aside(e)
	return fd, e, nil
}

func (l *Lab) munmap(c model.Munmap) (model.Event, error) {
	s, err := l.span(c.T)
	if err != nil {
		return model.Event{}, err
	}
	if err := l.notOwn(s, true); err != nil {
		return model.Event{}, err
	}
	before := l.State()
	e, err := l.syscall("munmap", unix.SYS_MUNMAP, addrArg(s.Addr), lenArg(s.Len))
	if err == nil && e.OK() {
		e.Gone = l.unmapped(before.Proc.Regions, s)
	}
	return e, err
}

// unmapped notes that the pages of a span are gone and returns the regions that have
// none left. It keeps count itself, since asking the kernel would cost more with
// every VMA.
func (l *Lab) unmapped(regions []model.Region, s model.Span) (gone []string) {
	ps := uint64(l.pageSize)
	for i := range regions {
		r := &regions[i]
		lo, hi := max(s.Addr, r.Base), min(s.End(), r.Base+r.Len)
		if lo >= hi {
			continue
		}
		pages := model.Range{Lo: int64((lo - r.Base) / ps), Hi: int64((hi - r.Base + ps - 1) / ps)}
		holes := l.live.holes[r.Name].Splice(pages.Lo, model.Runs[bool]{}.Add(pages.Len(), true))
		l.setHoles(r.Name, holes)
		if len(holes) == 1 && holes[0].Val {
			gone = append(gone, r.Name)
		}
	}
	return gone
}
