//go:build linux && (amd64 || arm64)

package sampler

import (
	"incore/memops/proc"
	"incore/model"
)

// What tests of a session hold against the kernel.

// Scans reports whether the page table is asked by PAGEMAP_SCAN.
func (s *Sampler) Scans() bool { return s.scan != nil }

// ForgoScan has the page table read from now on, as on a kernel without PAGEMAP_SCAN (before Linux 6.7).
func (s *Sampler) ForgoScan() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scan, s.places.wanted = nil, true
}

// ForgoPlaces has no note taken any more of where calls have brought something in.
func (s *Sampler) ForgoPlaces() { s.places.wanted = false }

// EmptyElsewhere reports whether the newest sample has found that nothing lies outside of the places.
func (s *Sampler) EmptyElsewhere() bool { return s.elsewhere.known && s.elsewhere.empty }

// Readings is how often all VMAs were read, and how often a few of them were asked for.
func (s *Sampler) Readings() (read, mended int) { return s.readings, s.mendings }

// Files are those that the sampler has open.
func (s *Sampler) Files() *proc.Files { return s.proc }

// Parts makes a sample as a screen's is made, which is not told.
func (s *Sampler) Parts() (model.Sample, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.take(false, true)
}

// Compare asks about regions together, as far as they are asked so, and one by one. Of those that were not asked
// together there is nil. shared are the pages of which is asked whether they are shared.
func (s *Sampler) Compare(regions []*model.Region, shared func(*model.Region) model.Range) (together, alone []model.Runs[model.Page], err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, holes := s.scanTogether(regions, shared), s.holes.Seen()
	for _, r := range regions {
		pages := x.of(r, shared(r))
		if pages != nil {
			pages = dig(pages, holes[r.Name])
		}
		one, err := s.pages(nil, r, model.Range{Hi: r.Pages.Len()}, true, shared(r))
		if err != nil {
			return nil, nil, err
		}
		together, alone = append(together, pages), append(alone, dig(one, holes[r.Name]))
	}
	return together, alone, nil
}
