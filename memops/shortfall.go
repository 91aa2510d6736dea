//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// A call that succeeds may have done less than it was asked. What is said of that is what a look
// right after it finds.

// shortfall is what a call that succeeded left undone, and "" where it did all, or where that would
// cost too much to find out. was is what mlockall had asked for before it.
func (l *Lab) shortfall(c model.Command, e *model.Event, was future) string {
	switch c := c.(type) {
	case lang.Mmap:
		return l.mapShortfall(c, e, was)
	case lang.Mremap:
		return l.longerThanFile(e)
	case lang.Mlock2:
		if c.OnFault {
			return l.onFaultShortfall(c.T)
		}
	case lang.Mlockall:
		return l.lockallShortfall(c, was)
	case lang.Munlock:
		return l.unlockShortfall(c.T)
	case lang.Shmctl:
		if s := l.here().Region(c.Name); c.Op == "lock" && s != nil {
			return l.onFaultShortfall(model.Target{Form: model.WholeRegion, Region: c.Name})
		}
	case lang.Madvise:
		return l.adviceShortfall(c)
	case lang.PosixFadvise:
		return l.fadviseShortfall(c)
	case lang.Msync:
		if c.Mode == "async" { // mm/msync.c, since Linux 2.6.19
			return "MS_ASYNC only looks whether the range is mapped: it starts no writing"
		}
	case lang.Setrlimit:
		return l.limitShortfall(c)
	}
	return ""
}

// populated are the pages of a span, how many of them the page table has and how many of those are
// not a file's, and how many swap has. ok is false where they are too many to be looked at.
type populated struct {
	pages, mapped, own, swapped int64
	ok                          bool
}

// populatedIn looks at the page table.
func (l *Lab) populatedIn(s model.Span) (p populated) {
	ps := uint64(l.pageSize)
	lo, hi := s.Addr&^(ps-1), l.roundUp(s.End(), 0)
	if p.pages = int64((hi - lo) / ps); hi < lo || p.pages > fullPages {
		return p
	}
	runs, err := l.cur.proc.appendPread(nil, lo, hi, l.pageSize)
	if err != nil {
		return p
	}
	for rg, m := range runs.In(model.Range{Lo: 0, Hi: p.pages}) {
		switch n := rg.Len(); {
		case m&model.Mapped != 0:
			if p.mapped += n; m&model.File == 0 {
				p.own += n
			}
		case m&model.Swapped != 0 && m&model.Guard == 0:
			p.swapped += n
		}
	}
	p.ok = true
	return p
}

// residentIn is how many pages of a span mincore calls resident, as the actor asks without being
// logged. ok is false where it does not tell.
func (l *Lab) residentIn(s model.Span) (resident, pages int64, ok bool) {
	ps := uint64(l.pageSize)
	lo, hi := s.Addr&^(ps-1), l.roundUp(s.End(), 0)
	if pages = int64((hi - lo) / ps); hi <= lo || pages > fullPages {
		return 0, pages, false
	}
	for at := lo; at < hi; {
		n := min(hi-at, mincoreStep*ps)
		r, err := l.cur.sub.Actor.Call(unix.SYS_MINCORE, at, n, subject.StampsAddr)
		if err != nil || r.Ret != 0 {
			return 0, pages, false
		}
		for _, b := range l.cur.sub.StampArea[:n/ps] {
			resident += int64(b & 1)
		}
		at += n
	}
	return resident, pages, true
}

// pagesWord is "1 page" or "3 pages".
func pagesWord(n int64) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

// mapShortfall: MAP_POPULATE and MAP_LOCKED ignore what cannot be brought in (mmap(2)).
func (l *Lab) mapShortfall(c lang.Mmap, e *model.Event, was future) string {
	switch {
	case e.Mapped == nil, !c.Populate && !c.Locked && !was.populates():
		return ""
	case !l.rssLags && e.RSS == int64(e.Mapped.Len): // the case of nearly all
		return ""
	}
	p := l.populatedIn(model.Span{Addr: e.Mapped.Base, Len: e.Mapped.Len})
	if !p.ok || p.mapped == p.pages {
		return ""
	}
	text := fmt.Sprintf("%d of %s brought in", p.mapped, pagesWord(p.pages))
	inFile := int64(l.roundUp(e.Mapped.FileLen, 0)) / l.pageSize
	switch {
	case c.Prot == model.ProtNone:
		return text + ": what may not be accessed cannot be"
	case was.onFault && !c.Populate:
		return text + ": mlockall future onfault locks them as they are touched"
	case e.Mapped.Sized && inFile < p.pages && p.mapped == inFile:
		return text + ": the file ends there"
	}
	return text
}

// longerThanFile: mremap makes a mapping longer, and not what lies behind it.
func (l *Lab) longerThanFile(e *model.Event) string {
	m := e.Mapped
	if m == nil || len(e.Args) < 3 || e.Args[2].Value <= e.Args[1].Value {
		return ""
	}
	size, known := int64(m.FileLen), m.Sized && (m.Backing == model.Shm || m.Backing == model.Anon && m.Shared)
	if kept, ok := l.cur.files.of[m.Name]; ok && kept.fd != noFD {
		f, looked := l.lookAtFD(m.Name, int(kept.fd))
		size, known = f.Len, looked
	}
	if behind := int64(l.roundUp(uint64(size), 0)); known && behind < int64(m.Len) {
		return fmt.Sprintf("the last %s nothing behind: an access is SIGBUS", haveNothing((int64(m.Len)-behind)/l.pageSize))
	}
	return ""
}

// haveNothing is "page has", or "3 pages have".
func haveNothing(n int64) string {
	if n == 1 {
		return "page has"
	}
	return fmt.Sprintf("%d pages have", n)
}

// onFaultShortfall: what is locked on fault is brought in by an access alone.
func (l *Lab) onFaultShortfall(t model.Target) string {
	s, err := l.span(t)
	if err != nil || l.unknowable(t) {
		return ""
	}
	resident, pages, ok := l.residentIn(s)
	if !ok || resident == pages {
		return ""
	}
	return fmt.Sprintf("%d of %s in memory: the rest is locked as it comes in", resident, pagesWord(pages))
}

// lockallShortfall: mlockall ignores what cannot be brought in, and MCL_CURRENT without MCL_FUTURE
// ends the latter (mm/mlock.c, apply_mlockall_flags).
func (l *Lab) lockallShortfall(c lang.Mlockall, was future) (text string) {
	if was.locked && !c.Future {
		text = "mlockall future is no longer in force"
	}
	if !c.Current || l.pagesOf(l.cur) > fullPages {
		return text
	}
	seen, err := l.cur.sampler.sample(false)
	if err != nil {
		return text
	}
	var absent, all int64
	for _, r := range seen.Regions {
		for rg, p := range r.Pages.In(model.Range{Lo: 0, Hi: r.Pages.Len()}) {
			if p.Has(model.InVMA) {
				if all += rg.Len(); !p.Has(model.Mapped) {
					absent += rg.Len()
				}
			}
		}
	}
	if absent == 0 {
		return text
	}
	if text != "" {
		text += "; "
	}
	text += fmt.Sprintf("%d of %s of regions brought in", all-absent, pagesWord(all))
	if c.OnFault {
		text += ": the rest as it is touched"
	}
	return text
}

// unlockShortfall: a segment's own lock is another one (shmctl(2)).
func (l *Lab) unlockShortfall(t model.Target) string {
	s, err := l.span(t)
	if err != nil {
		return ""
	}
	if r := l.regionOf(t, s); r != nil && r.Backing == model.Shm && isShmLocked(r.ShmID) {
		return "SHM_LOCK still holds its pages"
	}
	return ""
}

// limitShortfall: what is locked stays so when the limit falls below it (setrlimit(2)).
func (l *Lab) limitShortfall(c lang.Setrlimit) string {
	stat, ipcLock := l.cur.proc.readStatus()
	soft := l.limitBytes(c.Soft)
	if ipcLock || soft == unix.RLIM_INFINITY || uint64(stat.VmLck) <= soft {
		return ""
	}
	return model.FormatBytes(stat.VmLck) + " is locked and stays so"
}

// fadviseShortfall is about the part of a file that is in memory once the call has returned.
func (l *Lab) fadviseShortfall(c lang.PosixFadvise) string {
	s, err := l.span(c.T)
	if err != nil || l.unknowable(c.T) || c.Advice != "dontneed" && c.Advice != "willneed" {
		return ""
	}
	resident, pages, ok := l.residentIn(s)
	switch {
	case !ok:
		return ""
	case c.Advice == "willneed" && resident < pages:
		return fmt.Sprintf("%d of %s in memory as it returned", resident, pagesWord(pages))
	case c.Advice == "willneed" || resident == 0:
		return ""
	}
	text := fmt.Sprintf("%d of %s still in memory", resident, pagesWord(pages))
	if p := l.populatedIn(s); p.ok && p.mapped > 0 {
		text += fmt.Sprintf(": %d of them mapped here", p.mapped)
	}
	return text
}

// adviceShortfall is what an advice left as it was.
func (l *Lab) adviceShortfall(c lang.Madvise) string {
	s, err := l.span(c.T)
	if err != nil {
		return ""
	}
	switch c.Advice {
	case "free", "cold", "pageout":
		return l.stayShortfall(c.Advice, s)
	case "willneed":
		return l.willneedShortfall(c.T, s)
	case "dontneed", "dontneed_locked":
		return l.cacheShortfall(c.T, s)
	case "mergeable":
		if run := string(bytes.TrimSpace(readText("/sys/kernel/mm/ksm/run"))); run != "1" {
			return "nothing merges them: /sys/kernel/mm/ksm/run is " + run
		}
	case "hugepage":
		return l.hugeShortfall(c.T, s)
	}
	return ""
}

// stayShortfall: MADV_FREE and MADV_COLD take pages away when memory is short, and MADV_PAGEOUT
// those that it can (madvise(2)).
func (l *Lab) stayShortfall(a lang.Advice, s model.Span) string {
	p := l.populatedIn(s)
	switch {
	case !p.ok || p.mapped == 0:
		return ""
	case a == "free":
		return pagesWord(p.own) + " in memory until it is short; a write keeps its page"
	case a == "cold":
		return pagesWord(p.mapped) + " in memory, to go first when it is short"
	}
	return pagesWord(p.mapped) + " still in memory"
}

// willneedShortfall: the reading goes on after the call has returned.
func (l *Lab) willneedShortfall(t model.Target, s model.Span) string {
	r := l.regionOf(t, s)
	if r == nil || r.Unknowable {
		return ""
	}
	if r.Backing == model.Anon && !r.Shared || r.Backing == model.Heap {
		switch p := l.populatedIn(s); {
		case !p.ok:
			return ""
		case p.swapped == 0:
			return "no page of it is in swap: there is nothing to read"
		default:
			return pagesWord(p.swapped) + " in swap as it returned"
		}
	}
	if resident, pages, ok := l.residentIn(s); ok && resident < pages {
		return fmt.Sprintf("%d of %s in memory as it returned", resident, pagesWord(pages))
	}
	return ""
}

// cacheShortfall: MADV_DONTNEED takes the pages of a file or of shared memory out of this mapping,
// and not out of memory.
func (l *Lab) cacheShortfall(t model.Target, s model.Span) string {
	r := l.regionOf(t, s)
	if r == nil || r.Unknowable || r.Backing == model.Heap || r.Backing == model.Anon && !r.Shared {
		return ""
	}
	if resident, pages, ok := l.residentIn(s); ok && resident > 0 {
		return fmt.Sprintf("%d of %s still in memory: only this mapping of them is gone", resident, pagesWord(pages))
	}
	return ""
}

// hugeShortfall: an advice of huge pages brings none where the system gives none, or where none fits.
func (l *Lab) hugeShortfall(t model.Target, s model.Span) string {
	if r := l.regionOf(t, s); r == nil || r.Shared || r.Backing != model.Anon && r.Backing != model.Heap {
		return "" // files and shared memory have settings of their own
	}
	const dir = "/sys/kernel/mm/transparent_hugepage/"
	if chosen(readText(dir+"enabled")) == "never" {
		return "no huge page comes of it: transparent_hugepage/enabled is never"
	}
	size := uint64(readNumber(dir + "hpage_pmd_size"))
	if size > 0 && l.roundUp(s.Addr, size)+size > l.roundUp(s.End(), 0) {
		return "no huge page of " + model.FormatBytes(int64(size)) + " fits into the range"
	}
	return ""
}
