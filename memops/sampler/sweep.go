//go:build linux && (amd64 || arm64)

package sampler

import (
	"maps"
	"runtime"
	"slices"
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

// A list of as many runs as seldomFrom takes a megabyte, and what folds it goes through all of it. What is swept off the screen is
// told in such a list as soon as it is one of seldomParts of the region, or seldomTime old.
const (
	seldomFrom  = 1 << 16
	seldomParts = 8
	seldomTime  = time.Second / 4
)

// A list of as many runs as collectFrom takes 4 MB, and that of a gigabyte touched at random up to 13. The collector by itself begins
// only after the next one was made: so what is no longer used is collected before. That takes some milliseconds, a few times a second.
const collectFrom = 1 << 18

// sweep is the slow way over a large region.
type sweep struct {
	base uint64
	// known is the region as it was told last. The samples that were told share its memory, and so do the states that
	// they were folded into, some of which a screen holds for long: it is never written to, another takes its place.
	known model.Runs[model.Page]
	swept model.Runs[model.Page] // the pages from page from on, as the sweep has seen them since; nobody else has it
	from  int64
	since time.Time // when the first of them was seen
	step  int64     // pages to ask for at a time: as many as take a quarter of a slice
}

// at is the page that the sweep goes on with.
func (w *sweep) at() int64 { return w.from + w.swept.Len() }

// due reports whether what was swept is to be told. It must not wait where the screen shows some of it: what is seen there
// from now on is newer.
func (w *sweep) due(view model.Range) bool {
	n, total := w.swept.Len(), w.known.Len()
	return n > 0 && (len(w.known) < seldomFrom || w.at() == total || n >= total/seldomParts || time.Since(w.since) >= seldomTime ||
		view.Intersect(model.Range{Lo: w.from, Hi: w.at()}).Len() > 0)
}

// lay puts layers over what is known.
func (w *sweep) lay(layers []model.Layer[model.Page]) {
	if slices.ContainsFunc(layers, func(l model.Layer[model.Page]) bool { return !among(w.known, l.At, l.Runs) }) {
		if len(w.known) >= collectFrom {
			runtime.GC()
		}
		w.known = w.known.Over(layers...)
	}
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
	if w == nil || w.base != r.Base || w.known.Len() != r.Pages.Len() {
		w = &sweep{base: r.Base, known: model.Runs[model.Page]{}.Add(r.Pages.Len(), model.Page{Mapping: model.InVMA}), step: partPages}
		s.sweeps[r.Name] = w
	}
	return w
}

// advance sweeps on for one slice of time and returns the region as it is known now. Of
// those pages of the screen's that are within shared it is told whether they are shared.
func (w *sweep) advance(s *Sampler, r *model.Region, shared model.Range) (model.Runs[model.Page], error) {
	total, view := r.Pages.Len(), s.inView(r)
	var layers []model.Layer[model.Page]
	for _, rg := range s.reachedIn(r) {
		seen, err := s.pages(nil, r, rg, true, model.Range{})
		if err != nil {
			return nil, err
		}
		layers = append(layers, model.Layer[model.Page]{At: rg.Lo, Runs: seen})
	}
	if w.swept.Len() == 0 {
		w.since = time.Now()
	} else if len(layers) > 0 { // what was swept before is older
		layers = slices.Insert(layers, 0, model.Layer[model.Page]{At: w.from, Runs: w.swept})
		w.from, w.swept = w.at(), nil
	}
	if err := w.sweepOn(s, r); err != nil {
		return nil, err
	}
	due := w.due(view)
	if due {
		layers = append(layers, model.Layer[model.Page]{At: w.from, Runs: w.swept})
	}
	if view.Len() > 0 {
		seen, err := s.pages(nil, r, view, true, shared)
		if err != nil {
			return nil, err
		}
		layers = append(layers, model.Layer[model.Page]{At: view.Lo, Runs: seen})
	}
	w.lay(layers)
	if due {
		w.from, w.swept = w.at(), w.swept[:0]
	}
	if w.at() == total {
		w.from = 0
	}
	return w.known, nil
}

// sweepOn sweeps for one slice of time, to the end of the region at most.
func (w *sweep) sweepOn(s *Sampler, r *model.Region) error {
	total := r.Pages.Len()
	for begin := time.Now(); time.Since(begin) < slice && w.at() < total; {
		lo := w.at()
		step, err := s.emptyFrom(r, lo)
		if err != nil {
			return err
		}
		at := time.Now()
		swept, err := s.pages(w.swept, r, model.Range{Lo: lo, Hi: min(lo+max(step, w.step), total)}, false, model.Range{})
		if err != nil {
			return err
		}
		if w.swept = swept; step > 0 {
			continue
		}
		if took := time.Since(at); took < slice/8 {
			w.step = min(2*w.step, max(total, partPages))
		} else if took > slice/2 && w.step > partPages {
			w.step /= 2
		}
	}
	return nil
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
