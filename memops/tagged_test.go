//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
	"incore/model/calls"
)

// An address whose upper bits are not all the same reaches nothing. x86-64 answers with a general protection
// fault that names no address; arm64 ignores the top byte, and names the address without it.
func TestStrangeAddress(t *testing.T) {
	want := model.Signal{Name: "SIGSEGV", Code: "SI_KERNEL"}
	if runtime.GOARCH == "arm64" {
		want.Code = "SEGV_MAPERR"
	}
	for _, line := range []string{
		"touch 0x8000000000000000,1 read", "touch 0x8000000000000000,1", "touch 0x8000000000000000,1 exec",
		"memset 0x8000000000000000,16 1", "memcpy 0x8000000000000000,16 a+0,16", "memmove a+0,16 0x8000000000000000,16",
		"memcmp 0x8000000000000000,16 a+0,16",
	} {
		l := opened(t, memops.Options{})
		ok(t, l, "mmap a 1")
		e := do(t, l, line)
		if e.Signal == nil || e.Ret != 0 || e.Refused != "" {
			t.Errorf("%s: %s %q", line, e.Strace(), e.Refused)
			continue
		}
		if got := (model.Signal{Name: e.Signal.Name, Code: e.Signal.Code, Addr: e.Signal.Addr}); got != want {
			t.Errorf("%s: the signal is %+v, want %+v", line, got, want)
		}
		if why, _ := calls.Explain(e, l.State()); why == "" {
			t.Errorf("%s: no cause is told", line)
		}
		ok(t, l, "expect signal SIGSEGV", "expect return 0", "expect alive")
	}
}

// No tag leads around the wall about the subject's own memory: on arm64 these addresses are in it.
func TestTaggedOwnMemory(t *testing.T) {
	for _, line := range []string{
		"memset 0x0100000000200000,8 0", "touch 0x8000000000200000,1", "memcpy 0x0100000000200000,8 a+0,8", "munmap 0xff00000000200000,4096",
		"madvise 0x0100000000200000,4096 dontneed", "mprotect 0x0100000000200000,4096 none", "mseal 0x0100000000200000,4096",
	} {
		l := opened(t, memops.Options{})
		ok(t, l, "mmap a 1")
		e := do(t, l, line)
		if refused := e.Refused != ""; refused != (runtime.GOARCH == "arm64") {
			t.Errorf("%s: refused with %q; %s", line, e.Refused, e.Strace())
		}
		if e.OK() {
			t.Errorf("%s succeeded: %s", line, e.Strace())
		}
		ok(t, l, "mmap b 1", "touch b", "expect alive") // the subject is as it was
	}
}

// What is foreseen of an address with a tag is what the kernel does: on arm64 most calls drop the tag, and an
// mmap does not; on x86-64 no such address is one of a process.
func TestForeseenWithATag(t *testing.T) {
	l := opened(t, memops.Options{})
	const tag = 0x5a << 56
	for _, lines := range [][]string{
		{
			"mlock #,8192", "mlock2 #,8192 onfault", "munlock #,8192", "mprotect #,4096 r", "touch #,1", "mprotect #,4096 rw", "madvise #,4096 dontneed",
			"madvise #,4096 populate_write", "msync #,4096 sync", "mincore #,16384", "touch #,16384", "touch #,16384 read", "memset #,100 7",
			"memcpy #,100 a+8192,100", "memcmp #,100 a+8192,100", "mlock #,32768", "mmap b 1 at #,4096", "mprotect a[1] none", "touch #,16384",
			"madvise #,32768 dontneed", "munmap #,4096", "touch #,1", "mlock #,4096", "mseal #,4096",
		},
	} {
		ok(t, l, "reset", "mmap a 4")
		at := l.State().Main().Region("a").Base
		for _, line := range lines {
			line = strings.ReplaceAll(line, "#", fmt.Sprintf("%#x", at|tag))
			if wrong := foreseen(t, l, mustParse(t, line)); wrong != "" {
				t.Errorf("%s: %s", line, wrong)
			}
		}
		done := l.State().Events
		if e := done[len(done)-1]; e.Errno == "" {
			t.Errorf("the last call met a hole, and did not fail: %s", e.Strace())
		}
		locked := false
		for _, e := range done {
			locked = locked || e.Call == "mlock" && e.OK() && e.Args[0].Value == at|tag
			if why, _ := calls.Explain(e, l.State()); e.Errno != "" && why == "" {
				t.Errorf("%s: no cause is told", e.Strace())
			}
		}
		if locked != (runtime.GOARCH == "arm64") {
			t.Errorf("an mlock of an address with a tag succeeded: %v", locked)
		}
	}
}

func TestReached(t *testing.T) {
	for _, tt := range []struct {
		span model.Span
		arch string
		addr uint64
		wrap bool
	}{
		{model.Span{Addr: 0x0100000000200000, Len: 4096}, "arm64", 0x200000, false},
		{model.Span{Addr: 0x0100000000200000, Len: 4096}, "amd64", 0x0100000000200000, false},
		{model.Span{Addr: 0xffff800000000000, Len: 1}, "arm64", 0xffff800000000000, false},
		{model.Span{Addr: 0x00ffffffffffffff, Len: 1}, "arm64", 1<<64 - 1, false},
		{model.Span{Addr: 0x00ffffffffffffff, Len: 2}, "arm64", 1<<64 - 1, true},
		{model.Span{Addr: 0x00ffffffffffffff, Len: 2}, "amd64", 0x00ffffffffffffff, false},
		{model.Span{Addr: 1<<64 - 1, Len: 1}, "amd64", 1<<64 - 1, false},
		{model.Span{Addr: 1<<64 - 1, Len: 2}, "amd64", 1<<64 - 1, true},
		{model.Span{Addr: 1<<64 - 1, Len: 0}, "amd64", 1<<64 - 1, false},
	} {
		if got := kernel.Untagged(tt.span.Addr, tt.arch); got != tt.addr {
			t.Errorf("on %s %#x reaches %#x, want %#x", tt.arch, tt.span.Addr, got, tt.addr)
		}
		if got := kernel.Wraps(tt.span, tt.arch); got != tt.wrap {
			t.Errorf("on %s %+v wraps: %v", tt.arch, tt.span, got)
		}
	}
}
