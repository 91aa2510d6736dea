package proc

import (
	"testing"

	"incore/model"
)

func TestParseMeminfo(t *testing.T) {
	const text = "MemTotal:       24683620 kB\nMemFree:        24271004 kB\nMemAvailable:   24270148 kB\nBuffers:           57216 kB\n" +
		"Cached:           221676 kB\nSwapTotal:          2048 kB\nSwapFree:           1024 kB\nShmem:              8000 kB\n" +
		"CommitLimit:    12341808 kB\nCommitted_AS:     345612 kB\nHugePages_Total:       8\nHugePages_Free:        3\nHugepagesize:       2048 kB\n"
	want := model.System{
		MemTotal: 24683620 << 10, MemAvailable: 24270148 << 10, SwapTotal: 2 << 20, SwapFree: 1 << 20,
		CommitLimit: 12341808 << 10, Committed: 345612 << 10, HugeSize: 2 << 20, HugeTotal: 8, HugeFree: 3,
	}
	if got := parseMeminfo([]byte(text)); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	const old = "MemTotal: 1000 kB\nMemFree: 100 kB\nCached: 50 kB\nShmem: 20 kB\n"
	if got := parseMeminfo([]byte(old)).MemAvailable; got != 130<<10 {
		t.Errorf("without MemAvailable %d bytes are available, want 130 KiB", got)
	}
	for _, odd := range []string{"", ":", "MemTotal", "MemTotal:\n", "MemAvailable: x kB\n", "Shmem: 5 kB\nCached: 1 kB"} {
		if got := parseMeminfo([]byte(odd)); got != (model.System{}) {
			t.Errorf("%q was read as %+v", odd, got)
		}
	}
}

func TestChosen(t *testing.T) {
	for text, want := range map[string]string{
		"always [madvise] never\n": "madvise", "[always] madvise never": "always", "": "", "none": "", "[half": "", "a]b": "",
	} {
		if got := Chosen([]byte(text)); got != want {
			t.Errorf("chosen(%q) = %q, want %q", text, got, want)
		}
	}
}

func BenchmarkSystem(b *testing.B) {
	for b.Loop() {
		ReadSystem()
	}
}
