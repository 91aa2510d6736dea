package ui

import (
	"testing"

	"incore/model"
)

func TestFreeName(t *testing.T) {
	m := New(nil, Options{})
	m.State.Procs = []model.Process{{Name: model.Main}}
	var regions []*model.Region
	for i := range 27 {
		name := m.freeName()
		if want := "abcdefghijklmnopqrstuvwxyz"[i%26:]; i < 26 && name != want[:1] || i == 26 && name != "aa" {
			t.Fatalf("the name after %d regions is %q", i, name)
		}
		regions = append(regions, &model.Region{RegionInfo: model.RegionInfo{Name: name}})
		m.State.Main().Regions = regions
	}
}

// Completion may make a line longer than can be typed.
func TestLineBeyondItsBound(t *testing.T) {
	b := newBare(t, 100, 30)
	b.press(letter(':'))
	b.palette.set(string(make([]rune, lineMost+10)))
	b.press(letter('x'))
	if len(b.palette.line) != lineMost+10 {
		t.Errorf("the line has %d runes", len(b.palette.line))
	}
}
