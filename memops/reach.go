//go:build linux && (amd64 || arm64)

package memops

import (
	"sync"

	"incore/model"
)

// reach is which addresses commands were about since the last sample. Where a region is too large
// to be sampled whole each time, those pages are looked at first: what a command changed is to be
// seen at once.
type reach struct {
	mu    sync.Mutex
	spans []model.Span
}

// reachMost is how many commands are remembered; of more the sweep tells in its time.
const reachMost = 16

// add takes note of what a call was about: an address and a length beside each other.
func (x *reach) add(e model.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := 1; i < len(e.Args); i++ {
		if a, n := e.Args[i-1], e.Args[i]; a.Kind == model.ArgAddr && n.Kind == model.ArgLen && len(x.spans) < reachMost {
			x.spans = append(x.spans, model.Span{Addr: a.Value, Len: n.Value})
		}
	}
}

func (x *reach) len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.spans)
}

// forget forgets the first n, which a sample has seen.
func (x *reach) forget(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.spans = append(x.spans[:0], x.spans[n:]...)
}

// reachedIn are the pages of a region that the commands were about, of each the first viewPages.
func (s *sampler) reachedIn(r *model.Region) (list []model.Range) {
	ps := uint64(s.lab.pageSize)
	s.reach.mu.Lock()
	defer s.reach.mu.Unlock()
	for _, span := range s.reach.spans {
		lo, hi := max(span.Addr, r.Base), min(span.Addr+span.Len, r.Base+r.Len)
		if span.Addr+span.Len < span.Addr || lo >= hi {
			continue
		}
		rg := model.Range{Lo: int64((lo - r.Base) / ps), Hi: int64((hi - r.Base + ps - 1) / ps)}
		rg.Hi = min(rg.Hi, rg.Lo+viewPages)
		list = append(list, rg)
	}
	return list
}
