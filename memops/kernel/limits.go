//go:build linux && (amd64 || arm64)

package kernel

import (
	"math"
	"runtime"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/model"
)

// ReadLimits reads RLIMIT_MEMLOCK of process pid.
func ReadLimits(pid int, ipcLock bool) model.Limits {
	var r unix.Rlimit
	l := model.Limits{MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited, IPCLock: ipcLock}
	if unix.Prlimit(pid, unix.RLIMIT_MEMLOCK, nil, &r) != nil {
		return l
	}
	if r.Cur != unix.RLIM_INFINITY {
		l.MemlockSoft = int64(r.Cur)
	}
	if r.Max != unix.RLIM_INFINITY {
		l.MemlockHard = int64(r.Max)
	}
	return l
}

// AddLimits reads the limits beside that of locking, and what stands above them; status has
// been read before. What cannot be read is no limit.
func AddLimits(l *model.Limits, pid int, caps uint64) {
	l.InNamespace = !proc.CapsCount()
	l.SysResource = caps>>unix.CAP_SYS_RESOURCE&1 != 0 && !l.InNamespace
	l.Known, l.AddressEnd, l.TagBits = true, AddressEnd(), TagBits(runtime.GOARCH)
	for _, r := range []struct {
		resource int
		limit    *int64
	}{
		{unix.RLIMIT_AS, &l.Space}, {unix.RLIMIT_DATA, &l.Data}, {unix.RLIMIT_STACK, &l.Stack}, {unix.RLIMIT_FSIZE, &l.FileSize},
	} {
		var now unix.Rlimit
		if *r.limit = model.Unlimited; unix.Prlimit(pid, r.resource, nil, &now) != nil {
			l.Known = false
		} else if now.Cur <= math.MaxInt64 {
			*r.limit = int64(now.Cur)
		}
	}
}
