//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

func (p *process) mremap(c lang.Mremap) (model.Event, error) {
	r := p.here().Region(c.Name)
	if r == nil {
		return model.Event{}, fmt.Errorf("%s: %w", c.Name, model.ErrNoRegion)
	}
	if r.Malloc != "" || r.Backing == model.Heap {
		return model.Event{}, fmt.Errorf("%s is of the heap, which belongs to malloc and brk: they keep account of where it lies", c.Name)
	}
	info, size := r.RegionInfo, c.Size.Bytes(p.lab.pageSize)
	if err := p.affordLonger(info, size); err != nil {
		return model.Event{}, err
	}
	e, err := p.syscall("mremap", unix.SYS_MREMAP, strace.Addr(info.Base), strace.Len(info.Len), strace.Len(size),
		strace.Word(unix.MREMAP_MAYMOVE, "MREMAP_MAYMOVE"))
	if err != nil || !e.OK() {
		return e, err
	}
	e.RetHex = true
	was := model.Span{Addr: info.Base, Len: info.Len}
	info.Base, info.Len = uint64(e.Ret), p.lab.roundUp(size, p.files.of[c.Name].block)
	e.Mapped = &info
	if info.Base != was.Addr {
		// What moves is of one VMA. What fills a hole of the region, and was joined to it, has
		// moved along.
		p.holes.Forget(c.Name)
		e.Gone = p.unmapped(p.here(), was, c.Name)
	} else if info.Len < was.Len {
		// The kernel unmaps what lies behind the new end, whatever lies there by now: other
		// regions that fill a hole too.
		e.Gone = p.unmapped(p.here(), model.Span{Addr: was.Addr + info.Len, Len: was.Len - info.Len}, c.Name)
	}
	return e, nil
}

// affordLonger refuses to make a region longer by more than may become resident, where it
// is locked: the new part is then populated at once (mm/mremap.c).
func (p *process) affordLonger(r model.RegionInfo, size uint64) error {
	if size <= r.Len {
		return nil
	}
	if err := p.affordMove(r, size); err != nil {
		return err
	}
	stat, _ := p.proc.Stat()
	if stat.VmLck == 0 || p.overLimit(size-r.Len) {
		return nil
	}
	err := p.affordNew("mremap", int64(min(size-r.Len, most)))
	if err == nil {
		return nil
	}
	for _, v := range p.observe(false).VMAs {
		if v.Start <= r.Base && r.Base < v.End && v.Lock == model.Locked && v.Prot != model.ProtNone {
			return err
		}
	}
	return nil
}

// affordMove refuses to move a region where the page tables at its new place would be too many:
// those at its old place go last (mm/mremap.c, move_page_tables). One of them can become two.
func (p *process) affordMove(r model.RegionInfo, size uint64) error {
	if p.lab.account.take(p.lab.tablesOfNew(int64(min(size, most)))) {
		return nil
	}
	status, err := p.proc.Status()
	if err != nil {
		return nil // it dies
	}
	return p.afford("mremap", need{tables: min(2*status.Tables, p.lab.tablesOfNew(int64(min(r.Len, most))))})
}
