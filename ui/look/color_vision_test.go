package look

import (
	"math"
	"slices"
	"testing"
)

// vision is a matrix that turns red, green and blue of linear light into those that look
// to everybody as the first ones do to somebody who lacks a kind of cone.
type vision struct {
	name string
	m    [3][3]float64
}

// visions are those of Machado, Oliveira and Fernandes, A Physiologically-based Model for
// Simulation of Color Vision Deficiency (IEEE TVCG 15(6), 2009), table of severity 1.0.
var visions = []vision{
	{"normal vision", [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
	{"protanopia", [3][3]float64{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
	{"deuteranopia", [3][3]float64{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
	{"tritanopia", [3][3]float64{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
}

// linear is a color as the light of an sRGB screen (IEC 61966-2-1), from 0 to 1.
func linear(hex uint32) (c [3]float64) {
	for i := range c {
		v := float64(hex>>(16-8*i)&0xff) / 255
		if c[i] = v / 12.92; v > 0.04045 {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

func (v vision) see(hex uint32) (out [3]float64) {
	c := linear(hex)
	for i, row := range v.m {
		out[i] = min(1, max(0, row[0]*c[0]+row[1]*c[1]+row[2]*c[2]))
	}
	return out
}

// oklab is a color in a space where equal distances look equally far
// (Ottosson, A perceptual color space for image processing, 2020).
func oklab(c [3]float64) [3]float64 {
	l := math.Cbrt(0.4122214708*c[0] + 0.5363325363*c[1] + 0.0514459929*c[2])
	m := math.Cbrt(0.2119034982*c[0] + 0.6806995451*c[1] + 0.1073969566*c[2])
	s := math.Cbrt(0.0883024619*c[0] + 0.2817188376*c[1] + 0.6299787005*c[2])
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// apart is how far apart two colors look at the worst, and to whom.
func apart(a, b uint32) (least float64, who string) {
	least = math.Inf(1)
	for _, v := range visions {
		x, y := oklab(v.see(a)), oklab(v.see(b))
		if d := math.Hypot(math.Hypot(x[0]-y[0], x[1]-y[1]), x[2]-y[2]); d < least {
			least, who = d, v.name
		}
	}
	return least, who
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b uint32) float64 {
	lum := func(hex uint32) float64 {
		c := linear(hex)
		return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// The measures against known values: black on white, the gray that WCAG gives as 4.5, and
// red and green, which only those with all cones tell apart by more than their lightness.
func TestColorMeasures(t *testing.T) {
	for _, tt := range []struct {
		a, b uint32
		want float64
	}{{0, 0xFFFFFF, 21}, {0x767676, 0xFFFFFF, 4.54}, {0x123456, 0x123456, 1}} {
		if got := contrast(tt.a, tt.b); math.Abs(got-tt.want) > 0.01 {
			t.Errorf("%06X and %06X have a contrast of %.3f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
	if w := oklab(linear(0xFFFFFF)); math.Abs(w[0]-1) > 1e-3 || math.Abs(w[1]) > 1e-3 || math.Abs(w[2]) > 1e-3 {
		t.Errorf("white is %v in OKLab", w)
	}
	const red, green = 0xC8503C, 0x3C8C3C
	normal, _ := visions[0], 0
	x, y := oklab(normal.see(red)), oklab(normal.see(green))
	if d, _ := apart(red, green); d > 0.5*math.Hypot(math.Hypot(x[0]-y[0], x[1]-y[1]), x[2]-y[2]) {
		t.Errorf("red and green are %.3f apart to everybody", d)
	}
}

// farther is two colors that must be told apart, and by how much: 0.02 is about what is
// just seen of two large areas side by side.
type farther struct {
	a, b  hueID
	least float64
}

// neighbors are the pairs of colors that stand beside each other and mean something else.
func neighbors() (pairs []farther) {
	add := func(a, b hueID, least float64) { pairs = append(pairs, farther{a, b, least}) }
	all := func(lo, hi hueID, least float64) {
		for a := lo; a < hi; a++ {
			for b := a + 1; b < hi; b++ {
				add(a, b, least)
			}
		}
	}
	// Kinds of pages differ in shape too, but for a full tank of memory and one of a file.
	for a := hueAbsent; a <= hueUnknowable; a++ {
		for b := a + 1; b <= hueUnknowable; b++ {
			switch {
			case a == HueAnon && b == hueFile, a == hueFile && b == hueHuge:
				add(a, b, 0.10)
			case a == HueAnon && b == hueHuge: // both are memory of its own
				add(a, b, 0.04)
			default:
				add(a, b, 0.05)
			}
		}
	}
	for i := range hueID(heatSteps - 1) {
		add(hueHeat+i, hueHeat+i+1, 0.06)
	}
	for i := range hueID(ageSteps - 1) {
		add(hueAge+i, hueAge+i+1, 0.06)
	}
	all(hueProt, hueProt+protCount, 0.06)
	all(hueSharing, hueSharing+sharingCount, 0.06)
	all(hueSharing+1, hueSharing+4, 0.10)
	for _, tank := range []hueID{HueAnon, hueFile, hueHuge} {
		add(hueLock, tank, 0.10)
		add(hueOnFault, tank, 0.10)
	}
	add(hueLock, hueOnFault, 0.06)
	add(hueLock, hueError, 0.07)
	add(hueOK, hueError, 0.10)
	add(hueSelection, hueMark, 0.07)
	for _, h := range []hueID{hueSelection, hueMark, hueBanner} {
		add(h, hueBackground, 0.08)
	}
	return pairs
}

// Whoever looks, and on either background, can read every text of a built-in theme and tell
// its colors apart.
func TestThemesForEveryEye(t *testing.T) {
	isGround := map[hueID]bool{hueSelection: true, hueMark: true, hueBanner: true, hueBackground: true, hueRule: true}
	isText := map[hueID]bool{hueDim: true, hueMute: true, hueAccent: true, hueOK: true, hueError: true, hueLock: true}
	for _, th := range Themes() {
		// Contrast of the main text, of other text (WCAG 1.4.3 and 1.4.6), of marks (1.4.11),
		// of pages on a marked background; and which part of the distances must hold, since
		// so much contrast leaves only half of the colors to choose from.
		text, other, mark, marked, part := 7.0, 4.5, 3.0, 1.8, 1.0
		if th.Name == "high-contrast" {
			other, mark, marked, part = 7, 7, 3, 0.75
		}
		for _, ground := range []string{"dark", "light"} {
			t.Run(th.Name+"/"+ground, func(t *testing.T) {
				of := func(id hueID) uint32 {
					if ground == "light" {
						return th.Hues[id].light
					}
					return th.Hues[id].Dark
				}
				readable := func(a, b hueID, least float64) {
					if got := contrast(of(a), of(b)); got < least {
						t.Errorf("%s on %s (%06X on %06X): contrast %.2f, want %.1f", hueNames[a], hueNames[b], of(a), of(b), got, least)
					}
				}
				for id := range hueIDs {
					switch {
					case isGround[id]:
					case id == hueText:
						readable(id, hueBackground, text)
					case isText[id]:
						readable(id, hueBackground, other)
					default:
						readable(id, hueBackground, mark)
					}
				}
				readable(hueText, hueSelection, other)
				readable(hueText, hueMark, other)
				readable(hueCursor, hueBanner, text)
				readable(hueBackground, hueAccent, other) // a pressed key
				for id := hueAbsent; id <= hueUnknowable; id++ {
					readable(id, hueSelection, marked)
					readable(id, hueMark, marked)
				}
				for _, p := range neighbors() {
					if d, who := apart(of(p.a), of(p.b)); d < part*p.least {
						t.Errorf("%s and %s (%06X, %06X) are %.3f apart to %s, want %.3f",
							hueNames[p.a], hueNames[p.b], of(p.a), of(p.b), d, who, part*p.least)
					}
				}
			})
		}
	}
}

// In 16 colors nobody can say how far two are apart, but they can be different ones.
func TestThemesIn16Colors(t *testing.T) {
	for _, th := range Themes() {
		for _, light := range []bool{false, true} {
			of := func(id hueID) int8 {
				if light {
					return th.Hues[id].light16
				}
				return th.Hues[id].dark16
			}
			differ := func(a, b hueID) {
				if of(a) == of(b) {
					t.Errorf("%s, light %v: %s and %s are both %d", th.Name, light, hueNames[a], hueNames[b], of(a))
				}
			}
			differ(HueAnon, hueFile)
			differ(hueFile, hueHuge)
			differ(hueOK, hueError)
			differ(hueSelection, hueMark)
			for i := range hueID(heatSteps - 1) {
				differ(hueHeat+i, hueHeat+i+1)
			}
			for i := range hueID(ageSteps - 1) {
				differ(hueAge+i, hueAge+i+1)
			}
			for a := range hueID(protCount) {
				for b := range a {
					differ(hueProt+a, hueProt+b)
				}
			}
			for a := hueSharing + 1; a < hueSharing+4; a++ {
				for b := a + 1; b < hueSharing+4; b++ {
					differ(a, b)
				}
			}
			for id := range hueIDs {
				if id != hueBackground && of(hueBackground) >= 0 && of(id) == of(hueBackground) {
					t.Errorf("%s, light %v: %s is the background", th.Name, light, hueNames[id])
				}
			}
		}
	}
}

// The built-in themes leave out nothing, and a key goes through them in a circle.
func TestThemes(t *testing.T) {
	if n := len(Themes()); n != len(themeFiles) || n < 2 {
		t.Fatalf("there are %d themes", n)
	}
	seen := map[string]bool{}
	for th, i := DefaultTheme(), 0; i < len(Themes()); th, i = Next(th), i+1 {
		if seen[th.Name] || th.About == "" {
			t.Errorf("%+v", th)
		}
		seen[th.Name] = true
	}
	if Next(&Theme{}) != DefaultTheme() || Next(Themes()[len(themeFiles)-1]) != DefaultTheme() {
		t.Error("behind the last theme and behind one of a file stands the default one")
	}
	for id, name := range hueNames {
		if name == "" || slices.Index(hueNames[:], name) != id {
			t.Errorf("color %d is called %q", id, name)
		}
	}
	for _, th := range Themes() {
		for id, h := range th.Hues {
			if h == (hue{}) {
				t.Errorf("%s has no %s", th.Name, hueNames[id])
			}
		}
	}
}
