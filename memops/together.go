//go:build linux && (amd64 || arm64)

package memops

import (
	"cmp"
	"slices"

	"incore/model"
)

// togetherFrom is from how many regions on those that lie side by side are asked about in one go: each
// question is a call and a message to the observer, and with 20,000 regions of a page they take a second.
const togetherFrom = 64

// scanned are stretches of addresses of which all has been asked in one go, in the order of their addresses.
type scanned struct {
	pageSize uint64
	at       []uint64                 // where each begins, bytes
	pages    []model.Runs[model.Page] // of each
	shared   []bool                   // of each, whether it was asked which of its pages are shared
}

// scanTogether scans regions that lie side by side, where there are many. Those that mincore says
// nothing of, and those that are swept in parts, are left to be asked by themselves.
//
// shared are the pages of a region of which is asked whether they are shared. It is asked of whole stretches
// or of none: a region of which it is asked in part is left as well.
func (s *sampler) scanTogether(regions []*model.Region, shared func(*model.Region) model.Range) *scanned {
	if len(regions) < togetherFrom {
		return nil
	}
	type one struct {
		*model.Region
		shared bool
	}
	order := make([]one, 0, len(regions))
	for _, r := range regions {
		if n := r.Pages.Len(); !r.Unknowable && n > 0 && n <= partPages && r.Base%uint64(s.lab.pageSize) == 0 {
			if asked := shared(r).Len(); asked == 0 || asked == n {
				order = append(order, one{r, asked > 0})
			}
		}
	}
	slices.SortFunc(order, func(a, b one) int { return cmp.Compare(a.Base, b.Base) })
	x := &scanned{pageSize: uint64(s.lab.pageSize)}
	end := func(r one) uint64 { return r.Base + uint64(r.Pages.Len())*x.pageSize }
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
				return x // who asks by himself meets the same
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
	out := make(model.Runs[model.Page], 0, 2)
	for part, p := range x.pages[k].In(model.Range{Lo: lo, Hi: hi}) {
		out = out.Add(part.Len(), p)
	}
	return out
}
