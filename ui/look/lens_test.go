package look

import (
	"testing"
	"time"

	"incore/model"
	"incore/ui/canvas"
)

func TestPageClass(t *testing.T) {
	mapped := func(m model.Mapping) model.Page {
		return model.Page{Mapping: model.InVMA | m, Prot: model.ProtRead | model.ProtWrite, Residency: model.Resident}
	}
	absent := model.Page{Mapping: model.InVMA, Residency: model.Absent}
	now := time.Minute
	for _, tt := range []struct {
		lens    *Lens
		page    model.Page
		alone   bool
		changed time.Duration
		heat    model.Heat
		want    int
	}{
		{Protection, model.Page{}, false, 0, model.Heat{}, classHole},
		{Protection, absent, false, 0, model.Heat{}, classFirst},
		{Protection, mapped(model.Mapped), false, 0, model.Heat{}, classFirst + 3},
		{Sharing, absent, true, 0, model.Heat{}, classUnmapped},
		{Sharing, mapped(model.Mapped | model.Exclusive), false, 0, model.Heat{}, classAlone},
		{Sharing, mapped(model.Mapped | model.Shared), false, 0, model.Heat{}, classShared},
		{Sharing, mapped(model.Mapped | model.ZeroPage), true, 0, model.Heat{}, classFile},
		{Sharing, mapped(model.Mapped | model.ZeroPage | model.Shared), true, 0, model.Heat{}, classFile},
		{Sharing, mapped(model.Mapped | model.File | model.Shared), false, 0, model.Heat{}, classFile},
		{Sharing, mapped(model.Mapped | model.File | model.Exclusive), false, 0, model.Heat{}, classAlone},
		{Sharing, mapped(model.Mapped | model.File), false, 0, model.Heat{}, classUnknown},
		{Sharing, mapped(model.Mapped), true, 0, model.Heat{}, classAlone},
		{Sharing, mapped(model.Mapped), false, 0, model.Heat{}, classUnknown},
		{Age, absent, false, 0, model.Heat{}, classNever},
		{Age, absent, false, now - time.Millisecond, model.Heat{}, classTouched},
		{Age, absent, false, now - 5*time.Second, model.Heat{}, classTouched + 2},
		{Age, absent, false, time.Nanosecond, model.Heat{}, classTouched + 4},
		{Heat, absent, false, 0, model.Heat{}, classNever},
		{Heat, absent, false, 0, model.Heat{Last: now}, classTouched},
		{Heat, absent, false, 0, model.Heat{Last: now, Minor: 3}, classTouched + 6},
		{Heat, absent, false, 0, model.Heat{Last: now, Minor: 3, Major: 1}, classTouched + 9},
		{Heat, absent, false, 0, model.Heat{Last: now, Minor: 1 << 31, Major: 1 << 31}, classTouched + 21},
	} {
		got := tt.lens.Class(Page{tt.page, false, tt.alone, tt.changed, tt.heat, now})
		if got != tt.want {
			t.Errorf("%s of %+v, alone %v, changed %v, %+v: class %d, want %d", tt.lens.Name, tt.page, tt.alone, tt.changed, tt.heat, got, tt.want)
		}
	}
}

// Every class has a tile and a figure, and classes that a frame can show together differ in
// shape, so that they are told apart without colors too.
func TestTilesDiffer(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		th := New(nil, canvas.NoColor, true, ascii)
		for i, ln := range Lenses {
			tiles, figures := th.Tiles[i], th.Figures[i]
			if len(tiles[0]) != len(tiles[1]) || len(tiles[0]) != len(figures) {
				t.Errorf("%s: %d tiles, %d in dense, %d figures", ln.Name, len(tiles[0]), len(tiles[1]), len(figures))
			}
			if ln == State {
				continue
			}
			seen := map[Tile]int{}
			for class, k := range tiles[0] {
				if was, ok := seen[k]; ok && class >= classFirst && !(ln == Protection && class == classFirst+7) {
					t.Errorf("%s, ascii %v: the classes %d and %d look the same", ln.Name, ascii, was, class)
				}
				seen[k] = class
			}
		}
	}
}
