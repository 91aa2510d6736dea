//go:build linux && (amd64 || arm64)

package memops

import (
	"incore/model"
)

// guardsUntold reports whether the kernel has guard pages and shows them as swapped out: they came with Linux
// 6.13, and the scan's category with 6.15.
func (s *sampler) guardsUntold() bool {
	return s.scan != nil && !s.scan.TellsGuards() && s.lab.features.Advices["guard_install"]
}

// maybeGuards says of the swapped pages from page from on that they may be guard pages.
func maybeGuards(runs model.Runs[model.Mapping], from int64) {
	for k := runs.Find(from); k < len(runs); k++ {
		if runs[k].Val&model.Swapped != 0 {
			runs[k].Val |= model.MaybeGuard
		}
	}
}
