package memops

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

const smapsText = `00400000-00401000 r-xp 00003000 fd:0a 7        /memfd:incore-subject (deleted)
Size:                  4 kB
VmFlags: rd ex mr mw me
7f0000000000-7f0000004000 rw-p 00000000 00:00 0
Locked:               16 kB
VmFlags: rd wr mr mw me lo ac
7f0000004000-7f0000008000 ---s 00000000 00:01 9                          /memfd:a b (deleted)
VmFlags: mr mw me lo lf
`

func TestParseSmaps(t *testing.T) {
	want := []model.VMA{
		{Start: 0x400000, End: 0x401000, Prot: model.ProtRead | model.ProtExec, Path: "/memfd:incore-subject (deleted)",
			Offset: 0x3000, Dev: 0xfd<<32 | 0xa, Inode: 7, Flags: model.ParseVMAFlags("rd ex mr mw me")},
		{Start: 0x7f0000000000, End: 0x7f0000004000, Prot: model.ProtRead | model.ProtWrite, Lock: model.Locked, Flags: model.ParseVMAFlags("rd wr mr mw me lo ac")},
		{Start: 0x7f0000004000, End: 0x7f0000008000, Shared: true, Lock: model.OnFault, Path: "/memfd:a b (deleted)",
			Dev: 1, Inode: 9, Flags: model.ParseVMAFlags("mr mw me lo lf")},
	}
	if diff := cmp.Diff(want, parseSmaps([]byte(smapsText), nil)); diff != "" {
		t.Error(diff)
	}
}

// Before Linux 6.2 the flag of a lock on fault has no name.
func TestLockOf(t *testing.T) {
	for flags, want := range map[string]model.Lock{
		"rd wr mr mw me ac": model.Unlocked, "rd wr lo ac": model.Locked, "rd wr lo lf ac": model.OnFault,
		"rd wr lo ?? ac sd": model.OnFault, "rd wr lo sr dc ?? ac": model.OnFault, "rd wr lo ac ??": model.Locked, "rd ?? ac": model.Unlocked,
	} {
		if got := lockOf([]byte(flags)); got != want {
			t.Errorf("%s: got %d, want %d", flags, got, want)
		}
	}
}

func TestParseStatus(t *testing.T) {
	got := parseStatus([]byte("Name:\tx\nVmSize:\t     296 kB\nVmLck:\t      16 kB\nVmData:\t      44 kB\nVmRSS:\t      60 kB\nVmSwap:\t       8 kB\nCapEff:\t0000000000004000\n"))
	want := status{rss: 60 << 10, vmlck: 16 << 10, swap: 8 << 10, size: 296 << 10, data: 44 << 10, ipcLock: true, caps: 1 << capIPCLock}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestParseFaults(t *testing.T) {
	minor, major := parseFaults([]byte("12 (a) R 99) S 1 2 3 4 5 6 70 8 90 10\n"))
	if minor != 70 || major != 90 {
		t.Errorf("got %d minor, %d major", minor, major)
	}
}

func TestMappingOf(t *testing.T) {
	for entry, want := range map[uint64]model.Mapping{
		0:                                        0,
		pagemapPresent | pagemapExclusive | 0x1f: model.Mapped | model.Exclusive,
		pagemapPresent:                           model.Mapped | model.Shared,
		pagemapPresent | pagemapFile:             model.Mapped | model.File | model.Shared,
		pagemapSwapped:                           model.Swapped,
		pagemapSwapped | pagemapGuard:            model.Guard,
	} {
		if got := mappingOf(entry); got != want {
			t.Errorf("%#x: got %b, want %b", entry, got, want)
		}
	}
}

// appendResidency says of every bit what a plain loop says, whatever comes before.
func TestAppendResidency(t *testing.T) {
	for n := range int64(200) {
		buf := make([]byte, 32)
		for i := range buf {
			buf[i] = byte(i*i*7/3) ^ byte(n)
		}
		for _, before := range []model.Residency{model.NotAsked, model.Absent, model.Resident} {
			want := model.Runs[model.Residency]{}.Add(3, before)
			got := want.Splice(3, nil)
			for i := range n {
				want = want.Add(1, model.Absent+model.Residency(buf[i/8]>>(i%8)&1))
			}
			if got = appendResidency(got, buf, n); !got.Equal(want) {
				t.Errorf("%d pages: got %v, want %v", n, got, want)
			}
		}
	}
}

func TestSegments(t *testing.T) {
	vmas := []model.VMA{{Start: 10, End: 20}, {Start: 20, End: 30}, {Start: 40, End: 50}}
	for _, c := range []struct {
		start, end uint64
		want       []segment
	}{
		{0, 60, []segment{{0, 10, nil}, {10, 20, &vmas[0]}, {20, 30, &vmas[1]}, {30, 40, nil}, {40, 50, &vmas[2]}, {50, 60, nil}}},
		{15, 25, []segment{{15, 20, &vmas[0]}, {20, 25, &vmas[1]}}},
		{30, 40, []segment{{30, 40, nil}}},
		{60, 70, []segment{{60, 70, nil}}},
		{10, 10, nil},
	} {
		got := segments(nil, vmas, c.start, c.end)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(segment{})); diff != "" {
			t.Errorf("%d-%d: %s", c.start, c.end, diff)
		}
	}
}

func TestHistogram(t *testing.T) {
	var h histogram
	for i := range 1001 {
		h.add(time.Duration(i) * time.Microsecond)
	}
	if m := h.median(); m < 470*time.Microsecond || m > 530*time.Microsecond {
		t.Errorf("the median of 0 to 1000 µs is %v", m)
	}
	if h.slowest != time.Millisecond {
		t.Errorf("the slowest is %v", h.slowest)
	}
}

// What comes of any text is sorted as it was, has no empty VMA, and does not panic.
func FuzzParseSmaps(f *testing.F) {
	f.Add([]byte(smapsText))
	if own, err := os.ReadFile("/proc/self/smaps"); err == nil {
		f.Add(own)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, v := range parseSmaps(text, nil) {
			if v.End <= v.Start {
				t.Errorf("an empty VMA: %+v", v)
			}
		}
	})
}

func FuzzParseStatus(f *testing.F) {
	f.Add([]byte("VmRSS:\t 60 kB\nCapEff:\tff\n"), []byte("1 (x) S 1 2 3 4 5 6 7 8 9\n"))
	f.Fuzz(func(t *testing.T, text, stat []byte) {
		parseStatus(text)
		if minor, major := parseFaults(stat); len(stat) == 0 && (minor != 0 || major != 0) {
			t.Error("faults of nothing")
		}
	})
}

func FuzzAppendPagemap(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got := appendPagemap(nil, raw).Len(); got != int64(len(raw)/8) {
			t.Errorf("%d pages of %d bytes", got, len(raw))
		}
	})
}
