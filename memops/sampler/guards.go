//go:build linux && (amd64 || arm64)

package sampler

import (
	"incore/model"
)

// guardsUntold reports whether the kernel has guard pages and shows them as swapped out: they came with Linux
// 6.13, and the scan's category with 6.15.
func (s *Sampler) guardsUntold() bool {
	return s.scan != nil && !s.scan.TellsGuards() && s.session.Features.Advices["guard_install"]
}

// maybeGuards says of the swapped pages from page from on that they may be guard pages.
func maybeGuards(runs model.Runs[model.Mapping], from int64) {
	for k := runs.Find(from); k < len(runs); k++ {
		if runs[k].Val&model.Swapped != 0 {
			runs[k].Val |= model.MaybeGuard
		}
	}
}
