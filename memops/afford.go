//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"math"
	"sync"

	"incore/model"
	"incore/model/lang"
)

// use is how a command reaches pages, which decides what it takes to have them.
type use uint8

const (
	writing use = iota
	reading     // or executing
	locking     // which writes where the memory is private and writable (mm/gup.c, populate_vma_page_range)
)

// affordable refuses a command that writes to more memory than it may make resident.
func (l *Lab) affordable(t model.Target, call string) error {
	return l.affordUse(t, call, writing, 1)
}

// affordRead is affordable for what only reads.
func (l *Lab) affordRead(t model.Target, call string) error {
	return l.affordUse(t, call, reading, 1)
}

// affordTouch is affordable for a touch.
func (l *Lab) affordTouch(c lang.Touch) error {
	how := reading
	if c.Access == lang.Write {
		how = writing
	}
	return l.affordUse(c.T, "touch", how, max(c.Every, 1))
}

// affordLock is affordable for a call that RLIMIT_MEMLOCK may refuse: then nothing gets
// resident, and the kernel's answer is the lesson.
func (l *Lab) affordLock(t model.Target, call string) error {
	span, err := l.span(t)
	if err != nil || l.overLimit(span.Len) {
		return err
	}
	return l.affordUse(t, call, locking, 1)
}

// affordGrowth is affordable for a call that maps bytes more, in a process that may have
// asked for all future mappings to be locked: then they are resident at once.
func (l *Lab) affordGrowth(call string, bytes int64) error {
	if bytes <= 0 || !l.cur.future.populates() || l.overLimit(uint64(bytes)) {
		return nil
	}
	return l.affordNew(call, bytes)
}

// affordNew refuses bytes more of address space, all of which come into memory, where they are too many.
func (l *Lab) affordNew(call string, bytes int64) error {
	return l.afford(call, need{pages: bytes, tables: l.tablesOfNew(bytes)})
}

// affordTables is affordable for a call that puts something into the page tables and no page
// into memory: a guard marker.
func (l *Lab) affordTables(t model.Target, call string) error {
	span, err := l.span(t)
	if err != nil || l.account.take(l.tablesOf(span, math.MaxInt64)) {
		return err
	}
	l.observe(l.cur, false)
	here, made := l.here(), newTables(l.pageSize)
	for _, v := range here.VMAsIn(span) {
		part := clip(span, v)
		for rg, p := range here.PagesIn(part) {
			l.count(made, rg, p, rg.Len())
		}
	}
	return l.afford(call, need{tables: made.bytes()})
}

// overLimit tells whether locking so many bytes is surely over RLIMIT_MEMLOCK. What is locked
// already is not charged again, and the bytes may be those.
func (l *Lab) overLimit(bytes uint64) bool {
	stat, ipcLock := l.cur.proc.readStatus()
	limits := readLimits(l.cur.sub.PID, ipcLock)
	return !ipcLock && limits.MemlockSoft != model.Unlimited && max(bytes, uint64(stat.VmLck)) > uint64(limits.MemlockSoft)
}

// affordUse is affordable for every nth page of a target.
func (l *Lab) affordUse(t model.Target, call string, how use, nth int64) error {
	span, err := l.span(t)
	if err != nil || l.account.take(l.atMost(span, nth).sum()) {
		return err
	}
	return l.affordSpans(call, how, nth, reached(span))
}

// affordSpans asks first what is known of the spans, which come in the order of their addresses.
// What a script has not looked at for long may be resident by now: so before a command is refused,
// the process is looked at.
func (l *Lab) affordSpans(call string, how use, nth int64, spans ...model.Span) error {
	var known need
	for _, s := range spans {
		n := l.mayTake(s, nth)
		known.pages, known.tables = min(known.pages+n.pages, most), min(known.tables+n.tables, most)
	}
	if l.afford(call, known) == nil {
		return nil
	}
	// Telling shared pages apart takes half a second a terabyte of addresses. Tables need no telling.
	if left := max(l.account.left, 0); known.tables > left {
		l.observe(l.cur, false)
		if n := l.needed(how, nth, spans); n.tables > left {
			return l.afford(call, n)
		}
	}
	l.observe(l.cur, true)
	return l.afford(call, l.needed(how, nth, spans))
}

// needed is what a use of every nth page of the spans takes, by the sample that has just been made.
func (l *Lab) needed(how use, nth int64, spans []model.Span) need {
	huge := func(model.Span) bool { return false }
	if l.huge {
		if text, err := l.cur.proc.read(l.cur.proc.smaps, nil); err == nil {
			huge = func(s model.Span) bool { return hugeAdvised(text, s) }
		}
	}
	made := newTables(l.pageSize)
	var pages int64
	for _, s := range spans {
		pages = min(pages+l.takes(s, how, nth, made, huge), most)
	}
	return need{pages: pages, tables: made.bytes()}
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
	page := max(hugePage(), l.pageSize)
	return min(min(bytes/l.pageSize, most/page)*page, int64(min(s.Len, most))+2*page)
}

// mayTake is what any use of every nth page of a span takes at most, by what was seen last: of pages
// that are mapped, all but those that are this process's own.
func (l *Lab) mayTake(span model.Span, nth int64) need {
	alone := len(l.processes()) == 1
	var pages int64
	made, first := newTables(l.pageSize), int64(span.Addr/uint64(l.pageSize))
	for rg, p := range l.here().PagesIn(span) {
		if !p.Has(model.InVMA) {
			continue
		}
		own := p.Residency == model.Resident && !p.Has(model.ZeroPage) && !p.Has(model.File) && (alone || p.Has(model.Exclusive))
		n := everyNth(rg, first, nth)
		if !own {
			pages = min(pages+n, most)
		}
		l.count(made, rg, p, n)
	}
	return need{pages: l.huger(l.bytesOf(pages), span, l.huge), tables: made.bytes()}
}

// count counts the tables of a run of equal pages, of which n are accessed.
func (l *Lab) count(made *tables, rg model.Range, p model.Page, n int64) {
	span := l.spanOf(rg)
	made.add(span, n)
	if hasEntry(p) {
		made.exist(span)
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
func (l *Lab) takes(span model.Span, how use, nth int64, made *tables, huge func(model.Span) bool) (bytes int64) {
	here, first := l.here(), int64(span.Addr/uint64(l.pageSize))
	for _, v := range here.VMAsIn(span) {
		part := clip(span, v)
		rights := model.ProtRead | model.ProtExec
		writes := how == writing || how == locking && !v.Shared && v.Prot&model.ProtWrite != 0
		if writes {
			rights = model.ProtWrite
		}
		if v.Prot&rights == 0 {
			continue // the first page is answered with a signal, or an error
		}
		var absent int64 // pages
		for rg, p := range here.PagesIn(part) {
			n := everyNth(rg, first, nth)
			if !v.HugeTLB { // whose pages are entries of the second level
				l.count(made, rg, p, n)
			}
			switch {
			case p.Residency == model.Resident && (!writes || v.Shared):
				continue
			case p.Residency == model.Resident && !p.Has(model.ZeroPage) && !p.Has(model.File) && p.Has(model.Exclusive):
				continue // else a write copies it
			case !writes && !v.Shared && anonymous(&v) && p.Residency != model.Resident && !p.Has(model.Swapped) && l.features.zeroPage:
				continue // the zero page
			}
			absent = min(absent+n, most)
		}
		bytes = min(bytes+l.huger(l.bytesOf(absent), part, huge(part)), most)
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

// hugePage is the size of a transparent huge page, bytes; 0 where there are none.
var hugePage = sync.OnceValue(func() int64 { return readNumber("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size") })

// hugeAdvised reads smaps, and tells whether a VMA that overlaps the span has been advised to
// have huge pages: one touched page then brings all of one (VmFlags hg).
func hugeAdvised(smaps []byte, span model.Span) bool {
	inside := false
	for line := range bytes.Lines(smaps) {
		if v, ok := parseVMA(line, nil); ok {
			inside = v.Start < span.End() && span.Addr < v.End
		} else if flags, ok := bytes.CutPrefix(line, []byte("VmFlags:")); ok && inside && bytes.Contains(flags, []byte(" hg")) {
			return true
		}
	}
	return false
}
