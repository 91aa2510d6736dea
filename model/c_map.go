package model

import (
	"slices"
	"strings"
)

// region makes a region that a command names, once, as it was mapped, and returns what is
// known of it.
func (p *cProgram) region(name string) *RegionInfo {
	r := p.has(name)
	if r == nil {
		p.missing = true
		return nil
	}
	if slices.Contains(p.made, name) {
		return r
	}
	p.made = append(p.made, name)
	was := p.inSetup
	defer func() { p.inSetup = was }()
	p.inSetup = true
	if len(p.setup) == 0 {
		p.say("as it was mapped; what was done to it since is left out")
	}
	v := cName(name)
	switch {
	case r.Malloc != "":
		p.malloc(v, p.length(r.Size))
	case r.Backing == Heap:
		p.header("unistd.h", "stdio.h")
		p.line("char *"+v+" = sbrk("+p.length(r.Len)+");", "if ("+v+" == (void *)-1)")
		p.failed("sbrk")
	case r.Backing == Shm:
		p.shmget(v, p.length(r.Len))
	default:
		p.file(*r, p.length(r.Len))
		prot := ProtRead | ProtWrite
		if r.Backing == FileOf && r.Shared {
			prot = ProtRead // the file is opened for reading alone
		}
		p.mmap(v, "NULL", p.length(r.Len), prot, *r)
	}
	return r
}

// file opens what lies behind a mapping, as fd.
func (p *cProgram) file(r RegionInfo, length string) {
	declare := "int fd"
	if p.fd {
		declare = "fd"
	}
	switch r.Backing {
	case Memfd:
		p.gnu = true
		p.header("sys/mman.h", "unistd.h")
		flags := "MFD_CLOEXEC"
		if c, ok := commandOf(p.event).(Mmap); ok && c.HugeTLB && c.Name == r.Name {
			flags += " | MFD_HUGETLB"
		}
		p.line(cCall(declare+" = ", "memfd_create", []string{cString(r.Name), flags}, "; /* glibc 2.27 */")...)
		p.descriptor("memfd_create")
		p.check("ftruncate", "fd", length)
	case Scratch:
		p.gnu = true
		p.header("fcntl.h", "unistd.h")
		p.say("a file without a name, in a directory that is on a disk")
		p.line(cCall(declare+" = ", "open", []string{`"/var/tmp"`, "O_TMPFILE | O_RDWR | O_CLOEXEC", "0600"}, ";")...)
		p.descriptor("openat")
		p.check("ftruncate", "fd", length)
	case FileOf:
		p.header("fcntl.h")
		p.line(cCall(declare+" = ", "open", []string{cString(r.Path), "O_RDONLY | O_CLOEXEC"}, ";")...)
		p.descriptor("openat")
	default:
		return
	}
	p.fd = true
}

// descriptor looks whether fd is one; call is the system call that gave it.
func (p *cProgram) descriptor(call string) {
	word := strings.TrimSuffix(call, "at")
	if p.inSetup {
		p.line("if (fd == -1)")
		p.failed(word)
		return
	}
	p.header("stdio.h")
	p.line("if (fd == -1)", cIndent+`perror("`+word+`");`+p.outcome(call))
}

// cProt is a protection as mmap and mprotect take it.
func cProt(prot Prot) string {
	var words []string
	for _, b := range []struct {
		bit  Prot
		name string
	}{{ProtRead, "PROT_READ"}, {ProtWrite, "PROT_WRITE"}, {ProtExec, "PROT_EXEC"}} {
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
func (p *cProgram) mmap(v, addr, length string, prot Prot, r RegionInfo, more ...string) {
	p.gnu = true // MAP_ANONYMOUS and its like are not of POSIX
	p.header("sys/mman.h", "stdio.h")
	flags, fd := "MAP_PRIVATE", "fd"
	if r.Shared {
		flags = "MAP_SHARED"
	}
	if r.Backing == Anon || r.Backing == "" {
		flags, fd = flags+" | MAP_ANONYMOUS", "-1"
	}
	flags = strings.Join(append([]string{flags}, more...), " | ")
	p.line(cCall("char *"+v+" = ", "mmap", []string{addr, length, cProt(prot), flags, fd, "0"}, ";")...)
	p.line("if (" + v + " == MAP_FAILED)")
	p.failed("mmap")
}

// mapping adds the commands that make and unmake mappings.
func (p *cProgram) mapping(c Command) bool {
	switch c := c.(type) {
	case Mmap:
		return p.newRegion(c)
	case Munmap:
		p.onSpan("munmap", c.T)
	case Mremap:
		r := p.region(c.Name)
		if r == nil {
			return false
		}
		p.gnu = true
		p.header("sys/mman.h", "stdio.h")
		v := cName(r.Name)
		p.line(cCall("char *moved = ", "mremap", []string{v, p.length(r.Len), p.size(c.Size), "MREMAP_MAYMOVE"}, ";")...)
		p.line("if (moved == MAP_FAILED)")
		p.failed("mremap")
		p.line("else", cIndent+v+" = moved;")
	case Mseal:
		p.gnu = true
		p.header("sys/mman.h", "sys/syscall.h", "unistd.h", "stdio.h")
		p.define("SYS_mseal", "462", "Linux 6.10")
		addr, length := p.at(c.T)
		p.say("glibc has mseal() from 2.43 on")
		p.checkAs("mseal", "syscall", "== -1", "SYS_mseal", addr, length, "0UL")
	case Shmget:
		p.shmget(cName(c.Name), p.size(c.Size))
		p.say("the segment outlives the program: ipcrm, or shmctl(id, IPC_RMID, NULL)")
	case Shmctl:
		r := p.region(c.Name)
		if r == nil || r.Backing != Shm {
			return false
		}
		p.header("sys/shm.h")
		p.check("shmctl", "id", map[ShmOp]string{"lock": "SHM_LOCK", "unlock": "SHM_UNLOCK", "rmid": "IPC_RMID"}[c.Op], "NULL")
	default:
		return false
	}
	return true
}

// newRegion is mmap.
func (p *cProgram) newRegion(c Mmap) bool {
	v, length := cName(c.Name), p.size(c.Size)
	r := RegionInfo{Name: c.Name, Backing: c.Backing, Shared: c.Shared, Path: c.Path}
	addr, more := "NULL", []string(nil)
	if c.At != nil {
		addr, _ = p.at(*c.At)
		more = append(more, "MAP_FIXED")
	}
	if c.Alias != "" {
		of := p.region(c.Alias)
		switch {
		case of == nil:
			return false
		case of.Backing == Shm:
			return p.attachAgain(c, addr)
		}
		r.Backing, r.Shared = of.Backing, c.Shared || of.Shared && !c.Private
	} else {
		p.file(r, length)
	}
	for _, f := range []struct {
		set  bool
		name string
	}{
		{c.Locked, "MAP_LOCKED"}, {c.Populate, "MAP_POPULATE"}, {c.Noreserve, "MAP_NORESERVE"},
		{c.HugeTLB, "MAP_HUGETLB"}, {c.GrowsDown, "MAP_GROWSDOWN"},
	} {
		if f.set {
			more = append(more, f.name)
		}
	}
	p.mmap(v, addr, length, c.Prot, r, more...)
	if r.Backing == FileOf || r.Backing == Scratch {
		p.say("incore adds this: a fault then reads one page, and not its neighbours too")
		p.check("madvise", v, length, "MADV_RANDOM")
	}
	return true
}

// shmget makes a segment and attaches it as variable v. One that is there for a command to
// work on is removed with the program.
func (p *cProgram) shmget(v, length string) {
	p.header("sys/shm.h", "stdio.h")
	declare := "int id"
	if p.id {
		declare = "id"
	}
	p.id = true
	p.line(cCall(declare+" = ", "shmget", []string{"IPC_PRIVATE", length, "IPC_CREAT | 0600"}, ";")...)
	p.line("if (id == -1)")
	p.failed("shmget")
	p.line("char *"+v+" = shmat(id, NULL, 0);", "if ("+v+" == (void *)-1)")
	p.failed("shmat")
	if c, ok := commandOf(p.event).(Shmctl); p.inSetup && !(ok && c.Op == "rmid") {
		p.line("shmctl(id, IPC_RMID, NULL); /* it goes with the program */")
	}
}

// attachAgain is mmap alias of a segment.
func (p *cProgram) attachAgain(c Mmap, addr string) bool {
	p.gnu = true
	p.header("sys/shm.h", "stdio.h")
	var flags []string
	if c.Prot&ProtWrite == 0 {
		flags = append(flags, "SHM_RDONLY")
	}
	if c.Prot&ProtExec != 0 {
		flags = append(flags, "SHM_EXEC")
	}
	if c.At != nil {
		flags = append(flags, "SHM_REMAP")
	}
	if flags == nil {
		flags = []string{"0"}
	}
	v := cName(c.Name)
	p.line(cCall("char *"+v+" = ", "shmat", []string{"id", addr, strings.Join(flags, " | ")}, ";")...)
	p.line("if (" + v + " == (void *)-1)")
	p.failed("shmat")
	return true
}
