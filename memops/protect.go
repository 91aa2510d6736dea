//go:build linux && (amd64 || arm64)

package memops

import (
	"math"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

// protectVerbs say what may be done to pages.
var protectVerbs = family{
	verbOf((*process).mprotect),
	verbOf((*process).mseal),
}

func (p *process) mprotect(c lang.Mprotect) (model.Event, error) {
	if err := firstOf(p.targetNotOwn(c.T), p.affordCopies(c)); err != nil {
		return model.Event{}, err
	}
	return p.onSpan("mprotect", unix.SYS_MPROTECT, c.T, model.ProtFlags.Arg(uint64(c.Prot)))
}

// affordCopies refuses to make more locked private memory writable than may become
// resident: the kernel then gives each page its own frame at once, where it is absent, the
// zero page or the file's (mm/mprotect.c, mprotect_fixup).
func (p *process) affordCopies(c lang.Mprotect) error {
	s, err := p.span(c.T)
	if err != nil || c.Prot&model.ProtWrite == 0 {
		return err
	}
	stat, _ := p.proc.Stat()
	if stat.VmLck == 0 || p.afford("mprotect", need{pages: int64(min(s.Len, uint64(stat.VmLck))), tables: p.lab.tablesOf(s, math.MaxInt64)}) == nil {
		return nil
	}
	p.observe(false)
	here := p.here()
	var pages int64
	made := kernel.NewTables(p.lab.pageSize)
	for _, v := range here.VMAsIn(s) {
		if v.Lock != model.Locked || v.Shared || v.Prot&model.ProtWrite != 0 {
			continue
		}
		part := clip(s, v)
		for run, page := range here.PagesIn(part) {
			p.lab.count(made, run, page, run.Len())
			if own := page.Has(model.Mapped) && !page.Has(model.ZeroPage) && !page.Has(model.File); !own {
				pages += run.Len()
			}
		}
	}
	return p.afford("mprotect", need{pages: p.lab.bytesOf(pages), tables: made.Bytes()})
}

// mseal seals pages: what changes them then fails with EPERM (Linux 6.10).
func (p *process) mseal(c lang.Mseal) (model.Event, error) {
	if err := p.targetNotOwn(c.T); err != nil {
		return model.Event{}, err
	}
	return p.onSpan("mseal", unix.SYS_MSEAL, c.T, strace.Word(0, "0"))
}
