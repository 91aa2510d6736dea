package lang

import "incore/model"

// The commands that make and unmake mappings, and touch.
type (
	// Mmap maps a new region. The zero values are the defaults of the language
	// but for Prot, which the parser sets to rw.
	Mmap struct {
		Name      string        // of the new region
		Size      model.Size    // of the region; the kernel rounds it up to pages (mm/mmap.c, do_mmap)
		Shared    bool          // MAP_SHARED; an alias can be shared without it (see Private)
		Droppable bool          // MAP_DROPPABLE, which is there in place of MAP_PRIVATE and MAP_SHARED; Linux 6.11
		Backing   model.Backing // Anon where nothing is said
		Path      string        // of FileOf
		Prot      model.Prot    // the rights of its pages
		Locked    bool          // MAP_LOCKED
		Populate  bool          // MAP_POPULATE
		Noreserve bool          // MAP_NORESERVE
		HugeTLB   bool          // MAP_HUGETLB
		GrowsDown bool          // MAP_GROWSDOWN
		Stack     bool          // MAP_STACK
		Tidy      bool          // advised so that a fault brings in one page: MADV_RANDOM of a file, else MADV_NOHUGEPAGE
		Offset    model.Size    // where in the file it begins; the kernel is handed it as it stands
		At        *model.Target // MAP_FIXED at the target's address; nil is where the kernel likes
		Noreplace bool          // said with At: MAP_FIXED_NOREPLACE in place of MAP_FIXED
		Near      *model.Target // the target's address is a hint; there is no At then
		Low32     bool          // MAP_32BIT; there is neither At nor Near then
		Private   bool          // said of an alias, which else is shared where the region is that it is an alias of
		Alias     string        // the region whose file or memfd is mapped a second time, or ""; Backing is Anon then
	}
	// Munmap unmaps the pages of T.
	Munmap struct{ T model.Target }
	// Mremap makes the mapping at T longer or shorter, or moves it, or maps shared pages a second time where T has no length.
	Mremap struct {
		T         model.Target  // the pages
		Size      model.Size    // that they are to have; the kernel rounds it up to pages (mm/mremap.c)
		At        *model.Target // MREMAP_FIXED at the target's address; nil is where the kernel likes
		DontUnmap bool          // MREMAP_DONTUNMAP: the mapping stays where it was, empty
		Stay      bool          // without MREMAP_MAYMOVE
	}
	// Mseal seals the pages of T: mseal(2), Linux 6.10.
	Mseal struct{ T model.Target }
	// Truncate gives the file that incore made for a region another length: ftruncate(2).
	Truncate struct {
		Name string     // of the region
		Size model.Size // that the file is to have, to the byte; 0 empties it
	}
	// Touch accesses one byte a page.
	Touch struct {
		T      model.Target // the pages
		Access Access       // whether each is read, written or run
		Every  int64        // every Nth page; 1 is each
		Random bool         // in an order that looks random and is the same each time
		Rate   Rate         // pages a second, 0 as fast as it goes; counts where Paced is set
		Paced  bool         // Rate was given; else the session's speed holds
	}
)

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

var accesses = []string{string(Read), string(Write), string(Exec)}

var mappingVerbs = []verb{
	row("Map a new region; nothing of it is resident until it is touched, unless asked.",
		Mmap{Backing: model.Anon, Prot: model.ProtRead | model.ProtWrite},
		need(name("a name for the region", NewRegion), func(c *Mmap) *string { return &c.Name }),
		need(size("1", "16", "64", "512", "1M", "64M", "1G"), func(c *Mmap) *model.Size { return &c.Size }),
		mmapOptions(),
		// Where nothing is aliased, private is what goes without saying.
		then(func(c *Mmap) { c.Private = c.Private && c.Alias != "" })),
	row("Unmap pages: a hole is left.", Munmap{}, need(target(), func(c *Munmap) *model.Target { return &c.T })),
	row("Make a mapping longer or shorter, or move it; a part that moves is a region of its own.", Mremap{},
		need(target(), func(c *Mremap) *model.Target { return &c.T }),
		need(size("1", "16", "64", "512", "1M"), func(c *Mremap) *model.Size { return &c.Size }),
		options("no such option of mremap",
			keyed("at", "at", target(), func(c *Mremap, t model.Target) { c.At = &t },
				func(c *Mremap) (at model.Target, said bool) {
					if said = c.At != nil; said {
						at = *c.At
					}
					return at, said
				}),
			flag("dontunmap", func(c *Mremap) *bool { return &c.DontUnmap }),
			flag("stay", func(c *Mremap) *bool { return &c.Stay }))),
	row("Seal pages: from then on no unmapping, moving or change of protection.", Mseal{},
		need(target(), func(c *Mseal) *model.Target { return &c.T })),
	row("Give the file behind a region another length; behind a new end an access is SIGBUS.", Truncate{},
		need(regionName("the name of a region of a memfd, a scratch file or secret memory", hasOwnFile), func(c *Truncate) *string { return &c.Name }),
		need(size("0", "1", "16", "100B"), func(c *Truncate) *model.Size { return &c.Size })),
	row("Access one byte of every page, or of every Nth; a write unless said otherwise.", Touch{Access: Write, Every: 1},
		need(target(), func(c *Touch) *model.Target { return &c.T }),
		touchOptions()),
}

// TidyAdvice is what tidy asks of a mapping: no reading ahead of what is read from a file, else no huge pages.
func TidyAdvice(b model.Backing) Advice {
	if b == model.FileOf || b == model.Scratch {
		return "random"
	}
	return "nohugepage"
}

// Where returns the target whose address the mapping is asked to begin at, or nil.
func (c Mmap) Where() *model.Target {
	if c.At != nil {
		return c.At
	}
	return c.Near
}

// Replaces reports whether the mapping takes the place of what lies there: MAP_FIXED.
func (c Mmap) Replaces() bool { return c.At != nil && !c.Noreplace }

// DroppableWithMore reports whether droppable is said with what it does not go with.
func (c Mmap) DroppableWithMore() bool {
	return c.Droppable && (c.Backing != model.Anon || c.Alias != "" || c.Locked || c.HugeTLB || c.GrowsDown)
}

// hasFile reports whether a region has a file behind it.
func hasFile(r *model.Region) bool {
	return hasOwnFile(r) || r.Backing == model.FileOf
}

// hasOwnFile reports whether incore made the file behind a region.
func hasOwnFile(r *model.Region) bool {
	return r.Backing == model.Memfd || r.Backing == model.Scratch || r.Backing == model.Secret
}

func mmapOptions() part[Mmap] {
	const backing, place = "backing", "place"
	plain := oneOf[model.Backing]("a", backing, []string{string(model.Anon), string(model.Memfd), string(model.Scratch), string(model.Secret)})
	return options("no such option of mmap",
		flagOf("sharing", "private", func(c *Mmap) *bool { return &c.Private }),
		flagOf("sharing", "shared", func(c *Mmap) *bool { return &c.Shared }),
		flagOf("sharing", "droppable", func(c *Mmap) *bool { return &c.Droppable }),
		choice(backing, plain, model.Anon, func(c *Mmap) *model.Backing { return &c.Backing }),
		keyed(backing, "file", path(), func(c *Mmap, p string) { c.Backing, c.Path = model.FileOf, p },
			func(c *Mmap) (string, bool) { return c.Path, c.Backing == model.FileOf }),
		choice("protection", protection(), model.ProtRead|model.ProtWrite, func(c *Mmap) *model.Prot { return &c.Prot }),
		flag("locked", func(c *Mmap) *bool { return &c.Locked }),
		flag("populate", func(c *Mmap) *bool { return &c.Populate }),
		flag("noreserve", func(c *Mmap) *bool { return &c.Noreserve }),
		flag("hugetlb", func(c *Mmap) *bool { return &c.HugeTLB }),
		flag("grows_down", func(c *Mmap) *bool { return &c.GrowsDown }),
		flag("stack", func(c *Mmap) *bool { return &c.Stack }),
		flag("tidy", func(c *Mmap) *bool { return &c.Tidy }),
		keyed("offset", "offset", size("1", "4", "100B"), func(c *Mmap, n model.Size) { c.Offset = n },
			func(c *Mmap) (model.Size, bool) { return c.Offset, c.Offset != model.Size{} }),
		atTarget(place, "at", func(c *Mmap) **model.Target { return &c.At }),
		needing("at", flag("noreplace", func(c *Mmap) *bool { return &c.Noreplace })),
		atTarget(place, "near", func(c *Mmap) **model.Target { return &c.Near }),
		flagOf(place, "low32", func(c *Mmap) *bool { return &c.Low32 }),
		keyed(backing, "alias", regionName("the name of the region whose file is mapped again", hasFile),
			func(c *Mmap, n string) { c.Alias = n }, func(c *Mmap) (string, bool) { return c.Alias, c.Alias != "" }),
	)
}

func touchOptions() part[Touch] {
	return options("no such option of touch",
		choice("access", oneOf[Access]("an", "access", accesses), Write, func(c *Touch) *Access { return &c.Access }),
		keyed("every", "every", number[int64]("N", "a number of pages after every", "every takes a number of pages from 1 on",
			1, MaxPage, "2", "4", "8", "16", "512"),
			func(c *Touch, n int64) { c.Every = n }, func(c *Touch) (int64, bool) { return c.Every, c.Every > 1 }),
		flag("random", func(c *Touch) *bool { return &c.Random }),
		keyed("at", "at", rate("10/s", "100/s", "1000/s"), func(c *Touch, r Rate) { c.Rate, c.Paced = r, true },
			func(c *Touch) (Rate, bool) { return c.Rate, c.Paced }),
	)
}

// Verb and String implement [model.Command].

func (Mmap) Verb() string     { return "mmap" }
func (Munmap) Verb() string   { return "munmap" }
func (Mremap) Verb() string   { return "mremap" }
func (Mseal) Verb() string    { return "mseal" }
func (Truncate) Verb() string { return "truncate" }
func (Touch) Verb() string    { return "touch" }

func (c Mmap) String() string     { return printed(c) }
func (c Munmap) String() string   { return printed(c) }
func (c Mremap) String() string   { return printed(c) }
func (c Mseal) String() string    { return printed(c) }
func (c Truncate) String() string { return printed(c) }
func (c Touch) String() string    { return printed(c) }

// Writes implements [model.Writer].
func (c Touch) Writes() (every int64, ok bool) { return max(int64(c.Every), 1), c.Access == Write }
