//go:build linux && (amd64 || arm64)

package sampler

import (
	"maps"
	"runtime"
	"slices"
	"time"
	"weak"

	"incore/model"
)

// Up to FullPages in all regions together, every sample is of everything (1 GiB of 4 KiB
// pages takes some 4 ms). Above, regions of more than partPages are sampled in parts:
// what is on the screen each time, and the rest in slices.
const (
	FullPages = 1 << 18
	partPages = 1 << 14
	viewPages = 1 << 14 // at most so many of the screen's
	stepRuns  = 1 << 14 // as many as one step of a sweep is to find
	slice     = 2 * time.Millisecond
)

// A list of as many runs as seldomFrom takes a megabyte, and what folds it goes through all of it. What is swept off the screen is
// told in such a list as soon as it is one of seldomParts of the region, or seldomTime old.
const (
	seldomFrom  = 1 << 16
	seldomParts = 8
	seldomTime  = time.Second / 4
)

// A list of as many runs as collectFrom takes 4 MB, and that of gigabytes touched at random up to 13. So that there are two at a time and
// not more, the next one is made when the one before the last is used no longer. Who reads slowly, or holds still what it shows,
// has that wait for waitMost; what a command was about does not wait.
const (
	collectFrom  = 1 << 18
	collectEvery = time.Second / 10
	waitMost     = time.Second
)

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

	before    weak.Pointer[model.Run[model.Page]] // the list before known, of those that are long
	laid      time.Time                           // when known was made
	collected time.Time                           // when the garbage was collected to be rid of before
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

// lay puts layers over what is known, and reports whether that has them now. It may wait for memory where it is not urgent.
func (w *sweep) lay(layers []model.Layer[model.Page], urgent bool) bool {
	if !slices.ContainsFunc(layers, func(l model.Layer[model.Page]) bool { return !among(w.known, l.At, l.Runs) }) {
		return true
	}
	if !w.hasRoom() && !urgent {
		return false
	}
	w.before = weak.Pointer[model.Run[model.Page]]{}
	if len(w.known) >= collectFrom {
		w.before = weak.Make(&w.known[0])
	}
	w.known, w.laid = w.known.Over(layers...), time.Now()
	return true
}

// hasRoom reports whether the list before is used no longer, or has been waited for long enough. Else the collector, which by itself
// begins only after another list was made, is asked to look.
func (w *sweep) hasRoom() bool {
	if w.before.Value() == nil {
		return true
	}
	if time.Since(w.collected) < collectEvery {
		return false
	}
	runtime.GC()
	w.collected = time.Now()
	return w.before.Value() == nil || time.Since(w.laid) >= waitMost
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
	urgent := len(layers) > 0
	if w.swept.Len() == 0 {
		w.since = time.Now()
	} else if urgent { // what was swept before is older
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
	if w.lay(layers, urgent) && due {
		if w.from, w.swept = w.at(), w.swept[:0]; cap(w.swept) > seldomFrom+seldomFrom/2 {
			w.swept = nil
		}
	}
	if w.from == total {
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
		at, had := time.Now(), len(w.swept)
		swept, err := s.pages(w.swept, r, model.Range{Lo: lo, Hi: min(lo+max(step, w.step), total)}, false, model.Range{})
		if err != nil {
			return err
		}
		if w.swept = swept; step > 0 {
			continue
		}
		took, runs := time.Since(at), len(w.swept)-had
		switch {
		case (took > slice/2 || runs > stepRuns) && w.step > partPages:
			w.step /= 2
		case took < slice/8 && runs <= stepRuns/2:
			w.step = min(2*w.step, max(total, partPages))
		}
	}
	if max(cap(s.mapping), cap(s.core)) > 4*stepRuns { // much has changed at once
		s.mapping, s.core = nil, nil
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
