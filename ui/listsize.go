package ui

import (
	"math/bits"

	"incore/model"
	"incore/ui/canvas"
)

// listSize is what has to be known of all regions of a process to lay out a frame. It holds as long as
// the list is the same one, since a list of regions is never changed: with 20,000 of them a look at each takes
// longer than all else of a frame.
type listSize struct {
	list   []*model.Region
	digits int   // of the offset of the last byte of the longest one
	names  int   // columns of the longest name
	pages  int64 // of the one that has the most
}

func (l *listSize) measure(list []*model.Region) {
	if sameList(l.list, list) {
		return
	}
	*l = listSize{list: list}
	for _, r := range list {
		if r.Len > 0 {
			l.digits = max(l.digits, (bits.Len64(r.Len-1)+3)/4)
		}
		l.names = max(l.names, canvas.Width(r.Name))
		l.pages = max(l.pages, r.Pages.Len())
	}
}

// sameList reports whether two lists of regions are one.
func sameList(a, b []*model.Region) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// listSizes are those of all processes, in their order. They are valid until the state is another.
func (s *scene) listSizes() []listSize {
	n := len(s.state.Procs)
	for len(s.sizes) < n {
		s.sizes = append(s.sizes, listSize{})
	}
	clear(s.sizes[n:])
	s.sizes = s.sizes[:n]
	for i := range s.sizes {
		s.sizes[i].measure(s.state.Procs[i].Regions)
	}
	return s.sizes
}
