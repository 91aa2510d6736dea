//go:build linux && (amd64 || arm64)

package memops

import (
	"strings"

	"golang.org/x/sys/unix"

	"incore/model"
	"incore/model/lang"
)

// fileAdvices are the values of posix_fadvise(2)'s advices (linux/fadvise.h).
var fileAdvices = map[lang.FileAdvice]uint64{
	"normal": 0, "random": 1, "sequential": 2, "willneed": 3, "dontneed": 4,
}

// posixFadvise advises about the part of a file that a target maps. Where no file lies
// there the kernel is handed -1, and answers.
func (l *Lab) posixFadvise(c lang.PosixFadvise) (model.Event, error) {
	s, err := l.span(c.T)
	if err != nil {
		return model.Event{}, err
	}
	fd, offset := noFD, uint64(0)
	if r := l.regionOf(c.T, s); r != nil {
		if f, ok := l.cur.files.of[r.Name]; ok {
			fd, offset = f.fd, s.Addr-r.Base
		}
	}
	return l.syscall("fadvise64", unix.SYS_FADVISE64, fdArg(fd), lenArg(offset), lenArg(s.Len),
		wordArg(fileAdvices[c.Advice], "POSIX_FADV_"+strings.ToUpper(string(c.Advice))))
}

// regionOf is the region that a target is of: the one that it names, or the one that lies
// at its address; nil where there is none.
func (l *Lab) regionOf(t model.Target, s model.Span) *model.Region {
	here := l.here()
	if t.Form != model.RawSpan {
		return here.Region(t.Region)
	}
	for _, r := range here.Regions {
		if s.Addr < r.Base || s.Addr-r.Base >= r.Len {
			continue
		}
		if !l.cur.holes.at(r.Name, int64((s.Addr-r.Base)/uint64(l.pageSize))) {
			return r
		}
	}
	return nil
}

// syncModes are the flags of msync(2).
var syncModes = map[lang.SyncMode]uint64{"sync": unix.MS_SYNC, "async": unix.MS_ASYNC, "invalidate": unix.MS_INVALIDATE}

func (l *Lab) msync(c lang.Msync) (model.Event, error) {
	return l.onSpan("msync", unix.SYS_MSYNC, c.T, wordArg(syncModes[c.Mode], "MS_"+strings.ToUpper(string(c.Mode))))
}
