package look

import (
	"time"

	"incore/model"
	"incore/ui/canvas"
)

// Lens is a way to look at pages: what of a page its cell shows. The class of a page is the index of its tile
// and of its figure.
type Lens struct {
	Name string // the words of the legend's heading
	Text string // what the help says of it
	Word string // its name in commands

	// ages is how many classes each class of time has, for a lens that shows how long ago something was; else 0.
	ages int
	// Asks is true if it has to be asked who maps the frames of pages.
	Asks bool

	// Class returns the class of a page.
	Class func(Page) int
	// column is the class of a column that stands for many pages; nil has the class of most of them.
	column func(*Aggregator, model.Range) int
	// low reports whether a column shows the class only where no page is of another one; nil is none but those
	// that all lenses have.
	low func(class int) bool
	// Bare returns the class without what a strip has no room for. Nil stands for the class itself.
	Bare func(class int) int

	tiles   func(th *Look, dense bool) []Tile
	figures func(th *Look) []Figure
	legend  func(ln *Lens, l *Legend, items []Item, s *Seen) []Item

	Index int // its index in lenses
}

// Lenses are all lenses, in the order of their keys.
var Lenses = numbered(State, Protection, Heat, Sharing, Age)

func numbered(all ...*Lens) []*Lens {
	for i, ln := range all {
		ln.Index = i
	}
	return all
}

// Next returns the lens behind ln. Behind the last one it is the first.
func (ln *Lens) Next() *Lens { return Lenses[(ln.Index+1)%len(Lenses)] }

// Number returns the digit of the lens's key.
func (ln *Lens) Number() int { return ln.Index + 1 }

// Timed reports whether the lens shows how long ago something was.
func (ln *Lens) Timed() bool { return ln.ages > 0 }

// Page is a page with all that decides its class.
type Page struct {
	model.Page
	Anon    bool          // it can only be anonymous memory
	Alone   bool          // there is nobody whom the process could share it with
	Changed time.Duration // when it last changed; 0 is never
	Heat    model.Heat    // how it was touched
	Now     time.Duration // the time of the session
}

// The first classes of every lens but the first.
const (
	classHole = iota
	classNotAsked
	classFirst
)

// The classes of the lenses that show how long ago something was.
const (
	classNever   = classFirst
	classTouched = classFirst + 1
)

// mostClasses is the number of classes of the lens that has the most.
const mostClasses = heatClasses

// ages are the upper bounds of the classes of time that heat and age have: a class each, and
// one for what is older.
var ages = [ageClasses - 1]time.Duration{
	time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second, 100 * time.Second, 300 * time.Second,
}

const ageClasses = 7

// ageNames say how long ago a class is.
var ageNames = [ageClasses]string{"< 1 s ago", "< 3 s ago", "< 10 s ago", "< 30 s ago", "< 100 s ago", "< 5 min ago", "longer ago"}

// ageClass returns the class of something that was at a time of the session.
func ageClass(now, at time.Duration) int {
	for i, bound := range ages {
		if now-at < bound {
			return i
		}
	}
	return ageClasses - 1
}

// nothing returns the tiles of a hole and of a page that was not asked about, with which all lenses but the first begin.
func nothing() []Tile { return []Tile{Both(' ', canvas.Style{}), Both(' ', canvas.Style{})} }

// never returns the tile of what never happened to a page.
func (t *Look) never() Tile { return Both(t.dot(), canvas.Style{FG: t.Kinds[Absent]}) }

// neverFigure returns its figure.
func (t *Look) neverFigure() Figure {
	return Figure{shape: shapeGlyph, runes: [2]rune{t.dot(), t.dot()}, Style: canvas.Style{FG: t.Kinds[Absent]}}
}

// ageFigure returns a tank that is the lower the older something is.
func ageFigure(age int, of canvas.Color) Figure {
	return Figure{shape: shapeTank, level: uint8(ageClasses - age), Style: canvas.Style{FG: of}}
}
