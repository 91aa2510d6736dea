package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

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
ProtectionKey:        13
`

func TestParseSmaps(t *testing.T) {
	want := []model.VMA{
		{Start: 0x400000, End: 0x401000, Prot: model.ProtRead | model.ProtExec, Path: "/memfd:incore-subject (deleted)",
			Offset: 0x3000, Dev: 0xfd<<32 | 0xa, Inode: 7, Flags: model.ParseVMAFlags("rd ex mr mw me")},
		{Start: 0x7f0000000000, End: 0x7f0000004000, Prot: model.ProtRead | model.ProtWrite, Lock: model.Locked, Flags: model.ParseVMAFlags("rd wr mr mw me lo ac")},
		{Start: 0x7f0000004000, End: 0x7f0000008000, Shared: true, Lock: model.OnFault, Path: "/memfd:a b (deleted)",
			Dev: 1, Inode: 9, Key: 13, Flags: model.ParseVMAFlags("mr mw me lo lf")},
	}
	if diff := cmp.Diff(want, ParseVMAs([]byte(smapsText), nil)); diff != "" {
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

// What comes of any text is sorted as it was, has no empty VMA, and does not panic.
func FuzzParseSmaps(f *testing.F) {
	f.Add([]byte(smapsText))
	if own, err := os.ReadFile("/proc/self/smaps"); err == nil {
		f.Add(own)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, v := range ParseVMAs(text, nil) {
			if v.End <= v.Start {
				t.Errorf("an empty VMA: %+v", v)
			}
		}
	})
}

func TestParseSharedAnon(t *testing.T) {
	const smaps = "1000-3000 rw-s 00000000 00:01 77   /dev/zero (deleted)\nSwap: 4 kB\n3000-4000 r--s 00002000 00:01 77   /dev/zero (deleted)\nSwap: 8 kB\n" +
		"4000-5000 rw-s 00000000 00:01 78   /dev/zero (deleted)\nSwap: 0 kB\n5000-6000 rw-p 00000000 00:00 0 \nSwap: 12 kB\n" +
		"6000-7000 rw-s 00000000 00:01 79   /memfd:x (deleted)\nSwap: 12 kB\n8000-9000 rw-s 00004000 00:01 77   /dev/zero (deleted)\nSwap: 0 kB\n" +
		"a000-c000 rw-s 00000000 00:0e 77   /secretmem (deleted)\nRss: 8 kB\nPss: 6 kB\nSwap: 0 kB\nd000-e000 rw-s 00000000 08:01 77   /secretmem (deleted)\nRss: 4 kB\n"
	want := []SharedAnon{
		{Dev: 1, Inode: 77, Start: 0x1000, End: 0x4000, Swap: 12 << 10}, {Dev: 1, Inode: 78, Start: 0x4000, End: 0x5000},
		{Dev: 1, Inode: 77, Start: 0x8000, End: 0x9000, Offset: 0x4000}, {Dev: 0xe, Inode: 77, Start: 0xa000, End: 0xc000, RSS: 8 << 10, Pss: 6 << 10},
	}
	got := SharedAnons([]byte(smaps))
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestGetsHuge(t *testing.T) {
	const smaps = "1000-3000 rw-p 00000000 00:00 0 \nSize: 8 kB\nVmFlags: rd wr mr mw me ac \n" +
		"3000-5000 rw-p 00000000 00:00 0 \nVmFlags: rd wr mr mw me ac hg \n5000-7000 rw-p 00000000 00:00 0 [heap]\nVmFlags: rd ht\n"
	for _, c := range []struct {
		span model.Span
		want bool
	}{
		{model.Span{Addr: 0x1000, Len: 0x2000}, false}, {model.Span{Addr: 0x1000, Len: 0x2001}, true}, {model.Span{Addr: 0x4fff, Len: 1}, true},
		{model.Span{Addr: 0x5000, Len: 0x9000}, false}, {model.Span{Addr: 0, Len: 0x1000}, false},
	} {
		if got := GetsHuge([]byte(smaps), c.span, false); got != c.want {
			t.Errorf("of %+v: %v", c.span, got)
		}
	}
	const unasked = "1000-3000 rw-p 00000000 00:00 0 \nTHPeligible:    0\nVmFlags: rd wr mr mw me ac \n" +
		"3000-5000 rw-p 00000000 00:00 0 \nTHPeligible:    1\nVmFlags: rd wr mr mw me ac \n" +
		"5000-7000 rw-p 00000000 00:00 0 \nVmFlags: rd wr mr mw me ac nh \n7000-9000 rw-p 00000000 00:00 0 \nVmFlags: rd wr\n"
	for _, c := range []struct {
		addr uint64
		want bool
	}{{0x1000, false}, {0x3000, true}, {0x5000, false}, {0x7000, true}} {
		if got := GetsHuge([]byte(unasked), model.Span{Addr: c.addr, Len: 0x1000}, true); got != c.want {
			t.Errorf("unasked, at %#x: %v", c.addr, got)
		}
	}
}

func TestParsePss(t *testing.T) {
	const old = "200000-7fff rw-p 00000000 00:00 0 [rollup]\nRss:                1000 kB\nPss:                 512 kB\n"
	if got, shmem, ok := parsePss([]byte(old + "Pss_Anon:            100 kB\nPss_Shmem:            24 kB\n")); got != 512<<10 || shmem != 24<<10 || !ok {
		t.Errorf("got %d, %d, %v", got, shmem, ok)
	}
	for _, text := range []string{"", old} {
		if _, _, ok := parsePss([]byte(text)); ok {
			t.Errorf("%q was read as something", text)
		}
	}
}

const smapsOfHuge = `7f0000000000-7f0000400000 rw-p 00000000 00:00 0
Size:               4096 kB
AnonHugePages:      2048 kB
ShmemPmdMapped:        0 kB
FilePmdMapped:         0 kB
VmFlags: rd wr mr mw me ac hg
7f0000400000-7f0000600000 r-xp 00000000 fe:01 77                         /usr/bin/x: y
AnonHugePages:         0 kB
FilePmdMapped:      2048 kB
VmFlags: rd ex mr mw me
7f0000600000-7f0000601000 rw-s 00000000 00:01 12                         /memfd:AnonHugePages: 7 kB (deleted)
ShmemPmdMapped:        0 kB
VmFlags: rd wr sh
`

func TestParseHuge(t *testing.T) {
	text := []byte(smapsOfHuge)
	if got, want := fmt.Sprint(parseHuge(text, 3)), fmt.Sprint([]int64{2 << 20, 2 << 20, 0}); got != want {
		t.Errorf("huge: %s, want %s", got, want)
	}
	own, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	if a, b := len(parseHuge(own, 0)), len(ParseVMAs(own, nil)); a != b {
		t.Errorf("%d VMAs are counted, of %d", a, b)
	}
}

func TestParseSizes(t *testing.T) {
	const text = "1000-3000 rw-s 00000000 00:01 77   /memfd:Rss: 8 kB (deleted)\nRss: 12 kB\nSwap: 4 kB\nSwapPss: 4 kB\n" +
		"5000-6000 rw-p 00000000 00:00 0 \nRss: 8 kB\nPss: 4 kB\nSwap: 16 kB\n"
	if rss, swap := Sizes([]byte(text)); rss != 20<<10 || swap != 16<<10 {
		t.Errorf("rss %d, swap %d", rss, swap)
	}
}

// The share of a process is what smaps_rollup says, or why that cannot be read.
func TestShare(t *testing.T) {
	const none = 1 << 30 // above any pid_max (proc_sys_kernel(5): at most 2^22)
	if n, err := Share(none); n != 0 || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "4.14") {
		t.Errorf("no such process: %d, %v", n, err)
	}
	if f, err := os.Open("/proc/1/smaps"); err == nil { // of root, and where it is the user's own
		f.Close()
	} else if errors.Is(err, fs.ErrPermission) {
		if n, err := Share(1); n != 0 || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("another's process: %d, %v", n, err)
		}
	}
	n, err := Share(os.Getpid())
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(err)
	}
	if all, _, _ := parsePss(ReadText("/proc/self/smaps_rollup")); err != nil || n <= 0 || n > 2*all || all > 2*n {
		t.Errorf("%d, and then %d: %v", n, all, err)
	}
}
