package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// The commands about the pages of a region and about what is in them.
type (
	// Mprotect sets the protection of pages.
	Mprotect struct {
		T    model.Target // the pages
		Prot model.Prot   // the rights that they are to have
	}
	// PkeyAlloc makes a protection key: pkey_alloc(2).
	PkeyAlloc struct {
		Name   string          // what it is called from then on
		Rights model.KeyRights // what the thread that makes the calls may do by it
	}
	// PkeyMprotect sets the protection of pages, and their protection key: pkey_mprotect(2).
	PkeyMprotect struct {
		T    model.Target // the pages
		Prot model.Prot   // the rights that they are to have
		Key  string       // the name of the key
	}
	// PkeyFree frees a protection key: pkey_free(2).
	PkeyFree struct {
		Name string // of the key
	}
	// Madvise gives an advice about pages.
	Madvise struct {
		T      model.Target // the pages
		Advice Advice       // what madvise(2) is told
	}
	// PosixFadvise gives an advice about the file behind pages: posix_fadvise(2).
	PosixFadvise struct {
		T      model.Target // the pages, which stand for a range of the file
		Advice FileAdvice   // what posix_fadvise(2) is told
	}
	// Msync writes changed pages back to their file.
	Msync struct {
		T    model.Target // the pages
		Mode SyncMode     // which of the flags of msync(2)
	}
	// Mincore asks once which pages of T are in core, in the actor.
	Mincore struct{ T model.Target }
	// ReadFile reads zeros from a memory file into the pages of T: read(2). The kernel writes to them, for the process.
	ReadFile struct{ T model.Target }
	// WriteFile writes what is in the pages of T to a memory file: write(2). The kernel reads them, for the process.
	WriteFile struct{ T model.Target }
	// Memset writes Byte to all bytes of T.
	Memset struct {
		T    model.Target
		Byte byte
	}
	// Memcpy copies Src to Dst, upwards, byte by byte: wrong where they overlap, as the standard allows.
	Memcpy struct{ Dst, Src model.Target }
	// Memmove copies Src to Dst and is right where they overlap.
	Memmove struct{ Dst, Src model.Target }
	// Memcmp compares the bytes of A with those of B, which has as many.
	Memcmp struct{ A, B model.Target }
)

// Writes implements [model.Writer].
func (ReadFile) Writes() (every int64, ok bool) { return 1, true }

// Writes implements [model.Writer].
func (Memset) Writes() (every int64, ok bool) { return 1, true }

// Writes implements [model.Writer].
func (Memcpy) Writes() (every int64, ok bool) { return 1, true }

// Writes implements [model.Writer].
func (Memmove) Writes() (every int64, ok bool) { return 1, true }

// Advice is an advice of madvise(2) as the language writes it: dontneed, populate_read.
type Advice string

// FileAdvice is an advice of posix_fadvise(2) as the language writes it: dontneed.
type FileAdvice string

// SyncMode is what msync(2) is told: sync, async, invalidate, or several of them with commas between them, in that order.
type SyncMode string

// Has reports whether one of the flags is that one.
func (m SyncMode) Has(flag SyncMode) bool {
	return slices.Contains(strings.Split(string(m), ","), string(flag))
}

var pageVerbs = []verb{
	row("Set what may be done with pages.", Mprotect{},
		need(target(), func(c *Mprotect) *model.Target { return &c.T }),
		need(protection(), func(c *Mprotect) *model.Prot { return &c.Prot })),
	row("Make a protection key, where the processor has them, and say what the thread may do by it: all, or no_access, or no_write.", PkeyAlloc{},
		need(name("a name for the key", NewKey), func(c *PkeyAlloc) *string { return &c.Name }),
		may(oneOf[model.KeyRights]("a", "right", []string{string(model.KeyNoAccess), string(model.KeyNoWrite)}), func(c *PkeyAlloc) *model.KeyRights { return &c.Rights })),
	row("Set what may be done with pages, and their protection key.", PkeyMprotect{},
		need(target(), func(c *PkeyMprotect) *model.Target { return &c.T }),
		need(protection(), func(c *PkeyMprotect) *model.Prot { return &c.Prot }),
		need(name("the name of a protection key", OfKey), func(c *PkeyMprotect) *string { return &c.Key })),
	row("Free a protection key. Pages keep its number, and the next pkey_alloc may return it.", PkeyFree{},
		need(name("the name of a protection key", OfKey), func(c *PkeyFree) *string { return &c.Name })),
	row("Tell the kernel what will be done with pages, or what it shall do.", Madvise{},
		need(target(), func(c *Madvise) *model.Target { return &c.T }),
		need(called("ADVICE", oneOf[Advice]("an", "advice", advices)), func(c *Madvise) *Advice { return &c.Advice })),
	row("Give an advice about the file behind pages.", PosixFadvise{},
		need(target(), func(c *PosixFadvise) *model.Target { return &c.T }),
		need(oneOf[FileAdvice]("an", "advice", fileAdvices), func(c *PosixFadvise) *FileAdvice { return &c.Advice })),
	row("Write changed pages back to their file.", Msync{},
		need(target(), func(c *Msync) *model.Target { return &c.T }),
		need(syncMode(), func(c *Msync) *SyncMode { return &c.Mode })),
	row("Ask once which pages are in core, and log the count.", Mincore{},
		need(target(), func(c *Mincore) *model.Target { return &c.T })),
	row("Read zeros from a file into the target: the kernel writes to the pages, and EFAULT stands for a signal.", ReadFile{},
		need(target(), func(c *ReadFile) *model.Target { return &c.T })),
	row("Write the target to a file: the kernel reads the pages, and EFAULT stands for a signal.", WriteFile{},
		need(target(), func(c *WriteFile) *model.Target { return &c.T })),
	row("Write a byte to every byte of the target.", Memset{},
		need(target(), func(c *Memset) *model.Target { return &c.T }),
		need(aByte("0", "0x41", "0xff"), func(c *Memset) *byte { return &c.Byte })),
	row("Copy the second target to the first, byte by byte upwards: wrong where they overlap.", Memcpy{},
		need(target(), func(c *Memcpy) *model.Target { return &c.Dst }),
		need(target(), func(c *Memcpy) *model.Target { return &c.Src })),
	row("Copy the second target to the first, right even where they overlap.", Memmove{},
		need(target(), func(c *Memmove) *model.Target { return &c.Dst }),
		need(target(), func(c *Memmove) *model.Target { return &c.Src })),
	row("Compare two targets.", Memcmp{},
		need(target(), func(c *Memcmp) *model.Target { return &c.A }),
		need(target(), func(c *Memcmp) *model.Target { return &c.B })),
}

// Verb and String implement [model.Command].

func (Mprotect) Verb() string     { return "mprotect" }
func (PkeyAlloc) Verb() string    { return "pkey_alloc" }
func (PkeyMprotect) Verb() string { return "pkey_mprotect" }
func (PkeyFree) Verb() string     { return "pkey_free" }
func (Madvise) Verb() string      { return "madvise" }
func (PosixFadvise) Verb() string { return "posix_fadvise" }
func (Msync) Verb() string        { return "msync" }
func (Mincore) Verb() string      { return "mincore" }
func (ReadFile) Verb() string     { return "read" }
func (WriteFile) Verb() string    { return "write" }
func (Memset) Verb() string       { return "memset" }
func (Memcpy) Verb() string       { return "memcpy" }
func (Memmove) Verb() string      { return "memmove" }
func (Memcmp) Verb() string       { return "memcmp" }

func (c Mprotect) String() string     { return printed(c) }
func (c PkeyAlloc) String() string    { return printed(c) }
func (c PkeyMprotect) String() string { return printed(c) }
func (c PkeyFree) String() string     { return printed(c) }
func (c Madvise) String() string      { return printed(c) }
func (c PosixFadvise) String() string { return printed(c) }
func (c Msync) String() string        { return printed(c) }
func (c Mincore) String() string      { return printed(c) }
func (c ReadFile) String() string     { return printed(c) }
func (c WriteFile) String() string    { return printed(c) }
func (c Memset) String() string       { return printed(c) }
func (c Memcpy) String() string       { return printed(c) }
func (c Memmove) String() string      { return printed(c) }
func (c Memcmp) String() string       { return printed(c) }

// advices are those of madvise(2), by the names of its MADV_ constants.
var advices = []string{
	"normal", "random", "sequential", "willneed", "dontneed", "free", "cold", "pageout", "remove",
	"populate_read", "populate_write", "hugepage", "nohugepage", "collapse", "mergeable", "unmergeable",
	"dontfork", "dofork", "wipeonfork", "keeponfork", "dontneed_locked", "guard_install", "guard_remove",
	"dontdump", "dodump",
}

// Advices lists the advices that madvise takes; the caller may change the slice.
func Advices() []string { return slices.Clone(advices) }

// fileAdvices are those of posix_fadvise(2), by the names of its POSIX_FADV_ constants.
var fileAdvices = []string{"normal", "random", "sequential", "willneed", "dontneed", "noreuse"}

// FileAdvices lists the advices that posix_fadvise takes; the caller may change the slice.
func FileAdvices() []string { return slices.Clone(fileAdvices) }

// syncModes are the flags of msync(2), by the names of its MS_ constants.
var syncModes = []string{"sync", "async", "invalidate"}

// syncMode is one of those flags, or several joined by commas in any order. sync and async together are EINVAL, which is for the kernel
// to say.
func syncMode() kind[SyncMode] {
	all := strings.Join(syncModes, "|")
	return kind[SyncMode]{
		Kind: Kind{
			Form: FormWord, Usage: all + "[,…]", What: "a mode, " + all + ", or several joined by commas",
			Words: append(slices.Clone(syncModes), "sync,invalidate", "async,invalidate", "sync,async"),
		},
		read: func(w token) (SyncMode, *ParseError) {
			said := strings.Split(w.text, ",")
			for i, word := range said {
				if !slices.Contains(syncModes, word) {
					return "", w.wrong("no such mode", Nearest(w.text, syncModes))
				}
				if slices.Contains(said[:i], word) {
					return "", w.wrong(word+" is said twice in", "")
				}
			}
			slices.SortFunc(said, func(a, b string) int { return slices.Index(syncModes, a) - slices.Index(syncModes, b) })
			return SyncMode(strings.Join(said, ",")), nil
		},
		write: func(m SyncMode) string { return model.Visible(string(m)) },
	}
}

// SyncModes lists the modes that msync takes; the caller may change the slice.
func SyncModes() []string { return slices.Clone(syncModes) }
