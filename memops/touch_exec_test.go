//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/subject"
	"incore/model"
)

// An instruction with an address into the subject's own memory is not run, wherever in it
// it would store.
func TestStrayStore(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the instruction is one of x86-64")
	}
	l := opened(t, memops.Options{})
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
			l := opened(t, memops.Options{})
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
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 2", "touch a[1]", "memset a[0] 0x0f")
	base := l.State().Main().Region("a").Base
	if r, err := memops.SubjectOf(l, model.Main).Actor.Call(unix.SYS_MPROTECT, base, uint64(2*pageBytes), unix.PROT_EXEC); err != nil || r.Ret != 0 {
		t.Fatal(r, err)
	}
	if e := do(t, l, "touch a[0] exec"); e.Refused == "" || e.Ret != 0 {
		t.Errorf("it was run: %s", e.Strace())
	}
	e := do(t, l, "touch a[1] exec")
	if err := memops.SubjectOf(l, model.Main).Peek(base, make([]byte, 1)); (err == nil) != (e.Refused == "") {
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
