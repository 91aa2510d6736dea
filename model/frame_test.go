package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

func TestFrameNames(t *testing.T) {
	for _, c := range []struct {
		frame       model.Frame
		flags, bits []string
	}{
		{model.Frame{}, nil, nil},
		{ // an anonymous page that was written: page-types(1) calls it uptodate,lru,mmap,anonymous,swapbacked
			model.Frame{Entry: 0x8180000000123456, PFN: 0x123456, Flags: 0x5828, Count: 1},
			[]string{"UPTODATE", "LRU", "MMAP", "ANON", "SWAPBACKED"}, []string{"soft-dirty", "exclusive", "present"},
		},
		{model.Frame{Entry: 1<<62 | 77<<5 | 3}, nil, []string{"swapped"}},
		{model.Frame{Entry: 1<<58 | 1<<62}, nil, []string{"guard", "swapped"}},
		{model.Frame{Entry: 1<<63 | 1<<61, Flags: 1 << 24}, []string{"ZERO_PAGE"}, []string{"file or shared anon", "present"}},
		{model.Frame{Entry: 1 << 59, Flags: 1<<33 | 1<<18 | 1<<50}, []string{"UNEVICTABLE", "MLOCKED", "bit 50"}, []string{"bit 59"}},
	} {
		if diff := cmp.Diff(c.flags, c.frame.FlagNames()); diff != "" {
			t.Errorf("flags of %+v (-want +got):\n%s", c.frame, diff)
		}
		if diff := cmp.Diff(c.bits, c.frame.Bits()); diff != "" {
			t.Errorf("bits of %+v (-want +got):\n%s", c.frame, diff)
		}
	}
}
