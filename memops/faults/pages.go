//go:build linux && (amd64 || arm64)

package faults

import (
	"cmp"
	"slices"

	"incore/model"
)

// Pages are the pages of the spans, with the faults that were taken on them. Which of
// them faulted is certain where none did, and where there were as many faults as pages of which
// each was accessed in one way; else none is told as faulted.
func Pages(minor, major int64, pageSize uint64, spans ...model.Span) (runs []model.AccessRun) {
	pages, once := int64(0), true
	slices.SortFunc(spans, func(a, b model.Span) int { return cmp.Compare(a.Addr, b.Addr) })
	for _, s := range spans {
		if s.Len == 0 {
			continue
		}
		first, last := s.Addr&^(pageSize-1), (s.End()-1)&^(pageSize-1)
		if k := len(runs) - 1; k >= 0 && first <= runs[k].Last() {
			once = false
			if first = runs[k].Last() + pageSize; last < first {
				continue
			}
		}
		n := int64((last-first)/pageSize) + 1
		pages += n
		runs = append(runs, model.AccessRun{Addr: first, Stride: pageSize, Count: n})
	}
	kind := model.NoFault
	switch {
	case !once:
	case minor == pages && major == 0:
		kind = model.MinorFault
	case major == pages && minor == 0:
		kind = model.MajorFault
	}
	for i := range runs {
		runs[i].Fault = kind
	}
	return inOrder(runs)
}
