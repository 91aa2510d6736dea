package look

import (
	"incore/model"
)

// Seen notes what the screen shows, for the legend.
type Seen struct {
	kinds    [Kinds]bool
	locked   [Locks]bool // of pages in core
	under    [Locks]Kind // a kind that was drawn with that lock
	empty    [Locks]bool // of pages that are not
	access   [accesses]bool
	sample   [accesses]Kind    // a kind that was drawn with that access
	Classes  [mostClasses]bool // under the lenses but the first
	Boundary bool              // the border of a VMA
	Marked   bool              // pages that a command would reach
	Block    int64             // of pages whose heat is told as one
	Ages     int64             // of pages whose last change is told as one
	tenths   bool              // a digit for the share in core, in ASCII
	part     model.Lock        // that not all pages of such a cell have
}

// Page notes a page of these traits.
func (s *Seen) Page(k Kind, l model.Lock, a Access) {
	s.kinds[k] = true
	if k == Hole || k == NotAsked {
		return
	}
	if k == Absent {
		s.empty[l] = true
	} else {
		if !s.locked[l] || k == Anon {
			s.locked[l], s.under[l] = true, k
		}
	}
	if !s.access[a] || s.sample[a] == Absent {
		s.access[a], s.sample[a] = true, k
	}
}

// Column notes a cell that stands for many pages.
func (s *Seen) Column(ln *Lens, c *Column) {
	if ln != State {
		s.Classes[c.Class] = true
		return
	}
	s.Page(c.Kind, c.Lock, c.Access)
	s.tenths = s.tenths || c.Rune >= '1' && c.Rune <= '9'
	if c.Part {
		s.part = c.Lock
	}
}

// IsYoung reports whether something that the lens shows will look older soon.
func (s *Seen) IsYoung(ln *Lens) bool {
	if !ln.Timed() {
		return false
	}
	for _, is := range s.Classes[classTouched : classTouched+(ageClasses-1)*ln.ages] {
		if is {
			return true
		}
	}
	return false
}

// Traits decide how a page is drawn under [State].
type Traits struct {
	Kind   Kind       // its color and its glyph
	Lock   model.Lock // the lid over it
	Access Access     // whether it may be written, or is PROT_NONE
}

// Class returns the class of such a page under [State].
func (t Traits) Class() int { return (int(t.Kind)*Locks+int(t.Lock))*int(accesses) + int(t.Access) }
