package calls_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/modeltest"
)

// reachState is a process with the regions a of 16 pages, of which page 8 is a hole, b of 4 pages
// right behind it, a block of malloc and another process with a region a.
func reachState() model.State {
	const ps = 4096
	page := model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident, Prot: model.ProtRead | model.ProtWrite}
	region := func(name string, base uint64, pages ...model.Runs[model.Page]) *model.Region {
		var all model.Runs[model.Page]
		for _, runs := range pages {
			for part, v := range runs.In(model.Range{Hi: runs.Len()}) {
				all = all.Add(part.Len(), v)
			}
		}
		info := model.RegionInfo{Name: name, Base: base, Len: uint64(all.Len()) * ps, Backing: model.Anon}
		return &model.Region{RegionInfo: info, Pages: all}
	}
	n := func(n int64, p model.Page) model.Runs[model.Page] { return model.Runs[model.Page](nil).Add(n, p) }
	a := region("a", 0x100000, n(8, page), n(1, model.Page{}), n(7, page))
	b := region("b", 0x110000, n(4, page))
	p := region("p", 0x200000, n(2, page))
	p.Malloc, p.Start, p.Size = model.FromBrk, 0x200ff0, 32
	vma := func(lo, hi uint64) model.VMA { return model.VMA{Start: lo, End: hi, Prot: page.Prot} }
	main := model.Process{
		Name: model.Main, PID: 7, PageSize: ps, Regions: []*model.Region{a, b, p}, Limits: model.Limits{MemlockSoft: 8 * ps, MemlockHard: model.Unlimited},
		VMAs: []model.VMA{vma(0x100000, 0x108000), vma(0x109000, 0x114000), vma(0x200000, 0x202000)},
	}
	kid := model.Process{Name: "kid", Parent: model.Main, PageSize: ps, Regions: []*model.Region{region("a", 0x100000, n(16, page))},
		VMAs: []model.VMA{vma(0x100000, 0x110000)}, Limits: model.Limits{MemlockSoft: model.Unlimited}}
	return model.State{Kernel: "6.18.44", Procs: []model.Process{main, kid}}
}

// pagesReached says what a command reaches: "a[0..2] b[0]".
func pagesReached(r calls.Reach) string {
	var out []string
	for _, p := range r.Parts {
		name := p.Region
		if p.Proc != model.Main {
			name = p.Proc + ":" + name
		}
		for _, rg := range p.Ranges(model.Range{Hi: math.MaxInt64}) {
			if rg.Len() == 1 {
				out = append(out, fmt.Sprintf("%s[%d]", name, rg.Lo))
			} else {
				out = append(out, fmt.Sprintf("%s[%d..%d]", name, rg.Lo, rg.Hi-1))
			}
		}
	}
	return strings.Join(out, " ")
}

// What surely is too much to map is foreseen: by vm.overcommit_memory, where it counts the mapping,
// and by the addresses that a process has.
func TestForeseeTooMuch(t *testing.T) {
	const g = 1 << 30
	guess := model.System{MemTotal: 7 * g, SwapTotal: g}
	never := model.System{MemTotal: 7 * g, SwapTotal: g, Overcommit: 2, CommitLimit: 4 * g, Committed: g}
	for _, tt := range []struct {
		line string
		sys  model.System
		why  string
	}{
		{"mmap c 1T", guess, "ENOMEM: more than all memory and swap, 8G; noreserve is not counted"},
		{"mmap c 1T shared", guess, "ENOMEM: more than all memory and swap, 8G; noreserve is not counted"},
		{"mmap c 8G", guess, ""},
		{"mmap c 1T noreserve", guess, ""},
		{"mmap c 1T r", guess, ""},
		{"mmap c 1T none", guess, ""},
		{"mmap c 1T shared memfd", guess, ""},
		{"mmap c 1T", model.System{MemTotal: 7 * g, Overcommit: 1}, ""},
		{"mmap c 1T", model.System{}, ""},
		{"mmap c 3G noreserve", never, ""},
		{"mmap c 4G noreserve", never, "ENOMEM: more than the kernel has left to promise, 3G (CommitLimit)"},
		{"mmap c 4G at a", never, ""},
		{"mmap c 256T noreserve", guess, "ENOMEM: 256T: a process has addresses for 128T"},
		{"mmap c 18446744073709551615B r", guess, "ENOMEM: 16.0E: a process has addresses for 128T"},
	} {
		c, err := lang.Parse(tt.line)
		if err != nil {
			t.Fatal(err)
		}
		s := reachState()
		s.System = tt.sys
		r := calls.Foresee(c, s)
		if why := strings.TrimPrefix(r.Answer+": "+r.Why, ": "); why != tt.why {
			t.Errorf("%s with %+v: %q, want %q", tt.line, tt.sys, why, tt.why)
		}
	}
}

// What the kernel does not know it refuses before it looks at the range.
func TestForeseeOldKernel(t *testing.T) {
	for line, why := range map[string]string{
		"madvise a[8] populate_write":     "EINVAL: MADV_POPULATE_WRITE came with Linux 5.14; this is 5.10.0-debian",
		"madvise a+1,5 populate_read":     "EINVAL: MADV_POPULATE_READ came with Linux 5.14; this is 5.10.0-debian",
		"madvise a+0,0 collapse":          "EINVAL: MADV_COLLAPSE came with Linux 6.1; this is 5.10.0-debian",
		"madvise 0x1000,4096 pageout":     "ENOMEM: nothing is mapped at 0x1000",
		"madvise a dontneed":              "ENOMEM: a[8] is a hole: the rest is advised all the same",
		"mseal 0x1000,1":                  "ENOSYS: mseal came with Linux 6.10; this is 5.10.0-debian",
		"madvise a[0..1] dontneed_locked": "EINVAL: MADV_DONTNEED_LOCKED came with Linux 5.18; this is 5.10.0-debian",
	} {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		s := reachState()
		s.Kernel = "5.10.0-debian"
		r := calls.Foresee(c, s)
		if got := r.Answer + ": " + r.Why; got != why {
			t.Errorf("%s: %q, want %q", line, got, why)
		}
	}
}

// Each call rounds as the kernel does; package memops holds the same against the kernel itself.
func TestForesee(t *testing.T) {
	for _, tt := range []struct{ line, pages, note, why string }{
		{"mlock a+100,32", "a[0]", "rounded outwards to a[0]: its neighbors are reached too", ""},
		{"mlock a+4095,2", "a[0..1]", "rounded outwards to a[0..1]: its neighbors are reached too", ""},
		{"mlock a+100,0", "a[0]", "rounded outwards to a[0]: its neighbors are reached too", ""},
		{"mlock a+4096,0", "", "", ""},
		{"munlock a+8191,1", "a[1]", "rounded outwards to a[1]: its neighbors are reached too", ""},
		{"mlock2 a[1..2] onfault", "a[1..2]", "", ""},
		{"mlock p", "p[0..1]", "rounded outwards to p[0..1]: its neighbors are reached too", ""},
		{"mlock a[0..7]", "a[0..7]", "", ""},
		{"mlock a[0..8]", "", "", "ENOMEM: would be 36K of 32K: nothing is locked"},
		{"mlock a[5..9]", "a[5..7]", "", "ENOMEM: a[8] is a hole: what lies before it is locked, nothing after it"},
		{"mlock a[8..9]", "", "", "ENOMEM: a[8] is a hole: nothing is locked"},
		{"mlock 0x1000,4096", "", "", "ENOMEM: nothing is mapped at 0x1000"},
		{"munlock 0x1000,4096", "", "", "ENOMEM: nothing is mapped at 0x1000"},
		{"mlock 0xff000,8192", "", "", "ENOMEM: 0xff000 is a hole: nothing is locked"},
		{"mprotect 0x1000,8192 r", "", "", "ENOMEM: nothing is mapped at 0x1000"},
		{"madvise 0x1000,4096 dontneed", "", "", "ENOMEM: nothing is mapped at 0x1000"},
		{"munlock a", "a[0..7]", "", "ENOMEM: a[8] is a hole: what lies before it is unlocked, nothing after it"},
		{"mlock a[14..17]", "a[14..15] b[0..1]", "", ""},
		{"mlock 0xfffffffffffff000,8192", "", "", "EINVAL: the range goes past the last address"},
		{"in kid mlock a", "kid:a[0..15]", "", ""},
		{"mprotect a+100,10 r", "", "", "EINVAL: not the start of a page: name a[0]"},
		{"mprotect a+4096,10 r", "a[1]", "rounded up to a[1]: the rest of the page is reached too", ""},
		{"mprotect a r", "a[0..7]", "", "ENOMEM: a[8] is a hole: what lies before it is protected, nothing after it"},
		{"mprotect p r", "", "", "EINVAL: not the start of a page: p is malloc's"},
		{"munmap a", "a[0..7] a[9..15]", "", ""},
		{"munmap a+0,0", "", "", "EINVAL: a length of 0"},
		{"madvise a dontneed", "a[0..7] a[9..15]", "", "ENOMEM: a[8] is a hole: the rest is advised all the same"},
		{"madvise a populate_write", "a[0..7]", "", "ENOMEM: a[8] is a hole: what lies before it is brought in"},
		{"madvise a[0] remove", "", "", "EINVAL: a[0] has no file to punch a hole into"},
		{"mincore a[7..9]", "", "", "ENOMEM: a[8] is a hole: nothing is done"},
		{"mincore b+0,4097", "b[0..1]", "rounded up to b[0..1]: the rest of the page is reached too", ""},
		{"msync a[7..9] sync", "a[7] a[9]", "", "ENOMEM: a[8] is a hole: what is mapped is written all the same"},
		{"mseal a", "", "", "ENOMEM: a[8] is a hole: nothing is done"},
		{"touch a[0..7] every 3", "a[0] a[3] a[6]", "", ""},
		{"touch a+4095,2", "a[0..1]", "", ""},
		{"touch a every 4", "a[0] a[4]", "", "SIGSEGV: a[8] is a hole"},
		{"touch a every 3", "a[0] a[3] a[6] a[9] a[12] a[15]", "", ""},
		{"touch a random", "a[0..7] a[9..15]", "a signal ends it where it comes to such a page: a[8] is a hole", ""},
		{"touch b exec", "", "", "SIGSEGV: b[0] has protection rw"},
		{"memset a+4090,10 1", "a[0..1]", "", ""},
		{"memset p 1", "p[0..1]", "", ""},
		{"memcpy b[0] a[3]", "b[0] a[3]", "", ""},
		{"memcpy b+0,10 b+5,10", "b[0]", "the two overlap, which memcpy does not allow: memmove does", ""},
		{"memcmp a[8] b[0]", "b[0]", "", "SIGSEGV: a[8] is a hole"},
		{"memcpy a[1] b", "", "", "two targets of one length: a[1] has 4096 bytes, b has 16384"},
		{"munlockall", "a[0..7] a[9..15] b[0..3] p[0..1]", "", ""},
		{"mlockall", "", "", "EINVAL: what to lock is not said: current, future, or both"},
		{"mlockall future", "", "", ""},
		{"mmap c 10000B", "", "rounded up to 3 pages (12K)", ""},
		{"mmap c 2 at a[1]", "a[1..2]", "", ""},
		{"mmap c 2 at a+1,1", "", "", "EINVAL: not the start of a page"},
		{"mmap c 0", "", "", "EINVAL: a length of 0"},
		{"mmap c 9 locked", "", "", "EAGAIN: would be 36K of 32K locked: nothing is mapped"},
		{"mmap a 4", "", "", "there is a region a already"},
		{"mremap a 4", "a[4..7] a[9..15]", "", ""},
		{"mremap b 8", "b[0..3]", "", ""},
		{"free p", "p[0..1]", "other blocks on its pages stay", ""},
		{"free a", "", "", "a is not malloc's: munmap gives it back"},
		{"fork kid", "", "", "there is a process kid already: take another name"},
		{"exec", "a[0..7] a[9..15] b[0..3] p[0..1]", "", ""},
		{"kill SIGTERM", "a[0..7] a[9..15] b[0..3] p[0..1]", "", ""},
		{"kill SIGCHLD", "", "", ""},
		{"setrlimit memlock 4 2", "", "", "EINVAL: the soft limit, 16K, would be above the hard one, 8K"},
		{"reset", "a[0..7] a[9..15] b[0..3] p[0..1] kid:a[0..15]", "", ""},
		{"expect all b[1..2] locked", "b[1..2]", "", ""},
		{"in nobody mlock a", "", "", "there is no process nobody: fork makes one"},
		{"mlock zz", "", "", "zz: no such region"},
	} {
		c, err := lang.Parse(tt.line)
		if err != nil {
			t.Fatal(err)
		}
		r := calls.Foresee(c, reachState())
		why := strings.TrimPrefix(r.Answer+": "+r.Why, ": ")
		if d := cmp.Diff([]string{tt.pages, tt.note, tt.why}, []string{pagesReached(r), r.Note, why}); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.line, d)
		}
	}
}

// The calls are those that the log will show, argument for argument.
func TestForeseenCalls(t *testing.T) {
	for line, want := range map[string]string{
		"mlock a+100,32":          "mlock(0x100064, 32)",
		"mlock2 b onfault":        "mlock2(0x110000, 16384, MLOCK_ONFAULT)",
		"mprotect b rw":           "mprotect(0x110000, 16384, PROT_READ|PROT_WRITE)",
		"mprotect b none":         "mprotect(0x110000, 16384, PROT_NONE)",
		"madvise b dontneed":      "madvise(0x110000, 16384, MADV_DONTNEED)",
		"mmap c 64":               "mmap(NULL, 262144, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)",
		"mmap c 1 shared memfd":   `memfd_create("c", MFD_CLOEXEC) ftruncate(fd, 4096) mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0)`,
		"mremap b 8":              "mremap(0x110000, 16384, 32768, MREMAP_MAYMOVE)",
		"kill SIGTERM":            "kill(7, SIGTERM)",
		"free p":                  "free(0x200ff0)",
		"in kid touch a every 2":  "touch(0x100000, 65536, write, every 2)",
		"setrlimit memlock 64K 1": "prlimit64(0, RLIMIT_MEMLOCK, {rlim_cur=64*1024, rlim_max=4*1024}, NULL)",
		"say a":                   "",
	} {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, call := range calls.Foresee(c, reachState()).Calls {
			s := call.Strace()
			got = append(got, s[:strings.LastIndex(s, " = ")])
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", line, s, want)
		}
	}
}

// Whatever a line says and whatever is known, what is told holds together.
func TestForeseeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.OneOf(rapid.Custom(modeltest.DrawCommand), rapid.Custom(drawNearCommand)).Draw(t, "command")
		s := drawReachState(t)
		r := calls.Foresee(c, s)
		if r.Why == "" && r.Answer != "" {
			t.Errorf("%s: %s without a reason", c, r.Answer)
		}
		for _, p := range r.Parts {
			proc := s.Process(p.Proc)
			if proc == nil || proc.Region(p.Region) == nil {
				t.Fatalf("%s reaches %s of %s, which is not there", c, p.Region, p.Proc)
			}
			pages := proc.Region(p.Region).Pages
			last := int64(-1)
			var n int64
			for _, rg := range p.Ranges(model.Range{Hi: pages.Len()}) {
				if rg.Lo < last || rg.Lo < 0 || rg.Hi > pages.Len() || rg.Len() == 0 {
					t.Fatalf("%s: %v is out of order or out of the region", c, p)
				}
				if pages.Count(rg, func(pg model.Page) bool { return !pg.Has(model.InVMA) }) > 0 {
					t.Fatalf("%s: %v has a hole among it", c, rg)
				}
				last, n = rg.Hi, n+rg.Len()
			}
			if n == 0 || n != p.Count() {
				t.Fatalf("%s: a part of %d pages, counted as %d", c, n, p.Count())
			}
			// Seen from anywhere it is the same pages, or more where they are not told one by one.
			lo := rapid.Int64Range(0, pages.Len()).Draw(t, "from")
			within := model.Range{Lo: lo, Hi: lo + rapid.Int64Range(0, 8).Draw(t, "seen")}
			for _, rg := range p.Ranges(model.Range{Hi: pages.Len()}) {
				if !inside(p.Ranges(within), rg) {
					t.Fatalf("%s: %v is not among %v", c, rg, p.Ranges(within))
				}
			}
		}
		for _, text := range []string{r.Effect, r.Note, r.Why} {
			if model.Visible(text) != text {
				t.Errorf("%s: %q is no text for a terminal", c, text)
			}
		}
	})
}

func inside(list []model.Range, rg model.Range) bool {
	for _, in := range list {
		if in.Lo <= rg.Lo && rg.Hi <= in.Hi {
			return true
		}
	}
	return false
}

// drawNearCommand is a command about regions that there are, or nearly.
func drawNearCommand(t *rapid.T) model.Command {
	target := func() string {
		name := rapid.SampledFrom([]string{"a", "a", "b", "p", "heap", "zz"}).Draw(t, "name")
		lo := rapid.Int64Range(0, 20).Draw(t, "first")
		n := rapid.Int64Range(0, 12).Draw(t, "pages")
		switch rapid.IntRange(0, 4).Draw(t, "form") {
		case 0:
			return name
		case 1:
			return fmt.Sprintf("%s[%d..%d]", name, lo, lo+n)
		case 2:
			return fmt.Sprintf("%s[%d..]", name, lo)
		case 3:
			return fmt.Sprintf("%s+%d,%d", name, lo*1000, n*1500)
		}
		return fmt.Sprintf("%#x,%d", rapid.Uint64().Draw(t, "addr"), rapid.Uint64().Draw(t, "len"))
	}
	line := rapid.SampledFrom([]string{
		"mlock T", "mlock2 T onfault", "munlock T", "munmap T", "mprotect T r", "madvise T dontneed", "madvise T populate_read", "madvise T remove",
		"madvise T guard_install", "msync T invalidate", "mseal T", "mincore T", "touch T", "touch T read every 3", "touch T exec random every 2", "memset T 1",
		"memcpy T T", "memcmp T T", "posix_fadvise T dontneed", "posix_fadvise T willneed", "mmap c 3 at T locked", "mmap b 3 memfd", "mmap c 2 alias b", "mremap a 3", "mremap b 33",
		"brk +5", "brk -3", "free p", "free a", "shmctl b lock", "mlockall current", "fork kid", "expect all T locked", "reset", "setrlimit memlock 3",
	}).Draw(t, "line")
	for strings.Contains(line, "T") {
		line = strings.Replace(line, "T", target(), 1)
	}
	if rapid.Bool().Draw(t, "within") && line != "reset" {
		line = "in kid " + line
	}
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return c
}

// drawReachState is a state with whatever regions, holes, limits and lists of VMAs, which need not
// fit the regions: a sample may be late.
func drawReachState(t *rapid.T) model.State {
	if rapid.IntRange(0, 20).Draw(t, "empty") == 0 {
		return model.State{}
	}
	page := rapid.Custom(func(t *rapid.T) model.Page {
		return model.Page{
			Mapping: model.Mapping(rapid.Uint16Range(0, 511).Draw(t, "mapping")), Lock: model.Lock(rapid.IntRange(0, 3).Draw(t, "lock")),
			Prot: model.Prot(rapid.IntRange(0, 7).Draw(t, "prot")), Residency: model.Residency(rapid.IntRange(0, 3).Draw(t, "residency")),
		}
	})
	limit := rapid.SampledFrom([]int64{0, 100, 4096, 65536, 8 << 20, model.Unlimited})
	proc := func(name string) model.Process {
		p := model.Process{
			Name: name, PageSize: rapid.SampledFrom([]int64{0, 4096, 16384}).Draw(t, "page size"),
			Limits: model.Limits{MemlockSoft: limit.Draw(t, "soft"), MemlockHard: limit.Draw(t, "hard"), IPCLock: rapid.Bool().Draw(t, "ipc_lock")},
			Stat:   model.ProcStat{VmLck: 4096 * rapid.Int64Range(0, 40).Draw(t, "vmlck"), VmSize: 1 << 20},
		}
		base := uint64(0x10000 * rapid.IntRange(0, 3).Draw(t, "base"))
		for _, name := range []string{"a", "b", "p", "heap"} {
			if rapid.IntRange(0, 4).Draw(t, "missing") == 0 {
				continue
			}
			r := model.Region{RegionInfo: model.RegionInfo{Name: name, Base: base, Shared: rapid.Bool().Draw(t, "shared"), Sized: rapid.Bool().Draw(t, "sized"),
				Backing: rapid.SampledFrom([]model.Backing{model.Anon, model.Memfd, model.FileOf, model.Shm, model.Heap}).Draw(t, "backing"),
				FileLen: rapid.Uint64Range(0, 1<<17).Draw(t, "file")}}
			for range rapid.IntRange(0, 5).Draw(t, "runs") {
				r.Pages = r.Pages.Add(rapid.Int64Range(1, 6).Draw(t, "run"), page.Draw(t, "page"))
			}
			r.Len = uint64(r.Pages.Len() * p.PageSize)
			if name == "p" {
				r.Malloc, r.Start, r.Size = model.FromBrk, base+16, rapid.Uint64Range(0, r.Len).Draw(t, "size")
			}
			p.Regions = append(p.Regions, &r)
			v := model.VMA{Start: base, End: base + r.Len, Prot: page.Draw(t, "vma").Prot, Shared: r.Shared, GrowsDown: rapid.Bool().Draw(t, "gd"), Sealed: rapid.IntRange(0, 5).Draw(t, "sealed") == 0}
			if r.Len > 0 && rapid.IntRange(0, 4).Draw(t, "late") > 0 {
				p.VMAs = append(p.VMAs, v)
			}
			base += r.Len + uint64(p.PageSize*rapid.Int64Range(0, 2).Draw(t, "gap"))
		}
		return p
	}
	s := model.State{Kernel: rapid.SampledFrom([]string{"", "3.2", "6.1.0", "6.18.44"}).Draw(t, "kernel"), Procs: []model.Process{proc(model.Main)}}
	if rapid.Bool().Draw(t, "forked") {
		s.Procs = append(s.Procs, proc("kid"))
	}
	return s
}

// Of every verb something is told, whatever the command: a dossier that follows another kind of command tells nothing.
func TestForeseeEveryVerb(t *testing.T) {
	seen := map[string]bool{}
	draw := rapid.Custom(modeltest.DrawCommand)
	for i := 0; i < 20000 && len(seen) < len(lang.VerbNames()); i++ {
		c := draw.Example(i)
		seen[c.Verb()] = true
		if r := calls.Foresee(c, reachState()); r.Effect == "" && r.Why == "" && len(r.Calls) == 0 {
			t.Errorf("nothing is foreseen of %s", c)
		}
	}
	for _, verb := range lang.VerbNames() {
		if !seen[verb] {
			t.Errorf("no command of %s was drawn", verb)
		}
	}
}
