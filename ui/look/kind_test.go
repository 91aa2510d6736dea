package look

import (
	"testing"

	"incore/model"
)

func TestKindOf(t *testing.T) {
	const in, res, abs = model.InVMA, model.Resident, model.Absent
	for _, tt := range []struct {
		page model.Page
		anon bool
		want Kind
	}{
		{model.Page{}, true, Hole},
		{model.Page{Mapping: in}, true, NotAsked},
		{model.Page{Mapping: in, Residency: abs}, true, Absent},
		{model.Page{Mapping: in | model.Mapped, Residency: res}, true, Anon},
		{model.Page{Mapping: in | model.Mapped | model.Exclusive, Residency: res}, true, Anon},
		{model.Page{Mapping: in | model.Mapped | model.Shared, Residency: res}, true, Shared},
		{model.Page{Mapping: in | model.Mapped | model.ZeroPage, Residency: res}, true, Zero},
		{model.Page{Mapping: in | model.Mapped | model.File | model.Shared, Residency: res}, false, File},
		{model.Page{Mapping: in | model.File, Residency: res}, false, Cached},
		{model.Page{Mapping: in, Residency: res}, false, Cached},
		{model.Page{Mapping: in, Residency: res}, true, Anon},
		{model.Page{Mapping: in | model.Swapped, Residency: res}, true, SwapCache},
		{model.Page{Mapping: in | model.Swapped, Residency: abs}, true, Swapped},
		{model.Page{Mapping: in | model.Swapped | model.Guard, Residency: abs}, true, Guard},
		{model.Page{Mapping: in | model.Mapped | model.Huge, Residency: res}, true, Huge},
		{model.Page{Mapping: in | model.File, Residency: model.Unknowable}, false, Unknowable},
	} {
		if got := KindOf(tt.page, tt.anon); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.page, got.Name(), tt.want.Name())
		}
	}
}
