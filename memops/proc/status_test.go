package proc

import (
	"testing"
)

func TestParseStatus(t *testing.T) {
	got := ParseStatus([]byte("Name:\tx\nVmSize:\t     296 kB\nVmLck:\t      16 kB\nVmData:\t      44 kB\nVmRSS:\t      60 kB\nVmSwap:\t       8 kB\nCapEff:\t0000000000004000\n"))
	want := Status{RSS: 60 << 10, VmLck: 16 << 10, Swap: 8 << 10, VmSize: 296 << 10, VmData: 44 << 10, IPCLock: true, Caps: 1 << capIPCLock}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestParseFaults(t *testing.T) {
	minor, major := ParseFaults([]byte("12 (a) R 99) S 1 2 3 4 5 6 70 8 90 10\n"))
	if minor != 70 || major != 90 {
		t.Errorf("got %d minor, %d major", minor, major)
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add([]byte("VmRSS:\t 60 kB\nCapEff:\tff\n"), []byte("1 (x) S 1 2 3 4 5 6 7 8 9\n"))
	f.Fuzz(func(t *testing.T, text, stat []byte) {
		ParseStatus(text)
		if minor, major := ParseFaults(stat); len(stat) == 0 && (minor != 0 || major != 0) {
			t.Error("faults of nothing")
		}
	})
}
