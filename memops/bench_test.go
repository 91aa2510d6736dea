//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// beside runs ours and bare in turn, so that both meet the same machine, and reports the
// medians and their ratio.
func beside(b *testing.B, ours, bare func()) {
	b.Helper()
	var times [2][]time.Duration
	for _, f := range []func(){ours, bare} {
		f() // what is needed once: memory, descriptors
	}
	b.ReportAllocs()
	for b.Loop() {
		for i, f := range []func(){ours, bare} {
			begin := time.Now()
			f()
			times[i] = append(times[i], time.Since(begin))
		}
	}
	var median [2]float64
	for i := range times {
		slices.Sort(times[i])
		median[i] = float64(times[i][len(times[i])/2])
	}
	b.ReportMetric(median[0], "ns/op")
	b.ReportMetric(median[1], "bare-ns/op")
	b.ReportMetric(median[0]/median[1], "x-bare")
}

// BenchmarkSpawn is a subject from its start to its first reply and its end, beside a
// bare os/exec of /bin/true.
func BenchmarkSpawn(b *testing.B) {
	beside(b, func() {
		s, err := subject.Start()
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}, func() {
		if err := exec.Command("/bin/true").Run(); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkRoundTrip is a call of the subject (getppid), beside the same in incore itself.
func BenchmarkRoundTrip(b *testing.B) {
	s, err := subject.Start()
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	beside(b, func() {
		if _, err := s.Actor.Call(unix.SYS_GETPPID); err != nil {
			b.Fatal(err)
		}
	}, func() { unix.Getppid() })
}

// BenchmarkCommand is a whole command of a script: the call with what it cost, its
// event, the fold.
func BenchmarkCommand(b *testing.B) {
	l := opened(b, memops.Options{})
	ok(b, l, "mmap a 64")
	lock, unlock := lang.Mlock{T: model.Target{Form: model.PageSpan, Region: "a"}}, lang.Munlock{T: model.Target{Region: "a"}}
	b.ReportAllocs()
	for b.Loop() {
		l.Do(b.Context(), lock)
		l.Do(b.Context(), unlock)
	}
}

// gib is one GiB of the benchmark's own memory, filled the way a region is.
type gib struct {
	mem   []byte
	vec   []byte
	runs  [512][3]uint64
	guard uint64 // the category of guard pages, where the kernel has it
	fd    int
}

func newGib(b *testing.B, every int) *gib {
	b.Helper()
	mem, err := unix.Mmap(-1, 0, 1<<30, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { unix.Munmap(mem) })
	if err := unix.Madvise(mem, unix.MADV_NOHUGEPAGE); err != nil {
		b.Fatal(err)
	}
	for i := 0; i < len(mem); i += every * os.Getpagesize() {
		mem[i] = 1
	}
	g := &gib{mem: mem, vec: make([]byte, 1<<30/os.Getpagesize())}
	if g.fd, err = unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { unix.Close(g.fd) })
	return g
}

// mincore is the bare loop, 16,384 pages a call, into a vector that is used again.
func (g *gib) mincore(b *testing.B) {
	step := 16384 * os.Getpagesize()
	for at := 0; at < len(g.mem); at += step {
		n := min(step, len(g.mem)-at)
		_, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&g.mem[at])), uintptr(n), uintptr(unsafe.Pointer(&g.vec[0])))
		if errno != 0 {
			b.Fatal(errno)
		}
	}
}

// The request of PAGEMAP_SCAN, written once more: the bare loop is to owe nothing to what it is compared with.
type bareScan struct {
	size, flags, start, end, walkEnd                              uint64
	vec, vecLen, maxPages                                         uint64
	categoryInverted, categoryMask, categoryAnyofMask, returnMask uint64
}

// pagemapScan is the bare loop of the ioctl, 512 runs a call.
func (g *gib) pagemapScan(b *testing.B) {
	const scan, present, swapped, zero, huge = 0xc0606610, 1 << 3, 1 << 4, 1 << 5, 1 << 6
	start := uint64(uintptr(unsafe.Pointer(&g.mem[0])))
	for end := start + 1<<30; start < end; {
		arg := bareScan{
			start: start, end: end, vec: uint64(uintptr(unsafe.Pointer(&g.runs[0]))), vecLen: uint64(len(g.runs)),
			categoryAnyofMask: present | swapped | zero | huge | g.guard, returnMask: present | swapped | zero | huge | g.guard,
		}
		arg.size = uint64(unsafe.Sizeof(arg))
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(g.fd), scan, uintptr(unsafe.Pointer(&arg))); errno != 0 {
			b.Fatal(errno)
		}
		start = arg.walkEnd
	}
}

// BenchmarkSample looks at 1 GiB in the subject: full, and every second page.
func BenchmarkSample(b *testing.B) {
	for name, every := range map[string]int{"resident": 1, "checkerboard": 2} {
		l := opened(b, memops.Options{Memory: 4 << 30})
		ok(b, l, "mmap a 1G", fmt.Sprintf("touch a every %d", every))
		sampled(l)
		g, s := newGib(b, every), memops.SamplerOf(l, model.Main)
		state := l.State()
		a := state.Main().Region("a").RegionInfo
		var core model.Runs[model.Residency]
		b.Run("mincore/"+name, func(b *testing.B) {
			beside(b, func() {
				var err error
				if core, err = s.AppendMincore(core[:0], a.Base, a.Base+a.Len); err != nil {
					b.Fatal(err)
				}
			}, func() { g.mincore(b) })
		})
		if s.Scans() {
			var mapping model.Runs[model.Mapping]
			scan, err := proc.NewScanner(s.Files())
			if err != nil {
				b.Fatal(err)
			}
			if scan.TellsGuards() {
				g.guard = 1 << 8
			}
			b.Run("PAGEMAP_SCAN/"+name, func(b *testing.B) {
				beside(b, func() {
					var err error
					mapping, err = scan.Append(mapping[:0], s.Files(), a.Base, a.Base+a.Len, pageBytes, false)
					if err != nil {
						b.Fatal(err)
					}
				}, func() { g.pagemapScan(b) })
			})
		}
		b.Run("whole/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Sample(false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(ownRSS(b, l))/1024, "subject-own-KiB")
		})
		unix.Munmap(g.mem)
	}
}

// ownRSS is the subject's memory beside its regions, in bytes.
func ownRSS(b *testing.B, l *memops.Lab) int64 {
	s := sampled(l)
	own := s.Stat.RSS
	for _, r := range s.Regions {
		own -= pageBytes * r.Pages.Count(model.Range{Hi: r.Pages.Len()}, func(p model.Page) bool { return p.Has(model.Mapped) && !p.Has(model.ZeroPage) })
	}
	return own
}
