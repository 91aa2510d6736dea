package model

import (
	"fmt"
	"time"
)

// Command is one line of the command language. Its String is the line in its
// shortest form, and parses back to the same command.
type Command interface {
	// Verb is the first word of the line: the system call's own name where it is one.
	Verb() string
	fmt.Stringer
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

// Advice is an advice of madvise(2) as the language writes it: dontneed, populate_read.
type Advice string

// The commands, one struct a verb.
type (
	// Mmap maps a new region. The zero values are the defaults of the language
	// but for Prot, which the parser sets to rw.
	Mmap struct {
		Name      string
		Size      Size
		Shared    bool
		Backing   Backing // Anon where nothing is said
		Path      string  // of FileOf
		Prot      Prot
		Locked    bool // MAP_LOCKED
		Populate  bool // MAP_POPULATE
		Noreserve bool // MAP_NORESERVE
	}
	// Munmap unmaps pages.
	Munmap struct{ T Target }
	// Mlock locks pages.
	Mlock struct{ T Target }
	// Mlock2 locks pages, with MLOCK_ONFAULT where OnFault is set.
	Mlock2 struct {
		T       Target
		OnFault bool
	}
	// Munlock unlocks pages.
	Munlock struct{ T Target }
	// Mlockall locks the address space: MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT.
	Mlockall struct{ Current, Future, OnFault bool }
	// Munlockall unlocks the address space.
	Munlockall struct{}
	// Mprotect sets the protection of pages.
	Mprotect struct {
		T    Target
		Prot Prot
	}
	// Madvise gives an advice about pages.
	Madvise struct {
		T      Target
		Advice Advice
	}
	// Mincore asks once, in the actor.
	Mincore struct{ T Target }
	// Touch accesses one byte a page.
	Touch struct {
		T      Target
		Access Access
		Every  int64 // every Nth page; 1 is each
		Random bool  // in an order that looks random and is the same each time
		Rate   Rate
		Paced  bool // Rate was given; else the session's speed holds
	}
	// Memset writes Byte to all bytes of T.
	Memset struct {
		T    Target
		Byte byte
	}
	// Memcpy copies Src to Dst, upwards, byte by byte: wrong where they overlap, as the standard allows.
	Memcpy struct{ Dst, Src Target }
	// Memmove copies Src to Dst and is right where they overlap.
	Memmove struct{ Dst, Src Target }
	// Memcmp compares.
	Memcmp struct{ A, B Target }
	// Reset ends the subject and starts a fresh one.
	Reset struct{}
	// Say shows a text.
	Say struct{ Text string }
	// Wait waits.
	Wait struct{ For time.Duration }
	// Speed sets the pace of touches that name none.
	Speed struct{ Rate Rate }
)

// Verb implements [Command].
func (Mmap) Verb() string { return "mmap" }

// Verb implements [Command].
func (Munmap) Verb() string { return "munmap" }

// Verb implements [Command].
func (Mlock) Verb() string { return "mlock" }

// Verb implements [Command].
func (Mlock2) Verb() string { return "mlock2" }

// Verb implements [Command].
func (Munlock) Verb() string { return "munlock" }

// Verb implements [Command].
func (Mlockall) Verb() string { return "mlockall" }

// Verb implements [Command].
func (Munlockall) Verb() string { return "munlockall" }

// Verb implements [Command].
func (Mprotect) Verb() string { return "mprotect" }

// Verb implements [Command].
func (Madvise) Verb() string { return "madvise" }

// Verb implements [Command].
func (Mincore) Verb() string { return "mincore" }

// Verb implements [Command].
func (Touch) Verb() string { return "touch" }

// Verb implements [Command].
func (Memset) Verb() string { return "memset" }

// Verb implements [Command].
func (Memcpy) Verb() string { return "memcpy" }

// Verb implements [Command].
func (Memmove) Verb() string { return "memmove" }

// Verb implements [Command].
func (Memcmp) Verb() string { return "memcmp" }

// Verb implements [Command].
func (Reset) Verb() string { return "reset" }

// Verb implements [Command].
func (Say) Verb() string { return "say" }

// Verb implements [Command].
func (Wait) Verb() string { return "wait" }

// Verb implements [Command].
func (Speed) Verb() string { return "speed" }

// Verb implements [Command].
func (Expect) Verb() string { return "expect" }
