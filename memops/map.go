//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/sampler"
	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

// mapVerbs make mappings, move them and take them away.
var mapVerbs = family{
	verbOf((*process).mmap, (*process).mapShortfall),
	verbOf((*process).munmap),
	verbOf((*process).mremap, (*process).mremapShortfall),
	verbOf((*process).truncateFile),
}

// mapping is an mmap on its way.
type mapping struct {
	cmd  lang.Mmap
	info model.RegionInfo // of the region that it will be
	at   uint64           // where cmd.At puts it, or cmd.Near asks for it, bytes
	size uint64           // bytes, as they are asked for
	off  uint64           // where in the file it begins, bytes
	ends uint64           // where in the file it ends, bytes: how long one is made
	fill uint64           // bytes that it can come to hold: less than size where a file is shorter
	file file
	user *userFile // of FileOf
}

func (p *process) mmap(c lang.Mmap) (model.Event, error) {
	if err := p.nameIsFree(c.Name); err != nil {
		return model.Event{}, err
	}
	if of := p.here().Region(c.Alias); of != nil && !c.Private {
		c.Shared = c.Shared || of.Shared // the same pages at a second place
	}
	if s := p.segmentOf(c.Alias); s != nil {
		return p.attachAgain(c, s)
	}
	m := &mapping{
		cmd: c, size: c.Size.Bytes(p.lab.pageSize), file: file{fd: noFD},
		info: model.RegionInfo{Name: c.Name, Backing: c.Backing, Shared: c.Shared, Path: c.Path},
	}
	m.fill, m.off = m.size, c.Offset.Bytes(p.lab.pageSize)
	m.ends = add(m.off, m.size)
	defer m.forgetFile()
	for _, prepare := range []func(*mapping) error{p.findFile, p.place, p.affordMap} {
		if err := prepare(m); err != nil {
			return model.Event{}, err
		}
	}
	if e, err := p.openFile(m); err != nil || !e.OK() {
		return e, err
	}
	p.lab.secrets = p.lab.secrets || m.info.Backing == model.Secret
	addr := strace.Word(0, "NULL")
	if c.Where() != nil {
		addr = strace.Addr(m.at)
	}
	e, err := p.syscall("mmap", unix.SYS_MMAP, addr, strace.Len(m.size), model.ProtFlags.Arg(uint64(c.Prot)),
		model.MapFlags.Arg(m.flags()), fdArg(m.file.fd), offsetArg(m.off))
	if err != nil {
		return e, err
	}
	if !e.OK() {
		if !p.files.has(m.file.fd) {
			p.closeLater(m.file.fd)
		}
		if c.Replaces() && (e.Looked == nil || !e.Looked.Kept) {
			e.Gone = p.torn(model.Span{Addr: m.at, Len: m.size})
		}
		return e, nil
	}
	p.mapped(m, &e)
	return e, nil
}

// mapped notes what a mapping is that has been made.
func (p *process) mapped(m *mapping, e *model.Event) {
	c := &m.cmd
	e.RetHex = true
	m.info.Base, m.info.Len = uint64(e.Ret), p.lab.roundUp(m.size, m.file.block)
	if m.file.fd != noFD {
		m.info.Offset = m.off
	}
	if m.user != nil && m.user.zero {
		p.closeLater(m.file.fd)
		m.file.fd, m.info.Backing, m.info.Path = noFD, model.Anon, "" // as Linux makes it (drivers/char/mem.c, mmap_zero)
	}
	if !m.info.Sized && (c.Alias == "" && m.info.Backing != model.Anon || m.info.Shared) {
		m.info.FileLen, m.info.Sized = m.info.Len+m.info.Offset, true // it was made for the region
	}
	if m.file.fd != noFD {
		m.info.FD = int(m.file.fd)
	}
	if e.Mapped = &m.info; c.Prot == model.ProtExec {
		e.Key = p.ownKeyAt(m.info.Base)
	}
	p.keepFile(c.Name, m.file)
	p.lab.droppable = p.lab.droppable || c.Droppable
	if c.Replaces() {
		e.Gone = p.unmapped(p.here(), model.Span{Addr: m.info.Base, Len: m.info.Len}, "")
	}
	if c.Tidy {
		p.tidy(m.info)
	}
}

// offsetArg is where in a file a mapping begins.
func offsetArg(off uint64) model.Arg {
	if off == 0 {
		return strace.Word(0, "0")
	}
	return strace.Word(off, fmt.Sprintf("%#x", off))
}

// nameIsFree refuses a name that a region of the process has.
func (p *process) nameIsFree(name string) error {
	if p.here().Region(name) != nil {
		return fmt.Errorf("there is a region %s already: munmap it first, or take another name", name)
	}
	return nil
}

// place resolves where the mapping is to lie. The kernel rounds its length up to huge pages where it
// is of those (mm/mmap.c, ksys_mmap_pgoff).
func (p *process) place(m *mapping) error {
	where := m.cmd.Where()
	if where == nil {
		return nil
	}
	s, err := p.span(*where)
	m.at = s.Addr
	size := max(m.size, p.lab.roundUp(m.size, m.file.block)) // a sum past the largest number is no length
	return firstOf(err, p.notOwn(model.Span{Addr: s.Addr, Len: size}, true))
}

// flags are mmap's.
func (m *mapping) flags() uint64 {
	flags := uint64(unix.MAP_PRIVATE)
	if m.cmd.Shared {
		flags = unix.MAP_SHARED
	}
	if m.cmd.Droppable {
		flags = model.MapDroppable.Bits()
	}
	for _, f := range []struct {
		set bool
		bit uint64
	}{
		{m.info.Backing == model.Anon, unix.MAP_ANONYMOUS}, {m.cmd.Replaces(), unix.MAP_FIXED},
		{m.cmd.Noreplace, unix.MAP_FIXED_NOREPLACE}, {m.cmd.Low32, model.Map32Bit.Bits()}, {m.cmd.Stack, unix.MAP_STACK},
		{m.cmd.Locked, unix.MAP_LOCKED}, {m.cmd.Populate, unix.MAP_POPULATE}, {m.cmd.Noreserve, unix.MAP_NORESERVE},
		{m.cmd.HugeTLB, unix.MAP_HUGETLB}, {m.cmd.GrowsDown, unix.MAP_GROWSDOWN},
	} {
		if f.set {
			flags |= f.bit
		}
	}
	return flags
}

// affordMap refuses a mapping that would take more memory than it may as it is made:
// populated, locked, or locked because of mlockall future. Nothing comes into memory that
// cannot be accessed or is locked on fault, even with MAP_POPULATE (mm/gup.c,
// populate_vma_page_range), nor where RLIMIT_MEMLOCK refuses the mapping. hugetlb pages are
// not locked on fault: they come in at once (mm/mlock.c, mlock_fixup). Secret memory comes in by the process's own accesses alone.
func (p *process) affordMap(m *mapping) error {
	future := p.future
	locks := m.cmd.Locked || future.locked
	switch {
	case !m.cmd.Populate && !locks, m.cmd.Prot == model.ProtNone, m.info.Backing == model.Secret:
	case future.onFault && !m.cmd.HugeTLB:
	case locks && p.overLimit(m.size):
	default:
		return p.affordNew("mmap", int64(min(m.fill, most)))
	}
	return nil
}

// tidy has a fault in a region bring in one page, as the command asks, once it is mapped: what was populated at once
// has it already. Pages that the page cache has are mapped around a fault all the same (mm/memory.c, do_fault_around), and
// from Linux 6.17 on a file is read ahead in what may be executed (mm/filemap.c, do_sync_mmap_readahead).
func (p *process) tidy(r model.RegionInfo) {
	p.afterwards(func() (model.Event, error) {
		return p.syscall("madvise", unix.SYS_MADVISE, strace.Addr(r.Base), strace.Len(r.Len), adviceArg(lang.TidyAdvice(r.Backing)))
	})
}

func (p *process) munmap(c lang.Munmap) (model.Event, error) {
	s, err := p.span(c.T)
	if err != nil {
		return model.Event{}, err
	}
	if err := p.notOwn(s, true); err != nil {
		return model.Event{}, err
	}
	here := p.here()
	e, err := p.syscall("munmap", unix.SYS_MUNMAP, strace.Addr(s.Addr), strace.Len(s.Len))
	if err == nil && e.OK() {
		e.Gone = p.unmapped(here, kernel.Reached(s), "")
	}
	return e, err
}

// unmapped notes that the pages of a span are gone and returns the regions that have
// none left. The region called except is not asked.
func (p *process) unmapped(here *model.Process, s model.Span, except string) (gone []string) {
	ps := uint64(p.lab.pageSize)
	for _, r := range here.RegionsIn(s) {
		lo, hi := max(s.Addr, r.Base), min(s.End(), r.Base+r.Len)
		if lo >= hi || r.Name == except {
			continue
		}
		pages := model.Range{Lo: int64((lo - r.Base) / ps), Hi: int64((hi - r.Base + ps - 1) / ps)}
		if p.holes.Dig(r.Name, pages) {
			gone = append(gone, r.Name)
		}
	}
	p.dropFiles(gone...)
	return gone
}

// torn notes what a MAP_FIXED that failed has unmapped, and returns the regions that have
// nothing left: a kernel may take away what lies there before it finds that it cannot make
// the new mapping (mmap(2); mm/mmap.c before Linux 6.12).
func (p *process) torn(s model.Span) (gone []string) {
	vmas := p.observe(false).VMAs
	if len(vmas) == 0 || s.End() < s.Addr {
		return nil
	}
	ps := uint64(p.lab.pageSize)
	here := p.here()
	for _, seg := range sampler.Segments(nil, vmas, s.Addr&^(ps-1), p.lab.roundUp(s.End(), 0)) {
		if seg.VMA == nil {
			gone = append(gone, p.unmapped(here, model.Span{Addr: seg.Start, Len: seg.End - seg.Start}, "")...)
		}
	}
	return gone
}

// roundUp rounds bytes up to a multiple of block, or of a page where block is 0.
func (l *Lab) roundUp(bytes, block uint64) uint64 {
	block = max(block, uint64(l.pageSize))
	return (bytes + block - 1) / block * block
}
