package ui

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

// show writes a look as glyphs and colours, as a person would check it against
// the table of the design.
func show(lk look) string {
	one := func(c cell) string {
		s := string(c.r)
		for _, k := range []struct {
			name string
			c    color
		}{{"", c.fg}, {"on ", c.bg}} {
			switch v := k.c &^ kindMask; k.c & kindMask {
			case kindRGB:
				s += fmt.Sprintf(" %s%06X", k.name, uint32(v))
			case kind16, kind256:
				s += fmt.Sprintf(" %s%d", k.name, uint32(v))
			}
		}
		if c.attr&reverse != 0 {
			s += " reversed"
		}
		return s
	}
	a, b := one(lk[0]), one(lk[1])
	if a == b {
		return a
	}
	return a + " | " + b
}

func TestLooks(t *testing.T) {
	type state struct {
		k kind
		l model.Lock
		a access
	}
	for _, tt := range []struct {
		state
		dark, light, dark16, light16, none, ascii string
	}{
		{state{k: kindAbsent}, "· 5D697A", "· 8592A8", "· 8", "· 8", "·", ". 5D697A |  "},
		{state{k: kindZero}, "▁ B7C8D9", "▁ 6472AF", "▁ 7", "▁ 8", "▁", "0 B7C8D9 |  "},
		{state{k: kindAnon}, "▇ 0DB186", "▇ 005C5A", "▇ 10", "▇ 2", "▇", "A 0DB186 |  "},
		{state{k: kindFile}, "▇ 2DC3FF", "▇ 2B326C", "▇ 14", "▇ 4", "▓", "F 2DC3FF |  "},
		{state{k: kindCached}, "▃ 3A6797", "▃ 6A8DC4", "▃ 6", "▃ 6", "▃", "c 3A6797 |  "},
		{state{k: kindShared}, "▖ FB86C5", "▖ B24B99", "▖ 13", "▖ 5", "▖", "s FB86C5 |  "},
		{state{k: kindSwapped}, "▾ 9F84ED", "▾ 734ABB", "▾ 5", "▾ 5", "▾", "z 9F84ED |  "},
		{state{k: kindSwapCache}, "▴ 9F84ED", "▴ 734ABB", "▴ 5", "▴ 5", "▴", "Z 9F84ED |  "},
		{state{k: kindHuge}, "▇ 0FA280", "▇ 058664", "▇ 10", "▇ 2", "▇", "H 0FA280 |  "},
		{state{k: kindGuard}, "╳ 8E545C", "╳ B37D86", "╳ 1", "╳ 1", "╳", "x 8E545C |  "},
		{state{k: kindUnknowable}, "? 7B879E", "? 556977", "? 8", "? 8", "?", "? 7B879E |  "},
		{state{k: kindAnon, l: model.Locked}, "▆ 0DB186 on FFD045", "▆ 005C5A on B45800", "▆ 10 on 11", "▆ 2 on 3", "▆", "A 0DB186 | * FFD045"},
		{state{k: kindAnon, l: model.OnFault}, "▇ 0DB186 on C5971D", "▇ 005C5A on BA8911", "▇ 10 on 3", "▇ 2 on 3", "▇", "A 0DB186 | + C5971D"},
		{state{k: kindAbsent, l: model.OnFault}, "▔ C5971D", "▔ BA8911", "▔ 3", "▔ 3", "▔", ". 5D697A | + C5971D"},
		{state{k: kindAbsent, l: model.Locked}, "▆ FFD045 reversed", "▆ B45800 reversed", "▆ 11 reversed", "▆ 3 reversed", "▆ reversed", ". 5D697A | * FFD045"},
		{state{k: kindAnon, a: readOnly}, "▇ 0DB186 |  ", "▇ 005C5A |  ", "▇ 10 |  ", "▇ 2 |  ", "▇ |  ", "a 0DB186 |  "},
		{state{k: kindAnon, a: noAccess}, "▚ 0DB186 | ▞ 0DB186", "▚ 005C5A | ▞ 005C5A", "▚ 10 | ▞ 10", "▚ 2 | ▞ 2", "▚ | ▞", "# 0DB186 |  "},
		{state{k: kindAbsent, a: readOnly}, "· 5D697A |  ", "· 8592A8 |  ", "· 8 |  ", "· 8 |  ", "· |  ", ", 5D697A |  "},
		{state{k: kindAbsent, a: noAccess}, "╌ 5D697A", "╌ 8592A8", "╌ 8", "╌ 8", "╌", "- 5D697A |  "},
		{state{k: kindCached, a: readOnly}, "▃ 3A6797 |  ", "▃ 6A8DC4 |  ", "▃ 6 |  ", "▃ 6 |  ", "▃ |  ", "c 3A6797 | - 3A6797"},
		{state{k: kindAnon, l: model.Locked, a: readOnly}, "▆ 0DB186 on FFD045 | ▔ FFD045", "▆ 005C5A on B45800 | ▔ B45800",
			"▆ 10 on 11 | ▔ 11", "▆ 2 on 3 | ▔ 3", "▆ | ▔", "a 0DB186 | * FFD045"},
		{state{k: kindFile, l: model.ShmLocked}, "▆ 2DC3FF on FFD045", "▆ 2B326C on B45800", "▆ 14 on 11", "▆ 4 on 3", "▒", "F 2DC3FF | = FFD045"},
		{state{k: kindCached, l: model.ShmLocked}, "▃ 3A6797 | ▔ FFD045", "▃ 6A8DC4 | ▔ B45800", "▃ 6 | ▔ 11", "▃ 6 | ▔ 3", "▃ | ▔",
			"c 3A6797 | = FFD045"},
		{state{k: kindAbsent, l: model.ShmLocked}, "▔ FFD045", "▔ B45800", "▔ 11", "▔ 3", "▔", ". 5D697A | = FFD045"},
		{state{k: kindShared, l: model.Locked}, "▄ FB86C5 on FFD045", "▄ B24B99 on B45800", "▄ 13 on 11", "▄ 5 on 3", "▄", "s FB86C5 | * FFD045"},
		{state{k: kindShared, l: model.Locked, a: readOnly}, "▄ FB86C5 on FFD045 | ▔ FFD045", "▄ B24B99 on B45800 | ▔ B45800",
			"▄ 13 on 11 | ▔ 11", "▄ 5 on 3 | ▔ 3", "▄ | ▔", "s FB86C5 | * FFD045"},
	} {
		t.Run(fmt.Sprintf("%s %d %d", kindNames[tt.k], tt.l, tt.a), func(t *testing.T) {
			look := func(c Colors, dark, ascii bool) string { return show(newTheme(c, dark, ascii).looks[tt.k][tt.l][tt.a]) }
			got := []string{look(TrueColor, true, false), look(TrueColor, false, false), look(Color16, true, false),
				look(Color16, false, false), look(NoColor, true, false), look(TrueColor, true, true)}
			want := []string{tt.dark, tt.light, tt.dark16, tt.light16, tt.none, tt.ascii}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("dark, light, 16 dark, 16 light, none, ASCII (-want +got):\n%s", d)
			}
		})
	}
}

// Each state must be told from every other without its colour.
func TestLooksDifferInShape(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		th := newTheme(NoColor, true, ascii)
		was := map[look]string{}
		for k := kindAbsent; k < kinds; k++ {
			for l := range model.Lock(locks) {
				lk := th.looks[k][l][writable]
				name := fmt.Sprintf("%s, lock %d", kindNames[k], l)
				if k == kindGuard || k == kindUnknowable || k == kindHuge || !ascii && !k.tank() && k != kindAbsent {
					continue // their lock shows in the frame; a huge page fills its gap
				}
				if !ascii && (k == kindFile || k == kindAnon && l == model.OnFault) {
					continue // a file page is a full tank of another hue, and words say which; a lid needs a colour
				}
				if !ascii && l == model.ShmLocked {
					continue // the lid of a lock, or of a lock on fault; words say whose it is
				}
				if other, ok := was[lk]; ok {
					t.Errorf("ascii %v: %s looks like %s", ascii, name, other)
				}
				was[lk] = name
			}
		}
	}
}

func TestNoColorHasNoColor(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		for _, key := range []string{"", "v", ":", "p", "?"} {
			s := newScreen(t, 100, 30, Options{Colors: NoColor, ASCII: ascii}, richScript...)
			if key != "" {
				s.press(key, "right")
			}
			for i, c := range s.m.canvas.cells {
				if c.fg != 0 || c.bg != 0 {
					t.Fatalf("after %q: cell %d, %q, has a colour", key, i, c.r)
				}
			}
		}
	}
}

// With 16 colours only those of the user's own theme are asked for.
func TestSixteenColors(t *testing.T) {
	for _, dark := range []bool{true, false} {
		s := newScreen(t, 100, 30, Options{Colors: Color16, Dark: &dark}, richScript...)
		s.press("v", "right")
		for _, c := range s.m.canvas.cells {
			for _, k := range []color{c.fg, c.bg} {
				if k != 0 && k&kindMask != kind16 {
					t.Fatalf("%q is drawn in %08x", c.r, uint32(k))
				}
			}
		}
	}
}

func TestKindOf(t *testing.T) {
	const in, res, abs = model.InVMA, model.Resident, model.Absent
	for _, tt := range []struct {
		page model.Page
		anon bool
		want kind
	}{
		{model.Page{}, true, kindHole},
		{model.Page{Mapping: in}, true, kindNotAsked},
		{model.Page{Mapping: in, Residency: abs}, true, kindAbsent},
		{model.Page{Mapping: in | model.Mapped, Residency: res}, true, kindAnon},
		{model.Page{Mapping: in | model.Mapped | model.Exclusive, Residency: res}, true, kindAnon},
		{model.Page{Mapping: in | model.Mapped | model.Shared, Residency: res}, true, kindShared},
		{model.Page{Mapping: in | model.Mapped | model.ZeroPage, Residency: res}, true, kindZero},
		{model.Page{Mapping: in | model.Mapped | model.File | model.Shared, Residency: res}, false, kindFile},
		{model.Page{Mapping: in | model.File, Residency: res}, false, kindCached},
		{model.Page{Mapping: in, Residency: res}, false, kindCached},
		{model.Page{Mapping: in, Residency: res}, true, kindAnon},
		{model.Page{Mapping: in | model.Swapped, Residency: res}, true, kindSwapCache},
		{model.Page{Mapping: in | model.Swapped, Residency: abs}, true, kindSwapped},
		{model.Page{Mapping: in | model.Swapped | model.Guard, Residency: abs}, true, kindGuard},
		{model.Page{Mapping: in | model.Mapped | model.Huge, Residency: res}, true, kindHuge},
		{model.Page{Mapping: in | model.File, Residency: model.Unknowable}, false, kindUnknowable},
	} {
		if got := kindOf(tt.page, tt.anon); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.page, kindNames[got], kindNames[tt.want])
		}
	}
}
