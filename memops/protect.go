//go:build linux && (amd64 || arm64)

package memops

import (
	"math"

	"golang.org/x/sys/unix"

	"incore/model"
	"incore/model/lang"
)

func (l *Lab) mprotect(c lang.Mprotect) (model.Event, error) {
	if err := firstOf(l.targetNotOwn(c.T), l.affordCopies(c)); err != nil {
		return model.Event{}, err
	}
	return l.onSpan("mprotect", unix.SYS_MPROTECT, c.T, protArg(c.Prot))
}

// affordCopies refuses to make more locked private memory writable than may become
// resident: the kernel then gives each page its own frame at once, where it is absent, the
// zero page or the file's (mm/mprotect.c, mprotect_fixup).
func (l *Lab) affordCopies(c lang.Mprotect) error {
	s, err := l.span(c.T)
	if err != nil || c.Prot&model.ProtWrite == 0 {
		return err
	}
	stat, _ := l.cur.proc.readStatus()
	if stat.VmLck == 0 || l.afford("mprotect", need{pages: int64(min(s.Len, uint64(stat.VmLck))), tables: l.tablesOf(s, math.MaxInt64)}) == nil {
		return nil
	}
	l.observe(l.cur, false)
	here := l.here()
	var pages int64
	made := newTables(l.pageSize)
	for _, v := range here.VMAsIn(s) {
		if v.Lock != model.Locked || v.Shared || v.Prot&model.ProtWrite != 0 {
			continue
		}
		part := clip(s, v)
		for run, p := range here.PagesIn(part) {
			l.count(made, run, p, run.Len())
			if own := p.Has(model.Mapped) && !p.Has(model.ZeroPage) && !p.Has(model.File); !own {
				pages += run.Len()
			}
		}
	}
	return l.afford("mprotect", need{pages: l.bytesOf(pages), tables: made.bytes()})
}

func (l *Lab) madvise(c lang.Madvise) (model.Event, error) {
	if err := l.targetNotOwn(c.T); err != nil {
		return model.Event{}, err
	}
	switch c.Advice {
	case "populate_write", "populate_read", "collapse": // collapse fills what is absent of a huge page
		if err := l.affordable(c.T, "madvise"); err != nil {
			return model.Event{}, err
		}
	case "guard_install": // a marker is an entry of a page table (mm/madvise.c, guard_install_pte_entry)
		if err := l.affordTables(c.T, "madvise"); err != nil {
			return model.Event{}, err
		}
	case "hugepage":
		l.huge = true
	}
	if c.Advice == "mergeable" {
		l.shares.Store(true)
	}
	e, err := l.onSpan("madvise", unix.SYS_MADVISE, c.T, adviceArg(c.Advice))
	if err == nil && e.OK() && (c.Advice == "pageout" || c.Advice == "cold") && l.withoutFile(c.T) && readMeminfo().SwapTotal == 0 {
		e.Result = "no swap is on: nowhere to write them"
	}
	return e, err
}

// withoutFile tells whether no page of a target has a file on a disk behind it, so that only
// swap can hold what it holds: shared memory is such, and a memfd.
func (l *Lab) withoutFile(t model.Target) bool {
	s, err := l.span(t)
	if err != nil {
		return false
	}
	for _, r := range l.here().RegionsIn(s) {
		if r.Base < s.End() && s.Addr < r.Base+r.Len && (r.Backing == model.Scratch || r.Backing == model.FileOf) {
			return false
		}
	}
	return true
}
