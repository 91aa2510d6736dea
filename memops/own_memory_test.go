//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// The subject's loops are not handed a range that goes past the last address, where they would go on with the first,
// or one that reaches the subject's own memory.
func TestSpansForLoops(t *testing.T) {
	l := opened(t, Options{})
	for _, s := range []model.Span{
		{Addr: 0, Len: math.MaxUint64}, {Addr: subject.OwnStart - 1, Len: 2}, {Addr: subject.OwnEnd - 1, Len: 1},
		{Addr: 1, Len: subject.OwnEnd}, {Addr: math.MaxUint64, Len: 2}, {Addr: 1 << 40, Len: math.MaxUint64},
	} {
		if mainOf(l).forLoop(s, true) == nil {
			t.Errorf("a span of %#x, %#x bytes was let through", s.Addr, s.Len)
		}
	}
	past := model.Span{Addr: math.MaxUint64, Len: 2}
	if runtime.GOARCH == "arm64" { // which does not look at the upper byte
		past.Addr = 0x00ffffffffffffff
	}
	if err := mainOf(l).forLoop(past, false); !errors.Is(err, errWraps) {
		t.Errorf("a loop may read %+v: %v", past, err)
	}
}

// The kernel rounds a length up to huge pages, and what it then covers is not to be the subject's
// own memory.
func TestHugePagesOverOwnMemory(t *testing.T) {
	l := opened(t, Options{})
	for _, c := range []struct {
		at, block uint64
		own       bool
	}{
		{0, 1 << 30, true}, {0, 32 << 20, true}, {1 << 30, 1 << 30, false}, {0, 1 << 16, false}, {0, 0, false},
	} {
		m := &mapping{cmd: lang.Mmap{At: &model.Target{Form: model.RawSpan, Off: c.at, Len: uint64(pageBytes)}}, size: uint64(pageBytes), file: file{block: c.block}}
		if err := mainOf(l).place(m); errors.Is(err, errOwn) != c.own {
			t.Errorf("a page of %d bytes at %#x: %v", c.block, c.at, err)
		}
	}
	if proc.ReadMeminfo().HugeSize == 0 {
		t.Skip("no hugetlb pages here")
	}
	line := fmt.Sprintf("mmap h 1 hugetlb at %#x,%d", subject.OwnStart-16*pageBytes, pageBytes)
	if e := do(t, l, line); !strings.Contains(e.Refused, errOwn.Error()) {
		t.Errorf("%s: %s %s", line, e.Strace(), e.Refused)
	}
}
