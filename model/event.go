package model

import (
	"fmt"
	"strings"
	"time"
)

// Item is one thing that happened in a session: an [Event], a [Sample], an [Accessed],
// a [Started], a [Died], a [Running], a [Checked] or an [Asked]. [State.Apply] folds it.
type Item interface{ item() }

func (Event) item()   {}
func (Sample) item()  {}
func (Started) item() {}
func (Died) item()    {}
func (Running) item() {}
func (Checked) item() {}
func (Asked) item()   {}

// Signal is a signal that a call or a touch was answered with.
type Signal struct {
	Number int    // as in signal(7)
	Name   string // SIGSEGV
	Code   string // SEGV_ACCERR, or the number where it has no name
	Addr   uint64 // si_addr, bytes
	Key    int    // si_pkey: of SEGV_PKUERR the protection key by its number; else 0
}

// String is "SIGSEGV SEGV_ACCERR at 0x7f…".
func (s Signal) String() string {
	return fmt.Sprintf("%s %s at %#x", s.Name, s.Code, s.Addr)
}

// ArgKind tells what an argument of a call is, so that a screen can shorten it.
type ArgKind uint8

// The kinds of arguments.
const (
	ArgWord ArgKind = iota // flags, numbers, NULL: show what String returns
	ArgAddr                // an address: Value, in bytes
	ArgLen                 // a length: Value, in bytes
)

// Arg is one argument as the kernel got it.
type Arg struct {
	Kind  ArgKind // whether Value is an address, a length, or anything else
	Of    FlagSet // of a flags argument, which flags it may have; it needs no Text
	Value uint64  // the machine word passed
	Text  string  // as strace prints it: 0x7f12, 4096, MADV_COLD
}

// Event is one call as the kernel saw it, or one of the subject's own loops
// (touch, memset, memcpy, memmove, memcmp), or what incore itself answered
// where no call was made (Refused, Note).
type Event struct {
	Seq     int           // from 1, one a command
	Time    time.Duration // since the session began, when the call was made
	Proc    string        // the process that made it: main, or as fork named it
	Command Command       // of which the call is a part, with the in that it was given; or nil
	Call    string        // the system call's or loop's name; "" where none was made
	Args    []Arg         // what the call or the loop was given, in its order; empty where that is nothing
	Ret     int64         // the return value; where Errno is set it is -1, or 0 of what returns NULL. For touch: pages touched; for memcmp: the first difference
	RetHex  bool          // Ret is an address
	Errno   string        // ENOMEM, or ""
	ErrText string        // strerror of it: "Cannot allocate memory"
	Signal  *Signal       // what ended it, or nil
	Elapsed time.Duration // the call alone, from time stamps taken in the subject right before and after it
	// Paced is how long a touch at a pace took from its first access to its last, with the
	// pauses, where it made them in more than one go; Elapsed is of the accesses alone.
	Paced time.Duration
	// Watched says that sampling went on while the call ran, so that Elapsed may
	// contain waits for the mmap lock that the sampler held.
	Watched bool
	Minor   int64 // minor faults that the thread took over the call, by its own count
	Major   int64 // major faults, counted alike
	RSS     int64 // change in bytes of VmRSS over the call; 0 too where RSSLate
	RSSLate bool  // this kernel counts VmRSS late, so that its change over the call is not known
	VmLck   int64 // change in bytes of VmLck over the call
	// Copied is how many pages a write of the call copied, since they were another's too: of another process, or of the
	// page cache. It is what the page table said before and after; where that does not tell, it is 0.
	Copied  int64
	Unasked Unasked // what came beside the pages that the call was about
	Result  string  // in words where the return value is not all: "12 of 64 resident"
	Refused string  // incore made no call, and why: unknown region, over the budget
	Note    string  // say's text, wait's duration: no call, nothing refused
	// Aside marks a call that another one needs first (memfd_create before mmap). It
	// is in the log, and not what expect asks about.
	Aside bool

	// Latency is how long the accesses of a touch took, each; nil of another call.
	Latency *Latencies

	// Looked holds what incore saw right before and after a call that failed; nil where it did not look.
	Looked *Looked

	// What the event means for the regions of the process. Mapped is a region that is
	// new, or that moved or changed its length and keeps its name; Gone names those of
	// which nothing is left.
	Mapped *RegionInfo
	Gone   []string

	// Segment is what IPC_STAT told; nil of another call.
	Segment *Segment

	// Key is the protection key that the call made or freed; nil of another call.
	Key *ProtectionKey

	// Resized are the regions, of whatever process, of which the file has another length by now.
	Resized []Resized
}

// Unasked are the pages that came by an access, or by a call that brings pages in, and that it was not about: what the kernel
// reads ahead and maps around a fault (mm/filemap.c, do_sync_mmap_readahead, filemap_map_pages), and the rest of a huge page.
// It is what the page table and mincore said of the pages nearby before and after; where that does not tell, it is zero.
// A page that was read and mapped is in both counts.
type Unasked struct {
	ReadAhead int64 // came from a disk into the page cache
	SwapCache int64 // came from swap into the swap cache
	Mapped    int64 // got an entry in the page table, of its own
	Huge      int64 // are of a huge page that one entry maps
}

// Words returns what came unasked: "unasked: 255 pages read ahead, 15 pages mapped around", or "" where nothing did.
func (u Unasked) Words() string {
	var parts []string
	for _, k := range []struct {
		n    int64
		what string
	}{
		{u.ReadAhead, "read ahead"}, {u.SwapCache, "read ahead from swap"},
		{u.Mapped, "mapped around"}, {u.Huge, "more of a huge page"},
	} {
		if k.n > 0 {
			parts = append(parts, Plural(k.n, "page")+" "+k.what)
		}
	}
	if parts == nil {
		return ""
	}
	return "unasked: " + strings.Join(parts, ", ")
}

// Resized is how long the file behind a region is by now.
type Resized struct {
	Proc    string // the process that has the region
	Region  string // the region's name in that process
	FileLen uint64 // bytes
}

// Line returns the command as the language writes it, or "" where the event has none.
func (e Event) Line() string { return lineOf(e.Command) }

// OK reports whether the command did what it asked: no errno, no signal, not refused.
func (e Event) OK() bool { return e.Errno == "" && e.Signal == nil && e.Refused == "" }

// Judged reports whether e is what an expect behind it is about: what a command came to, whatever calls it
// made, if any. A call made aside is a part of another command, and a text that was said or time
// that was waited says nothing of what went before.
func (e Event) Judged() bool {
	switch {
	case e.Aside:
		return false
	case e.Call != "" || e.Refused != "":
		return true
	}
	remark, ok := e.Command.(Remark)
	return e.Command != nil && !(ok && remark.Remark())
}

// Backing is what lies behind a region's pages.
type Backing string

// The backings of the language.
const (
	Anon    Backing = "anon"
	Memfd   Backing = "memfd"
	Secret  Backing = "secret" // a file of memfd_secret(2): no kernel code reads or writes its pages
	Scratch Backing = "scratch"
	FileOf  Backing = "file"
	Heap    Backing = "heap" // what brk moves the end of
	Shm     Backing = "shm"  // a System V shared memory segment
)

// Origin is where malloc took a block from, by glibc's rule.
type Origin string

// The origins. The zero value is a region that malloc did not give.
const (
	FromBrk  Origin = "brk"  // a part of the heap, which other blocks share pages with
	FromMmap Origin = "mmap" // a mapping of its own
)

// RegionInfo is what stays the same of a region from its mmap to its end.
type RegionInfo struct {
	Name    string  // as commands call it; no two regions of a process share it
	Base    uint64  // address, bytes
	Len     uint64  // bytes, rounded up to pages by the kernel
	Backing Backing // of shared anonymous memory it is Anon, with Shared set
	Shared  bool    // MAP_SHARED
	Path    string  // of FileOf
	ShmID   int     // of Shm
	// Unknowable says that mincore's answer about pages that are not mapped means
	// nothing: a file that the user neither owns nor may write (Linux 5.2, mm/mincore.c,
	// can_do_mincore).
	Unknowable bool
	// FileLen is how long the file behind the region is, in bytes, as far as the session made it so,
	// or how long it was when it was mapped. Sized says that this is known: an access to a page that begins behind its end is SIGBUS
	// (mmap(2)). Shared anonymous memory has a file of
	// its first length (mm/shmem.c, shmem_zero_setup), and so has a segment.
	FileLen uint64
	Sized   bool
	// Offset is where in its file the region begins, in bytes; 0 of what has no file. Of a part that mremap moved away it is where
	// that part was.
	Offset uint64
	// FD is the process's descriptor of the file, 0 where it keeps none: regions with one
	// descriptor have one opening of the file behind them, and only such can be one VMA.
	FD int
	// What malloc gave: the address and the length, in bytes, as they were asked for.
	// The region is the pages that these bytes lie on.
	Malloc Origin
	Start  uint64
	Size   uint64
}

// Exact returns what the bare name of the region means to a call: all its pages, or the very
// bytes that malloc gave.
func (r RegionInfo) Exact() Span {
	if r.Malloc != "" {
		return Span{r.Start, r.Size}
	}
	return Span{r.Base, r.Len}
}

// PastEnd reports whether a page lies behind the last one of the file, by FileLen; pageSize is in
// bytes.
func (r RegionInfo) PastEnd(page, pageSize int64) bool {
	return r.Sized && uint64(page)*uint64(pageSize) >= r.InFile()
}

// InFile returns how many bytes the file has from where the region begins, by FileLen.
func (r RegionInfo) InFile() uint64 { return r.FileLen - min(r.FileLen, r.Offset) }

// Started says that a process runs: the first item of a session, and again after reset,
// which ends all processes before it; and after fork, where it has a parent.
type Started struct {
	Time     time.Duration // since the session began
	Proc     string        // main, or as fork named it
	Parent   string        // the process that forked it, or ""
	PID      int           // in the PID namespace of incore
	Regions  []RegionInfo  // that it has from its parent; MADV_DONTFORK leaves some out
	PageSize int64         // bytes
	Limits   Limits        // those of locking alone; a sample has the others
	Kernel   string        // uname -r
	User     string        // "root", or "uid 1000"
	// Missing lists what this kernel or user does not have, each with what it
	// means: "PAGEMAP_SCAN needs Linux 6.7; pagemap is read instead". It is nil where there is all.
	Missing []string
}

// Died says that a process is gone.
type Died struct {
	Time   time.Duration // since the session began, when incore learned of it
	Proc   string        // main, or as fork named it
	Signal string        // SIGKILL, or "" where it exited
	Code   int           // exit code where Signal is ""
	Cause  string        // why, where that is known: "the OOM killer: its memory cgroup is over 8M"; or ""
	Asked  bool          // incore ended it itself (reset)
}

// String is "killed by SIGKILL" or "exited with 1", and the cause behind it where it
// is known.
func (d Died) String() string {
	if d.Signal != "" && d.Cause != "" {
		return "killed by " + d.Signal + " (" + d.Cause + ")"
	}
	if d.Signal != "" {
		return "killed by " + d.Signal
	}
	return fmt.Sprintf("exited with %d", d.Code)
}

// Running says what the actor is doing now: a command that has not ended. No
// Command says that it is idle.
type Running struct {
	Time    time.Duration // since the session began, when this was so
	Command Command       // nil where the actor is idle
	Queued  int           // commands that wait behind it
}

// Line returns the command as the language writes it, or "" where nothing runs.
func (r Running) Line() string { return lineOf(r.Command) }

// Checked is the outcome of an expect command.
type Checked struct {
	Time   time.Duration // of the newest item that it was held against, since the session began
	Expect string        // the expect's text
	OK     bool          // what it expects is so
	Got    string        // what is, in words: "a[3] is unlocked", "errno is ENOMEM"
	// Void says that there was nothing to ask: no region or process of that name, no call before it.
	Void bool
}

// Asked is the answer to several sets of expects that were asked together, as a lesson asks which of its options is true.
type Asked struct {
	Time time.Duration // when it was answered, since the session began
	ID   uint64        // of the question
	Sets []AskedSet    // in the order in which they were asked
}

// AskedSet is what one of the sets came to.
type AskedSet struct {
	Holds  bool      // all of its expects hold
	Checks []Checked // one for each of its expects
}

// Unlimited is the value of a limit that is not set (RLIM_INFINITY).
const Unlimited int64 = -1

// Limits are the process's limits on memory, and the capabilities that stand above them.
type Limits struct {
	MemlockSoft int64 // bytes, or Unlimited
	MemlockHard int64 // bytes, or Unlimited
	// IPCLock is true where the process has CAP_IPC_LOCK, which puts it above RLIMIT_MEMLOCK.
	IPCLock bool
	// SysResource is true where it has CAP_SYS_RESOURCE, which may raise hard limits.
	SysResource bool
	// InNamespace is true in a user namespace other than the system's first, whose capabilities
	// do not count for either of the two (user_namespaces(7)).
	InNamespace bool

	// Known says that SysResource, InNamespace and the following were read. The four limits that follow are soft
	// ones, in bytes, or Unlimited (getrlimit(2)).
	Known       bool
	Space, Data int64 // RLIMIT_AS, RLIMIT_DATA
	Stack       int64 // RLIMIT_STACK
	FileSize    int64 // RLIMIT_FSIZE
	// The hard ones, up to which the process may raise its own.
	SpaceHard, DataHard, StackHard int64

	// AddressEnd is where the addresses of the process end (TASK_SIZE), bytes; 0 where that is not known.
	AddressEnd uint64
	// ProtectionKeys is how many protection keys the processor and the kernel have, the default one with them; 0 where there are none,
	// or that is not known.
	ProtectionKeys int
	// TagBits are the upper bits of an address that the processor ignores: 8 on arm64, 0 on x86-64.
	TagBits int
	// Secrets is how the kernel holds secret memory to RLIMIT_MEMLOCK.
	Secrets SecretRule
}

// SecretRule is how a kernel holds the memory of memfd_secret(2) to RLIMIT_MEMLOCK; "" where that is not known.
type SecretRule string

// The rules that kernels have.
const (
	SecretsOff     SecretRule = "off"     // it has no memfd_secret, or has it switched off: ENOSYS
	SecretsLocked  SecretRule = "locked"  // a mapping is locked as it is made, and counts with the locks of its process, which may be above the limit
	SecretsTouched SecretRule = "touched" // a mapping has no lock of its own. Each page counts, by the user, from its first touch to the end of its file, and nobody is above the limit
)
