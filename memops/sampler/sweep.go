//go:build linux && (amd64 || arm64)

package sampler

import (
	"maps"
	"time"

	"incore/model"
)

// Up to FullPages in all regions together, every sample is of everything (1 GiB of 4 KiB
// pages takes some 4 ms). Above, regions of more than partPages are sampled in parts:
// what is on the screen each time, and the rest in slices.
const (
	FullPages = 1 << 18
	partPages = 1 << 14
	viewPages = 1 << 14 // at most so many of the screen's
	slice     = 2 * time.Millisecond
)

// sweep is the slow way over a large region.
type sweep struct {
	base uint64
	done model.Runs[model.Page] // as of the last whole sweep
	next model.Runs[model.Page] // the sweep under way, from page 0 on
	step int64                  // pages to ask for at a time: as many as take a quarter of a slice

	// The screen's pages as they were seen last: what is known of them stays when it looks elsewhere.
	view model.Range
	seen model.Runs[model.Page]
}

// put takes note of pages from at on that were seen out of turn.
func (w *sweep) put(at int64, seen model.Runs[model.Page]) {
	w.done = w.done.Splice(at, seen)
	if swept := w.next.Len(); at < swept {
		w.next = w.next.Splice(at, head(seen, swept-at))
	}
}

// head is the first n pages of a list, or all of it.
func head(r model.Runs[model.Page], n int64) (out model.Runs[model.Page]) {
	for part, p := range r.In(model.Range{Lo: 0, Hi: n}) {
		out = out.Add(part.Len(), p)
	}
	return out
}

// forget drops the sweeps of regions that are gone, or are others of the same name.
func (s *Sampler) forget(p *model.Process) {
	for _, name := range s.reach.renewed() {
		delete(s.sweeps, name)
	}
	maps.DeleteFunc(s.sweeps, func(name string, _ *sweep) bool { return p.Region(name) == nil })
}

func (s *Sampler) sweepOf(r *model.Region) *sweep {
	w := s.sweeps[r.Name]
	if w == nil || w.base != r.Base || w.done.Len() != r.Pages.Len() {
		w = &sweep{base: r.Base, done: model.Runs[model.Page]{}.Add(r.Pages.Len(), model.Page{Mapping: model.InVMA}), step: partPages}
		s.sweeps[r.Name] = w
	}
	return w
}

// advance sweeps on for one slice of time and returns the region as it is known now. Of
// those pages of the screen's that are within shared it is told whether they are shared.
func (w *sweep) advance(s *Sampler, r *model.Region, shared model.Range) (model.Runs[model.Page], error) {
	total, view := r.Pages.Len(), s.inView(r)
	if w.view != view && w.view.Len() > 0 {
		w.put(w.view.Lo, w.seen)
	}
	w.view = model.Range{}
	for _, rg := range s.reachedIn(r) {
		seen, err := s.pages(nil, r, rg, true, model.Range{})
		if err != nil {
			return nil, err
		}
		w.put(rg.Lo, seen)
	}
	for begin := time.Now(); time.Since(begin) < slice && w.next.Len() < total; {
		lo := w.next.Len()
		step, err := s.emptyFrom(r, lo)
		if err != nil {
			return nil, err
		}
		at := time.Now()
		next, err := s.pages(w.next, r, model.Range{Lo: lo, Hi: min(lo+max(step, w.step), total)}, false, model.Range{})
		if err != nil {
			return nil, err
		}
		if w.next = next; step > 0 {
			continue
		}
		if took := time.Since(at); took < slice/8 {
			w.step = min(2*w.step, max(total, partPages))
		} else if took > slice/2 && w.step > partPages {
			w.step /= 2
		}
	}
	if w.next.Len() == total {
		w.done, w.next = w.next, make(model.Runs[model.Page], 0, len(w.next)+len(w.next)/8) // growing would be in many steps
	}
	layers := []model.Layer[model.Page]{{Runs: w.next}}
	if view.Len() > 0 {
		seen, err := s.pages(nil, r, view, true, shared)
		if err != nil {
			return nil, err
		}
		w.view, w.seen = view, seen
		layers = append(layers, model.Layer[model.Page]{At: view.Lo, Runs: seen})
	}
	return w.done.Over(layers...), nil
}

// same reports whether two samples show the same, at whatever time.
func same(a, b model.Sample) bool {
	if a.Stat != b.Stat || a.Limits != b.Limits || len(a.Regions) != len(b.Regions) || len(a.VMAs) != len(b.VMAs) {
		return false
	}
	if len(a.VMAs) > 0 && &a.VMAs[0] != &b.VMAs[0] { // read anew
		for i := range a.VMAs {
			if a.VMAs[i] != b.VMAs[i] {
				return false
			}
		}
	}
	if (a.Frame == nil) != (b.Frame == nil) || a.Frame != nil && *a.Frame != *b.Frame {
		return false
	}
	for i := range a.Regions {
		if a.Regions[i].Name != b.Regions[i].Name || !a.Regions[i].Pages.Equal(b.Regions[i].Pages) {
			return false
		}
	}
	return true
}
