//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
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

// What touch wrote can be executed once the page may be, and not before: write or execute, not both
// at a time. It is the kernel that answers, whatever the page holds.
func TestWriteThenExecute(t *testing.T) {
	script("W^X",
		"mmap a 4", "touch a", "touch a exec", "expect signal SIGSEGV SEGV_ACCERR in a[0]", "expect return 0",
		"mprotect a rx", "touch a exec", "expect ok", "expect return 4", "touch a", "expect signal SIGSEGV SEGV_ACCERR in a[0]",
		"mprotect a rw", "touch a exec", "expect signal SIGSEGV SEGV_ACCERR in a[0]",
		"mprotect a[1..] rwx", "touch a[2] exec", "expect return 1", "touch a[1..] exec every 2", "expect return 2", "touch a exec", "expect return 0",
		"mprotect a none", "touch a exec", "expect signal SIGSEGV SEGV_ACCERR in a[0]",
		"munmap a[2]", "mprotect a[0..1] rwx", "touch a exec", "expect signal SIGSEGV SEGV_MAPERR in a[2]", "expect return 2",
		"mmap b 8 rx", "touch b exec random", "expect return 8", "mprotect b[3..] r", "touch b exec", "expect return 3",
		"expect signal SIGSEGV SEGV_ACCERR in b[3]",
	)(t)
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

// Whatever way an instruction that brings an address of its own comes to a page that may be executed, it is not run.
func TestInstructionsThatAreNotRun(t *testing.T) {
	code := []byte{0xc7, 0x04, 0x25, 0x00, 0x82, 0x21, 0x00, 6, 0, 0, 0} // movl $6,0x218200
	if runtime.GOARCH == "arm64" {
		code = []byte{0x01, 0x00, 0x00, 0xd4} // svc 0
	}
	path := filepath.Join(t.TempDir(), "code")
	content := make([]byte, 4*pageBytes)
	for page := range int64(4) {
		copy(content[page*pageBytes:], code)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	write := func(at string, from int64) (lines []string) {
		for i, b := range code {
			lines = append(lines, fmt.Sprintf("memset %s+%d,1 %d", at, from+int64(i), b))
		}
		return lines
	}
	last := pageBytes - 2 // it ends on the next page
	for name, tt := range map[string]struct {
		before []string
		exec   string
	}{
		"written, then executable":     {append(append([]string{"mmap x 2"}, write("x", 0)...), "mprotect x rx"), "touch x exec"},
		"after it was answered":        {append(append([]string{"mmap x 2"}, write("x", 0)...), "!touch x exec", "mprotect x rwx"), "touch x exec"},
		"behind what touch wrote":      {append([]string{"mmap x 2 rwx", "touch x exec"}, write("x", 4)...), "touch x+4,1 exec"},
		"at the end of a page":         {append([]string{"mmap x 2 rwx"}, write("x", last)...), fmt.Sprintf("touch x+%d,1 exec", last)},
		"through another mapping":      {append([]string{"mmap w 1 shared memfd", "mmap x 1 shared alias w rx", "touch x exec"}, write("w", 0)...), "touch x exec"},
		"by the other process":         {append([]string{"mmap x 1 shared rwx", "fork kid", "touch x exec"}, prefixed("in kid ", write("x", 0))...), "touch x exec"},
		"copied":                       {append(append([]string{"mmap w 1", "mmap x 1 rwx"}, write("w", 0)...), "memcpy x w"), "touch x exec"},
		"of a file":                    {[]string{"mmap x 4 private rx file '" + path + "'"}, "touch x exec"},
		"of a file, in a random order": {[]string{"mmap x 4 private rx file '" + path + "'"}, "touch x exec random"},
	} {
		t.Run(name, func(t *testing.T) {
			l := opened(t, Options{})
			for _, line := range tt.before {
				if line, fails := strings.CutPrefix(line, "!"); fails {
					do(t, l, line)
				} else {
					ok(t, l, line)
				}
			}
			if e := do(t, l, tt.exec); e.Ret != 0 || e.Refused == "" && e.Signal == nil {
				t.Errorf("%s was run: %s %s", tt.exec, e.Strace(), e.Result)
			}
			ok(t, l, "expect alive")
		})
	}
}

// Memory that may be executed and not read, which a processor with protection keys has, is not run unseen.
func TestExecutableAlone(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "mmap a 2", "touch a[1]", "memset a[0] 0x0f")
	base := mainOf(l).here().Region("a").Base
	if r, err := mainOf(l).sub.Actor.Call(unix.SYS_MPROTECT, base, uint64(2*pageBytes), unix.PROT_EXEC); err != nil || r.Ret != 0 {
		t.Fatal(r, err)
	}
	if e := do(t, l, "touch a[0] exec"); e.Refused == "" || e.Ret != 0 {
		t.Errorf("it was run: %s", e.Strace())
	}
	e := do(t, l, "touch a[1] exec")
	if err := mainOf(l).sub.Peek(base, make([]byte, 1)); (err == nil) != (e.Refused == "") {
		t.Errorf("it can be read: %v; refused: %q", err, e.Refused)
	}
}

// prefixed are the lines with a text before each.
func prefixed(prefix string, lines []string) []string {
	for i := range lines {
		lines[i] = prefix + lines[i]
	}
	return lines
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
		if mainOf(l).forLoop(s, true) == nil {
			t.Errorf("a span of %#x, %#x bytes was let through", s.Addr, s.Len)
		}
	}
	// The kernel answers for itself.
	if e := do(t, l, "munmap 0x10000000,0xfffffffff0300000"); e.Refused == "" && e.Errno == "" {
		t.Errorf("munmap past the last address: %s", e.Strace())
	}
	ok(t, l, "touch a", "memcpy a b", "expect alive")
}
