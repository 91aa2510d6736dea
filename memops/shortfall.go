//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/sampler"
	"incore/model"
	"incore/model/lang"
)

// A call that succeeds may have done less than it was asked. What is said of that is what a look
// right after it finds. A shortfall is what a verb left undone, and "" where it did all, or where that would cost
// too much to find out. It is handed the command, the event of its call, and what mlockall had asked for before.

// populated are the pages of a span, how many of them the page table has and how many of those are
// not a file's, and how many swap has. ok is false where they are too many to be looked at.
type populated struct {
	pages, mapped, own, swapped int64
	ok                          bool
}

// populatedIn looks at the page table.
func (p *process) populatedIn(s model.Span) (seen populated) {
	ps := uint64(p.lab.pageSize)
	lo, hi := s.Addr&^(ps-1), p.lab.roundUp(s.End(), 0)
	if seen.pages = int64((hi - lo) / ps); hi < lo || seen.pages > sampler.FullPages {
		return seen
	}
	runs, err := p.proc.AppendPages(nil, lo, hi, p.lab.pageSize)
	if err != nil {
		return seen
	}
	for rg, m := range runs.In(model.Range{Lo: 0, Hi: seen.pages}) {
		switch n := rg.Len(); {
		case m&model.Mapped != 0:
			if seen.mapped += n; m&model.File == 0 {
				seen.own += n
			}
		case m&model.Swapped != 0 && m&model.Guard == 0:
			seen.swapped += n
		}
	}
	seen.ok = true
	return seen
}

// residentIn is how many pages of a span mincore calls resident, as the actor asks without being
// logged. ok is false where it does not tell.
func (p *process) residentIn(s model.Span) (resident, pages int64, ok bool) {
	ps := uint64(p.lab.pageSize)
	lo, hi := s.Addr&^(ps-1), p.lab.roundUp(s.End(), 0)
	if pages = int64((hi - lo) / ps); hi <= lo || pages > sampler.FullPages {
		return 0, pages, false
	}
	vector := p.mincoreAside(lo, hi-lo)
	for _, b := range vector {
		resident += int64(b & 1)
	}
	return resident, pages, vector != nil
}

// pagesWord is "1 page" or "3 pages".
func pagesWord(n int64) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

// mapShortfall: MAP_POPULATE and MAP_LOCKED ignore what cannot be brought in (mmap(2)).
func (p *process) mapShortfall(c lang.Mmap, e model.Event, was future) string {
	if text := p.elsewhere(c, e); text != "" {
		return text
	}
	if text := ownKey(e); text != "" {
		return text
	}
	switch {
	case e.Mapped == nil, !c.Populate && !c.Locked && !was.populates():
		return ""
	case !p.lab.rssLags && e.RSS == int64(e.Mapped.Len): // the case of nearly all
		return ""
	}
	seen := p.populatedIn(model.Span{Addr: e.Mapped.Base, Len: e.Mapped.Len})
	if !seen.ok || seen.mapped == seen.pages {
		return ""
	}
	text := fmt.Sprintf("%d of %s brought in", seen.mapped, pagesWord(seen.pages))
	inFile := int64(p.lab.roundUp(e.Mapped.InFile(), 0)) / p.lab.pageSize
	switch {
	case e.Mapped.Backing == model.Secret:
		return text + ": secret memory is brought in by the process's own accesses alone"
	case c.Prot == model.ProtNone:
		return text + ": what may not be accessed cannot be"
	case was.onFault && !c.Populate:
		return text + ": mlockall future onfault locks them as they are touched"
	case e.Mapped.Sized && inFile < seen.pages && seen.mapped == inFile:
		return text + ": the file ends there"
	}
	return text
}

// elsewhere says that a mapping does not lie where it was asked to: a hint is only one, and takes the place of nothing (mmap(2)). Its
// address is rounded to a page: down or up, by the processor (mm/mmap.c, generic_get_unmapped_area; arch/x86/kernel/sys_x86_64.c).
func (p *process) elsewhere(c lang.Mmap, e model.Event) string {
	ps, hint := uint64(p.lab.pageSize), e.Args[0].Value
	switch m := e.Mapped; {
	case m == nil:
	case c.Low32 && m.Base >= 1<<31:
		return "above 2G: MAP_32BIT means something on x86-64 alone"
	case c.Near == nil && !c.Noreplace || hint == 0 || m.Base == hint&^(ps-1) || m.Base == p.lab.roundUp(hint, 0):
	default:
		p.observe(false)
		here := p.here()
		at := model.Span{Addr: hint &^ (ps - 1), Len: m.Len}
		for _, v := range here.VMAsIn(at) {
			lies := max(v.Start, at.Addr)
			if lies >= m.Base && lies < m.Base+m.Len { // the new mapping itself, which others may be joined to
				lies = m.Base + m.Len
			}
			if lies < min(v.End, at.End()) {
				return "not where the hint says: " + here.PageName(lies) + " is mapped, and a hint takes the place of nothing"
			}
		}
		return "not where the hint says: the kernel chose another place"
	}
	return ""
}

// mremapShortfall: mremap makes a mapping longer, and not what lies behind it.
func (p *process) mremapShortfall(_ lang.Mremap, e model.Event, _ future) string {
	m := e.Mapped
	if m == nil || len(e.Args) < 3 {
		return ""
	}
	if p.here().Region(m.Name) == nil {
		return "there it is a region of its own, " + m.Name
	}
	if e.Args[2].Value <= e.Args[1].Value {
		return ""
	}
	size, known := int64(m.FileLen), m.Sized && (m.Backing == model.Shm || m.Backing == model.Anon && m.Shared)
	if kept, ok := p.files.of[m.Name]; ok && kept.fd != noFD {
		f, looked := p.lookAtFD(m.Name, int(kept.fd))
		size, known = f.Len, looked
	}
	if behind := int64(p.lab.roundUp(uint64(size-min(size, int64(m.Offset))), 0)); known && behind < int64(m.Len) {
		return fmt.Sprintf("the last %s nothing behind: an access is SIGBUS", haveNothing((int64(m.Len)-behind)/p.lab.pageSize))
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
func (p *process) onFaultShortfall(t model.Target) string {
	s, err := p.span(t)
	if err != nil || p.unknowable(t) {
		return ""
	}
	resident, pages, ok := p.residentIn(s)
	if !ok || resident == pages {
		return ""
	}
	return fmt.Sprintf("%d of %s in memory: the rest is locked as it comes in", resident, pagesWord(pages))
}

// mlockShortfall: what the kernel may drop gets no lock, and the call succeeds all the same (mm/mlock.c, mlock_fixup).
func (p *process) mlockShortfall(c lang.Mlock, _ model.Event, _ future) string {
	return p.droppableShortfall(c.T)
}

func (p *process) droppableShortfall(t model.Target) string {
	s, err := p.span(t)
	if err != nil || !p.lab.droppable {
		return ""
	}
	p.observe(false)
	here := p.here()
	for _, v := range here.VMAsIn(s) {
		if v.Flags.Has("dp") {
			return here.PageName(max(v.Start, s.Addr)) + " is droppable: it gets no lock"
		}
	}
	return ""
}

// mlock2Shortfall: with MLOCK_ONFAULT it brings nothing in.
func (p *process) mlock2Shortfall(c lang.Mlock2, _ model.Event, _ future) string {
	if text := p.droppableShortfall(c.T); text != "" {
		return text
	}
	if !c.OnFault {
		return ""
	}
	return p.onFaultShortfall(c.T)
}

// shmctlShortfall: SHM_LOCK locks what is there, and the rest as it comes in (shmctl(2)).
func (p *process) shmctlShortfall(c lang.Shmctl, _ model.Event, _ future) string {
	if c.Op != "lock" || p.here().Region(c.Name) == nil {
		return ""
	}
	return p.onFaultShortfall(wholeRegion(c.Name))
}

// lockallShortfall: mlockall ignores what cannot be brought in, and MCL_CURRENT without MCL_FUTURE
// ends the latter (mm/mlock.c, apply_mlockall_flags).
func (p *process) lockallShortfall(c lang.Mlockall, _ model.Event, was future) (text string) {
	if was.locked && !c.Future {
		text = "mlockall future is no longer in force"
	}
	if !c.Current || p.pagesOf() > sampler.FullPages {
		return text
	}
	seen, err := p.sampler.Sample(false)
	if err != nil {
		return text
	}
	var absent, all int64
	for _, r := range seen.Regions {
		for rg, page := range r.Pages.In(model.Range{Lo: 0, Hi: r.Pages.Len()}) {
			if page.Has(model.InVMA) {
				if all += rg.Len(); !page.Has(model.Mapped) {
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
func (p *process) unlockShortfall(c lang.Munlock, _ model.Event, _ future) string {
	s, err := p.span(c.T)
	if err != nil {
		return ""
	}
	if r := p.regionOf(c.T, s); r != nil && r.Backing == model.Shm && sampler.IsShmLocked(r.ShmID) {
		return "SHM_LOCK still holds its pages"
	}
	if !p.lab.secrets {
		return ""
	}
	p.observe(false)
	here := p.here()
	for _, v := range here.VMAsIn(s) {
		if v.Secret() && v.Lock != model.Unlocked {
			return here.PageName(max(v.Start, s.Addr)) + " is secret memory: it stays locked"
		}
	}
	return ""
}

// limitShortfall: what is locked, and what is mapped, stays so when the limit falls below it (setrlimit(2)).
func (p *process) limitShortfall(c lang.Setrlimit, _ model.Event, _ future) string {
	stat, ipcLock := p.proc.Stat()
	soft := p.lab.limitBytes(c.Soft)
	if c.Of != lang.LimitMemlock {
		status, err := p.proc.Status()
		has := map[lang.Limit]int64{lang.LimitAS: stat.VmSize, lang.LimitData: status.VmData}[c.Of]
		if err != nil || uint64(has) <= soft {
			return ""
		}
		return model.FormatBytes(has) + " is mapped and stays so"
	}
	if ipcLock || soft == unix.RLIM_INFINITY || uint64(stat.VmLck) <= soft {
		return ""
	}
	return model.FormatBytes(stat.VmLck) + " is locked and stays so"
}

// fadviseShortfall is about the part of a file that is in memory once the call has returned.
func (p *process) fadviseShortfall(c lang.PosixFadvise, _ model.Event, _ future) string {
	s, err := p.span(c.T)
	if err != nil || p.unknowable(c.T) || c.Advice != "dontneed" && c.Advice != "willneed" {
		return ""
	}
	resident, pages, ok := p.residentIn(s)
	switch {
	case !ok:
		return ""
	case c.Advice == "willneed" && resident < pages:
		return fmt.Sprintf("%d of %s in memory as it returned", resident, pagesWord(pages))
	case c.Advice == "willneed" || resident == 0:
		return ""
	}
	text := fmt.Sprintf("%d of %s still in memory", resident, pagesWord(pages))
	if seen := p.populatedIn(s); seen.ok && seen.mapped > 0 {
		text += fmt.Sprintf(": %d of them mapped here", seen.mapped)
	}
	return text
}

// msyncShortfall: MS_ASYNC starts nothing (mm/msync.c, since Linux 2.6.19).
func (p *process) msyncShortfall(c lang.Msync, _ model.Event, _ future) string {
	if !c.Mode.Has("async") {
		return ""
	}
	return "MS_ASYNC only looks whether the range is mapped: it starts no writing"
}

// adviceShortfall is what an advice left as it was.
func (p *process) adviceShortfall(c lang.Madvise, _ model.Event, _ future) string {
	s, err := p.span(c.T)
	if err != nil {
		return ""
	}
	switch c.Advice {
	case "free", "cold", "pageout":
		return p.stayShortfall(c.Advice, s)
	case "willneed":
		return p.willneedShortfall(c.T, s)
	case "dontneed", "dontneed_locked":
		return p.cacheShortfall(c.T, s)
	case "mergeable":
		if run := string(bytes.TrimSpace(proc.ReadText("/sys/kernel/mm/ksm/run"))); run != "1" {
			return "nothing merges them: /sys/kernel/mm/ksm/run is " + run
		}
	case "hugepage":
		return p.hugeShortfall(c.T, s)
	}
	return ""
}

// stayShortfall: MADV_FREE and MADV_COLD take pages away when memory is short, and MADV_PAGEOUT
// those that it can (madvise(2)).
func (p *process) stayShortfall(a lang.Advice, s model.Span) string {
	seen := p.populatedIn(s)
	switch {
	case !seen.ok || seen.mapped == 0:
		return ""
	case a == "free":
		return pagesWord(seen.own) + " in memory until it is short; a write keeps its page"
	case a == "cold":
		return pagesWord(seen.mapped) + " in memory, to go first when it is short"
	}
	return pagesWord(seen.mapped) + " still in memory"
}

// willneedShortfall: the reading goes on after the call has returned.
func (p *process) willneedShortfall(t model.Target, s model.Span) string {
	r := p.regionOf(t, s)
	if r == nil || r.Unknowable {
		return ""
	}
	if r.Backing == model.Anon && !r.Shared || r.Backing == model.Heap {
		switch seen := p.populatedIn(s); {
		case !seen.ok:
			return ""
		case seen.swapped == 0:
			return "no page of it is in swap: there is nothing to read"
		default:
			return pagesWord(seen.swapped) + " in swap as it returned"
		}
	}
	if resident, pages, ok := p.residentIn(s); ok && resident < pages {
		return fmt.Sprintf("%d of %s in memory as it returned", resident, pagesWord(pages))
	}
	return ""
}

// cacheShortfall: MADV_DONTNEED takes the pages of a file or of shared memory out of this mapping,
// and not out of memory.
func (p *process) cacheShortfall(t model.Target, s model.Span) string {
	r := p.regionOf(t, s)
	if r == nil || r.Unknowable || r.Backing == model.Heap || r.Backing == model.Anon && !r.Shared {
		return ""
	}
	if resident, pages, ok := p.residentIn(s); ok && resident > 0 {
		return fmt.Sprintf("%d of %s still in memory: only this mapping of them is gone", resident, pagesWord(pages))
	}
	return ""
}

// hugeShortfall: an advice of huge pages brings none where the system gives none, or where none fits.
func (p *process) hugeShortfall(t model.Target, s model.Span) string {
	if r := p.regionOf(t, s); r == nil || r.Shared || r.Backing != model.Anon && r.Backing != model.Heap {
		return "" // files and shared memory have settings of their own
	}
	const dir = "/sys/kernel/mm/transparent_hugepage/"
	if proc.Chosen(proc.ReadText(dir+"enabled")) == "never" {
		return "no huge page comes of it: transparent_hugepage/enabled is never"
	}
	size := uint64(proc.ReadNumber(dir + "hpage_pmd_size"))
	if size > 0 && p.lab.roundUp(s.Addr, size)+size > p.lab.roundUp(s.End(), 0) {
		return "no huge page of " + model.FormatBytes(int64(size)) + " fits into the range"
	}
	return ""
}
