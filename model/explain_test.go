package model_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

// lockedHere gives pages a lock, as a call that failed half-way left them.
func lockedHere(pages ...model.Page) []model.Page {
	out := make([]model.Page, len(pages))
	for i, pg := range pages {
		pg.Lock = model.Locked
		out[i] = pg
	}
	return out
}

// failedEvent is the event of a command on a target, with the arguments that the
// kernel would get.
func failedEvent(t *testing.T, p *model.Process, line, call, errno string) model.Event {
	t.Helper()
	c, err := model.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	e := model.Event{Command: c.String(), Call: call, Ret: -1, Errno: errno}
	switch c := c.(type) {
	case model.Mmap:
		e.Args = []model.Arg{text("NULL"), bytes(c.Size.Bytes(p.PageSize))}
	case model.Mlockall:
	default:
		target := map[string]func() model.Target{
			"mlock":    func() model.Target { return c.(model.Mlock).T },
			"mlock2":   func() model.Target { return c.(model.Mlock2).T },
			"munlock":  func() model.Target { return c.(model.Munlock).T },
			"munmap":   func() model.Target { return c.(model.Munmap).T },
			"mprotect": func() model.Target { return c.(model.Mprotect).T },
			"madvise":  func() model.Target { return c.(model.Madvise).T },
			"mincore":  func() model.Target { return c.(model.Mincore).T },
		}[call]()
		span, err := p.Resolve(target)
		if err != nil {
			t.Fatal(err)
		}
		e.Args = []model.Arg{addr(span.Addr), bytes(span.Len)}
	}
	return e
}

func TestExplainLocks(t *testing.T) {
	limit := func(soft, locked int64) func(*model.Process, *model.Event) {
		return func(p *model.Process, e *model.Event) {
			p.Limits.MemlockSoft, p.Stat.VmLck = soft, locked
		}
	}
	size := func(soft, vmSize int64) func(*model.Process, *model.Event) {
		return func(p *model.Process, e *model.Event) { p.Limits.MemlockSoft, p.Stat.VmSize = soft, vmSize }
	}
	partial := func(p *model.Process, e *model.Event) { e.VmLck, p.Stat.VmLck = 8192, 8192 }
	absentFile := absentPage
	absentFile.Lock = model.Locked
	for _, tt := range []struct {
		name, line, call, errno string
		pages                   []model.Page
		change                  func(*model.Process, *model.Event)
		why, try                string
	}{
		{"over the limit", "mlock a", "mlock", "ENOMEM", []model.Page{absentPage, absentPage, absentPage, absentPage}, limit(12<<10, 4<<10),
			"RLIMIT_MEMLOCK is 12K; 4K was locked before, and this would lock 16K more: 8K too much. Over the limit it is all or nothing, so nothing was locked.",
			"Lock at most 2 pages more, or munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"what is locked counts once", "mlock a", "mlock", "ENOMEM", append(lockedHere(absentPage, absentPage), absentPage, absentPage), limit(12<<10, 8<<10),
			"RLIMIT_MEMLOCK is 12K; 8K was locked before, and this would lock 8K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
			"Lock at most 1 page more, or munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"unaligned rounds outwards", "mlock2 a+4000,200 onfault", "mlock2", "ENOMEM", []model.Page{absentPage, absentPage}, limit(10000, 4096),
			"RLIMIT_MEMLOCK is 9.8K; 4K was locked before, and this would lock 8K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
			"Lock at most 1 page more, or munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"full", "mlock a", "mlock", "ENOMEM", []model.Page{absentPage}, limit(8<<10, 8<<10),
			"RLIMIT_MEMLOCK is 8K; 8K was locked before, and this would lock 4K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
			"munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"the limit was lowered", "mlock a", "mlock", "ENOMEM", lockedHere(mappedPage), limit(4<<10, 8<<10),
			"RLIMIT_MEMLOCK is 4K, and 8K is locked already: the limit was lowered, and now even locking again what is locked fails. Nothing changed.",
			"munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"the limit comes before the hole", "mlock a", "mlock", "ENOMEM", []model.Page{absentPage, holePage, absentPage}, limit(8<<10, 0),
			"RLIMIT_MEMLOCK is 8K; 0B was locked before, and this would lock 12K more: 4K too much. Over the limit it is all or nothing, so nothing was locked.",
			"Lock at most 2 pages more, or munlock something first. Start incore with a higher limit (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"hole, within the limit", "mlock a", "mlock", "ENOMEM", append(lockedHere(absentPage, absentPage), holePage, absentPage), partial,
			"a[2] is a hole: no mapping covers it. Before it, a[0..1] is locked now but was not brought in; nothing after it was locked.",
			"mlock a[0..1], and what is mapped after the hole by itself."},
		{"hole, above every limit", "mlock a", "mlock", "ENOMEM", append(lockedHere(absentPage, absentPage), holePage), func(p *model.Process, e *model.Event) {
			partial(p, e)
			p.Limits = model.Limits{MemlockSoft: 4096, IPCLock: true}
		},
			"a[2] is a hole: no mapping covers it. Before it, a[0..1] is locked now but was not brought in; nothing after it was locked.",
			"mlock a[0..1], and what is mapped after the hole by itself."},
		{"hole first", "mlock a", "mlock", "ENOMEM", []model.Page{holePage, absentPage}, nil,
			"a[0] is a hole: no mapping covers it. It is the first page of the range, so nothing was locked.", "Name pages that are mapped."},
		{"past the region", "mlock a[1..5]", "mlock", "ENOMEM", lockedHere(absentPage, absentPage), nil,
			"The range reaches past the end of a, which has 2 pages; nothing is mapped at 0x7f0000002000. Before it, a[1] is locked now but was not brought in; nothing after it was locked.",
			"mlock a[1], and what is mapped after the hole by itself."},
		{"PROT_NONE", "mlock a", "mlock", "ENOMEM", lockedHere(mappedPage, mappedPage, noAccessPage, absentPage), partial,
			"a[2] is PROT_NONE, so it could not be brought in. The whole range is locked all the same. Before it, a[0..1] was brought in; nothing after it was.",
			"mprotect a[2] r first, or mlock2 a onfault, which brings nothing in."},
		{"PROT_NONE first", "mlock2 a[1..2]", "mlock2", "ENOMEM", lockedHere(mappedPage, noAccessPage, noAccessPage), nil,
			"a[1..2] is PROT_NONE, so it could not be brought in. The whole range is locked all the same. It comes first, so nothing was brought in.",
			"mprotect a[1..2] r first, or mlock2 a[1..2] onfault, which brings nothing in."},
		{"guard", "mlock a", "mlock", "ENOMEM", lockedHere(mappedPage, guardPage, absentPage), nil,
			"a[1] is a guard page, which cannot be brought in. The whole range is locked all the same. Before it, a[0] was brought in; nothing after it was.",
			"madvise a[1] guard_remove first, or lock what lies around it."},
		{"past the end of a file", "mlock a", "mlock", "ENOMEM", lockedHere(mappedPage, absentFile), func(p *model.Process, e *model.Event) {
			p.VMAs[0].Shared, p.VMAs[0].Path = true, "/memfd:a (deleted)"
		},
			"a[1] could not be brought in: it lies past the end of the file, or the file could not be read. The whole range is locked all the same. Before it, a[0] was brought in.",
			"Lock only as much as the file is long."},
		{"too many VMAs", "mlock a[0]", "mlock", "ENOMEM", []model.Page{mappedPage, mappedPage}, func(p *model.Process, e *model.Event) {
			for i := range uint64(65_530 - len(p.VMAs)) {
				p.VMAs = append(p.VMAs, model.VMA{Start: baseB + (i+9)*2*pageSize, End: baseB + (i+9)*2*pageSize + pageSize})
			}
		},
			"The process has 65530 VMAs, and this would split one more. vm.max_map_count, 65530 unless it was set, is the most it may have.",
			"Give neighbouring pages the same locks, protection and advice, so that their VMAs merge."},
		{"no cause to be seen", "mlock a", "mlock", "ENOMEM", []model.Page{mappedPage}, nil, "", ""},
		{"no memory", "mlock a", "mlock", "EAGAIN", lockedHere(absentPage), nil,
			"The range is locked, but memory for some of its pages could not be had: they are locked and absent.",
			"munmap or munlock something, or lock less."},
		{"limit 0", "mlock a", "mlock", "EPERM", []model.Page{absentPage}, limit(0, 0),
			"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
			"Start incore with a limit above 0 (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"EPERM, and the limit is not the cause", "mlock a", "mlock", "EPERM", []model.Page{absentPage}, limit(4096, 0), "", ""},
		{"wraps", "mlock 0x1000,18446744073709551615", "mlock", "EINVAL", nil, nil,
			"0x1000 plus 18446744073709551615 bytes goes past the last address there is.", "Give a shorter length."},
		{"munlock of a hole", "munlock a", "munlock", "ENOMEM", []model.Page{mappedPage, holePage}, nil,
			"a[1] is a hole: no mapping covers it. Before it, a[0] was unlocked; nothing after it was.", "Name pages that are mapped."},
		{"mlockall", "mlockall current", "mlockall", "ENOMEM", nil, size(64<<10, 1<<20),
			"MCL_CURRENT counts the whole address space of the process, touched or not: VmSize is 1M and RLIMIT_MEMLOCK is 64K, 960K too little. Nothing was locked.",
			"mlock only what has to stay in, munmap something, or start incore with a higher limit (ulimit -l)."},
		{"mlockall, and the limit is not the cause", "mlockall current", "mlockall", "ENOMEM", nil, size(2<<20, 1<<20), "", ""},
		{"mlockall without a flag", "mlockall", "mlockall", "EINVAL", nil, nil,
			"No flag says what to lock: what is mapped now, or what will be.", "mlockall current, mlockall future, or both."},
		{"mlockall onfault", "mlockall onfault", "mlockall", "EINVAL", nil, nil,
			"MCL_ONFAULT only says how to lock; what to lock is not said.", "mlockall current onfault, or mlockall future onfault."},
		{"mlock2 on an old kernel", "mlock2 a onfault", "mlock2", "ENOSYS", []model.Page{absentPage}, nil,
			"This kernel, 6.18.44, does not have mlock2, or a filter hides it (seccomp). It came with Linux 4.4.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			explain(t, tt.line, tt.call, tt.errno, "6.18.44", tt.pages, tt.change, tt.why, tt.try)
		})
	}
}

// explain compares what is said of a failed command on process(pages).
func explain(t *testing.T, line, call, errno, kernel string, pages []model.Page, change func(*model.Process, *model.Event), why, try string) {
	t.Helper()
	if pages == nil {
		pages = []model.Page{mappedPage}
	}
	s := model.State{Kernel: kernel, Proc: process(pages...)}
	e := failedEvent(t, &s.Proc, line, call, errno)
	if change != nil {
		change(&s.Proc, &e)
	}
	gotWhy, gotTry := model.Explain(e, s)
	if diff := cmp.Diff([]string{why, try}, []string{gotWhy, gotTry}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplainMaps(t *testing.T) {
	limit := func(soft, locked int64) func(*model.Process, *model.Event) {
		return func(p *model.Process, e *model.Event) {
			p.Limits.MemlockSoft, p.Stat.VmLck = soft, locked
		}
	}
	for _, tt := range []struct {
		name, line, call, errno string
		pages                   []model.Page
		change                  func(*model.Process, *model.Event)
		why, try                string
	}{
		{"length 0", "mmap c 0", "mmap", "EINVAL", nil, nil, "The length is 0; mmap needs at least one byte.", "Give a size of 1 page or more."},
		{"too long", "mmap c 128T noreserve", "mmap", "ENOMEM", nil, nil,
			"The mapping would be 128T long, more than the addresses that a process has (128T on x86-64).", "Map less."},
		{"overcommit", "mmap c 1T", "mmap", "ENOMEM", nil, nil,
			"The kernel did not promise 1T of memory: a mapping like this is counted against what it will commit when it is made (vm.overcommit_memory), not when it is touched.",
			"Map less, or add noreserve, which promises nothing (it does not help where vm.overcommit_memory is 2)."},
		{"not counted", "mmap c 1T r", "mmap", "ENOMEM", nil, nil, "", ""},
		{"MAP_LOCKED", "mmap c 64K locked", "mmap", "EAGAIN", nil, limit(64<<10, 16<<10),
			"MAP_LOCKED locks the mapping as it is made. RLIMIT_MEMLOCK is 64K, 16K is locked already, and this would lock 64K more: 16K too much. Nothing was mapped.",
			"Leave out locked. Or map less, or start incore with a higher limit (ulimit -l)."},
		{"MCL_FUTURE", "mmap c 64K none", "mmap", "EAGAIN", nil, limit(64<<10, 16<<10),
			"mlockall future is in force, so a new mapping is locked, even a PROT_NONE one. RLIMIT_MEMLOCK is 64K, 16K is locked already, and this would lock 64K more: 16K too much. Nothing was mapped.",
			"munlockall, or mlockall current, ends that. Or map less, or start incore with a higher limit (ulimit -l)."},
		{"EAGAIN, and the limit is not the cause", "mmap c 64K", "mmap", "EAGAIN", nil, limit(128<<10, 16<<10), "", ""},
		{"MAP_LOCKED at limit 0", "mmap c 1 locked", "mmap", "EPERM", nil, limit(0, 0),
			"RLIMIT_MEMLOCK is 0 and the process does not have CAP_IPC_LOCK, so it may not lock anything at all.",
			"Start incore with a limit above 0 (ulimit -l), or as a user who has CAP_IPC_LOCK."},
		{"noexec", "mmap c 1 memfd rwx", "mmap", "EPERM", nil, nil,
			"The file behind the mapping lies where nothing may be executed (a noexec mount).", "Map it without x, or take anon."},
		{"memfd too long", "mmap c 8388608T memfd", "ftruncate", "EINVAL", nil, nil,
			"The memory file behind the mapping cannot be 8E long: a file's length is a signed 64-bit number, and less on some file systems.", "Map less."},
		{"munmap unaligned", "munmap a+100,50", "munmap", "EINVAL", []model.Page{mappedPage, mappedPage}, nil,
			"The address 0x7f0000000064 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; munmap refuses it.",
			"Name whole pages: a[0]."},
		{"munmap length 0", "munmap a+0,0", "munmap", "EINVAL", nil, nil, "The length is 0; munmap needs at least one byte.", "Give a size of 1 page or more."},
		{"munmap outside", "munmap 0xffff_8000_0000_0000,4096", "munmap", "EINVAL", nil, nil,
			"The range from 0xffff800000000000, 4096 bytes, reaches out of the part of the address space that a process may use.",
			"Give an address and a length within a region."},
		{"mprotect unaligned over two pages", "mprotect a+4095,2 r", "mprotect", "EINVAL", []model.Page{mappedPage, mappedPage, mappedPage}, nil,
			"The address 0x7f0000000fff is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; mprotect refuses it.",
			"Name whole pages: a[0..1]."},
		{"mprotect hole", "mprotect a r", "mprotect", "ENOMEM", []model.Page{readOnlyPage, holePage, mappedPage}, nil,
			"a[1] is a hole: no mapping covers it. Before it, a[0] has the new protection; nothing after it has.", "Name pages that are mapped."},
		{"mprotect wraps", "mprotect 0x1000,18446744073709551615 r", "mprotect", "ENOMEM", nil, nil,
			"0x1000 plus 18446744073709551615 bytes goes past the last address there is.", "Give a shorter length."},
		{"mprotect EACCES", "mprotect a rwx", "mprotect", "EACCES", nil, nil,
			"What is mapped there does not allow such access: its file was opened without it, or a security module (SELinux, execmem) forbids it.", ""},
		{"mincore hole", "mincore a", "mincore", "ENOMEM", []model.Page{mappedPage, holePage}, nil,
			"a[1] is a hole: no mapping covers it. mincore answers only for ranges that are mapped throughout.", "Name pages that are mapped."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			explain(t, tt.line, tt.call, tt.errno, "6.18.44", tt.pages, tt.change, tt.why, tt.try)
		})
	}
}

func TestExplainAdvice(t *testing.T) {
	const old, now = "5.10.0-debian", "6.18.44"
	shared := func(p *model.Process, e *model.Event) { p.VMAs[0].Shared, p.VMAs[0].Path = true, "/memfd:a (deleted)" }
	two := []model.Page{mappedPage, mappedPage}
	for _, tt := range []struct {
		name, advice, target, errno, kernel string
		pages                               []model.Page
		change                              func(*model.Process, *model.Event)
		why, try                            string
	}{
		{"too new", "populate_read", "a", "EINVAL", old, two, nil, "MADV_POPULATE_READ came with Linux 5.14; this is 5.10.0-debian.", ""},
		{"too new for guards", "guard_remove", "a", "EINVAL", "6.12.9", two, nil, "MADV_GUARD_REMOVE came with Linux 6.13; this is 6.12.9.", ""},
		{"new enough", "pageout", "a", "EINVAL", old, two, nil, "", ""},
		{"unaligned", "dontneed", "a+1,1", "EINVAL", now, two, nil,
			"The address 0x7f0000000001 is not a multiple of the page size, 4096. mlock and munlock round such an address down to its page; madvise refuses it.",
			"Name whole pages: a[0]."},
		{"wraps", "dontneed", "0x1000,18446744073709551615", "EINVAL", now, two, nil,
			"0x1000 plus 18446744073709551615 bytes goes past the last address there is.", "Give a shorter length."},
		{"locked", "dontneed", "a", "EINVAL", now, []model.Page{mappedPage, lockedPage, lockedPage, mappedPage}, nil,
			"a[1..2] is locked, and MADV_DONTNEED may not take locked pages away. Before it, a[0] was advised; nothing after it was.",
			"munlock a[1..2] first, or madvise a[1..2] dontneed_locked."},
		{"locked, before dontneed_locked", "dontneed", "a", "EINVAL", old, []model.Page{lockedPage, mappedPage}, nil,
			"a[0] is locked, and MADV_DONTNEED may not take locked pages away. It comes first, so nothing was done.", "munlock a[0] first."},
		{"locked, willneed does not mind", "willneed", "a", "EINVAL", now, []model.Page{lockedPage}, nil, "", ""},
		{"free of a memfd", "free", "a", "EINVAL", now, two, shared,
			"MADV_FREE is for private anonymous memory, and a is not. It comes first, so nothing was done.", "Map it private anon."},
		{"guard of a memfd", "guard_install", "a", "EINVAL", "6.14", two, shared,
			"Before Linux 6.15 guard pages are for private anonymous memory, and a[0] is not; this is 6.14. It comes first, so nothing was done.", "Map it private anon."},
		{"remove of private memory", "remove", "a", "EINVAL", now, two, nil,
			"MADV_REMOVE punches a hole in shared memory or a file, and a is private. It comes first, so nothing was done.", "Map it shared, or use dontneed."},
		{"populate without access", "populate_write", "a", "EINVAL", now, []model.Page{mappedPage, readOnlyPage}, nil,
			"a[1] has protection r, and MADV_POPULATE_WRITE needs a page that it may write. Before it, a[0] was brought in; nothing after it was.",
			"mprotect a[1] rw first."},
		{"populate PROT_NONE", "populate_read", "a", "EINVAL", now, []model.Page{noAccessPage}, nil,
			"a has protection none, and MADV_POPULATE_READ needs a page that it may read. It comes first, so nothing was brought in.", "mprotect a r first."},
		{"collapse", "collapse", "a", "EINVAL", now, two, nil,
			"No part of the range could become a huge page: it needs a stretch of that size (2M on x86-64 and most arm64), aligned to it, with some page of it touched, and not advised nohugepage.",
			"Map at least twice that size, advise hugepage, touch it, and collapse all of it."},
		{"without KSM", "mergeable", "a", "EINVAL", now, two, nil, "This kernel was built without KSM, the merging of equal pages.", ""},
		{"hole", "dontneed", "a", "ENOMEM", now, []model.Page{absentPage, holePage, absentPage}, nil,
			"a[1] is a hole: no mapping covers it. The advice skips holes: what is mapped in the range, before and after, was advised all the same.", "Name pages that are mapped."},
		{"populate a hole", "populate_write", "a", "ENOMEM", now, []model.Page{mappedPage, holePage, absentPage}, nil,
			"a[1] is a hole: no mapping covers it. Before it, a[0] was brought in; nothing after it was.", "Name pages that are mapped."},
		{"collapse without memory", "collapse", "a", "ENOMEM", now, two, nil,
			"No huge page was to be had: memory of that size in one piece is short.", "Try again when more memory is free."},
		{"populate a guard", "populate_write", "a", "EFAULT", now, []model.Page{mappedPage, guardPage, absentPage}, nil,
			"a[1] is a guard page: an access would be SIGSEGV. Before it, a[0] was brought in; nothing after it was.",
			"madvise a[1] guard_remove first, or populate what lies around it."},
		{"populate past the end", "populate_write", "a", "EFAULT", now, two, shared,
			"An access to a page of the range would be SIGBUS: it lies past the end of its file, or the file could not be read.",
			"Populate only as much as the file is long."},
		{"busy", "collapse", "a", "EAGAIN", now, two, nil, "The kernel was short of something for a moment, or the pages were busy.", "Try again."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			explain(t, "madvise "+tt.target+" "+tt.advice, "madvise", tt.errno, tt.kernel, tt.pages, tt.change, tt.why, tt.try)
		})
	}
}

func TestExplainSignals(t *testing.T) {
	s := model.State{Proc: process(mappedPage, readOnlyPage, noAccessPage, holePage, guardPage)}
	const at = baseA + 8
	for _, tt := range []struct {
		name, line, call, signal, code string
		addr                           uint64
		why, try                       string
	}{
		{"write to read-only", "touch a", "touch", "SIGSEGV", "SEGV_ACCERR", at + pageSize,
			"a[1] has protection r, and touch wrote to it.", "mprotect a[1] rw."},
		{"execute", "touch a exec", "touch", "SIGSEGV", "SEGV_ACCERR", at + pageSize, "a[1] has protection r, and touch executed it.", "mprotect a[1] rx."},
		{"execute rw", "touch a exec", "touch", "SIGSEGV", "SEGV_ACCERR", at, "a[0] has protection rw, and touch executed it.", "mprotect a[0] rwx."},
		{"PROT_NONE", "touch a read", "touch", "SIGSEGV", "SEGV_ACCERR", at + 2*pageSize,
			"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. touch read from it.", "mprotect a[2] r."},
		{"memset", "memset a 0", "memset", "SIGSEGV", "SEGV_ACCERR", at + 2*pageSize,
			"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. memset wrote to it.", "mprotect a[2] rw."},
		{"copy to", "memcpy a b", "memcpy", "SIGSEGV", "SEGV_ACCERR", at + pageSize, "a[1] has protection r, and memcpy wrote to it.", "mprotect a[1] rw."},
		{"copy from", "memmove b a", "memmove", "SIGSEGV", "SEGV_ACCERR", at + 2*pageSize,
			"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. memmove read from it.", "mprotect a[2] r."},
		{"copy onto itself", "memcpy a[1..2] a[1]", "memcpy", "SIGSEGV", "SEGV_ACCERR", at + pageSize, "a[1] has protection r, and memcpy wrote to it.", "mprotect a[1] rw."},
		{"compare", "memcmp a b", "memcmp", "SIGSEGV", "SEGV_ACCERR", at + 2*pageSize,
			"a[2] is PROT_NONE: any access to it is SIGSEGV, resident or not. memcmp read from it.", "mprotect a[2] r."},
		{"allowed, so the cause is another", "touch a", "touch", "SIGSEGV", "SEGV_ACCERR", at, "", ""},
		{"hole", "touch a", "touch", "SIGSEGV", "SEGV_MAPERR", at + 3*pageSize, "a[3] is a hole: no mapping covers it.", "Name pages that are mapped; mmap makes new ones."},
		{"past the region", "touch a[4..9]", "touch", "SIGSEGV", "SEGV_MAPERR", baseA + 5*pageSize,
			"The range reaches past the end of a, which has 5 pages; nothing is mapped at 0x7f0000005000.", "Name pages that are mapped; mmap makes new ones."},
		{"guard", "touch a", "touch", "SIGSEGV", "SEGV_MAPERR", at + 4*pageSize,
			"a[4] is a guard page (MADV_GUARD_INSTALL): any access to it is SIGSEGV, whatever its protection.", "madvise a[4] guard_remove."},
		{"not canonical", "touch 0x8000_0000_0000_0000,1", "touch", "SIGSEGV", "SI_KERNEL", 0,
			"The address is not one that the processor takes: its upper bits are not all the same. The processor does not say which it was.",
			"Give an address within a region."},
		{"past the end of a file", "touch a", "touch", "SIGBUS", "BUS_ADRERR", at,
			"a[0] is mapped, but nothing is behind it: it lies past the end of its file, or no memory or space for it could be had.",
			"Stay within the file, or make it longer."},
		{"broken memory", "touch a", "touch", "SIGBUS", "BUS_MCEERR_AR", at, "The memory behind a[0] is broken: the hardware reported an error.", ""},
		{"unaligned", "touch a", "touch", "SIGBUS", "BUS_ADRALN", at, "The access at a[0] was not aligned as the processor asks.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := model.Event{Command: tt.line, Call: tt.call, Signal: &model.Signal{Name: tt.signal, Code: tt.code, Addr: tt.addr}}
			if c, err := model.Parse(tt.line); err != nil {
				t.Fatal(err)
			} else if touch, ok := c.(model.Touch); ok {
				span, err := s.Proc.Resolve(touch.T)
				if err != nil {
					t.Fatal(err)
				}
				e.Args = []model.Arg{addr(span.Addr), bytes(span.Len), text("write")}
			}
			why, try := model.Explain(e, s)
			if diff := cmp.Diff([]string{tt.why, tt.try}, []string{why, try}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplainNothingToExplain(t *testing.T) {
	s := model.State{Proc: process(mappedPage)}
	for _, e := range []model.Event{
		{Call: "mlock"},
		{Command: "mlock c", Refused: "c: no such region"},
		{Call: "touch", Refused: "no answer: the subject is dead", Errno: "ENOSYS"},
		{Note: "x"},
		{Call: "mlock", Errno: "EFOO"},
		{Call: "mlock", Errno: "ENOMEM"},
	} {
		if why, try := model.Explain(e, s); why != "" || try != "" {
			t.Errorf("%+v: %q, %q", e, why, try)
		}
	}
}

// What is to be tried can be typed: no explanation panics, or sends a control
// character, whatever the arguments and the state are.
func FuzzExplain(f *testing.F) {
	for _, line := range []string{
		"mlock a", "mlock2 a+1,5 onfault", "munlock 0x1000,18446744073709551615", "mmap c 1T locked", "mprotect a[3..9] r",
		"madvise a free", "mlockall current onfault", "memcpy a b", "touch a[4..] exec", "munmap a", "mincore a",
	} {
		f.Add(line, uint8(0), uint64(baseA), uint64(4096), int64(4096))
	}
	f.Add("mlock a", uint8(255), uint64(math.MaxUint64), uint64(math.MaxUint64), int64(math.MaxInt64))
	f.Add("mmap c 1 locked", uint8(10), uint64(0), uint64(math.MaxInt64), int64(1))
	answers := []string{"ENOMEM", "EINVAL", "EPERM", "EAGAIN", "EACCES", "EFAULT", "ENOSYS", "SIGSEGV", "SIGBUS", "SIGILL"}
	codes := []string{"SEGV_ACCERR", "SEGV_MAPERR", "SI_KERNEL", "BUS_ADRERR"}
	f.Fuzz(func(t *testing.T, line string, pick uint8, at, n uint64, locked int64) {
		c, err := model.Parse(line)
		if err != nil || c == nil {
			return
		}
		e := model.Event{Command: c.String(), Call: c.Verb(), Args: []model.Arg{addr(at), bytes(n)}, VmLck: locked % 3}
		answer := answers[int(pick)%len(answers)]
		if answer[0] == 'E' {
			e.Errno = answer
		} else {
			e.Signal = &model.Signal{Name: answer, Code: codes[int(pick>>4)%len(codes)], Addr: at}
		}
		s := model.State{Kernel: line, Proc: process(mappedPage, holePage, lockedPage, guardPage, noAccessPage)}
		s.Proc.Stat.VmLck, s.Proc.Limits.MemlockSoft = locked, locked/2
		if pick == 255 {
			s.Proc = model.Process{}
		}
		why, try := model.Explain(e, s)
		refuseControls(t, why)
		refuseControls(t, try)
		if why == "" && try != "" {
			t.Errorf("no cause, and yet: %q", try)
		}
	})
}
