package lang

import (
	"time"

	"incore/model"
)

// Inner is what runs in a process: of in the command behind it, of any other the command itself.
func Inner(c model.Command) model.Command {
	if in, ok := c.(In); ok {
		return in.Do
	}
	return c
}

// Rate is a pace in pages a second; 0 is as fast as it goes (max).
type Rate int64

// Access is how touch reaches a page.
type Access string

// The accesses of touch.
const (
	Read  Access = "read"
	Write Access = "write"
	Exec  Access = "exec"
)

// Amount is a size, or no limit.
type Amount struct {
	Size      model.Size
	Unlimited bool // written unlimited, and max of memcg
}

// FileAdvice is an advice of posix_fadvise(2) as the language writes it: dontneed.
type FileAdvice string

// SyncMode is a mode of msync(2): sync, async, invalidate.
type SyncMode string

// ShmOp is what shmctl does to a segment: lock, unlock, rmid.
type ShmOp string

// Advice is an advice of madvise(2) as the language writes it: dontneed, populate_read.
type Advice string

// The commands, one struct a verb.
type (
	// Mmap maps a new region. The zero values are the defaults of the language
	// but for Prot, which the parser sets to rw.
	Mmap struct {
		Name      string
		Size      model.Size
		Shared    bool
		Backing   model.Backing // Anon where nothing is said
		Path      string        // of FileOf
		Prot      model.Prot
		Locked    bool          // MAP_LOCKED
		Populate  bool          // MAP_POPULATE
		Noreserve bool          // MAP_NORESERVE
		HugeTLB   bool          // MAP_HUGETLB
		GrowsDown bool          // MAP_GROWSDOWN
		At        *model.Target // MAP_FIXED at the target's address; nil is where the kernel likes
		Private   bool          // said of an alias, which else is shared where the region is that it is an alias of
		Alias     string        // the region whose file or memfd is mapped a second time, or ""; Backing is Anon then
	}
	// Munmap unmaps pages.
	Munmap struct{ T model.Target }
	// Mremap makes a region longer or shorter; it may move (MREMAP_MAYMOVE).
	Mremap struct {
		Name string
		Size model.Size
	}
	// Mseal seals pages: mseal(2), Linux 6.10.
	Mseal struct{ T model.Target }
	// Mlock locks pages.
	Mlock struct{ T model.Target }
	// Mlock2 locks pages, with MLOCK_ONFAULT where OnFault is set.
	Mlock2 struct {
		T       model.Target
		OnFault bool
	}
	// Munlock unlocks pages.
	Munlock struct{ T model.Target }
	// Mlockall locks the address space: MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT.
	Mlockall struct{ Current, Future, OnFault bool }
	// Munlockall unlocks the address space.
	Munlockall struct{}
	// Mprotect sets the protection of pages.
	Mprotect struct {
		T    model.Target
		Prot model.Prot
	}
	// Madvise gives an advice about pages.
	Madvise struct {
		T      model.Target
		Advice Advice
	}
	// PosixFadvise gives an advice about the file behind pages: posix_fadvise(2).
	PosixFadvise struct {
		T      model.Target
		Advice FileAdvice
	}
	// Msync writes changed pages back to their file.
	Msync struct {
		T    model.Target
		Mode SyncMode
	}
	// Mincore asks once, in the actor.
	Mincore struct{ T model.Target }
	// Touch accesses one byte a page.
	Touch struct {
		T      model.Target
		Access Access
		Every  int64 // every Nth page; 1 is each
		Random bool  // in an order that looks random and is the same each time
		Rate   Rate
		Paced  bool // Rate was given; else the session's speed holds
	}
	// Memset writes Byte to all bytes of T.
	Memset struct {
		T    model.Target
		Byte byte
	}
	// Memcpy copies Src to Dst, upwards, byte by byte: wrong where they overlap, as the standard allows.
	Memcpy struct{ Dst, Src model.Target }
	// Memmove copies Src to Dst and is right where they overlap.
	Memmove struct{ Dst, Src model.Target }
	// Memcmp compares.
	Memcmp struct{ A, B model.Target }
	// Brk moves the end of the heap up by Size, or down where Down is set.
	Brk struct {
		Size model.Size
		Down bool
	}
	// Malloc allocates as glibc does: from the heap, or by an mmap of its own.
	Malloc struct {
		Name string
		Size model.Size
	}
	// Free frees what Malloc gave.
	Free struct{ Name string }
	// Mallopt sets M_MMAP_THRESHOLD, and so ends its growing by itself.
	Mallopt struct{ Threshold model.Size }
	// Shmget makes a System V shared memory segment and attaches it.
	Shmget struct {
		Name string
		Size model.Size
	}
	// Shmctl locks, unlocks or removes the segment of a region.
	Shmctl struct {
		Name string
		Op   ShmOp
	}
	// Fork makes a child of the process, called Name.
	Fork struct{ Name string }
	// In runs one command in the process called Proc.
	In struct {
		Proc string
		Do   model.Command
	}
	// Execve starts a fresh subject in the same process.
	Execve struct{}
	// Exit ends the process with a code from 0 to 255.
	Exit struct{ Code int }
	// Kill sends the process a signal, by its name: SIGTERM.
	Kill struct{ Signal string }
	// SetSignal says whether SIGSEGV or SIGBUS is an answer (catch), or ends the
	// process (Die).
	SetSignal struct {
		Signal string
		Die    bool
	}
	// Setrlimit sets RLIMIT_MEMLOCK.
	Setrlimit struct {
		Soft Amount
		Hard *Amount // nil: left as it is
	}
	// Capset drops a capability of the thread that makes the calls: ipc_lock.
	Capset struct{ Drop string }
	// Memcg puts the process into a memory cgroup of its own with that limit.
	Memcg struct{ Limit Amount }
	// Reset ends the subject and starts a fresh one.
	Reset struct{}
	// Say shows a text.
	Say struct{ Text string }
	// Wait waits.
	Wait struct{ For time.Duration }
	// Speed sets the pace of touches that name none.
	Speed struct{ Rate Rate }
)
