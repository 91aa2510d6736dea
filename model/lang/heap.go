package lang

import (
	"math"
	"slices"

	"incore/model"
)

// The commands of the heap and of System V shared memory.
type (
	// Brk moves the end of the heap up by Size, or down where Down is set.
	Brk struct {
		Size model.Size
		Down bool
	}
	// Malloc allocates as glibc does: from the heap, or by an mmap of its own.
	Malloc struct {
		Name string     // of the new block, which is a region
		Size model.Size // of the block, as malloc is asked for it
	}
	// Calloc allocates N times Size bytes, all zero, as glibc does.
	Calloc struct {
		Name string     // of the new block, which is a region
		N    int64      // elements, 0 or more
		Size model.Size // of one element
	}
	// AlignedAlloc allocates a block whose address is a multiple of Align bytes, as glibc does.
	AlignedAlloc struct {
		Name  string     // of the new block, which is a region
		Align model.Size // what its address is to be a multiple of
		Size  model.Size // of the block
	}
	// Realloc makes a block longer or shorter, in its place or elsewhere; 0 bytes free it.
	Realloc struct {
		Name string     // of the block
		Size model.Size // that it is to have
	}
	// Free frees the block called Name, which malloc, calloc or realloc gave.
	Free struct{ Name string }
	// MallocTrim has malloc give back what it holds and nobody uses, but for Pad bytes at the end of the heap (malloc_trim(3)).
	MallocTrim struct{ Pad model.Size }
	// Mallopt sets an option of malloc, and so ends that thresholds grow by themselves (mallopt(3)).
	Mallopt struct {
		Option MalloptOption // that is set
		Value  model.Size    // bytes, or, of mmap_max, how many mappings: see Number
		Never  bool          // trim_threshold: -1, by which free trims nothing; Value is not looked at
	}
	// Shmget makes a System V shared memory segment and attaches it.
	Shmget struct {
		Name string     // of the new region
		Size model.Size // of the segment; the kernel rounds it up to pages (shmget(2))
	}
	// Shmat attaches a segment once more: shmat(2).
	Shmat struct {
		Name     string        // of the new region
		Of       string        // the region whose segment it is
		ReadOnly bool          // SHM_RDONLY
		At       *model.Target // the address; nil is where the kernel likes. Nothing that lies there is replaced
		Round    bool          // SHM_RND: an address within a page is rounded down
	}
	// Shmdt detaches a segment: all that is still mapped of the attachment that begins where the region does, shmdt(2).
	Shmdt struct {
		Name string // of the region
	}
	// Shmctl locks, unlocks or removes the segment of a region.
	Shmctl struct {
		Name string // of the region
		Op   ShmOp  // what is done to its segment
	}
)

// MalloptOption is what mallopt sets: mmap_threshold, trim_threshold, top_pad, mmap_max.
type MalloptOption string

// MmapMax is the option whose value is a number of mappings and no size.
const MmapMax MalloptOption = "mmap_max"

// TrimThreshold is the option that -1 switches off (mallopt(3)).
const TrimThreshold MalloptOption = "trim_threshold"

// Number is the value as mallopt is handed it: a plain number of mmap_max is no number of pages, and -1 is the largest there is.
func (c Mallopt) Number(pageSize int64) uint64 {
	if c.Never {
		return math.MaxUint64
	}
	if c.Option == MmapMax && c.Value.Unit == model.Pages {
		return c.Value.N
	}
	return c.Value.Bytes(pageSize)
}

// ShmOp is what shmctl does to a segment: lock, unlock, rmid; or stat, which asks about it.
type ShmOp string

var heapVerbs = []verb{
	row("Move the end of the heap up or down.", Brk{}, need(signed("+1", "+64K", "-1", "-64K"), func(c *Brk) *Brk { return c })),
	row("Allocate by glibc's rule: from the heap, or by an mmap of its own.", Malloc{},
		need(name("a name for the block", NewRegion), func(c *Malloc) *string { return &c.Name }),
		need(size("24B", "1000B", "64K", "128K", "1M"), func(c *Malloc) *model.Size { return &c.Size })),
	row("Allocate N times SIZE bytes, all zero: what the kernel has only just brought is not cleared again.", Calloc{},
		need(name("a name for the block", NewRegion), func(c *Calloc) *string { return &c.Name }),
		need(number[int64]("N", "a number of elements", "not a number of elements", 0, math.MaxInt64, "1", "16", "1000"),
			func(c *Calloc) *int64 { return &c.N }),
		need(size("24B", "1000B", "64K"), func(c *Calloc) *model.Size { return &c.Size })),
	row("Allocate SIZE bytes at a multiple of ALIGN: what malloc needed beside them is freed again.", AlignedAlloc{},
		need(name("a name for the block", NewRegion), func(c *AlignedAlloc) *string { return &c.Name }),
		need(called("ALIGN", size("64B", "4K", "2M")), func(c *AlignedAlloc) *model.Size { return &c.Align }),
		need(size("24B", "1000B", "64K"), func(c *AlignedAlloc) *model.Size { return &c.Size })),
	row("Make a block longer or shorter: where it is, or moved, with all that is in it.", Realloc{},
		need(regionName("the name of a block", isBlock), func(c *Realloc) *string { return &c.Name }),
		need(size("0", "1000B", "64K", "1M"), func(c *Realloc) *model.Size { return &c.Size })),
	row("Free what malloc gave.", Free{}, need(regionName("the name of a block", isBlock), func(c *Free) *string { return &c.Name })),
	row("Give back whole pages that are free in the heap, but for SIZE at its end.", MallocTrim{},
		need(size("0", "64K", "1M"), func(c *MallocTrim) *model.Size { return &c.Pad })),
	row("Set when malloc maps instead of using the heap, when the heap's end goes back (-1: never), how much is kept there, how many mappings may be.", Mallopt{},
		need(oneOf[MalloptOption]("an", "option", malloptOptions), func(c *Mallopt) *MalloptOption { return &c.Option }),
		malloptValue()),
	row("Make a System V shared memory segment and attach it.", Shmget{},
		need(name("a name for the region", NewRegion), func(c *Shmget) *string { return &c.Name }),
		need(size("1", "16", "64"), func(c *Shmget) *model.Size { return &c.Size })),
	row("Attach a segment once more: rdonly for reading alone, at an address, which round rounds down to a page.", Shmat{},
		need(name("a name for the region", NewRegion), func(c *Shmat) *string { return &c.Name }),
		literal[Shmat]("of", "the word before a segment", "shmat NAME of NAME: of stands before the region whose segment is attached"),
		need(regionName("the name of a region that shmget made", isSegment), func(c *Shmat) *string { return &c.Of }),
		options("no such option of shmat",
			flag("rdonly", func(c *Shmat) *bool { return &c.ReadOnly }),
			atTarget("at", "at", func(c *Shmat) **model.Target { return &c.At }),
			flag("round", func(c *Shmat) *bool { return &c.Round }))),
	row("Detach a segment, whatever is left of it here.", Shmdt{},
		need(regionName("the name of a region that a segment is attached as", isSegment), func(c *Shmdt) *string { return &c.Name })),
	row("Lock, unlock or remove the segment of a region, or ask about it (stat).", Shmctl{},
		need(regionName("the name of a region that shmget made", isSegment), func(c *Shmctl) *string { return &c.Name }),
		need(oneOf[ShmOp]("an", "operation", shmOps), func(c *Shmctl) *ShmOp { return &c.Op })),
}

// isBlock reports whether malloc made a region.
func isBlock(r *model.Region) bool { return r.Malloc != "" }

// isSegment reports whether shmget made a region.
func isSegment(r *model.Region) bool { return r.Backing == model.Shm }

// Verb and String implement [model.Command].

func (Brk) Verb() string          { return "brk" }
func (Malloc) Verb() string       { return "malloc" }
func (Calloc) Verb() string       { return "calloc" }
func (AlignedAlloc) Verb() string { return "aligned_alloc" }
func (Realloc) Verb() string      { return "realloc" }
func (Free) Verb() string         { return "free" }
func (MallocTrim) Verb() string   { return "malloc_trim" }
func (Mallopt) Verb() string      { return "mallopt" }
func (Shmget) Verb() string       { return "shmget" }
func (Shmat) Verb() string        { return "shmat" }
func (Shmdt) Verb() string        { return "shmdt" }
func (Shmctl) Verb() string       { return "shmctl" }

func (c Brk) String() string          { return printed(c) }
func (c Malloc) String() string       { return printed(c) }
func (c Calloc) String() string       { return printed(c) }
func (c AlignedAlloc) String() string { return printed(c) }
func (c Realloc) String() string      { return printed(c) }
func (c Free) String() string         { return printed(c) }
func (c MallocTrim) String() string   { return printed(c) }
func (c Mallopt) String() string      { return printed(c) }
func (c Shmget) String() string       { return printed(c) }
func (c Shmat) String() string        { return printed(c) }
func (c Shmdt) String() string        { return printed(c) }
func (c Shmctl) String() string       { return printed(c) }

// malloptOptions are M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX.
var malloptOptions = []string{"mmap_threshold", string(TrimThreshold), "top_pad", string(MmapMax)}

// malloptValue is the value of the option that the line has already.
func malloptValue() part[Mallopt] {
	const never = "-1"
	k := called("N", size("0", "4K", "64K", "128K", "1M"))
	return part[Mallopt]{
		Part: Part{Kind: k.Kind, Usage: k.Usage},
		read: func(p *parser, c *Mallopt) *ParseError {
			w, err := p.next(&k.Kind)
			if err != nil {
				return err
			}
			if c.Option == TrimThreshold && w.text == never {
				c.Never = true
				return nil
			}
			c.Value, err = k.read(w)
			return err
		},
		write: func(w *words, c *Mallopt) {
			if c.Never {
				w.add(never)
				return
			}
			w.add(k.write(c.Value))
		},
	}
}

// MalloptOptions lists what mallopt can set; the caller may change the slice.
func MalloptOptions() []string { return slices.Clone(malloptOptions) }

// shmOps are what shmctl does: SHM_LOCK, SHM_UNLOCK, IPC_RMID (shmctl(2)).
var shmOps = []string{"lock", "unlock", "rmid", "stat"}

// ShmOps lists what shmctl can do to a segment; the caller may change the slice.
func ShmOps() []string { return slices.Clone(shmOps) }
