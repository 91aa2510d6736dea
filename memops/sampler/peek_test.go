//go:build linux && (amd64 || arm64)

package sampler

import (
	"testing"

	"incore/memops/proc"
	"incore/model"
)

func TestWhyNoBytes(t *testing.T) {
	rw, x := model.Page{Prot: model.ProtRead | model.ProtWrite}, model.Page{Prot: model.ProtExec}
	for _, tt := range []struct {
		entry uint64
		page  model.Page
		why   string
	}{
		{proc.EntryPresent, rw, ""},
		{proc.EntryPresent, model.Page{Prot: model.ProtWrite}, ""},
		{proc.EntryPresent, x, "without PROT_READ nobody may read it"},
		{proc.EntryPresent, model.Page{}, "PROT_NONE: nobody may read it"},
		{proc.EntrySwapped, rw, "in swap: looking would fault it in"},
		{proc.EntrySwapped | proc.EntryGuard, rw, "a guard page: an access is SIGSEGV"},
		{0, rw, "not mapped: looking would fault it in"},
	} {
		if why := whyNoBytes(tt.entry, tt.page); why != tt.why {
			t.Errorf("of entry %#x, %+v: %q, want %q", tt.entry, tt.page, why, tt.why)
		}
	}
}
