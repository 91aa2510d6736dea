package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/model"
)

// lens is what of a page its cell shows.
type lens uint8

const (
	lensState   lens = iota // residency, what backs the page, lock
	lensProt                // protection
	lensHeat                // when touches last reached it, and the faults they took
	lensSharing             // who maps its frame
	lensAge                 // when it last changed
	lenses
)

// lensNames are the words of the legend's heading, lensTexts what the help says.
var (
	lensNames = [lenses]string{"residency, lock", "protection", "last touch, faults", "sharing", "age"}
	lensTexts = [lenses]string{
		"in memory or not, what backs it, whether it is locked",
		"what the process may do: r w x, or nothing",
		"when a touch last reached the page, and how many faults touches took on it",
		"mapped by this process alone, or by others too",
		"when what the kernel says of the page last changed",
	}
)

// ages are the upper bounds of the classes of time that heat and age have: a class each, and
// one for what is older.
var ages = [ageClasses - 1]time.Duration{
	time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second, 100 * time.Second, 300 * time.Second,
}

const ageClasses = 7

// ageNames say how long ago a class is.
var ageNames = [ageClasses]string{"< 1 s ago", "< 3 s ago", "< 10 s ago", "< 30 s ago", "< 100 s ago", "< 5 min ago", "longer ago"}

// ageClass is the class of something that was at a time of the session.
func ageClass(now, at time.Duration) int {
	for i, bound := range ages {
		if now-at < bound {
			return i
		}
	}
	return ageClasses - 1
}

// The classes of a page under the lenses but the first, which are indexes of the tiles. The
// first two are the same under each.
const (
	classHole = iota
	classNotAsked
	classFirst
)

// Under lensHeat a class is of a time and of the faults: none, one to nine, more; and the same
// with a major one among them.
const (
	faultMarks   = 11
	classNever   = classFirst // under lensHeat and lensAge
	classTouched = classFirst + 1
	heatClasses  = classTouched + ageClasses*faultMarks*2
)

// Under lensSharing.
const (
	classUnmapped = classFirst + iota
	classAlone
	classShared
	classFile
	classUnknown
)

// stateClass is the class of a page under lensState: the tiles are in this order.
func stateClass(k kind, l model.Lock, a access) int {
	return (int(k)*locks+int(l))*int(accesses) + int(a)
}

// pageClass is the class of a page under a lens.
// alone says that there is nobody whom the process could share anonymous memory with.
func pageClass(ln lens, p model.Page, anon, alone bool, changed time.Duration, heat model.Heat, now time.Duration) int {
	if ln == lensState {
		return stateClass(kindOf(p, anon), p.Lock, accessOf(p.Prot))
	}
	switch {
	case p.Mapping == 0:
		return classHole
	case ln == lensProt:
		return classFirst + int(p.Prot&7)
	case p.Residency == model.NotAsked && ln != lensHeat:
		return classNotAsked
	case ln == lensSharing:
		return sharingClass(p, alone)
	case ln == lensHeat:
		return heatClass(heat, now)
	case changed == 0:
		return classNever
	}
	return classTouched + ageClass(now, changed)
}

func sharingClass(p model.Page, alone bool) int {
	switch {
	case !p.Has(model.Mapped), p.Has(model.Guard):
		return classUnmapped
	case p.Has(model.Exclusive):
		return classAlone
	case p.Has(model.ZeroPage), p.Has(model.File | model.Shared):
		return classFile
	case p.Has(model.File):
		return classUnknown // of a file's page nothing but the page table tells
	case p.Has(model.Shared):
		return classShared
	case alone:
		return classAlone // the page table is not asked then
	}
	return classUnknown
}

func heatClass(h model.Heat, now time.Duration) int {
	if h.Last == 0 && h.Minor == 0 && h.Major == 0 {
		return classNever
	}
	faults := int(min(uint64(h.Minor)+uint64(h.Major), faultMarks-1))
	c := classTouched + (ageClass(now, h.Last)*faultMarks+faults)*2
	if h.Major > 0 {
		c++
	}
	return c
}

// setLens shows the pages through another lens.
func (m *Model) setLens(ln lens) {
	m.view.lens = ln
	m.status = status{text: fmt.Sprintf("Lens %d: %s.", ln+1, lensTexts[ln])}
	m.dirty = true
}

func lookKeys() []binding {
	keys := zoomKeys()
	for ln := range lenses {
		b := binding{keys: []string{fmt.Sprint(ln + 1)}, group: groupLook, do: func(m *Model, _ string) tea.Cmd { m.setLens(ln); return nil }}
		if ln == lensState {
			b.show, b.row, b.word = "1-5", "1 2 3 4 5", "lens"
			b.help = "show residency and lock, protection, heat, sharing, age"
		}
		keys = append(keys, b)
	}
	return keys
}
