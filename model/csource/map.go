package csource

import (
	"strings"

	"incore/model"
	"incore/model/lang"
)

// mapVerbs is what makes and unmakes mappings.
var mapVerbs = []verb{
	{
		name: "mmap", call: model.CallMmap,
		write: says((*cProgram).newRegion),
		again: func(t *cTold, st *cStep, i int) {
			if c, ok := st.command.(lang.Mmap); ok {
				t.makes(st, t.unlocked(c, i))
			}
		},
		makes: asked(func(c lang.Mmap) string { return c.Name }),
		names: asked(func(c lang.Mmap) []model.Target {
			list := []model.Target{{Region: c.Alias}}
			if where := c.Where(); where != nil {
				list = append(list, *where)
			}
			return list
		}),
		asks: func(s *cSlice, t *cStep) {
			s.locks = true
			if c, _ := t.command.(lang.Mmap); c.Low32 { // what lies where it looks for a place
				s.interest.add(model.Span{Addr: lowBegin, Len: lowEnd - lowBegin})
			}
		},
		warn: func(t *cTold, target *cStep) {
			if c, _ := target.command.(lang.Mmap); c.Low32 && target.event.Errno == "ENOMEM" && c.Size.Bytes(t.pageSize) <= lowEnd-lowBegin {
				t.cannot("MAP_32BIT begins to look for a place at a random address between 1G and 1G+32M")
			}
		},
		refused:   byItself,
		askLimit:  (*cSlice).askLocked,
		overLimit: tryAgain,
		done:      mappedAnew,
		wanted:    succeeded,
		fills:     true,
		locks:     asked(func(c lang.Mmap) bool { return c.Locked || c.Backing == model.Secret }),
		lies:      asked(func(c lang.Mmap) bool { return c.At == nil }),
		fixed: func(st *cStep, was map[int]bool) bool {
			c, _ := st.command.(lang.Mmap)
			return c.At != nil && (c.At.Form == model.RawSpan || len(st.names) > 0 && was[st.names[len(st.names)-1]])
		},
		leaves:  unwritten,
		charged: true,
	},
	{
		name: "munmap", call: model.CallMunmap,
		write:   writes(func(p *cProgram, c lang.Munmap) { p.onSpan("munmap", c.T) }),
		targets: one(func(c lang.Munmap) model.Target { return c.T }),
		refused: byItself,
		done: func(s *cSpace, st *cStep) {
			for _, at := range st.own {
				st.frees = at
				s.unmap(at)
			}
		},
		wanted: succeeded,
		digs:   true,
		leaves: unwritten,
	},
	{
		name: "mremap", call: model.CallMremap,
		write: says((*cProgram).mremap),
		again: repeats(func(t *cTold, st *cStep, c lang.Mremap) { t.moveRegion(st, c) }),
		names: asked(func(c lang.Mremap) []model.Target {
			list := []model.Target{c.T}
			if c.At != nil {
				list = append(list, *c.At)
			}
			return list
		}),
		asks: func(s *cSlice, st *cStep) {
			s.contents, s.locks, s.advice = true, true, true
			if c, ok := st.command.(lang.Mremap); ok && c.Stay { // what lies behind it is in its way
				s.interest.add(s.space.pages(model.Span{Addr: st.event.Args[0].Value, Len: st.event.Args[2].Value}))
			}
			if args := st.event.Args; len(args) > 4 && args[4].Kind == model.ArgAddr {
				s.interest.add(s.space.pages(model.Span{Addr: args[4].Value, Len: args[2].Value}))
			}
		},
		askLimit:  (*cSlice).askLocked,
		overLimit: tryAgain,
		needs:     func(b *cBackward) { b.lockedPages, b.forks, b.oneVMA = true, true, true }, // it takes one VMA: what parts them matters, and what joined them again
		done:      (*cSpace).remapped,
		wanted:    succeeded,
		digs:      true,
		moves:     true,
		fixed: func(st *cStep, was map[int]bool) bool {
			if c, ok := st.command.(lang.Mremap); ok && c.At != nil {
				return c.At.Form == model.RawSpan || len(st.names) > 0 && was[st.names[len(st.names)-1]]
			}
			return len(st.own) > 0 && st.own[0].Addr == st.event.Mapped.Base && was[st.made]
		},
		leaves:   unwritten,
		charged:  true,
		needsOld: true,
	},
	{
		name: "truncate",
		write: says(func(p *cProgram, c lang.Truncate) bool {
			fd := p.behind(c.Name)
			if fd == "" {
				return false
			}
			p.header("unistd.h")
			p.check("ftruncate", fd, p.size(c.Size))
			return true
		}),
		names:   named(func(c lang.Truncate) string { return c.Name }),
		aliases: true,
		ofFile:  true,
		refused: byItself,
		wanted:  succeeded,
		fills:   true,
		leaves:  unwritten,
	},
	{
		name:    "mseal",
		write:   writes((*cProgram).mseal),
		targets: one(func(c lang.Mseal) model.Target { return c.T }),
		refused: byRange,
		wanted:  succeeded,
	},
}

// Where MAP_32BIT looks for a place: arch/x86/kernel/sys_x86_64.c, find_start_end.
const lowBegin, lowEnd = 1 << 30, 1 << 31

// mapDroppable is the kind of mapping that the kernel may drop pages of.
const mapDroppable = "MAP_DROPPABLE"

// mappedAnew is what a call that mapped something makes of the address space.
func mappedAnew(s *cSpace, st *cStep) {
	e, m := st.event, st.event.Mapped
	if !e.RetHex {
		return
	}
	at := model.Span{Addr: uint64(e.Ret)}
	if m != nil {
		at = model.Span{Addr: m.Base, Len: m.Len}
	} else if e.Call == model.CallMmap && len(e.Args) > 1 { // of a segment the arguments do not tell the length
		at = s.pages(model.Span{Addr: uint64(e.Ret), Len: e.Args[1].Value})
	}
	s.new(st, at)
}

// mremap is mremap as C, of the call itself.
func (p *cProgram) mremap(c lang.Mremap) bool {
	p.gnu = true
	p.header("sys/mman.h")
	at := ""
	if c.At != nil {
		at, _ = p.at(*c.At)
	}
	p.line(cCall("char *moved = ", "mremap", p.mremapArgs(c, at), ";")...)
	p.unless("moved == MAP_FAILED", "mremap")
	return true
}

// mremapArgs returns mremap's arguments. at is where the mapping is put, or "".
func (p *cProgram) mremapArgs(c lang.Mremap, at string) []string {
	addr, length := p.at(c.T)
	var flags []string
	if !c.Stay {
		flags = append(flags, "MREMAP_MAYMOVE")
	}
	if at != "" {
		flags = append(flags, "MREMAP_FIXED")
	}
	if c.DontUnmap {
		p.define("MREMAP_DONTUNMAP", "4", "Linux 5.7, glibc 2.32")
		flags = append(flags, "MREMAP_DONTUNMAP")
	}
	if flags == nil {
		flags = []string{"0"}
	}
	args := []string{addr, length, p.size(c.Size), strings.Join(flags, " | ")}
	switch {
	case at != "":
		args = append(args, at)
	case c.DontUnmap:
		args = append(args, "NULL")
	}
	return args
}

func (p *cProgram) mseal(c lang.Mseal) {
	p.gnu = true
	p.header("sys/mman.h", "sys/syscall.h", "unistd.h", "stdio.h")
	p.define("SYS_mseal", "462", "Linux 6.10")
	addr, length := p.at(c.T)
	p.say("glibc has mseal() from 2.43 on")
	p.checkAs("mseal", "syscall", "SYS_mseal", addr, length, "0UL")
}

// asMapped makes a region of which only that is known, how it was mapped.
func (p *cProgram) asMapped(r model.RegionInfo, number int) {
	p.begun, p.placed = number, &r
	defer func() { p.placed = nil }()
	switch {
	case r.Malloc != "":
		p.block(p.variable(r.Name), "malloc", p.length(r.Size))
	case r.Backing == model.Heap:
		p.header("unistd.h")
		v := p.variable(r.Name)
		p.gnu = true
		p.line("char *" + v + " = sbrk(" + p.length(r.Len) + ");")
		p.unless(v+" == (void *)-1", "sbrk")
	case r.Backing == model.Shm:
		p.shmget(p.variable(r.Name), p.length(r.Len), true)
	default:
		fd := p.file(r, p.length(r.Offset+r.Len), false)
		prot := model.ProtRead | model.ProtWrite
		if r.Backing == model.FileOf && r.Shared {
			prot = model.ProtRead // the file is opened for reading alone
		}
		p.mmap(p.variable(r.Name), "NULL", p.length(r.Len), fd, prot, r)
	}
}

// file opens what lies behind a mapping, and returns the variable of its descriptor.
func (p *cProgram) file(r model.RegionInfo, length string, huge bool) string {
	switch r.Backing {
	case model.Memfd, model.Secret, model.Scratch, model.FileOf:
	default:
		return "-1"
	}
	fd := p.fresh("fd")
	p.files[p.begun] = fd
	p.names()
	switch r.Backing {
	case model.Memfd:
		p.header("sys/mman.h", "unistd.h")
		flags := "MFD_CLOEXEC"
		if huge {
			flags += " | MFD_HUGETLB"
		}
		p.line(cCall("int "+fd+" = ", "memfd_create", []string{cString(r.Name), flags}, "; /* glibc 2.27 */")...)
		p.unless(fd+" == -1", "memfd_create")
		p.check("ftruncate", fd, length)
	case model.Secret:
		p.gnu = true // syscall
		p.header("sys/syscall.h", "fcntl.h", "unistd.h")
		p.define("SYS_memfd_secret", "447", "Linux 5.14")
		p.say("glibc has no memfd_secret(); before Linux 6.5 the kernel has to be started with secretmem.enable=1")
		p.line(cCall("int "+fd+" = (int)", "syscall", []string{"SYS_memfd_secret", "O_CLOEXEC"}, ";")...)
		p.unless(fd+" == -1", "memfd_secret")
		p.check("ftruncate", fd, length)
	case model.Scratch:
		p.header("fcntl.h", "unistd.h")
		p.say("a file without a name, in a directory that is on a disk")
		p.line(cCall("int "+fd+" = ", "open", []string{`"/var/tmp"`, "O_TMPFILE | O_RDWR | O_CLOEXEC", "0600"}, ";")...)
		p.unless(fd+" == -1", "open")
		p.check("ftruncate", fd, length)
	case model.FileOf:
		p.header("fcntl.h")
		how := "O_RDONLY | O_CLOEXEC"
		if r.Path == "/dev/zero" { // else a shared mapping of it is none that can be written
			how = "O_RDWR | O_CLOEXEC"
		}
		p.line(cCall("int "+fd+" = ", "open", []string{cString(r.Path), how}, ";")...)
		p.unless(fd+" == -1", "open")
	}
	return fd
}

// cProt returns a protection as mmap and mprotect take it.
func cProt(prot model.Prot) string {
	var words []string
	for _, b := range []struct {
		bit  model.Prot
		name string
	}{{model.ProtRead, "PROT_READ"}, {model.ProtWrite, "PROT_WRITE"}, {model.ProtExec, "PROT_EXEC"}} {
		if prot&b.bit != 0 {
			words = append(words, b.name)
		}
	}
	if words == nil {
		return "PROT_NONE"
	}
	return strings.Join(words, " | ")
}

// mmap maps variable v, of fd where what lies behind it is a file.
func (p *cProgram) mmap(v, addr, length, fd string, prot model.Prot, r model.RegionInfo, more ...string) {
	p.gnu = true // MAP_ANONYMOUS and its like are not of POSIX
	p.header("sys/mman.h", "stdio.h")
	if addr == "NULL" && p.inSetup && p.layout && p.placed != nil {
		addr, more = p.inRoom(p.placed.Base), append([]string{"MAP_FIXED"}, more...)
	}
	flags := "MAP_PRIVATE"
	if r.Shared {
		flags = "MAP_SHARED"
	}
	if len(more) > 0 && more[len(more)-1] == mapDroppable { // in place of the two
		flags, more = mapDroppable, more[:len(more)-1]
	}
	if r.Backing == model.Anon || r.Backing == "" {
		flags += " | MAP_ANONYMOUS"
	}
	flags = strings.Join(append([]string{flags}, more...), " | ")
	p.line(cCall("char *"+v+" = ", "mmap", []string{addr, length, cProt(prot), flags, fd, p.length(r.Offset)}, ";")...)
	p.unless(v+" == MAP_FAILED", "mmap")
}

// behind returns the variable of what lies behind a region: a descriptor, or the number of a segment.
func (p *cProgram) behind(region string) string {
	if r, n, _ := p.space.named(region); r != nil { // a segment is there when its region is gone
		return p.files[n]
	}
	return ""
}

// newRegion is mmap as C.
func (p *cProgram) newRegion(c lang.Mmap) bool {
	length := p.size(c.Size)
	r := model.RegionInfo{Name: c.Name, Backing: c.Backing, Shared: c.Shared, Path: c.Path, Offset: c.Offset.Bytes(p.pageSize)}
	addr, more := p.place(c)
	fd := ""
	if c.Alias != "" {
		of, _ := p.region(c.Alias)
		switch {
		case of == nil:
			return false
		case of.Backing == model.Shm:
			return p.attachAgain(c, addr)
		}
		r.Backing, r.Shared = of.Backing, c.Shared || of.Shared && !c.Private
		fd = p.behind(c.Alias)
		p.files[p.begun] = fd
	} else {
		ends := length
		if r.Offset > 0 {
			ends = p.size(c.Offset) + " + " + length
		}
		fd = p.file(r, ends, c.HugeTLB)
	}
	for _, f := range []struct {
		set  bool
		name string
	}{
		{c.Locked, "MAP_LOCKED"}, {c.Populate, "MAP_POPULATE"}, {c.Noreserve, "MAP_NORESERVE"},
		{c.HugeTLB, "MAP_HUGETLB"}, {c.GrowsDown, "MAP_GROWSDOWN"}, {c.Stack, "MAP_STACK"},
	} {
		if f.set {
			more = append(more, f.name)
		}
	}
	if c.Droppable {
		p.define(mapDroppable, "0x8", "Linux 6.11")
		more = append(more, mapDroppable)
	}
	v := p.variable(c.Name)
	p.mmap(v, addr, length, fd, c.Prot, r, more...)
	p.tidy(c, v, length, r.Backing)
	return true
}

// place returns where a mapping is to lie, and the flags that say so. Of one of before the call it is known that nothing lay there where it
// took the place of nothing, and what was unmapped there may be left out. A hint of before is followed where the regions are put as they lay.
func (p *cProgram) place(c lang.Mmap) (addr string, flags []string) {
	switch {
	case c.At != nil:
		addr, _ = p.at(*c.At)
		if !c.Noreplace || p.inSetup {
			return addr, []string{"MAP_FIXED"}
		}
		p.define("MAP_FIXED_NOREPLACE", "0x100000", "Linux 4.17, glibc 2.27")
		return addr, []string{"MAP_FIXED_NOREPLACE"}
	case c.Near != nil && !(p.inSetup && p.layout):
		addr, _ = p.at(*c.Near)
		return addr, nil
	case c.Low32:
		p.define("MAP_32BIT", "0x40", "of x86-64 alone; others ignore it")
		return "NULL", []string{"MAP_32BIT"}
	}
	return "NULL", nil
}

// tidy is the advice that tidy asks for.
func (p *cProgram) tidy(c lang.Mmap, v, length string, b model.Backing) {
	if !c.Tidy {
		return
	}
	advice := lang.TidyAdvice(b)
	why := "a fault then brings in one page, and no huge one"
	if advice == "random" {
		why = "a fault then reads one page, and not its neighbors too"
		if c.Prot&model.ProtExec != 0 {
			// mm/filemap.c, do_sync_mmap_readahead
			why = "before Linux 6.17 a fault then reads one page; later kernels read ahead all the same in what may be executed"
		}
	}
	p.say("tidy: " + why)
	p.line(cCall("", "madvise", []string{v, length, "MADV_" + strings.ToUpper(string(advice))}, ";")...)
}

// moveRegion is mremap of before the call: the region ends up where it did. What is a region of its own from then on gets a variable.
func (t *cTold) moveRegion(st *cStep, c lang.Mremap) {
	p, e := t.cProgram, st.event
	p.gnu = true
	p.header("sys/mman.h")
	at, moved := "", uint64(e.Ret) != e.Args[0].Value
	switch {
	case c.At != nil:
		at, _ = p.at(*c.At)
	case p.layout && moved && e.Mapped != nil && !c.Stay:
		at = p.inRoom(e.Mapped.Base)
	}
	args := p.mremapArgs(c, at)
	switch m := e.Mapped; {
	case m != nil && p.space.index(m.Name) < 0:
		p.begun = p.space.count
		if n := p.space.index(c.T.Region); n >= 0 {
			p.files[p.begun] = p.files[p.space.number[n]]
		}
		v := p.variable(m.Name)
		p.line(cCall("char *"+v+" = ", "mremap", args, ";")...)
		p.unless(v+" == MAP_FAILED", "mremap")
	case m != nil && (moved || c.T.Form == model.WholeRegion):
		_, v := p.region(m.Name)
		p.line(cCall(v+" = ", "mremap", args, ";")...)
		p.unless(v+" == MAP_FAILED", "mremap")
	default:
		p.line(cCall("if (", "mremap", args, " == MAP_FAILED)")...)
		p.bail("mremap")
	}
}
