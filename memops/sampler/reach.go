//go:build linux && (amd64 || arm64)

package sampler

import (
	"slices"

	"incore/memops/order"
	"incore/model"
)

// reach is which addresses commands were about since the last sample. Where a region is too large
// to be sampled whole each time, those pages are looked at first: what a command changed is to be
// seen at once.
type reach struct {
	mu    order.Mutex[order.Notes]
	spans []model.Span
	anew  []string // regions that are gone, or are other ones by now
}

// reachMost is how many commands are remembered; of more the sweep tells in its time.
const reachMost = 16

// add takes note of what a call was about: an address, and the next length behind it. It is to be
// done before the event is told, so that no sample is of a region that the event is yet to make.
func (x *reach) add(e model.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	note := func(s model.Span) {
		if len(x.spans) < reachMost {
			x.spans = append(x.spans, s)
		}
	}
	for i, a := range e.Args {
		if a.Kind != model.ArgAddr {
			continue
		}
		if k := slices.IndexFunc(e.Args[i:], func(n model.Arg) bool { return n.Kind == model.ArgLen }); k >= 0 {
			note(model.Span{Addr: a.Value, Len: e.Args[i+k].Value})
		}
	}
	if e.Mapped != nil {
		note(model.Span{Addr: e.Mapped.Base, Len: e.Mapped.Len})
		x.anew = append(x.anew, e.Mapped.Name)
	}
	x.anew = append(x.anew, e.Gone...)
}

// renewed are the regions of which nothing that was swept before holds, and forgets them.
func (x *reach) renewed() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	names := x.anew
	x.anew = nil
	return names
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
func (s *Sampler) reachedIn(r *model.Region) (list []model.Range) {
	ps := uint64(s.pageSize)
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

// Ended takes note of what a command was about. It is to be called before the command's event is told, so that no
// sample is of a region that the event is yet to make.
func (s *Sampler) Ended(e model.Event) { s.reach.add(e) }
