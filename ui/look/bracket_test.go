package look

import (
	"testing"

	"incore/ui/canvas"
)

// Ages are told apart by a digit too, and every flag that a frame can have is said in words.
func TestAgesHaveDigits(t *testing.T) {
	for _, colors := range []canvas.Colors{canvas.TrueColor, canvas.Color16, canvas.NoColor} {
		th := New(nil, colors, true, false)
		seen := map[rune]bool{}
		for i := range ageClasses {
			tile := th.Tiles[Age.Index][0][classTouched+i]
			if seen[tile[1].Rune] || tile[1].Rune < '1' || tile[1].Rune > '7' {
				t.Errorf("age %d has the digit %q", i, tile[1].Rune)
			}
			seen[tile[1].Rune] = true
			f := th.Figures[Age.Index][classTouched+i]
			if f.tally != tile[1].Rune || !f.half {
				t.Errorf("the figure of age %d has the digit %q", i, f.tally)
			}
		}
	}
}
