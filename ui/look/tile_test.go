package look

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/ui/canvas"
)

// show writes a look as glyphs and colors, as a person would check it against
// the table of the design.
func show(lk Tile) string {
	one := func(c canvas.Cell) string {
		s := string(c.Rune)
		for _, k := range []struct {
			name string
			c    canvas.Color
		}{{"", c.FG}, {"on ", c.BG}} {
			if k.c != 0 {
				s += " " + k.name + strings.ToUpper(k.c.String())
			}
		}
		if c.Attr&canvas.Reverse != 0 {
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
		k Kind
		l model.Lock
		a Access
	}
	for _, tt := range []struct {
		state
		dark, light, dark16, light16, none, ascii string
	}{
		{state{k: Absent}, "· 5D697A", "· 8592A8", "· 8", "· 8", "·", ". 5D697A |  "},
		{state{k: Zero}, "▁ B7C8D9", "▁ 6472AF", "▁ 7", "▁ 8", "▁", "0 B7C8D9 |  "},
		{state{k: Anon}, "▇ 0DB186", "▇ 005C5A", "▇ 10", "▇ 2", "▇", "A 0DB186 |  "},
		{state{k: File}, "▇ 2DC3FF", "▇ 2B326C", "▇ 14", "▇ 4", "▓", "F 2DC3FF |  "},
		{state{k: Cached}, "▃ 3A6797", "▃ 6A8DC4", "▃ 6", "▃ 6", "▃", "c 3A6797 |  "},
		{state{k: Shared}, "▖ FB86C5", "▖ B24B99", "▖ 13", "▖ 5", "▖", "s FB86C5 |  "},
		{state{k: Swapped}, "▾ 9F84ED", "▾ 734ABB", "▾ 5", "▾ 5", "▾", "z 9F84ED |  "},
		{state{k: SwapCache}, "▴ 9F84ED", "▴ 734ABB", "▴ 5", "▴ 5", "▴", "Z 9F84ED |  "},
		{state{k: Huge}, "▇ 0FA280", "▇ 058664", "▇ 10", "▇ 2", "▇", "H 0FA280 |  "},
		{state{k: Guard}, "╳ 8E545C", "╳ B37D86", "╳ 1", "╳ 1", "╳", "x 8E545C |  "},
		{state{k: Unknowable}, "? 7B879E", "? 556977", "? 8", "? 8", "?", "? 7B879E |  "},
		{state{k: Anon, l: model.Locked}, "▆ 0DB186 on FFD045", "▆ 005C5A on B45800", "▆ 10 on 11", "▆ 2 on 3", "▆", "A 0DB186 | * FFD045"},
		{state{k: Anon, l: model.OnFault}, "▇ 0DB186 on C5971D", "▇ 005C5A on BA8911", "▇ 10 on 3", "▇ 2 on 3", "▇", "A 0DB186 | + C5971D"},
		{state{k: Absent, l: model.OnFault}, "▔ C5971D", "▔ BA8911", "▔ 3", "▔ 3", "▔", ". 5D697A | + C5971D"},
		{state{k: Absent, l: model.Locked}, "▆ FFD045 reversed", "▆ B45800 reversed", "▆ 11 reversed", "▆ 3 reversed", "▆ reversed", ". 5D697A | * FFD045"},
		{state{k: Anon, a: ReadOnly}, "▇ 0DB186 |  ", "▇ 005C5A |  ", "▇ 10 |  ", "▇ 2 |  ", "▇ |  ", "a 0DB186 |  "},
		{state{k: Anon, a: NoAccess}, "▚ 0DB186 | ▞ 0DB186", "▚ 005C5A | ▞ 005C5A", "▚ 10 | ▞ 10", "▚ 2 | ▞ 2", "▚ | ▞", "# 0DB186 |  "},
		{state{k: Absent, a: ReadOnly}, "· 5D697A |  ", "· 8592A8 |  ", "· 8 |  ", "· 8 |  ", "· |  ", ", 5D697A |  "},
		{state{k: Absent, a: NoAccess}, "╌ 5D697A", "╌ 8592A8", "╌ 8", "╌ 8", "╌", "- 5D697A |  "},
		{state{k: Cached, a: ReadOnly}, "▃ 3A6797 |  ", "▃ 6A8DC4 |  ", "▃ 6 |  ", "▃ 6 |  ", "▃ |  ", "c 3A6797 | - 3A6797"},
		{state{k: Anon, l: model.Locked, a: ReadOnly}, "▆ 0DB186 on FFD045 | ▔ FFD045", "▆ 005C5A on B45800 | ▔ B45800",
			"▆ 10 on 11 | ▔ 11", "▆ 2 on 3 | ▔ 3", "▆ | ▔", "a 0DB186 | * FFD045"},
		{state{k: File, l: model.ShmLocked}, "▆ 2DC3FF on FFD045", "▆ 2B326C on B45800", "▆ 14 on 11", "▆ 4 on 3", "▒", "F 2DC3FF | = FFD045"},
		{state{k: Cached, l: model.ShmLocked}, "▃ 3A6797 | ▔ FFD045", "▃ 6A8DC4 | ▔ B45800", "▃ 6 | ▔ 11", "▃ 6 | ▔ 3", "▃ | ▔",
			"c 3A6797 | = FFD045"},
		{state{k: Absent, l: model.ShmLocked}, "▔ FFD045", "▔ B45800", "▔ 11", "▔ 3", "▔", ". 5D697A | = FFD045"},
		{state{k: Shared, l: model.Locked}, "▄ FB86C5 on FFD045", "▄ B24B99 on B45800", "▄ 13 on 11", "▄ 5 on 3", "▄", "s FB86C5 | * FFD045"},
		{state{k: Shared, l: model.Locked, a: ReadOnly}, "▄ FB86C5 on FFD045 | ▔ FFD045", "▄ B24B99 on B45800 | ▔ B45800",
			"▄ 13 on 11 | ▔ 11", "▄ 5 on 3 | ▔ 3", "▄ | ▔", "s FB86C5 | * FFD045"},
	} {
		t.Run(fmt.Sprintf("%s %d %d", tt.k.Name(), tt.l, tt.a), func(t *testing.T) {
			look := func(c canvas.Colors, dark, ascii bool) string {
				return show(New(nil, c, dark, ascii).States[tt.k][tt.l][tt.a])
			}
			got := []string{look(canvas.TrueColor, true, false), look(canvas.TrueColor, false, false), look(canvas.Color16, true, false),
				look(canvas.Color16, false, false), look(canvas.NoColor, true, false), look(canvas.TrueColor, true, true)}
			want := []string{tt.dark, tt.light, tt.dark16, tt.light16, tt.none, tt.ascii}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("dark, light, 16 dark, 16 light, none, ASCII (-want +got):\n%s", d)
			}
		})
	}
}

// Each state must be told from every other without its color.
func TestLooksDifferInShape(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		th := New(nil, canvas.NoColor, true, ascii)
		was := map[Tile]string{}
		for k := Absent; k < Kinds; k++ {
			for l := range model.Lock(Locks) {
				lk := th.States[k][l][Writable]
				name := fmt.Sprintf("%s, lock %d", k.Name(), l)
				if k == Guard || k == Unknowable || k == Huge || !ascii && !k.tank() && k != Absent {
					continue // their lock shows in the frame; a huge page fills its gap
				}
				if !ascii && (k == File || k == Anon && l == model.OnFault) {
					continue // a file page is a full tank of another hue, and words say which; a lid needs a color
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
