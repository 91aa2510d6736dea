//go:build linux && (amd64 || arm64)

package kernel

import (
	"errors"
	"math"
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/model"
)

// ReadLimits reads RLIMIT_MEMLOCK of process pid, and how the kernel holds secret memory to it.
func ReadLimits(pid int, ipcLock bool) model.Limits {
	var r unix.Rlimit
	l := model.Limits{MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited, IPCLock: ipcLock, Secrets: Secrets()}
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

// Secrets is how the kernel holds secret memory to RLIMIT_MEMLOCK. It is asked in incore's own process, with a page that nobody touches: no
// version tells, since what was changed in mm/secretmem.c (secretmem_mmap, secretmem_account_folio) came to older kernels too. MS_INVALIDATE
// alone does nothing but look for locks (mm/msync.c).
var Secrets = sync.OnceValue(func() model.SecretRule {
	fd, _, errno := unix.Syscall(unix.SYS_MEMFD_SECRET, unix.O_CLOEXEC, 0, 0)
	switch {
	case errno == unix.ENOSYS:
		return model.SecretsOff
	case errno != 0:
		return ""
	}
	defer unix.Close(int(fd))
	size := os.Getpagesize()
	if unix.Ftruncate(int(fd), int64(size)) != nil {
		return ""
	}
	page, err := unix.Mmap(int(fd), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if errors.Is(err, unix.EAGAIN) { // over the limit, as incore has it
		return model.SecretsLocked
	}
	if err != nil {
		return ""
	}
	defer func() { _ = unix.Munmap(page) }() // one page more is mapped where it fails
	switch err := unix.Msync(page, unix.MS_INVALIDATE); {
	case err == nil:
		return model.SecretsTouched
	case errors.Is(err, unix.EBUSY):
		return model.SecretsLocked
	}
	return ""
})

// amount is a limit as it is told.
func amount(n uint64) int64 {
	if n > math.MaxInt64 {
		return model.Unlimited
	}
	return int64(n)
}
