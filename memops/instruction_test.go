//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"incore/memops/subject"
	"incore/model"
)

// What a file of commands may have executed is a short list. An instruction that brings
// an address of its own would reach the subject's program and frames.
func TestHarmless(t *testing.T) {
	for _, tt := range []struct {
		arch string
		code string
		want bool
	}{
		{"amd64", "\x00\x00\x00\x00", true},
		{"amd64", "\x90\x90\x90\x90", true},
		{"amd64", "\x0f\x0b\x00\x00", true},
		{"amd64", "\xf4", true},
		{"amd64", "\x00", false},             // its operand lies on the next page
		{"amd64", "\x00\x04\x25\x00", false}, // add %al,0x…
		{"amd64", "\xc7\x04\x25\x00", false}, // movl $…,0x…
		{"amd64", "\x0f\x05\x00\x00", false}, // syscall
		{"amd64", "\x66\x90\x00\x00", false},
		{"amd64", "", false},
		{"arm64", "\x00\x00\x00\x00", true},
		{"arm64", "\x34\x12\x00\x00", true},
		{"arm64", "\x01\x00\x00\xd4", false}, // svc 0
		{"arm64", "\x00\x00", false},
	} {
		if got := knownHarmless([]byte(tt.code), tt.arch); got != tt.want {
			t.Errorf("% x on %s: %v, want %v", tt.code, tt.arch, got, tt.want)
		}
	}
}

// An instruction with an address into the subject's own memory is not run, wherever in it
// it would store.
func TestStrayStore(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the instruction is one of x86-64")
	}
	l := opened(t, Options{})
	ok(t, l, "mmap x 1 rwx")
	for at := uint64(subject.OwnStart); at < subject.OwnEnd; at += uint64(pageBytes) {
		code := []byte{0xc7, 0x04, 0x25, byte(at), byte(at >> 8), byte(at >> 16), byte(at >> 24), 6, 0, 0, 0}
		for i, b := range code {
			ok(t, l, fmt.Sprintf("memset x+%d,1 %d", i, b))
		}
		if e := do(t, l, "touch x exec"); e.Refused == "" || e.Ret != 0 {
			t.Fatalf("a store to %#x was run: %s", at, e.Strace())
		}
	}
	ok(t, l, "memset x 0x90", "touch x exec", "expect return 1", "memset x 0xcc", "touch x exec", "memset x 0xf4", "touch x exec")
	// A page that an instruction before it has changed is looked at after that.
	ok(t, l, "expect alive")
}

// The subject's loops are not handed a range that goes past the last address: they would
// go on with the first, where their own memory is.
func TestWrappingSpans(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 4", "mmap b 4")
	for _, line := range []string{
		"memmove 0x10000000,0xfffffffff020e001 0xff10000,0xfffffffff020e001", "memset 0x10000000,0xfffffffff0300000 1",
		"touch 0x10000000,0xfffffffff0300000 random", "touch 0x10000000,0xfffffffff0300000 exec",
		"memcpy 0x10000000,0xfffffffff0300000 0x20000000,0xfffffffff0300000", "memcmp 0x10000000,0xfffffffff0300000 0x20000000,0xfffffffff0300000",
	} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %s", line, e.Strace())
		}
	}
	for _, s := range []model.Span{
		{Addr: 0, Len: math.MaxUint64}, {Addr: subject.OwnStart - 1, Len: 2}, {Addr: subject.OwnEnd - 1, Len: 1},
		{Addr: 1, Len: subject.OwnEnd}, {Addr: math.MaxUint64, Len: 2}, {Addr: 1 << 40, Len: math.MaxUint64},
	} {
		if l.forLoop(s, true) == nil {
			t.Errorf("a span of %#x, %#x bytes was let through", s.Addr, s.Len)
		}
	}
	// The kernel answers for itself.
	if e := do(t, l, "munmap 0x10000000,0xfffffffff0300000"); e.Refused == "" && e.Errno == "" {
		t.Errorf("munmap past the last address: %s", e.Strace())
	}
	ok(t, l, "touch a", "memcpy a b", "expect alive")
}
