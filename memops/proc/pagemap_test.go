package proc

import (
	"testing"

	"incore/model"
)

func TestMappingOf(t *testing.T) {
	for entry, want := range map[uint64]model.Mapping{
		0:                                    0,
		EntryPresent | EntryExclusive | 0x1f: model.Mapped | model.Exclusive,
		EntryPresent:                         model.Mapped | model.Shared,
		EntryPresent | EntryFile:             model.Mapped | model.File | model.Shared,
		EntrySwapped:                         model.Swapped,
		EntrySwapped | EntryGuard:            model.Guard,
	} {
		if got := mappingOf(entry); got != want {
			t.Errorf("%#x: got %b, want %b", entry, got, want)
		}
	}
}

func FuzzAppendPagemap(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got := appendPagemap(nil, raw).Len(); got != int64(len(raw)/8) {
			t.Errorf("%d pages of %d bytes", got, len(raw))
		}
	})
}
