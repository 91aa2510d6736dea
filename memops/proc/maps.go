//go:build linux && (amd64 || arm64)

package proc

import (
	"errors"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/model"
)

// PROCMAP_QUERY of linux/fs.h, an ioctl on /proc/PID/maps since Linux 6.11: what one line of maps says.
const (
	procmapQuery    = 0xC0686611
	procmapNextFlag = 0x10 // PROCMAP_QUERY_COVERING_OR_NEXT_VMA
	procmapShared   = 8    // PROCMAP_QUERY_VMA_SHARED; the bits below are r, w and x
)

type procmapArg struct {
	size, queryFlags, queryAddr                uint64
	start, end, flags, pageSize, offset, inode uint64
	devMajor, devMinor, nameSize, buildIDSize  uint32
	nameAddr, buildIDAddr                      uint64
}

// QueryVMAs returns what asks for the VMAs that overlap a span, without the flags that only smaps
// tells. It asks VMA by VMA, or, where the kernel is too old for that, reads maps once.
func (p *Files) QueryVMAs() func(model.Span) ([]model.VMA, bool) {
	var all []model.VMA // of maps
	return func(s model.Span) ([]model.VMA, bool) {
		if all == nil {
			list, err := p.query(s)
			if err == nil {
				return list, true
			}
			if !errors.Is(err, unix.ENOTTY) {
				return nil, false
			}
			text, err := p.read(p.maps, nil)
			if err != nil || len(text) == 0 {
				return nil, false
			}
			all = ParseVMAs(text, nil)
		}
		here := model.Process{VMAs: all}
		return append([]model.VMA(nil), here.VMAsIn(s)...), true
	}
}

// mostQueried is how many VMAs are asked for one by one: more take longer than maps.
const mostQueried = 1 << 14

func (p *Files) query(s model.Span) (list []model.VMA, err error) {
	name := make([]byte, unix.PathMax)
	err = eachVMA(p.maps, s.Addr, s.End(), name, func(q *procmapArg) error {
		if len(list) == mostQueried {
			return unix.ENOTTY
		}
		v := model.VMA{
			Start: q.start, End: q.end, Prot: model.Prot(q.flags & 7), Shared: q.flags&procmapShared != 0,
			Dev: uint64(q.devMajor)<<32 | uint64(q.devMinor), Inode: q.inode, Offset: q.offset,
		}
		if n := int(q.nameSize); n > 1 && n <= len(name) {
			v.Path = string(name[:n-1])
		}
		if k := len(list); k > 0 && list[k-1].Path == v.Path {
			v.Path = list[k-1].Path
		}
		list = append(list, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// eachVMA calls f with each VMA that overlaps the addresses from lo to before hi, as the kernel
// answers when it is asked for one after the other, until f returns an error. maps is a descriptor of
// /proc/PID/maps; name has room for the VMA's name, and is empty where that is not wanted.
func eachVMA(maps int, lo, hi uint64, name []byte, f func(*procmapArg) error) error {
	for at := lo; at < hi; {
		q := procmapArg{queryFlags: procmapNextFlag, queryAddr: at}
		if q.size = uint64(unsafe.Sizeof(q)); len(name) > 0 {
			q.nameSize, q.nameAddr = uint32(len(name)), uint64(uintptr(unsafe.Pointer(&name[0])))
		}
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(maps), procmapQuery, uintptr(unsafe.Pointer(&q)))
		runtime.KeepAlive(name)
		switch {
		case errno == unix.EINTR:
			continue
		case errno == unix.ENOENT || errno == 0 && q.start >= hi:
			return nil
		case errno != 0:
			return errno
		}
		if err := f(&q); err != nil {
			return err
		}
		at = q.end
	}
	return nil
}
