//go:build linux && (amd64 || arm64)

package memops_test

import (
	"context"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// The values of the flags are this processor's.
func TestFlagsHaveTheKernelsValues(t *testing.T) {
	for f, v := range map[model.Flag]uint64{
		model.RightNone: unix.PROT_NONE, model.RightRead: unix.PROT_READ, model.RightWrite: unix.PROT_WRITE, model.RightExec: unix.PROT_EXEC,
		model.MapShared: unix.MAP_SHARED, model.MapPrivate: unix.MAP_PRIVATE, model.MapFixed: unix.MAP_FIXED, model.MapAnonymous: unix.MAP_ANONYMOUS,
		model.MapGrowsDown: unix.MAP_GROWSDOWN, model.MapLocked: unix.MAP_LOCKED, model.MapNoreserve: unix.MAP_NORESERVE,
		model.MapFixedNoreplace: unix.MAP_FIXED_NOREPLACE, model.Map32Bit: 0x40, // which arm64 does not have (asm/mman.h of x86)
		model.MapStack:     unix.MAP_STACK,
		model.MapDroppable: 0x8, // linux/mman.h, from 6.11 on
		model.MapPopulate:  unix.MAP_POPULATE, model.MapHugeTLB: unix.MAP_HUGETLB, model.MremapMayMove: unix.MREMAP_MAYMOVE,
		model.MremapFixed: unix.MREMAP_FIXED, model.MremapDontUnmap: unix.MREMAP_DONTUNMAP,
		model.MclCurrent: unix.MCL_CURRENT, model.MclFuture: unix.MCL_FUTURE, model.MclOnFault: unix.MCL_ONFAULT,
		model.MsAsync: unix.MS_ASYNC, model.MsInvalidate: unix.MS_INVALIDATE, model.MsSync: unix.MS_SYNC,
		model.MfdCloexec: unix.MFD_CLOEXEC, model.MfdHugeTLB: unix.MFD_HUGETLB,
		model.OpenReadOnly: unix.O_RDONLY, model.OpenReadWrite: unix.O_RDWR, model.OpenCreate: unix.O_CREAT, model.OpenExclusive: unix.O_EXCL,
		model.OpenNoTTY: unix.O_NOCTTY, model.OpenNonblock: unix.O_NONBLOCK, model.OpenCloexec: unix.O_CLOEXEC,
		model.OpenTmpfile: unix.O_TMPFILE &^ unix.O_DIRECTORY,
		model.IpcCreate:   unix.IPC_CREAT, model.IpcExclusive: unix.IPC_EXCL,
		model.CloneParent: unix.CLONE_PARENT, model.CloneSigchld: uint64(unix.SIGCHLD),
	} {
		if f.Bits() != v {
			t.Errorf("%s is %#x, want %#x", f, f.Bits(), v)
		}
	}
	if s := model.OpenFlags.Arg(unix.O_RDWR | unix.O_CLOEXEC | unix.O_TMPFILE).String(); s != "O_RDWR|O_CLOEXEC|O_TMPFILE" {
		t.Errorf("a file without a name is opened with %s", s)
	}
}

// Each call tells its flags as flags, at the place where a reader of JSON takes them for such.
func TestFlagsAreTold(t *testing.T) {
	l := opened(t, memops.Options{})
	seen := map[model.FlagSet]bool{}
	for _, line := range []string{
		"mmap a 4", "mmap m 4 memfd", "mmap k 4 shared secret", "mmap s 4 scratch", "mprotect a r", "mlock2 a onfault", "mlockall current", "munlockall", "mremap a 8", "msync m sync",
		"shmget g 4", "malloc b 1M", "realloc b 4M", "free b", "fork kid", "mmap f 4 file /proc/self/exe r private", "madvise a cold", "signal SIGSEGV die",
	} {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range l.Do(context.Background(), c) {
			e, ok := item.(model.Event)
			if !ok {
				continue
			}
			for i, a := range e.Args {
				seen[a.Of] = true
				if a.Of != model.FlagsAt(e.Call, i) {
					t.Errorf("%s: argument %d of %s, %s, is of set %d, want %d", line, i, e.Call, a, a.Of, model.FlagsAt(e.Call, i))
				}
			}
		}
	}
	for set := model.ProtFlags; set <= model.CloneFlags; set++ {
		if !seen[set] {
			t.Errorf("no call told flags of set %d", set)
		}
	}
}
