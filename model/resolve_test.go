package model_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

func TestResolve(t *testing.T) {
	p := modeltest.Process(make([]model.Page, 16)...)
	for _, tt := range []struct {
		target string
		want   model.Span
	}{
		{"a", model.Span{Addr: modeltest.BaseA, Len: 16 * modeltest.PageSize}},
		{"a[3]", model.Span{Addr: modeltest.BaseA + 3*modeltest.PageSize, Len: modeltest.PageSize}},
		{"a[4..7]", model.Span{Addr: modeltest.BaseA + 4*modeltest.PageSize, Len: 4 * modeltest.PageSize}},
		{"a[4..]", model.Span{Addr: modeltest.BaseA + 4*modeltest.PageSize, Len: 12 * modeltest.PageSize}},
		{"a[15..99]", model.Span{Addr: modeltest.BaseA + 15*modeltest.PageSize, Len: 85 * modeltest.PageSize}},
		{"a+100,50", model.Span{Addr: modeltest.BaseA + 100, Len: 50}},
		{"a[1]+16,32", model.Span{Addr: modeltest.BaseA + modeltest.PageSize + 16, Len: 32}},
		{"a[15]+5000,9000", model.Span{Addr: modeltest.BaseA + 15*modeltest.PageSize + 5000, Len: 9000}},
		{"a+99999999,0", model.Span{Addr: modeltest.BaseA + 99999999}},
		{"0x10000,1", model.Span{Addr: 0x10000, Len: 1}},
	} {
		got, err := p.Resolve(target(t, tt.target))
		if err != nil || got != tt.want {
			t.Errorf("%s: %#x, %v, want %#x", tt.target, got, err, tt.want)
		}
	}
	if _, err := p.Resolve(modeltest.Whole("c")); !errors.Is(err, model.ErrNoRegion) {
		t.Errorf("an unknown region: %v", err)
	}
	kid := model.Process{Name: "kid"}
	if _, err := kid.Resolve(modeltest.Whole("c")); !errors.Is(err, model.ErrNoRegion) || err.Error() != "c: no such region in process kid" {
		t.Errorf("in a child: %v", err)
	}
	if _, err := p.Resolve(target(t, "a[16..]")); err == nil || errors.Is(err, model.ErrNoRegion) {
		t.Errorf("a tail past the end: %v", err)
	}
}

// What malloc gave begins and ends within pages; the region is the pages that it lies on.
func TestExact(t *testing.T) {
	r := model.RegionInfo{Base: modeltest.BaseA, Len: 2 * modeltest.PageSize, Malloc: model.FromBrk, Start: modeltest.BaseA + 16, Size: 5000}
	if got, want := r.Exact(), (model.Span{Addr: modeltest.BaseA + 16, Len: 5000}); got != want {
		t.Errorf("%#x, want %#x", got, want)
	}
	p := model.Process{PageSize: modeltest.PageSize, Regions: []*model.Region{{RegionInfo: r, Pages: model.Runs[model.Page]{}.Add(2, modeltest.MappedPage)}}}
	p.Regions[0].Name = "b"
	for written, want := range map[string]model.Span{
		"b": {Addr: modeltest.BaseA + 16, Len: 5000}, "b+4,2": {Addr: modeltest.BaseA + 20, Len: 2}, "b[1]": {Addr: modeltest.BaseA + modeltest.PageSize, Len: modeltest.PageSize},
		"b[0..]": {Addr: modeltest.BaseA, Len: 2 * modeltest.PageSize},
	} {
		if got, err := p.Resolve(target(t, written)); err != nil || got != want {
			t.Errorf("%s is %#x, %v, want %#x", written, got, err, want)
		}
	}
	r.Malloc = ""
	if got, want := r.Exact(), (model.Span{Addr: modeltest.BaseA, Len: 2 * modeltest.PageSize}); got != want {
		t.Errorf("not of malloc: %#x, want %#x", got, want)
	}
}

func target(t interface {
	Helper()
	Fatal(...any)
}, s string) model.Target {
	t.Helper()
	c, err := lang.Parse("mincore " + s)
	if err != nil {
		t.Fatal(err)
	}
	return c.(lang.Mincore).T
}

func TestPagesIn(t *testing.T) {
	p := modeltest.Process(modeltest.AbsentPage, modeltest.MappedPage, modeltest.MappedPage, modeltest.HolePage)
	// The stack, which is no region.
	p.VMAs = append(p.VMAs, model.VMA{Start: 0x7fff00000000, End: 0x7fff00002000, Prot: modeltest.RW, Lock: model.Locked})
	type run struct {
		Lo, Hi int64
		Page   model.Page
	}
	const first = int64(modeltest.BaseA / modeltest.PageSize)
	for _, tt := range []struct {
		target string
		want   []run
	}{
		{"a", []run{{first, first + 1, modeltest.AbsentPage}, {first + 1, first + 3, modeltest.MappedPage}, {first + 3, first + 4, modeltest.HolePage}}},
		{"a+4095,2", []run{{first, first + 1, modeltest.AbsentPage}, {first + 1, first + 2, modeltest.MappedPage}}},
		{"a+4095,0", nil},
		{"a[2..5]", []run{{first + 2, first + 3, modeltest.MappedPage}, {first + 3, first + 4, modeltest.HolePage}, {first + 4, first + 6, modeltest.HolePage}}},
		{"0x7ffefffff000,16384", []run{
			{0x7ffefffff, 0x7fff00000, modeltest.HolePage},
			{0x7fff00000, 0x7fff00002, model.Page{Mapping: model.InVMA | model.Unread, Lock: model.Locked, Prot: modeltest.RW}},
			{0x7fff00002, 0x7fff00003, modeltest.HolePage},
		}},
		{"0xffff_ffff_ffff_f000,18446744073709551615", []run{{1<<52 - 1, 1 << 52, modeltest.HolePage}}},
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
	kinds := []model.Page{modeltest.AbsentPage, modeltest.MappedPage, modeltest.LockedPage, modeltest.HolePage}
	rapid.Check(t, func(t *rapid.T) {
		pages := rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 20).Draw(t, "pages")
		p := modeltest.Process(pages...)
		span := model.Span{
			Addr: modeltest.BaseA + rapid.Uint64Range(0, 30*modeltest.PageSize).Draw(t, "off"),
			Len:  rapid.Uint64Range(1, 2<<20).Draw(t, "len"),
		}
		at := int64(span.Addr / modeltest.PageSize)
		for rg, pg := range p.PagesIn(span) {
			if rg.Lo != at || rg.Len() <= 0 {
				t.Fatalf("%v after page %#x", rg, at)
			}
			at = rg.Hi
			for i := rg.Lo; i < rg.Hi; i++ {
				want := modeltest.HolePage
				for r := range p.Regions {
					if k := i - int64(p.Regions[r].Base/modeltest.PageSize); k >= 0 && k < p.Regions[r].Pages.Len() {
						want = p.Regions[r].Pages.At(k)
					}
				}
				if pg != want {
					t.Fatalf("page %#x is %+v, want %+v", i, pg, want)
				}
			}
		}
		if end := int64((span.End()-1)/modeltest.PageSize) + 1; at != end {
			t.Fatalf("ends before page %#x, want %#x", at, end)
		}
	})
}

func TestVMAsIn(t *testing.T) {
	p := modeltest.Process(modeltest.AbsentPage, modeltest.LockedPage, modeltest.HolePage, modeltest.LockedPage)
	for _, tt := range []struct {
		span model.Span
		want int
	}{
		{model.Span{Addr: modeltest.BaseA, Len: 4 * modeltest.PageSize}, 3},
		{model.Span{Addr: modeltest.BaseA, Len: 1}, 1},
		{model.Span{Addr: modeltest.BaseA + 10}, 0},
		{model.Span{Addr: modeltest.BaseA + 2*modeltest.PageSize, Len: modeltest.PageSize}, 0},
		{model.Span{Addr: modeltest.BaseA + modeltest.PageSize - 1, Len: 2}, 2},
		{model.Span{Addr: 1, Len: math.MaxUint64}, 4},
		{model.Span{Addr: modeltest.BaseA, Len: math.MaxUint64}, 4},
		{model.Span{Addr: 1, Len: 1}, 0},
	} {
		if got := p.VMAsIn(tt.span); len(got) != tt.want {
			t.Errorf("%#x: %d VMAs, want %d", tt.span, len(got), tt.want)
		}
	}
}

func TestPageName(t *testing.T) {
	p := modeltest.Process(modeltest.AbsentPage, modeltest.MappedPage)
	for addr, want := range map[uint64]string{
		modeltest.BaseA: "a[0]", modeltest.BaseA + 2*modeltest.PageSize - 1: "a[1]", modeltest.BaseA + 2*modeltest.PageSize: "0x7f0000002000",
		modeltest.BaseB + modeltest.PageSize: "b[1]", 5: "0x5",
	} {
		if got := p.PageName(addr); got != want {
			t.Errorf("%#x is named %s, want %s", addr, got, want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("a[4..]", uint64(modeltest.BaseA))
	f.Add("a+100,50", uint64(0))
	f.Add("a[1]+16,32", uint64(0))
	f.Add("a[140737488355327]+0,65535", uint64(0))
	f.Add("0xffffffffffffffff,18446744073709551615", uint64(1))
	f.Fuzz(func(t *testing.T, written string, addr uint64) {
		c, err := lang.Parse("munmap " + written)
		m, ok := c.(lang.Munmap)
		if err != nil || !ok {
			return
		}
		p := modeltest.Process(modeltest.AbsentPage, modeltest.MappedPage, modeltest.HolePage, modeltest.LockedPage)
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
