package ui_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui"
	"incore/ui/panel"
)

func TestCallsNameTheirProcess(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "fork child")
	const base = 0x7f3a40000000
	addr := func(v uint64) []model.Arg { return []model.Arg{{Kind: model.ArgAddr, Value: v}} }
	s.tell(
		model.Event{Proc: "child", Call: "mremap", Args: addr(base), Ret: 0x5000, RetHex: true, Mapped: &model.RegionInfo{Name: "a", Base: 0x500000, Len: 4096}},
		model.Event{Proc: "child", Call: "mlock", Args: addr(0x500000)},
		model.Event{Proc: "child", Call: "munlock", Args: addr(base)},
		model.Event{Proc: "main", Call: "munlock", Args: addr(base)},
		model.Event{Proc: "main", Call: "mlock", Args: addr(0x500000)},
	)
	for _, want := range []string{"child: mremap(a) = 0x5000", "child: mlock(a) = 0", "child: munlock(0x7f3a40000000) = 0", " munlock(a) = 0", " mlock(0x500000) = 0"} {
		if !strings.Contains(s.text(), want) {
			t.Errorf("%q is missing:\n%s", want, s.text())
		}
	}
}

// A block that malloc gave is named by its own bytes, the pages around it by the heap.
func TestAddressesOfTheHeap(t *testing.T) {
	regions := []model.RegionInfo{
		{Name: "heap", Base: 0x10000, Len: 0x4000, Backing: model.Heap},
		{Name: "p", Base: 0x10000, Len: 0x1000, Backing: model.Heap, Malloc: model.FromBrk, Start: 0x10010, Size: 100},
	}
	for v, want := range map[uint64]string{0x10000: "heap", 0x10010: "p", 0x10020: "p+0x10", 0x10080: "heap+0x80", 0x14000: "text"} {
		if got := panel.Address(regions, v, "text"); got != want {
			t.Errorf("%#x is %s, want %s", v, got, want)
		}
	}
}

// Why a call failed is told from a sample of its own process.
func TestExplanationWaitsForItsProcess(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mprotect a[3] none", "fork child")
	r := s.lab.procs[1].regions[0]
	failed := model.Event{Proc: "child", Command: parsed("in child touch a"), Call: "touch", Args: []model.Arg{{Kind: model.ArgAddr, Value: r.info.Base}}, Ret: 3,
		Signal: &model.Signal{Number: 11, Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: r.info.Base + 3*pageSize}}
	s.tell(failed, s.lab.sample(s.lab.procs[0]))
	if strings.Contains(s.text(), "PROT_NONE: any") {
		t.Errorf("explained from a sample of main:\n%s", s.text())
	}
	s.tell(s.lab.sample(s.lab.procs[1]))
	for _, want := range []string{"a[3] is PROT_NONE", "Try: in child mprotect a[3] rw."} {
		if text := strings.Join(strings.Fields(callsText(s)), " "); !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, s.text())
		}
	}
}

// The lab is told of the process that is looked at.
func TestLookAtAnotherProcess(t *testing.T) {
	s := forked(t, 100, 30)
	s.lab.looks = nil
	s.press("n")
	want := []model.View{{Proc: "child", Region: "a", Pages: model.Range{Lo: 0, Hi: 64}, Cursor: 2}}
	if d := cmp.Diff(want, s.lab.looks); d != "" {
		t.Errorf("the lab is told (-want +got):\n%s", d)
	}
}
