package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

func TestRegionLines(t *testing.T) {
	anon := func(r model.Residency, l model.Lock) model.Page {
		return model.Page{Residency: r, Lock: l, Mapping: model.InVMA}
	}
	regions := []*model.Region{
		{RegionInfo: model.RegionInfo{Name: "a"}, Pages: model.Runs[model.Page]{}.
			Add(3, anon(model.Resident, model.Unlocked)).
			Add(2, anon(model.Absent, model.Unlocked)).
			Add(1, anon(model.Unknowable, model.Unlocked)).
			Add(2, anon(model.Resident, model.Locked)).
			Add(1, anon(model.Absent, model.OnFault)).
			Add(2, model.Page{}).
			Add(1, anon(model.Absent, model.Unlocked))},
		{RegionInfo: model.RegionInfo{Name: "key"}, Pages: model.Runs[model.Page]{}.Add(4, anon(model.Absent, model.Unlocked))},
	}
	want := []string{
		"  a  ***..?**.  .",
		"           LLf",
		"  key  ....",
	}
	if diff := cmp.Diff(want, regionLines(regions)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
