package scene

import (
	"math/bits"

	"incore/model"
	"incore/ui/canvas"
)

// ListSize is what laying out the screen has to know of all regions of a process. It holds as long as the list
// is the same one, since a list of regions is never changed. With 20,000 regions a look at each takes longer
// than all else of drawing.
type ListSize struct {
	List   []*model.Region // that the others were measured of
	Digits int             // hexadecimal, of the offset of the last byte of the longest one
	Names  int             // columns of the longest name
	Pages  int64           // of the one that has the most
}

func (l *ListSize) measure(list []*model.Region) {
	if SameList(l.List, list) {
		return
	}
	*l = ListSize{List: list}
	for _, r := range list {
		if r.Len > 0 {
			l.Digits = max(l.Digits, (bits.Len64(r.Len-1)+3)/4)
		}
		l.Names = max(l.Names, canvas.Width(r.Name))
		l.Pages = max(l.Pages, r.Pages.Len())
	}
}

// SameList reports whether two lists of regions are the same slice.
func SameList(a, b []*model.Region) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// ListSizes returns the sizes of all processes, in their order. They are valid until the state changes.
func (s *Scene) ListSizes() []ListSize {
	n := len(s.State.Procs)
	for len(s.sizes) < n {
		s.sizes = append(s.sizes, ListSize{})
	}
	clear(s.sizes[n:])
	s.sizes = s.sizes[:n]
	for i := range s.sizes {
		s.sizes[i].measure(s.State.Procs[i].Regions)
	}
	return s.sizes
}
