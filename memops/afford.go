//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"sync"

	"incore/model"
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
func (l *Lab) affordTouch(c model.Touch) error {
	how := reading
	if c.Access == model.Write {
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
	if !l.cur.future.populates() || l.overLimit(uint64(bytes)) {
		return nil
	}
	return l.affordBytes(call, bytes)
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
	if err != nil || l.account.take(l.everyNth(int64(min(span.Len, most)), nth, hugePage()/l.pageSize)) {
		return err
	}
	return l.affordSpans(call, how, nth, reached(span))
}

// affordSpans asks first what is known of the spans. What a script has not looked at for long
// may be resident by now: so before a command is refused, the process is looked at.
func (l *Lab) affordSpans(call string, how use, nth int64, spans ...model.Span) error {
	sum := func(of func(model.Span) int64) (n int64) {
		for _, s := range spans {
			n = min(n+l.nthOf(s, of(s), nth), most)
		}
		return n
	}
	if l.affordBytes(call, sum(l.mayTake)) == nil {
		return nil
	}
	l.observe(l.cur, true)
	return l.affordBytes(call, sum(func(s model.Span) int64 { return l.takes(s, how) }))
}

// most is how many bytes are told apart: a raw span may be anything.
const most = 1 << 50

// mayTake is how many bytes any use of a span takes at most, by what was seen last: of pages
// that are mapped, all but those that are this process's own.
func (l *Lab) mayTake(span model.Span) int64 {
	alone := len(l.processes()) == 1
	var pages int64
	for rg, p := range l.here().PagesIn(span) {
		own := p.Residency == model.Resident && !p.Has(model.ZeroPage) && !p.Has(model.File) && (alone || p.Has(model.Exclusive))
		if p.Has(model.InVMA) && !own {
			pages = min(pages+rg.Len(), most)
		}
	}
	return l.bytesOf(pages)
}

func (l *Lab) bytesOf(pages int64) int64 { return min(pages, most/l.pageSize) * l.pageSize }

// takes is how many bytes a use of a span takes by a sample that has just been made, and that
// tells shared pages apart.
func (l *Lab) takes(span model.Span, how use) int64 {
	here := l.here()
	var bytes int64
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
		for rg, p := range here.PagesIn(part) {
			n := l.bytesOf(rg.Len())
			switch {
			case p.Residency == model.Resident && (!writes || v.Shared):
				continue
			case p.Residency == model.Resident && !p.Has(model.ZeroPage) && !p.Has(model.File) && p.Has(model.Exclusive):
				continue // else a write copies it
			case !writes && l.features.zeroPage && !v.Shared && anonymous(&v) && p.Residency != model.Resident && !p.Has(model.Swapped):
				n /= l.pageSize / 8 // the zero page, and 8 bytes of page table
			}
			bytes = min(bytes+n, most)
		}
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

// nthOf is what a touch of every nth page takes of the bytes that all of a span would.
func (l *Lab) nthOf(span model.Span, bytes, nth int64) int64 {
	if nth == 1 || bytes == 0 {
		return bytes
	}
	brings := int64(1)
	if text, err := l.cur.proc.read(l.cur.proc.smaps, nil); err == nil && hugeAdvised(text, span) {
		brings = hugePage() / l.pageSize
	}
	return l.everyNth(bytes, nth, brings)
}

// everyNth is how much of so many bytes a touch of every nth page takes where each brings
// some with it.
func (l *Lab) everyNth(bytes, nth, brings int64) int64 {
	if nth == 1 {
		return bytes
	}
	return min(bytes, (bytes/nth+l.pageSize)*max(1, brings))
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
