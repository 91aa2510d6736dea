//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"slices"
	"testing"

	"incore/memops/kernel"
	"incore/model"
)

// softDirty is bit 55 of a pagemap entry. Where the kernel has CONFIG_MEM_SOFT_DIRTY it is set of every page
// of a new VMA, even of one without a frame (fs/proc/task_mmu.c, VM_SOFTDIRTY).
const softDirty = 1 << 55

// The frame of the page under the cursor is told with each sample, or why it cannot be.
func TestFrameUnderCursor(t *testing.T) {
	s := onScreen(t)
	frame := func(page int64, has func(f model.Frame) bool) model.Frame {
		t.Helper()
		s.lab.Look(model.View{Proc: "main", Region: "a", Pages: model.Range{Hi: 8}, Cursor: page})
		s.until("the frame", func() bool {
			f := s.state.Main().Frame
			return f != nil && f.Region == "a" && f.Page == page && has(*f)
		})
		return *s.state.Main().Frame
	}
	s.submit("mmap a 8", "touch a[0..1]", "touch a[2] read", "munmap a[7]")
	s.until("the commands", s.idle(4))
	if s.state.Main().Frame != nil {
		t.Errorf("a frame is told without a cursor: %+v", s.state.Main().Frame)
	}
	for _, page := range []int64{3, 7} {
		if f := frame(page, func(f model.Frame) bool { return f.Why != "" }); f.Entry&^softDirty != 0 || f.PFN != 0 || f.Why != "no frame: nothing is mapped here" {
			t.Errorf("page %d, which nothing was done to: %+v", page, f)
		}
	}
	f := frame(0, func(f model.Frame) bool { return f.Entry&^softDirty != 0 })
	if bits := f.Bits(); !slices.Contains(bits, "present") || !slices.Contains(bits, "exclusive") {
		t.Errorf("the entry of a page that was written says %v", bits)
	}
	if f.PFN == 0 {
		if f.Why != "frame numbers need CAP_SYS_ADMIN (pagemap shows 0)" || f.Flags != 0 || f.Count != 0 {
			t.Errorf("without a frame number: %+v", f)
		}
		return
	}
	if f.Why != "" {
		t.Skip(f.Why)
	}
	if names := f.FlagNames(); f.Count != 1 || !slices.Contains(names, "ANON") || !slices.Contains(names, "MMAP") {
		t.Errorf("the frame of a page that was written: %+v, %v", f, names)
	}
	if names := frame(2, func(f model.Frame) bool { return f.PFN != 0 }).FlagNames(); slices.Contains(names, "ZERO_PAGE") != kernel.Probe().ZeroPage {
		t.Errorf("the frame of a page that was read says %v", names)
	}
	s.submit("fork child")
	both := frame(1, func(f model.Frame) bool { return f.Count == 2 })
	s.submit("touch a[1]")
	if own := frame(1, func(f model.Frame) bool { return f.Count == 1 }); own.PFN == both.PFN {
		t.Errorf("the copy of frame %#x has its number", both.PFN)
	}
	s.lab.Look(model.View{Proc: "child", Region: "a", Pages: model.Range{Hi: 8}, Cursor: 1})
	s.until("the child's", func() bool {
		f := s.state.Process("child").Frame
		return f != nil && f.PFN == both.PFN && s.state.Main().Frame == nil
	})
}

// What MADV_FREE has given up is told of the page under the cursor and of its VMA, until a write has it back. The kernel
// gives pages up in batches of some 31 a processor (mm/swap.c, folio_mark_lazyfree), so of few nothing is told for a while.
func TestLazilyFreedUnderCursor(t *testing.T) {
	const pages = 128
	s := onScreen(t)
	s.lab.Look(model.View{Proc: "main", Region: "a", Pages: model.Range{Hi: 8}, Cursor: 1})
	said := func(what string, has func(f model.Frame) bool) model.Frame {
		t.Helper()
		s.until(what, func() bool {
			f := s.state.Main().Frame
			return f != nil && f.Region == "a" && f.Page == 1 && f.Bytes != "" && has(*f)
		})
		return *s.state.Main().Frame
	}
	s.submit(fmt.Sprintf("mmap a %d", pages), "madvise a nohugepage", "touch a")
	if f := said("the page", func(model.Frame) bool { return true }); f.LazyFree != 0 || f.GivenUp() != "" {
		t.Errorf("before any advice: %+v", f)
	}
	s.submit("madvise a free")
	f := said("the advice", func(f model.Frame) bool { return f.LazyFree >= pages/2*pageBytes })
	of := model.FormatBytes(f.LazyFree) + " of its VMA is"
	told := []string{of + " given up: the kernel may take it (MADV_FREE)"}
	if f.PFN != 0 && f.Why == "" {
		told = []string{"given up: the kernel may take it, unless it was written since (MADV_FREE); " + of + " given up", "not this page, but " + of + " given up (MADV_FREE)"}
	}
	if got := f.GivenUp(); !slices.Contains(told, got) {
		t.Errorf("a page that was given up: %q, want %q", got, told[0])
	}
	s.submit("touch a[64..]")
	said("the write", func(f model.Frame) bool { return f.LazyFree > 0 && f.LazyFree <= 64*pageBytes })
	s.submit("touch a")
	if f := said("all written", func(f model.Frame) bool { return f.LazyFree == 0 }); f.GivenUp() != "" {
		t.Errorf("a page that was written again: %q", f.GivenUp())
	}
}
