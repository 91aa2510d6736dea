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
