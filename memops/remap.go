//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

// remapping is an mremap on its way.
type remapping struct {
	cmd    lang.Mremap
	here   *model.Process // before the call
	region *model.Region  // that the range begins in
	gone   bool           // all of it is, and nothing lies there now: the kernel answers
	asked  model.Span     // as the kernel gets it
	from   model.Span     // the same without a tag in the address
	size   uint64         // that it asks for, bytes
	block  uint64         // that lengths are rounded up to
	to     model.Span     // where cmd.At puts it, in whole pages
	parts  []model.Span   // what is mapped of from, where cmd.At can take several VMAs; each goes by itself
	vmas   []model.VMA    // where cmd.At can take several: those of the process, before the call
}

// whole reports whether the range is all of its region, which then keeps its name wherever it goes.
func (m *remapping) whole() bool {
	return m.from.Addr == m.region.Base && m.old().Len == m.region.Len
}

// old is the range in whole pages.
func (m *remapping) old() model.Span {
	return model.Span{Addr: m.from.Addr, Len: (m.from.Len + m.block - 1) / m.block * m.block}
}

// mremap moves a mapping, or makes it longer or shorter. A region that is named as a whole keeps its name where it goes.
// What else comes to lie at another place is a region of its own, with the next number behind the name.
func (p *process) mremap(c lang.Mremap) (model.Event, error) {
	m := &remapping{cmd: c, here: p.here(), size: c.Size.Bytes(p.lab.pageSize)}
	for _, prepare := range []func(*remapping) error{p.findMapping, p.placeMapping, p.affordRemap} {
		if err := prepare(m); err != nil {
			return model.Event{}, err
		}
	}
	e, err := p.syscall("mremap", unix.SYS_MREMAP, m.args()...)
	switch {
	case err != nil:
	case !e.OK():
		p.tornRemap(m, &e)
	case m.gone: // before Linux 5.16 what makes nothing longer is an munmap of what lies behind, whatever lies at the address
		e.RetHex = true
		e.Gone = p.unmapped(m.here, model.Span{Addr: m.from.Addr + p.lab.roundUp(m.size, m.block), Len: m.old().Len - p.lab.roundUp(m.size, m.block)}, "")
	case uint64(e.Ret) == m.from.Addr:
		e.RetHex = true
		p.resizedInPlace(m, &e)
	default:
		e.RetHex = true
		p.movedTo(m, &e, model.Span{Addr: uint64(e.Ret), Len: p.lab.roundUp(m.size, m.block)})
	}
	return e, err
}

// args are mremap's. Without MREMAP_FIXED, MREMAP_DONTUNMAP takes the fifth as a hint (mm/mremap.c, mremap_to).
func (m *remapping) args() []model.Arg {
	flags := uint64(unix.MREMAP_MAYMOVE)
	if m.cmd.Stay {
		flags = 0
	}
	list := []model.Arg{strace.Addr(m.asked.Addr), strace.Len(m.asked.Len), strace.Len(m.size), {}}
	if m.cmd.DontUnmap {
		flags |= unix.MREMAP_DONTUNMAP
	}
	switch {
	case m.cmd.At != nil:
		flags |= unix.MREMAP_FIXED
		list = append(list, strace.Addr(m.to.Addr))
	case m.cmd.DontUnmap:
		list = append(list, strace.Word(0, "NULL"))
	}
	list[3] = model.MremapFlags.Arg(flags)
	return list
}

// findMapping finds what lies at the target. What is of no region could go nowhere, since it has no name to go by: a
// range of no bytes would even give one to the memory of the subject itself.
func (p *process) findMapping(m *remapping) (err error) {
	if m.asked, err = p.span(m.cmd.T); err != nil {
		return err
	}
	m.from = kernel.Reached(m.asked)
	at := model.Span{Addr: m.from.Addr, Len: max(m.from.Len, 1)}
	if err := p.notOwn(at, true); err != nil {
		return err
	}
	for _, r := range m.here.RegionsIn(at) {
		if (r.Malloc != "" || r.Backing == model.Heap) && p.ownsAny(r, at) {
			return fmt.Errorf("%s is of the heap, which belongs to malloc and brk: they keep account of where it lies", r.Name)
		}
	}
	if m.region = p.regionOf(model.Target{Form: model.RawSpan}, at); m.region == nil && m.cmd.T.Form != model.RawSpan {
		m.region = m.here.Region(m.cmd.T.Region) // a hole of it, which the kernel answers for
	}
	if g := m.here.GoneRegion(m.cmd.T.Region); m.region == nil && g != nil && !covered(p.observe(false).VMAs, m.from.Addr) {
		m.region, m.gone = &model.Region{RegionInfo: g.RegionInfo}, true
	}
	if m.region == nil {
		return fmt.Errorf("at %#x is no region: what mremap moves has to be of one, which it keeps the name of", m.from.Addr)
	}
	m.block = max(p.files.of[m.region.Name].block, uint64(p.lab.pageSize))
	return nil
}

// ownsAny reports whether a page of a span is of the region, and not in a hole of it.
func (p *process) ownsAny(r *model.Region, s model.Span) bool {
	ps := uint64(p.lab.pageSize)
	lo, hi := max(s.Addr, r.Base)-r.Base, r.Len
	if s.End() > s.Addr {
		hi = min(hi, s.End()-r.Base)
	}
	return p.holes.Left(r.Name, model.Range{Lo: int64(lo / ps), Hi: int64((hi + ps - 1) / ps)})
}

// placeMapping resolves where the mapping is to go.
func (p *process) placeMapping(m *remapping) error {
	if m.cmd.At == nil {
		return nil
	}
	s, err := p.span(*m.cmd.At)
	if err != nil {
		return err
	}
	m.to = model.Span{Addr: s.Addr, Len: max(m.size, p.lab.roundUp(m.size, m.block))}
	if err := p.notOwn(m.to, true); err != nil {
		return err
	}
	if m.old().Len != m.to.Len { // one VMA
		m.parts = []model.Span{{Addr: m.from.Addr, Len: min(m.old().Len, m.to.Len)}}
		return nil
	}
	m.vmas = p.observe(false).VMAs
	for _, v := range m.vmas {
		if part := clip(m.old(), v); part.Len > 0 {
			m.parts = append(m.parts, part)
		}
	}
	return nil
}

// resizedInPlace notes what a mapping is that has not moved. What it has become longer by is the region's that it ends in, be it
// that a hole was there.
func (p *process) resizedInPlace(m *remapping, e *model.Event) {
	was, end := m.old(), m.from.Addr+p.lab.roundUp(m.size, m.block)
	grows := m.region
	if was.Len > 0 && !m.whole() {
		if r := p.regionOf(model.Target{Form: model.RawSpan}, model.Span{Addr: was.End() - 1, Len: 1}); r != nil {
			grows = r
		}
	}
	info := grows.RegionInfo
	switch {
	case end > was.End():
		p.holes.Fill(info.Name, model.Range{Lo: int64((was.End() - info.Base) / uint64(p.lab.pageSize)), Hi: int64((end - info.Base) / uint64(p.lab.pageSize))})
		info.Len = max(info.Len, end-info.Base)
		e.Mapped = &info
	case m.whole():
		// The kernel unmaps what lies behind the new end, whatever lies there by now: other
		// regions that fill a hole too.
		info.Len = end - info.Base
		e.Mapped, e.Gone = &info, p.unmapped(m.here, model.Span{Addr: end, Len: was.End() - end}, info.Name)
	case end < was.End():
		e.Gone = p.unmapped(m.here, model.Span{Addr: end, Len: was.End() - end}, "")
	}
}

// movedTo notes where a mapping is that has moved, or that shared pages are mapped a second time.
func (p *process) movedTo(m *remapping, e *model.Event, to model.Span) {
	ps := uint64(p.lab.pageSize)
	was, info := m.old(), m.region.RegionInfo
	parts := m.parts
	if m.cmd.At == nil || was.Len == 0 {
		parts = []model.Span{{Addr: was.Addr, Len: to.Len}}
	}
	stays := m.cmd.DontUnmap || was.Len == 0
	except := ""
	if m.whole() && !stays {
		// What fills a hole of the region, and was joined to it, has moved along.
		except = info.Name
		p.holes.Forget(info.Name)
	} else {
		info.Name = m.here.NextName(info.Name)
		info.Offset += was.Addr - info.Base
		if f, ok := p.files.of[m.region.Name]; ok {
			p.keepFile(info.Name, f)
		}
	}
	if !stays {
		e.Gone = p.unmapped(m.here, was, except)
	}
	info.Base, info.Len = to.Addr, to.Len
	e.Mapped = &info
	p.holes.Begin(info.Name, info.Len, p.lab.pageSize)
	end := was.Addr
	gap := func(lo, hi uint64) {
		if hi > lo {
			p.holes.Dig(info.Name, model.Range{Lo: int64((lo - was.Addr) / ps), Hi: int64((hi - was.Addr) / ps)})
		}
	}
	for _, part := range parts {
		gap(end, part.Addr)
		end = part.End()
		if m.cmd.At != nil { // in place of what lay there
			n := part.Len
			if was.Len != to.Len {
				n = to.Len
			}
			e.Gone = append(e.Gone, p.unmapped(m.here, model.Span{Addr: to.Addr + part.Addr - was.Addr, Len: n}, except)...)
		}
	}
	if was.Len == to.Len {
		gap(end, was.End())
	}
}

// tornRemap notes what an mremap to a fixed place has done that failed: what lay there is taken away first, and of several VMAs those before the
// one that cannot move have moved (mm/mremap.c, mremap_to, remap_move).
func (p *process) tornRemap(m *remapping, e *model.Event) {
	if m.cmd.At == nil {
		return
	}
	vmas := p.observe(false).VMAs
	if len(m.parts) > 1 && e.Errno != "EINVAL" { // which is said of the arguments, before anything moves
		n := 0
		for n < len(m.parts) && p.hasGone(m, n, vmas) {
			n++
		}
		if n > 0 && covered(vmas, m.to.Addr) {
			m.parts = m.parts[:n]
			m.from.Len = m.parts[n-1].End() - m.from.Addr
			p.movedTo(m, e, model.Span{Addr: m.to.Addr, Len: m.from.Len})
		}
	}
	e.Gone = append(e.Gone, p.torn(m.to)...)
}

// hasGone reports whether the nth part went to its new place by a call that failed later, where those before it did. It is not where it was; or,
// where MREMAP_DONTUNMAP leaves a mapping there, nothing kept it, and something is at its new place: a seal keeps it, and a segment only ever goes
// alone (mm/mremap.c, vma_multi_allowed).
func (p *process) hasGone(m *remapping, n int, now []model.VMA) bool {
	part := m.parts[n]
	if !m.cmd.DontUnmap {
		return !covered(now, part.Addr)
	}
	to := model.Span{Addr: m.to.Addr + part.Addr - m.from.Addr, Len: part.Len}
	for _, v := range m.vmas {
		if v.Sealed && (clip(part, v).Len > 0 || clip(to, v).Len > 0) {
			return false
		}
	}
	r := p.regionOf(model.Target{Form: model.RawSpan}, part)
	return (r == nil || r.Backing != model.Shm) && covered(now, to.Addr)
}

// covered reports whether a VMA covers an address.
func covered(vmas []model.VMA, addr uint64) bool {
	for _, v := range vmas {
		if v.Start <= addr && addr < v.End {
			return true
		}
	}
	return false
}

// affordRemap refuses to make a mapping longer by more than may become resident, where it
// is locked: the new part is then populated at once (mm/mremap.c).
func (p *process) affordRemap(m *remapping) error {
	old := m.old().Len
	if m.size <= old && m.cmd.At == nil && !m.cmd.DontUnmap {
		return nil
	}
	if err := p.affordMove(old, m.size); err != nil {
		return err
	}
	if m.size <= old {
		return nil
	}
	more := m.size - old
	stat, _ := p.proc.Stat()
	if stat.VmLck == 0 || p.overLimit(more) {
		return nil
	}
	err := p.affordNew("mremap", int64(min(more, most)))
	if err == nil {
		return nil
	}
	for _, v := range p.observe(false).VMAs {
		if v.Start <= m.from.Addr && m.from.Addr < v.End && v.Lock == model.Locked && v.Prot != model.ProtNone {
			return err
		}
	}
	return nil
}

// affordMove refuses to move so many bytes of a mapping that is to be of size bytes, where the page tables at its new place would be
// too many: those at its old place go last (mm/mremap.c, move_page_tables). One of them can become two.
func (p *process) affordMove(bytes, size uint64) error {
	if p.lab.account.take(p.lab.tablesOfNew(int64(min(size, most)))) {
		return nil
	}
	status, err := p.proc.Status()
	if err != nil {
		return nil // it dies
	}
	return p.afford("mremap", need{tables: min(2*status.Tables, p.lab.tablesOfNew(int64(min(bytes, most))))})
}
