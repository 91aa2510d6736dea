package ui

import (
	"strings"
	"testing"
	"time"

	"incore/model"
)

// underLens shows a region of made-up pages through a lens.
func underLens(t *testing.T, ln lens, w, h int, opts Options) *screen {
	s := newScreen(t, w, h, opts, richScript...)
	s.press("shift+tab", string(rune('1'+ln)))
	return s
}

func TestPageClass(t *testing.T) {
	mapped := func(m model.Mapping) model.Page {
		return model.Page{Mapping: model.InVMA | m, Prot: model.ProtRead | model.ProtWrite, Residency: model.Resident}
	}
	absent := model.Page{Mapping: model.InVMA, Residency: model.Absent}
	now := time.Minute
	for _, tt := range []struct {
		lens    lens
		page    model.Page
		alone   bool
		changed time.Duration
		heat    model.Heat
		want    int
	}{
		{lensProt, model.Page{}, false, 0, model.Heat{}, classHole},
		{lensProt, absent, false, 0, model.Heat{}, classFirst},
		{lensProt, mapped(model.Mapped), false, 0, model.Heat{}, classFirst + 3},
		{lensSharing, absent, true, 0, model.Heat{}, classUnmapped},
		{lensSharing, mapped(model.Mapped | model.Exclusive), false, 0, model.Heat{}, classAlone},
		{lensSharing, mapped(model.Mapped | model.Shared), false, 0, model.Heat{}, classShared},
		{lensSharing, mapped(model.Mapped | model.ZeroPage), true, 0, model.Heat{}, classFile},
		{lensSharing, mapped(model.Mapped | model.ZeroPage | model.Shared), true, 0, model.Heat{}, classFile},
		{lensSharing, mapped(model.Mapped | model.File | model.Shared), false, 0, model.Heat{}, classFile},
		{lensSharing, mapped(model.Mapped | model.File | model.Exclusive), false, 0, model.Heat{}, classAlone},
		{lensSharing, mapped(model.Mapped | model.File), false, 0, model.Heat{}, classUnknown},
		{lensSharing, mapped(model.Mapped), true, 0, model.Heat{}, classAlone},
		{lensSharing, mapped(model.Mapped), false, 0, model.Heat{}, classUnknown},
		{lensAge, absent, false, 0, model.Heat{}, classNever},
		{lensAge, absent, false, now - time.Millisecond, model.Heat{}, classTouched},
		{lensAge, absent, false, now - 5*time.Second, model.Heat{}, classTouched + 2},
		{lensAge, absent, false, time.Nanosecond, model.Heat{}, classTouched + 4},
		{lensHeat, absent, false, 0, model.Heat{}, classNever},
		{lensHeat, absent, false, 0, model.Heat{Last: now}, classTouched},
		{lensHeat, absent, false, 0, model.Heat{Last: now, Minor: 3}, classTouched + 6},
		{lensHeat, absent, false, 0, model.Heat{Last: now, Minor: 3, Major: 1}, classTouched + 9},
		{lensHeat, absent, false, 0, model.Heat{Last: now, Minor: 1 << 31, Major: 1 << 31}, classTouched + 21},
	} {
		got := pageClass(tt.lens, tt.page, false, tt.alone, tt.changed, tt.heat, now)
		if got != tt.want {
			t.Errorf("%s of %+v, alone %v, changed %v, %+v: class %d, want %d", lensNames[tt.lens], tt.page, tt.alone, tt.changed, tt.heat, got, tt.want)
		}
	}
}

// Every class has a tile and a figure, and classes that a frame can show together differ in
// shape, so that they are told apart without colours too.
func TestTilesDiffer(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		th := newTheme(NoColor, true, ascii)
		tiles, figures := newTiles(th), newFigures(th)
		for ln := range lenses {
			if len(tiles[ln][0]) != len(tiles[ln][1]) || len(tiles[ln][0]) != len(figures[ln]) {
				t.Errorf("%s: %d tiles, %d in dense, %d figures", lensNames[ln], len(tiles[ln][0]), len(tiles[ln][1]), len(figures[ln]))
			}
			if ln == lensState {
				continue
			}
			seen := map[tile]int{}
			for class, k := range tiles[ln][0] {
				if was, ok := seen[k]; ok && class >= classFirst && !(ln == lensProt && class == classFirst+7) {
					t.Errorf("%s, ascii %v: the classes %d and %d look the same", lensNames[ln], ascii, was, class)
				}
				seen[k] = class
			}
		}
	}
}

// The legend follows the lens: what it explains is on the screen, and what is on the screen is in it.
func TestLegendFollowsTheLens(t *testing.T) {
	for ln, want := range map[lens][]string{
		lensProt:    {"2 PROTECTION", "PROT_NONE", "r: read-only", "rw: read, write"},
		lensHeat:    {"3 LAST TOUCH", "never touched", "touched < 1 s ago", "faults it took"},
		lensSharing: {"4 SHARING", "not mapped", "shared copy-on-write"},
		lensAge:     {"5 AGE", "changed"},
	} {
		s := underLens(t, ln, 200, 50, Options{})
		r := s.m.region()
		s.lab.send(model.Accessed{Time: s.m.state.Time, Proc: model.Main, Runs: []model.AccessRun{{Addr: r.Base, Stride: pageSize, Count: 4, Fault: model.MinorFault}}})
		s.pump()
		for _, word := range want {
			if !strings.Contains(s.text(), word) {
				t.Errorf("lens %d: %q is missing:\n%s", ln+1, word, s.text())
			}
		}
		if !strings.Contains(s.m.status.text, lensTexts[ln]) {
			t.Errorf("lens %d is said as %q", ln+1, s.m.status.text)
		}
	}
}

// Heat and age grow older while nothing happens, a step a second, and then the clock ends.
func TestCooling(t *testing.T) {
	s := newScreen(t, 100, 30, Options{ReducedMotion: true}, "mmap a 64", "touch a[0]")
	if s.m.cool.ticking {
		t.Fatal("a clock runs without need")
	}
	s.press("5")
	if !s.m.cool.ticking || !strings.Contains(s.text(), "changed < 1 s ago") {
		t.Fatalf("no clock runs:\n%s", s.text())
	}
	gen := s.m.cool.gen
	for i := 1; s.m.cool.ticking; i++ {
		if i > 320 {
			t.Fatal("the clock does not end")
		}
		s.send(coolMsg{gen, s.at.Add(time.Duration(i) * time.Second)})
	}
	if !strings.Contains(s.text(), "longer ago") {
		t.Errorf("after five minutes:\n%s", s.text())
	}
	// Another lens needs no clock.
	s.press("w", "1")
	s.send(coolMsg{s.m.cool.gen, s.at.Add(time.Hour)})
	if s.m.cool.ticking {
		t.Error("the clock runs on under the first lens")
	}
}

// A click on the legend's heading goes to the next lens.
func TestClickTheLens(t *testing.T) {
	s := newScreen(t, 200, 50, Options{}, "mmap a 64")
	a := s.m.lay.legend
	s.click(a.x+1, a.y)
	if s.m.view.lens != lensProt {
		t.Errorf("a click on the legend's heading shows lens %d", s.m.view.lens+1)
	}
}
