//go:build linux && (amd64 || arm64)

package memops

import (
	"math"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/sampler"
	"incore/model"
	"incore/model/lang"
)

// use is how a command reaches pages, which decides what it takes to have them.
type use uint8

const (
	writing use = iota
	reading     // or executing
	locking     // which writes where the memory is private and writable (mm/gup.c, populate_vma_page_range)
	filling     // of advices that bring all of a range in
)

// affordable refuses a command that writes to more memory than it may make resident.
func (p *process) affordable(t model.Target, call string) error {
	return p.affordUse(t, call, writing, 1)
}

// affordRead is affordable for what only reads.
func (p *process) affordRead(t model.Target, call string) error {
	return p.affordUse(t, call, reading, 1)
}

// affordTouch is affordable for a touch.
func (p *process) affordTouch(c lang.Touch) error {
	how := reading
	if c.Access == lang.Write {
		how = writing
	}
	return p.affordUse(c.T, "touch", how, max(c.Every, 1))
}

// affordLock is affordable for a call that RLIMIT_MEMLOCK may refuse: then nothing gets
// resident, and the kernel's answer is the lesson.
func (p *process) affordLock(t model.Target, call string) error {
	span, err := p.span(t)
	if err != nil || p.overLimit(span.Len) {
		return err
	}
	return p.affordUse(t, call, locking, 1)
}

// affordGrowth is affordable for a call that maps bytes more, in a process that may have
// asked for all future mappings to be locked: then they are resident at once.
func (p *process) affordGrowth(call string, bytes int64) error {
	if bytes <= 0 || !p.future.populates() || p.overLimit(uint64(bytes)) {
		return nil
	}
	return p.affordNew(call, bytes)
}

// affordNew refuses bytes more of address space, all of which come into memory, where they are too many.
func (p *process) affordNew(call string, bytes int64) error {
	return p.afford(call, need{pages: bytes, tables: p.lab.tablesOfNew(bytes)})
}

// affordTables is affordable for a call that puts something into the page tables and no page
// into memory: a guard marker.
func (p *process) affordTables(t model.Target, call string) error {
	span, err := p.span(t)
	if err != nil || p.lab.account.take(p.lab.tablesOf(span, math.MaxInt64)) {
		return err
	}
	p.observe(false)
	here, made := p.here(), kernel.NewTables(p.lab.pageSize)
	for _, v := range here.VMAsIn(span) {
		part := clip(span, v)
		for rg, page := range here.PagesIn(part) {
			p.lab.count(made, rg, page, rg.Len())
		}
	}
	return p.afford(call, need{tables: made.Bytes()})
}

// overLimit reports whether locking so many bytes is surely over RLIMIT_MEMLOCK. What is locked
// already is not charged again, and the bytes may be those.
func (p *process) overLimit(bytes uint64) bool {
	stat, ipcLock := p.proc.Stat()
	limits := kernel.ReadLimits(p.sub.PID, ipcLock)
	return !ipcLock && limits.MemlockSoft != model.Unlimited && max(bytes, uint64(stat.VmLck)) > uint64(limits.MemlockSoft)
}

// affordUse is affordable for every nth page of a target.
func (p *process) affordUse(t model.Target, call string, how use, nth int64) error {
	span, err := p.span(t)
	if err != nil || p.lab.account.take(p.lab.atMost(span, nth).sum()) {
		return err
	}
	return p.affordSpans(call, how, nth, kernel.Reached(span))
}

// affordSpans asks first what is known of the spans, which come in the order of their addresses.
// What a script has not looked at for long may be resident by now: so before a command is refused,
// the process is looked at.
func (p *process) affordSpans(call string, how use, nth int64, spans ...model.Span) error {
	var known need
	for _, s := range spans {
		n := p.mayTake(s, nth)
		known.pages, known.tables = min(known.pages+n.pages, most), min(known.tables+n.tables, most)
	}
	if p.afford(call, known) == nil {
		return nil
	}
	// Telling shared pages apart takes half a second a terabyte of addresses. Tables need no telling.
	if left := max(p.lab.account.left, 0); known.tables > left {
		p.observe(false)
		if n := p.needed(how, nth, spans); n.tables > left {
			return p.afford(call, n)
		}
	}
	p.observe(true)
	return p.afford(call, p.needed(how, nth, spans))
}

// needed is what a use of every nth page of the spans takes, by the sample that has just been made.
func (p *process) needed(how use, nth int64, spans []model.Span) need {
	huge := func(model.Span) bool { return false }
	if p.lab.huge {
		if text, err := p.proc.Smaps(); err == nil {
			huge = func(s model.Span) bool { return proc.GetsHuge(text, s, p.lab.hugeAlways) }
		}
	}
	made := kernel.NewTables(p.lab.pageSize)
	var pages int64
	for _, s := range spans {
		pages = min(pages+p.takes(s, how, nth, made, huge), most)
	}
	return need{pages: pages, tables: made.Bytes()}
}

// most is how many bytes are told apart: a raw span may be anything.
const most = 1 << 50

// accesses is how many pages of a span every nth is, at most: a span can begin within a page.
func (l *Lab) accesses(s model.Span, nth int64) int64 {
	return int64(min(s.Len/uint64(l.pageSize), most))/nth + 2
}

// everyNth is how many of the pages in rg every nth page from page first on is. All are numbered
// from address 0 on.
func everyNth(rg model.Range, first, nth int64) int64 {
	nth = min(nth, most)
	before := func(page int64) int64 { return (max(page, first) - first + nth - 1) / nth }
	return before(rg.Hi) - before(rg.Lo)
}

// atMost is what a use of every nth page of a span can take, whatever there is already.
func (l *Lab) atMost(s model.Span, nth int64) need {
	n := l.accesses(s, nth)
	pages := l.bytesOf(n)
	if nth == 1 {
		pages = int64(min(s.Len, most))
	}
	return need{pages: l.huger(pages, s, l.huge), tables: l.tablesOf(s, n)}
}

// huger is how many bytes accesses to bytes of pages in a span bring in: where it is of huge pages,
// each can bring all of one, and more than the span has.
func (l *Lab) huger(bytes int64, s model.Span, huge bool) int64 {
	if !huge || bytes == 0 {
		return bytes
	}
	page := max(kernel.HugePage(), l.pageSize)
	return min(min(bytes/l.pageSize, most/page)*page, int64(min(s.Len, most))+2*page)
}

// mayTake is what any use of every nth page of a span takes at most, by what was seen last: of pages
// that are mapped, all but those that are this process's own.
func (p *process) mayTake(span model.Span, nth int64) need {
	alone := len(p.lab.processes()) == 1
	var pages int64
	made, first := kernel.NewTables(p.lab.pageSize), int64(span.Addr/uint64(p.lab.pageSize))
	for rg, page := range p.here().PagesIn(span) {
		if !page.Has(model.InVMA) {
			continue
		}
		own := page.Residency == model.Resident && !page.Has(model.ZeroPage) && !page.Has(model.File) && (alone || page.Has(model.Exclusive))
		n := everyNth(rg, first, nth)
		if !own {
			pages = min(pages+n, most)
		}
		p.lab.count(made, rg, page, n)
	}
	return need{pages: p.lab.huger(p.lab.bytesOf(pages), span, p.lab.huge), tables: made.Bytes()}
}

// count counts the tables of a run of equal pages, of which n are accessed.
func (l *Lab) count(made *kernel.Tables, rg model.Range, p model.Page, n int64) {
	span := l.spanOf(rg)
	made.Add(span, n)
	if hasEntry(p) {
		made.Exist(span)
	}
}

// hasEntry reports whether a page table has an entry for the page.
func hasEntry(p model.Page) bool {
	return p.Has(model.Mapped) || p.Has(model.Swapped) || p.Has(model.ZeroPage) || p.Has(model.Guard)
}

// spanOf is the span of pages by their number from address 0 on.
func (l *Lab) spanOf(rg model.Range) model.Span {
	return model.Span{Addr: uint64(rg.Lo) * uint64(l.pageSize), Len: uint64(rg.Len()) * uint64(l.pageSize)}
}

func (l *Lab) bytesOf(pages int64) int64 { return min(pages, most/l.pageSize) * l.pageSize }

// takes is how many bytes of pages a use of every nth page of a span takes by a sample that has
// just been made, and that tells shared pages apart. The page tables are counted in made.
func (p *process) takes(span model.Span, how use, nth int64, made *kernel.Tables, huge func(model.Span) bool) (bytes int64) {
	here, first := p.here(), int64(span.Addr/uint64(p.lab.pageSize))
	for _, v := range here.VMAsIn(span) {
		part := clip(span, v)
		rights := model.ProtRead | model.ProtExec
		if v.Secret() && (how == locking || how == filling) {
			continue // which the kernel's own code cannot bring in
		}
		writes := how == writing || how == filling || how == locking && !v.Shared && v.Prot&model.ProtWrite != 0
		if writes {
			rights = model.ProtWrite
		}
		if v.Prot&rights == 0 {
			continue // the first page is answered with a signal, or an error
		}
		var absent int64 // pages
		for rg, page := range here.PagesIn(part) {
			n := everyNth(rg, first, nth)
			if !v.HugeTLB { // whose pages are entries of the second level
				p.lab.count(made, rg, page, n)
			}
			switch {
			case page.Residency == model.Resident && (!writes || v.Shared):
				continue
			case page.Residency == model.Resident && !page.Has(model.ZeroPage) && !page.Has(model.File) && page.Has(model.Exclusive):
				continue // else a write copies it
			case !writes && !v.Shared && sampler.Anonymous(&v) && page.Residency != model.Resident && !page.Has(model.Swapped) && p.lab.features.ZeroPage:
				continue // the zero page
			}
			absent = min(absent+n, most)
		}
		bytes = min(bytes+p.lab.huger(p.lab.bytesOf(absent), part, huge(part)), most)
	}
	return bytes
}

// clip is the part of a span that a VMA covers.
func clip(s model.Span, v model.VMA) model.Span {
	lo, hi := max(s.Addr, v.Start), v.End
	if s.End() > s.Addr { // else it goes past the last address
		hi = min(hi, s.End())
	}
	return model.Span{Addr: lo, Len: max(hi, lo) - lo}
}

// tablesOf is what accesses to a span make at most, bytes, where nothing is known of it.
func (l *Lab) tablesOf(s model.Span, accesses int64) int64 {
	t := kernel.NewTables(l.pageSize)
	t.Add(s, accesses)
	return t.Bytes()
}

// tablesOfNew is tablesOf for all of a mapping that is yet to get its address.
func (l *Lab) tablesOfNew(bytes int64) int64 {
	if bytes <= 0 {
		return 0
	}
	// It can begin at the last page of a table.
	return l.tablesOf(model.Span{Addr: kernel.TopReach - uint64(l.pageSize), Len: uint64(bytes)}, math.MaxInt64)
}
