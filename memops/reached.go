//go:build linux && (amd64 || arm64)

package memops

import (
	"cmp"
	"runtime"
	"slices"

	"incore/memops/kernel"
	"incore/model"
)

// reachedBytes tells who watches of the pages that a loop over n bytes from each of the addresses
// has accessed. A loop that a signal ended has gone up to the address that the signal names.
func (p *process) reachedBytes(err error, e *model.Event, n uint64, addrs ...uint64) {
	if err != nil || !p.lab.opts.Sampling {
		return
	}
	if e.Signal != nil {
		stop := ^uint64(0)
		for _, addr := range addrs {
			stop = min(stop, kernel.Untagged(e.Signal.Addr, runtime.GOARCH)-kernel.Untagged(addr, runtime.GOARCH))
		}
		if stop >= n { // somebody sent the signal: it names no address
			return
		}
		n = stop
	}
	spans := make([]model.Span, 0, len(addrs))
	for _, addr := range addrs {
		spans = append(spans, model.Span{Addr: addr, Len: n})
	}
	runs := reachedPages(e.Minor, e.Major, uint64(p.lab.pageSize), spans...)
	if len(runs) > 0 {
		p.lab.emit(model.Accessed{Time: p.lab.now(), Proc: p.name, Runs: runs})
	}
}

// reachedPages are the pages of the spans, with the faults that were taken on them. Which of
// them faulted is certain where none did, and where there were as many faults as pages of which
// each was accessed in one way; else none is told as faulted.
func reachedPages(minor, major int64, pageSize uint64, spans ...model.Span) (runs []model.AccessRun) {
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
