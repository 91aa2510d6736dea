//go:build linux && (amd64 || arm64)

package sampler

import (
	"incore/model"
)

// pages appends the pages of a region within rg. ask has mincore asked of every page;
// without, what the page table implies is taken for its answer. Of those within shared it
// is told whether they are shared.
func (s *Sampler) pages(dst model.Runs[model.Page], r *model.Region, rg model.Range, ask bool, shared model.Range) (model.Runs[model.Page], error) {
	ps := uint64(s.pageSize)
	sharing := model.Span{Addr: r.Base + uint64(shared.Lo)*ps, Len: uint64(shared.Len()) * ps}
	s.segs = Segments(s.segs[:0], s.vmas, r.Base+uint64(rg.Lo)*ps, r.Base+uint64(rg.Hi)*ps)
	s.mapping, s.core = s.mapping[:0], s.core[:0]
	var err error
	for i := 0; i < len(s.segs) && err == nil; {
		j := i + 1
		for j < len(s.segs) && s.alike(s.segs[i], s.segs[j]) {
			j++
		}
		err = s.span(s.segs[i].VMA, s.segs[i].Start, s.segs[j-1].End, ask, sharing)
		i = j
	}
	if err == nil && s.scan == nil {
		err = s.addHuge()
	}
	if err != nil {
		return nil, err
	}
	if r.Unknowable {
		s.core = inPageTable(s.core[:0], s.mapping)
	}
	return merge(dst, s.segs, s.mapping, s.core, s.pageSize), nil
}

// alike reports whether two neighboring segments can be asked about in one go.
func (s *Sampler) alike(a, b segment) bool {
	if a.VMA == nil || b.VMA == nil {
		return a.VMA == b.VMA
	}
	if s.scan == nil && s.isLong(a.VMA) != s.isLong(b.VMA) {
		return false
	}
	return Anonymous(a.VMA) == Anonymous(b.VMA) && mixed(a.VMA) == mixed(b.VMA) && a.VMA.HugeTLB == b.VMA.HugeTLB
}

// span appends what the page table and mincore say of the addresses from start to end,
// which VMAs like v cover, or none where v is nil. Of the addresses in sharing it also asks
// whether they are shared.
func (s *Sampler) span(v *model.VMA, start, end uint64, ask bool, sharing model.Span) (err error) {
	n := int64(end-start) / s.pageSize
	if v == nil {
		s.mapping, s.core = s.mapping.Add(n, 0), s.core.Add(n, model.NotAsked)
		return nil
	}
	from := s.mapping.Len()
	if s.scan != nil {
		s.mapping, err = s.scan.Append(s.mapping, s.proc, start, end, s.pageSize, mixed(v))
	} else {
		s.mapping, err = s.appendVMA(s.mapping, v, start, end)
	}
	if s.guardsUntold() {
		maybeGuards(s.mapping, from)
	}
	if lo, hi := max(start, sharing.Addr), min(end, sharing.End()); err == nil && lo < hi && s.scan != nil {
		err = s.addSharing(from+int64(lo-start)/s.pageSize, lo, hi)
	}
	if err != nil {
		return err
	}
	if ask || !Anonymous(v) {
		s.core, err = s.AppendMincore(s.core, start, end)
		return err
	}
	for rg, m := range s.mapping.In(model.Range{Lo: from, Hi: from + n}) {
		switch {
		case m&model.Mapped != 0:
			s.core = s.core.Add(rg.Len(), model.Resident)
		case m&model.Swapped != 0: // in the swap cache or not: only mincore knows
			at := start + uint64(rg.Lo-from)*uint64(s.pageSize)
			s.core, err = s.AppendMincore(s.core, at, at+uint64(rg.Len()*s.pageSize))
			if err != nil {
				return err
			}
		case m&model.Unread != 0:
			s.core = s.core.Add(rg.Len(), model.NotAsked)
		default: // no file behind it: mincore says 0 (mm/mincore.c, __mincore_unmapped_range)
			s.core = s.core.Add(rg.Len(), model.Absent)
		}
	}
	return nil
}
