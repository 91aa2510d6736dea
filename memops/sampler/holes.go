package sampler

import (
	"slices"

	"incore/memops/order"
	"incore/model"
)

// Holes are the pages of a process's regions that were unmapped. It keeps count itself,
// since asking the kernel would cost more with every VMA.
type Holes struct {
	mu   order.Mutex[order.Notes]
	of   map[string]model.Runs[bool] // by region: which pages are gone
	dug  map[string]bool             // the regions of which a page is gone
	lent map[string]bool             // seen by a sample, and not to be written to any more
}

// Begin notes a region of length bytes. One that was there already keeps the holes in what
// it still has.
func (h *Holes) Begin(region string, length uint64, pageSize int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil {
		h.of, h.dug, h.lent = map[string]model.Runs[bool]{}, map[string]bool{}, map[string]bool{}
	}
	n := (int64(length) + pageSize - 1) / pageSize
	runs := make(model.Runs[bool], 0, 2)
	for part, gone := range h.of[region].In(model.Range{Lo: 0, Hi: n}) {
		runs = runs.Add(part.Len(), gone)
	}
	runs = runs.Add(n-runs.Len(), false)
	h.of[region] = runs
	delete(h.lent, region)
	if delete(h.dug, region); len(runs) > 1 || len(runs) == 1 && runs[0].Val {
		h.dug[region] = true
	}
}

// Forget forgets a region.
func (h *Holes) Forget(region string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.of, region)
	delete(h.dug, region)
	delete(h.lent, region)
}

// ForgetAll forgets all regions.
func (h *Holes) ForgetAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.of, h.dug, h.lent = nil, nil, nil
}

// Dig notes that pages of a region are gone, and reports whether none is left.
func (h *Holes) Dig(region string, pages model.Range) (all bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	runs, ok := h.of[region]
	if !ok {
		return false
	}
	if h.lent[region] {
		runs = append(make(model.Runs[bool], 0, 2*len(runs)), runs...)
		delete(h.lent, region)
	}
	runs = runs.Set(pages, true)
	h.of[region], h.dug[region] = runs, true
	return len(runs) == 1 && runs[0].Val
}

// Fill notes that pages of a region are there again. Those behind its end are left out.
func (h *Holes) Fill(region string, pages model.Range) {
	h.mu.Lock()
	defer h.mu.Unlock()
	runs, ok := h.of[region]
	if pages.Hi = min(pages.Hi, runs.Len()); !ok || pages.Lo >= pages.Hi {
		return
	}
	runs = slices.Clone(runs).Set(pages, false)
	h.of[region] = runs
	delete(h.lent, region)
	if delete(h.dug, region); len(runs) > 1 {
		h.dug[region] = true
	}
}

// Left reports whether a page of a region, of a range, is not gone.
func (h *Holes) Left(region string, pages model.Range) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	runs := h.of[region]
	return runs.Count(pages.Intersect(model.Range{Hi: runs.Len()}), func(gone bool) bool { return !gone }) > 0
}

// At reports whether a page of a region is gone.
func (h *Holes) At(region string, page int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	runs := h.of[region]
	return page < runs.Len() && runs.At(page)
}

// Seen are the holes of all regions that have some, for a sample to read.
func (h *Holes) Seen() map[string]model.Runs[bool] {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := make(map[string]model.Runs[bool], len(h.dug))
	for region := range h.dug {
		h.lent[region] = true
		seen[region] = h.of[region]
	}
	return seen
}
