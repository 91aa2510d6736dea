package calls_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/modeltest"
)

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
