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
}

// scanTogether scans regions that lie side by side, where there are many. Those that mincore says
// nothing of, and those that are swept in parts, are left to be asked by themselves.
func (s *sampler) scanTogether(regions []model.Region) *scanned {
	if len(regions) < togetherFrom {
		return nil
	}
	order := make([]*model.Region, 0, len(regions))
	for i := range regions {
		r := &regions[i]
		if n := r.Pages.Len(); !r.Unknowable && n > 0 && n <= partPages && r.Base%uint64(s.lab.pageSize) == 0 {
			order = append(order, r)
		}
	}
	slices.SortFunc(order, func(a, b *model.Region) int { return cmp.Compare(a.Base, b.Base) })
	x := &scanned{pageSize: uint64(s.lab.pageSize)}
	end := func(r *model.Region) uint64 { return r.Base + uint64(r.Pages.Len())*x.pageSize }
	for i := 0; i < len(order); {
		j, to := i+1, end(order[i])
		for ; j < len(order) && order[j].Base <= to && end(order[j])-order[i].Base <= partPages*x.pageSize; j++ {
			to = max(to, end(order[j]))
		}
		if j-i > 1 {
			stretch := model.Region{RegionInfo: model.RegionInfo{Base: order[i].Base, Len: to - order[i].Base}}
			n := int64(stretch.Len / x.pageSize)
			pages, err := s.pages(nil, &stretch, model.Range{Lo: 0, Hi: n}, true, model.Range{})
			if err != nil {
				return x // who asks by himself meets the same
			}
			x.at, x.pages = append(x.at, stretch.Base), append(x.pages, pages)
		}
		i = j
	}
	return x
}

// of are the pages of a region, or nil where it was not scanned with others.
func (x *scanned) of(r *model.Region) model.Runs[model.Page] {
	if x == nil || len(x.at) == 0 || r.Unknowable {
		return nil
	}
	k, found := slices.BinarySearch(x.at, r.Base)
	if !found {
		k--
	}
	if k < 0 {
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
