//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"runtime"
	"testing"

	"incore/memops/subject"
)

// What a file of commands may have executed is a short list. An instruction that brings
// an address of its own would reach the subject's program and messages.
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

func TestExecuteWhateverBytes(t *testing.T) {
	l := opened(t, Options{})
	if !l.mindsExec {
		t.Skip("this machine executes what has no PROT_EXEC")
	}
	last := pageBytes - 1
	if runtime.GOARCH == "arm64" {
		last = pageBytes - 4
	}
	ok(t, l, "mmap a 1")
	for b := range 256 {
		ok(t, l, fmt.Sprintf("memset a %d", b))
		do(t, l, "touch a exec")
		do(t, l, "expect signal SIGSEGV SEGV_ACCERR in a[0]")
		do(t, l, fmt.Sprintf("touch a+%d,1 exec", last))
		do(t, l, fmt.Sprintf("expect signal SIGSEGV SEGV_ACCERR in a+%d,1", last))
	}
	ok(t, l, "expect alive")
	if runtime.GOARCH == "arm64" {
		ok(t, l, "mmap x 1 rwx", "memset x 0x11")
		for _, at := range []string{"x+2,1", fmt.Sprintf("x+%d,1", pageBytes-1)} {
			if e := do(t, l, "touch "+at+" exec"); e.Signal == nil || e.Signal.Code != "BUS_ADRALN" || e.Ret != 0 {
				t.Errorf("an instruction at %s: %s, returns %d", at, e.Strace(), e.Ret)
			}
		}
		ok(t, l, "expect alive")
	}
	// Where the machine would execute it, what it holds is asked first, as ever.
	l.mindsExec = false
	for _, tt := range []struct {
		fill string
		runs bool
	}{{"0", true}, {"0x0f", false}} {
		ok(t, l, "memset a "+tt.fill)
		if e := do(t, l, "touch a exec"); (e.Refused == "") != tt.runs {
			t.Errorf("memset a %s, and the machine minds nothing: refused with %q", tt.fill, e.Refused)
		}
	}
}

// What may not be executed comes in all the same on x86-64, where the fetch is served as a read first, and not on arm64.
func TestFetchOfAnAbsentPage(t *testing.T) {
	l := opened(t, Options{})
	if !l.mindsExec {
		t.Skip("this machine executes what has no PROT_EXEC")
	}
	resident := 1
	if runtime.GOARCH == "arm64" {
		resident = 0
	}
	ok(t, l, "mmap a 1")
	if e := do(t, l, "touch a exec"); e.Signal == nil || e.Signal.Code != "SEGV_ACCERR" || e.Minor != int64(resident) {
		t.Errorf("touch a exec: %s, %d minor faults, want %d", e.Strace(), e.Minor, resident)
	}
	ok(t, l, fmt.Sprintf("expect count a resident %d", resident))
}

// What is read of the process is what it has.
func TestFetchable(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 2", "mprotect a[1] rx")
	base, list := mainOf(l).here().Region("a").Base, mainOf(l).fetchable()
	if !list.Refused(base) || list.Refused(base+uint64(pageBytes)) || !list.Allowed(base+uint64(pageBytes)) || !list.Allowed(subject.OwnEnd-0x10000) {
		t.Errorf("a is at %#x: %v", base, list)
	}
}
