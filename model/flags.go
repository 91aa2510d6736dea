package model

import (
	"fmt"
	"strings"
)

// FlagSet says what flags an argument of a call is made of. The zero value is of an argument that has none.
type FlagSet uint8

// The flags arguments, by their calls.
const (
	_             FlagSet = iota
	ProtFlags             // mmap, mprotect: the bits are those of Prot
	MapFlags              // mmap
	MremapFlags           // mremap
	MlockFlags            // mlock2
	MlockallFlags         // mlockall
	MsyncFlags            // msync
	MemfdFlags            // memfd_create
	SecretFlags           // memfd_secret
	OpenFlags             // openat
	ShmgetFlags           // shmget
	ShmatFlags            // shmat
	CloneFlags            // clone
)

// Flag is one of the flags that an argument can have, by its constant in the C headers.
type Flag uint8

// The flags of all sets, each set in the order in which strace prints them.
const (
	_          Flag = iota
	RightNone       // PROT_NONE; ProtRead and its like are bits of a Prot
	RightRead       // PROT_READ
	RightWrite      // PROT_WRITE
	RightExec       // PROT_EXEC
	MapShared
	MapPrivate
	MapDroppable
	MapFixed
	MapAnonymous
	MapGrowsDown
	MapLocked
	MapNoreserve
	MapPopulate
	MapHugeTLB
	MapStack
	Map32Bit
	MapFixedNoreplace
	MremapMayMove
	MremapFixed
	MremapDontUnmap
	MlockOnFault
	MclCurrent
	MclFuture
	MclOnFault
	MsAsync
	MsInvalidate
	MsSync
	MfdCloexec
	MfdHugeTLB
	SecretCloexec
	OpenReadOnly
	OpenReadWrite
	OpenCreate
	OpenExclusive
	OpenNoTTY
	OpenNonblock
	OpenCloexec
	OpenTmpfile
	IpcCreate
	IpcExclusive
	IpcOwnerOnly // 0600, which is no constant
	ShmReadOnly
	ShmRound
	ShmRemap
	ShmExec
	CloneParent
	CloneSigchld // the signal of a child's end, in the lowest byte of the flags
)

// flags has the constants by their flags. The values are the same on all processors that incore runs on, but for
// O_DIRECTORY (asm-generic/mman-common.h, mman.h and fcntl.h; linux/mman.h, memfd.h, ipc.h, shm.h and sched.h).
var flags = [...]struct {
	name  string
	of    FlagSet
	bits  uint64 // its value
	among uint64 // the bits that have to be so, where they are more than those of bits
	also  uint64 // bits that come with it
}{
	RightNone:         {"PROT_NONE", ProtFlags, 0, ^uint64(0), 0},
	RightRead:         {"PROT_READ", ProtFlags, uint64(ProtRead), 0, 0},
	RightWrite:        {"PROT_WRITE", ProtFlags, uint64(ProtWrite), 0, 0},
	RightExec:         {"PROT_EXEC", ProtFlags, uint64(ProtExec), 0, 0},
	MapShared:         {"MAP_SHARED", MapFlags, 0x1, 0, 0},
	MapPrivate:        {"MAP_PRIVATE", MapFlags, 0x2, 0, 0},
	MapDroppable:      {"MAP_DROPPABLE", MapFlags, 0x8, 0, 0},
	MapFixed:          {"MAP_FIXED", MapFlags, 0x10, 0, 0},
	MapAnonymous:      {"MAP_ANONYMOUS", MapFlags, 0x20, 0, 0},
	MapGrowsDown:      {"MAP_GROWSDOWN", MapFlags, 0x100, 0, 0},
	MapLocked:         {"MAP_LOCKED", MapFlags, 0x2000, 0, 0},
	MapNoreserve:      {"MAP_NORESERVE", MapFlags, 0x4000, 0, 0},
	MapPopulate:       {"MAP_POPULATE", MapFlags, 0x8000, 0, 0},
	MapHugeTLB:        {"MAP_HUGETLB", MapFlags, 0x40000, 0, 0},
	MapStack:          {"MAP_STACK", MapFlags, 0x20000, 0, 0},
	Map32Bit:          {"MAP_32BIT", MapFlags, 0x40, 0, 0}, // of x86-64; others have no such flag
	MapFixedNoreplace: {"MAP_FIXED_NOREPLACE", MapFlags, 0x100000, 0, 0},
	MremapMayMove:     {"MREMAP_MAYMOVE", MremapFlags, 0x1, 0, 0},
	MremapFixed:       {"MREMAP_FIXED", MremapFlags, 0x2, 0, 0},
	MremapDontUnmap:   {"MREMAP_DONTUNMAP", MremapFlags, 0x4, 0, 0},
	MlockOnFault:      {"MLOCK_ONFAULT", MlockFlags, 0x1, 0, 0},
	MclCurrent:        {"MCL_CURRENT", MlockallFlags, 0x1, 0, 0},
	MclFuture:         {"MCL_FUTURE", MlockallFlags, 0x2, 0, 0},
	MclOnFault:        {"MCL_ONFAULT", MlockallFlags, 0x4, 0, 0},
	MsAsync:           {"MS_ASYNC", MsyncFlags, 0x1, 0, 0},
	MsInvalidate:      {"MS_INVALIDATE", MsyncFlags, 0x2, 0, 0},
	MsSync:            {"MS_SYNC", MsyncFlags, 0x4, 0, 0},
	MfdCloexec:        {"MFD_CLOEXEC", MemfdFlags, 0x1, 0, 0},
	MfdHugeTLB:        {"MFD_HUGETLB", MemfdFlags, 0x4, 0, 0},
	SecretCloexec:     {"O_CLOEXEC", SecretFlags, 0x80000, 0, 0}, // FD_CLOEXEC, which memfd_secret(2) says, is EINVAL (mm/secretmem.c)
	OpenReadOnly:      {"O_RDONLY", OpenFlags, 0, 0x3, 0},
	OpenReadWrite:     {"O_RDWR", OpenFlags, 0x2, 0x3, 0},
	OpenCreate:        {"O_CREAT", OpenFlags, 0x40, 0, 0},
	OpenExclusive:     {"O_EXCL", OpenFlags, 0x80, 0, 0},
	OpenNoTTY:         {"O_NOCTTY", OpenFlags, 0x100, 0, 0},
	OpenNonblock:      {"O_NONBLOCK", OpenFlags, 0x800, 0, 0},
	OpenCloexec:       {"O_CLOEXEC", OpenFlags, 0x80000, 0, 0},
	OpenTmpfile:       {"O_TMPFILE", OpenFlags, 0x400000, 0, 0x10000 | 0x4000}, // O_DIRECTORY on x86-64, on arm64
	IpcCreate:         {"IPC_CREAT", ShmgetFlags, 0o1000, 0, 0},
	IpcExclusive:      {"IPC_EXCL", ShmgetFlags, 0o2000, 0, 0},
	IpcOwnerOnly:      {"0600", ShmgetFlags, 0o600, 0o777, 0},
	ShmReadOnly:       {"SHM_RDONLY", ShmatFlags, 0o10000, 0, 0},
	ShmRound:          {"SHM_RND", ShmatFlags, 0o20000, 0, 0},
	ShmRemap:          {"SHM_REMAP", ShmatFlags, 0o40000, 0, 0},
	ShmExec:           {"SHM_EXEC", ShmatFlags, 0o100000, 0, 0},
	CloneParent:       {"CLONE_PARENT", CloneFlags, 0x8000, 0, 0},
	CloneSigchld:      {"SIGCHLD", CloneFlags, 17, 0xff, 0},
}

// flagArgs are the flags arguments of the calls, by their place.
var flagArgs = map[string]map[int]FlagSet{
	CallMmap: {2: ProtFlags, 3: MapFlags}, "mprotect": {2: ProtFlags}, "pkey_mprotect": {2: ProtFlags}, CallMremap: {3: MremapFlags},
	"mlock2": {2: MlockFlags}, CallMlockall: {0: MlockallFlags}, "msync": {2: MsyncFlags},
	"memfd_create": {1: MemfdFlags}, "memfd_secret": {0: SecretFlags}, "openat": {2: OpenFlags},
	"shmget": {2: ShmgetFlags}, CallShmat: {2: ShmatFlags}, CallClone: {0: CloneFlags},
}

// FlagsAt returns what flags an argument of a call is made of, by its place, from 0.
func FlagsAt(call string, nth int) FlagSet { return flagArgs[call][nth] }

// Arg returns the argument that has this value.
func (s FlagSet) Arg(v uint64) Arg { return Arg{Value: v, Of: s} }

// FlagsArg returns the argument that has flags of one set.
func FlagsArg(first Flag, more ...Flag) Arg {
	a := flags[first].of.Arg(first.Bits())
	for _, f := range more {
		a.Value |= f.Bits()
	}
	return a
}

// String returns the flag as C writes it: MAP_SHARED.
func (f Flag) String() string { return flags[f].name }

// Bits returns the value of the flag. That of O_TMPFILE is without O_DIRECTORY, which is another one on each processor.
func (f Flag) Bits() uint64 { return flags[f].bits }

// Has reports whether a flags argument has a flag.
func (a Arg) Has(f Flag) bool {
	k := &flags[f]
	return a.Of != 0 && a.Of == k.of && a.Value&(k.bits|k.among) == k.bits
}

// Flags returns the flags of the argument, and in rest the bits that no flag names.
func (a Arg) Flags() (list []Flag, rest uint64) {
	rest = a.Value
	for i := range flags {
		if f := Flag(i); a.Has(f) {
			list = append(list, f)
			rest &^= flags[f].bits | flags[f].also
		}
	}
	return list, rest
}

// flagsText returns a flags argument as strace prints it.
func (a Arg) flagsText() string {
	list, rest := a.Flags()
	words := make([]string, len(list), len(list)+1)
	for i, f := range list {
		words[i] = f.String()
	}
	if rest != 0 {
		words = append(words, fmt.Sprintf("%#x", rest))
	}
	if len(words) == 0 {
		return "0"
	}
	return strings.Join(words, "|")
}
