package model_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
)

func TestResolve(t *testing.T) {
	p := process(make([]model.Page, 16)...)
	for _, tt := range []struct {
		target string
		want   model.Span
	}{
		{"a", model.Span{Addr: baseA, Len: 16 * pageSize}},
		{"a[3]", model.Span{Addr: baseA + 3*pageSize, Len: pageSize}},
		{"a[4..7]", model.Span{Addr: baseA + 4*pageSize, Len: 4 * pageSize}},
		{"a[4..]", model.Span{Addr: baseA + 4*pageSize, Len: 12 * pageSize}},
		{"a[15..99]", model.Span{Addr: baseA + 15*pageSize, Len: 85 * pageSize}},
		{"a+100,50", model.Span{Addr: baseA + 100, Len: 50}},
		{"a+99999999,0", model.Span{Addr: baseA + 99999999}},
		{"0x10000,1", model.Span{Addr: 0x10000, Len: 1}},
	} {
		got, err := p.Resolve(target(t, tt.target))
		if err != nil || got != tt.want {
			t.Errorf("%s: %#x, %v, want %#x", tt.target, got, err, tt.want)
		}
	}
	if _, err := p.Resolve(whole("c")); !errors.Is(err, model.ErrNoRegion) {
		t.Errorf("an unknown region: %v", err)
	}
	kid := model.Process{Name: "kid"}
	if _, err := kid.Resolve(whole("c")); !errors.Is(err, model.ErrNoRegion) || err.Error() != "c: no such region in process kid" {
		t.Errorf("in a child: %v", err)
	}
	if _, err := p.Resolve(target(t, "a[16..]")); err == nil || errors.Is(err, model.ErrNoRegion) {
		t.Errorf("a tail past the end: %v", err)
	}
}

// What malloc gave begins and ends within pages; the region is the pages that it lies on.
func TestExact(t *testing.T) {
	r := model.RegionInfo{Base: baseA, Len: 2 * pageSize, Malloc: model.FromBrk, Start: baseA + 16, Size: 5000}
	if got, want := r.Exact(), (model.Span{Addr: baseA + 16, Len: 5000}); got != want {
		t.Errorf("%#x, want %#x", got, want)
	}
	p := model.Process{PageSize: pageSize, Regions: []*model.Region{{RegionInfo: r, Pages: model.Runs[model.Page]{}.Add(2, mappedPage)}}}
	p.Regions[0].Name = "b"
	for written, want := range map[string]model.Span{
		"b": {Addr: baseA + 16, Len: 5000}, "b+4,2": {Addr: baseA + 20, Len: 2}, "b[1]": {Addr: baseA + pageSize, Len: pageSize},
		"b[0..]": {Addr: baseA, Len: 2 * pageSize},
	} {
		if got, err := p.Resolve(target(t, written)); err != nil || got != want {
			t.Errorf("%s is %#x, %v, want %#x", written, got, err, want)
		}
	}
	r.Malloc = ""
	if got, want := r.Exact(), (model.Span{Addr: baseA, Len: 2 * pageSize}); got != want {
		t.Errorf("not of malloc: %#x, want %#x", got, want)
	}
}

func target(t interface {
	Helper()
	Fatal(...any)
}, s string) model.Target {
	t.Helper()
	c, err := model.Parse("mincore " + s)
	if err != nil {
		t.Fatal(err)
	}
	return c.(model.Mincore).T
}

func TestPagesIn(t *testing.T) {
	p := process(absentPage, mappedPage, mappedPage, holePage)
	// The stack, which is no region.
	p.VMAs = append(p.VMAs, model.VMA{Start: 0x7fff00000000, End: 0x7fff00002000, Prot: rw, Lock: model.Locked})
	type run struct {
		Lo, Hi int64
		Page   model.Page
	}
	const first = int64(baseA / pageSize)
	for _, tt := range []struct {
		target string
		want   []run
	}{
		{"a", []run{{first, first + 1, absentPage}, {first + 1, first + 3, mappedPage}, {first + 3, first + 4, holePage}}},
		{"a+4095,2", []run{{first, first + 1, absentPage}, {first + 1, first + 2, mappedPage}}},
		{"a+4095,0", nil},
		{"a[2..5]", []run{{first + 2, first + 3, mappedPage}, {first + 3, first + 4, holePage}, {first + 4, first + 6, holePage}}},
		{"0x7ffefffff000,16384", []run{
			{0x7ffefffff, 0x7fff00000, holePage},
			{0x7fff00000, 0x7fff00002, model.Page{Mapping: model.InVMA | model.Unread, Lock: model.Locked, Prot: rw}},
			{0x7fff00002, 0x7fff00003, holePage},
		}},
		{"0xffff_ffff_ffff_f000,18446744073709551615", []run{{1<<52 - 1, 1 << 52, holePage}}},
	} {
		span, err := p.Resolve(target(t, tt.target))
		if err != nil {
			t.Fatal(err)
		}
		var got []run
		for rg, pg := range p.PagesIn(span) {
			got = append(got, run{rg.Lo, rg.Hi, pg})
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.target, diff)
		}
	}
	var none model.Process
	for range none.PagesIn(model.Span{Addr: 1, Len: 1}) {
		t.Error("a process without a page size has pages")
	}
}

// PagesIn covers each page of a span once, in order, with what the region or the
// VMA list says of it.
func TestPagesInCovers(t *testing.T) {
	kinds := []model.Page{absentPage, mappedPage, lockedPage, holePage}
	rapid.Check(t, func(t *rapid.T) {
		pages := rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 20).Draw(t, "pages")
		p := process(pages...)
		span := model.Span{
			Addr: baseA + rapid.Uint64Range(0, 30*pageSize).Draw(t, "off"),
			Len:  rapid.Uint64Range(1, 2<<20).Draw(t, "len"),
		}
		at := int64(span.Addr / pageSize)
		for rg, pg := range p.PagesIn(span) {
			if rg.Lo != at || rg.Len() <= 0 {
				t.Fatalf("%v after page %#x", rg, at)
			}
			at = rg.Hi
			for i := rg.Lo; i < rg.Hi; i++ {
				want := holePage
				for r := range p.Regions {
					if k := i - int64(p.Regions[r].Base/pageSize); k >= 0 && k < p.Regions[r].Pages.Len() {
						want = p.Regions[r].Pages.At(k)
					}
				}
				if pg != want {
					t.Fatalf("page %#x is %+v, want %+v", i, pg, want)
				}
			}
		}
		if end := int64((span.End()-1)/pageSize) + 1; at != end {
			t.Fatalf("ends before page %#x, want %#x", at, end)
		}
	})
}

func TestVMAsIn(t *testing.T) {
	p := process(absentPage, lockedPage, holePage, lockedPage)
	for _, tt := range []struct {
		span model.Span
		want int
	}{
		{model.Span{Addr: baseA, Len: 4 * pageSize}, 3},
		{model.Span{Addr: baseA, Len: 1}, 1},
		{model.Span{Addr: baseA + 10}, 0},
		{model.Span{Addr: baseA + 2*pageSize, Len: pageSize}, 0},
		{model.Span{Addr: baseA + pageSize - 1, Len: 2}, 2},
		{model.Span{Addr: 1, Len: math.MaxUint64}, 4},
		{model.Span{Addr: baseA, Len: math.MaxUint64}, 4},
		{model.Span{Addr: 1, Len: 1}, 0},
	} {
		if got := p.VMAsIn(tt.span); len(got) != tt.want {
			t.Errorf("%#x: %d VMAs, want %d", tt.span, len(got), tt.want)
		}
	}
}

func TestPageName(t *testing.T) {
	p := process(absentPage, mappedPage)
	for addr, want := range map[uint64]string{
		baseA: "a[0]", baseA + 2*pageSize - 1: "a[1]", baseA + 2*pageSize: "0x7f0000002000",
		baseB + pageSize: "b[1]", 5: "0x5",
	} {
		if got := p.PageName(addr); got != want {
			t.Errorf("%#x is named %s, want %s", addr, got, want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("a[4..]", uint64(baseA))
	f.Add("a+100,50", uint64(0))
	f.Add("0xffffffffffffffff,18446744073709551615", uint64(1))
	f.Fuzz(func(t *testing.T, written string, addr uint64) {
		c, err := model.Parse("munmap " + written)
		m, ok := c.(model.Munmap)
		if err != nil || !ok {
			return
		}
		p := process(absentPage, mappedPage, holePage, lockedPage)
		p.PageName(addr)
		span, err := p.Resolve(m.T)
		if err != nil {
			return
		}
		var last int64 = -1
		for rg := range p.PagesIn(span) {
			if rg.Len() <= 0 || last >= 0 && rg.Lo != last {
				t.Fatalf("%s: pages %v after %d", m.T, rg, last)
			}
			last = rg.Hi
		}
		p.VMAsIn(span)
	})
}
