//go:build linux && (amd64 || arm64)

package sampler

import (
	"cmp"
	"slices"

	"incore/model"
)

// TogetherFrom is from how many regions on those that lie side by side are asked about in one go: each
// question is a call and a message to the observer, and with 20,000 regions of a page they take a second.
const TogetherFrom = 64

// scanned are stretches of addresses of which all has been asked in one go, in the order of their addresses.
type scanned struct {
	pageSize uint64
	at       []uint64                 // where each begins, bytes
	pages    []model.Runs[model.Page] // of each
	shared   []bool                   // of each, whether it was asked which of its pages are shared
}

// sideBySide is a region that may be asked about together with its neighbors.
type sideBySide struct {
	*model.Region
	shared bool // it is asked which of its pages are shared
}

// scanTogether scans regions that lie side by side, where there are many. Those that mincore says
// nothing of, and those that are swept in parts, are left to be asked by themselves.
//
// shared are the pages of a region of which is asked whether they are shared. It is asked of whole stretches
// or of none: a region of which it is asked in part is left as well.
func (s *Sampler) scanTogether(regions []*model.Region, shared func(*model.Region) model.Range) *scanned {
	if len(regions) < TogetherFrom {
		return nil
	}
	order := s.order[:0]
	for _, r := range regions {
		if n := r.Pages.Len(); !r.Unknowable && n > 0 && n <= partPages && r.Base%uint64(s.pageSize) == 0 {
			if asked := shared(r).Len(); asked == 0 || asked == n {
				order = append(order, sideBySide{r, asked > 0})
			}
		}
	}
	slices.SortFunc(order, func(a, b sideBySide) int { return cmp.Compare(a.Base, b.Base) })
	s.order = order
	x := &scanned{pageSize: uint64(s.pageSize)}
	end := func(r sideBySide) uint64 { return r.Base + uint64(r.Pages.Len())*x.pageSize }
	for i := 0; i < len(order); {
		j, to := i+1, end(order[i])
		for ; j < len(order) && order[j].Base <= to && order[j].shared == order[i].shared && end(order[j])-order[i].Base <= partPages*x.pageSize; j++ {
			to = max(to, end(order[j]))
		}
		if j-i > 1 {
			stretch := model.Region{RegionInfo: model.RegionInfo{Base: order[i].Base, Len: to - order[i].Base}}
			n := int64(stretch.Len / x.pageSize)
			asked := model.Range{}
			if order[i].shared {
				asked.Hi = n
			}
			pages, err := s.pages(nil, &stretch, model.Range{Lo: 0, Hi: n}, true, asked)
			if err != nil {
				return x // asked alone, a region meets the same error
			}
			x.at, x.pages, x.shared = append(x.at, stretch.Base), append(x.pages, pages), append(x.shared, order[i].shared)
		}
		i = j
	}
	return x
}

// of are the pages of a region, or nil where it was not scanned with others, or where other pages of it
// were asked whether they are shared than shared.
func (x *scanned) of(r *model.Region, shared model.Range) model.Runs[model.Page] {
	if x == nil || len(x.at) == 0 || r.Unknowable {
		return nil
	}
	k, found := slices.BinarySearch(x.at, r.Base)
	if !found {
		k--
	}
	if k < 0 || x.shared[k] != (shared.Len() == r.Pages.Len()) || !x.shared[k] && shared.Len() > 0 {
		return nil
	}
	lo := int64((r.Base - x.at[k]) / x.pageSize)
	hi := lo + r.Pages.Len()
	if hi > x.pages[k].Len() || r.Base%x.pageSize != 0 {
		return nil
	}
	if among(x.pages[k], lo, r.Pages) {
		return r.Pages // which saves memory, and shows at once that nothing changed
	}
	out := make(model.Runs[model.Page], 0, 2)
	for part, p := range x.pages[k].In(model.Range{Lo: lo, Hi: hi}) {
		out = out.Add(part.Len(), p)
	}
	return out
}

// among reports whether the pages of all from lo on are those of part.
func among(all model.Runs[model.Page], lo int64, part model.Runs[model.Page]) bool {
	i := all.Find(lo)
	for k, run := range part {
		if i+k >= len(all) || all[i+k].Val != run.Val {
			return false
		}
		if last := k == len(part)-1; !last && all[i+k].End != lo+run.End || last && all[i+k].End < lo+run.End {
			return false
		}
	}
	return true
}

// sampleList makes the list of what a sample saw of the regions. As far as it is that of the sample before, it is
// the same memory: with 20,000 regions it takes 800 KB.
type sampleList struct {
	last []model.RegionSample // of the sample before, which is not changed
	n    int                  // how many there will be
	same int                  // how many of them are so far as they were
	list []model.RegionSample // all so far, where one is not as it was
}

func (l *sampleList) add(r model.RegionSample) {
	if l.list == nil {
		if l.same < len(l.last) && l.last[l.same].Name == r.Name && l.last[l.same].Segment == r.Segment && sameRuns(l.last[l.same].Pages, r.Pages) {
			l.same++
			return
		}
		l.list = append(make([]model.RegionSample, 0, l.n), l.last[:l.same]...)
	}
	l.list = append(l.list, r)
}

func (l *sampleList) done() []model.RegionSample {
	switch {
	case l.list != nil:
		return l.list
	case l.same == 0:
		return []model.RegionSample{}
	}
	return l.last[:l.same:l.same]
}

// sameRuns reports whether two lists of runs are one.
func sameRuns(a, b model.Runs[model.Page]) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
