//go:build linux && (amd64 || arm64)

package kernel

import (
	"math"
	"runtime"
	"sync"

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
	l.Known, l.AddressEnd, l.TagBits, l.ProtectionKeys = true, AddressEnd(), TagBits(runtime.GOARCH), ProtectionKeys()
	for _, r := range []struct {
		resource int
		soft     *int64
		hard     *int64 // nil where nobody asks
	}{
		{unix.RLIMIT_AS, &l.Space, &l.SpaceHard}, {unix.RLIMIT_DATA, &l.Data, &l.DataHard}, {unix.RLIMIT_STACK, &l.Stack, &l.StackHard},
		{unix.RLIMIT_FSIZE, &l.FileSize, nil},
	} {
		now := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
		if unix.Prlimit(pid, r.resource, nil, &now) != nil {
			l.Known = false
		}
		if *r.soft = amount(now.Cur); r.hard != nil {
			*r.hard = amount(now.Max)
		}
	}
}

// ProtectionKeys is how many protection keys processor and kernel have, the default one with them.
var ProtectionKeys = sync.OnceValue(func() int { return proc.ProtectionKeys(proc.ReadText("/proc/cpuinfo")) })

// amount is a limit as it is told.
func amount(n uint64) int64 {
	if n > math.MaxInt64 {
		return model.Unlimited
	}
	return int64(n)
}
