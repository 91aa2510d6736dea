//go:build linux && (amd64 || arm64)

package sampler

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"incore/memops/kernel"
	"incore/model"
)

// Without PAGEMAP_SCAN pagemap is read, which has 8 bytes of every page: 128 GiB of a mapping of 64T. What is in
// a mapping lies in page tables, though, and how many of these a process has the kernel counts (VmPTE). So in a long
// mapping only the places are read that calls were about. Where the tables that these and all other VMAs need are
// as many as there are, nothing lies elsewhere. Else a mapping is read whole, up to readMost; of a longer one
// it is said of the pages elsewhere that no sample has reached them.

const (
	// readMost is how many pages of a mapping are read where it is not known where something lies in it:
	// 1 TiB of pages of 4 KiB takes about a second.
	readMost = 1 << 28

	// othersMost is how many pages all VMAs that are not long may have, for their tables to be counted.
	othersMost = 1 << 21
)

// isLong reports whether a VMA is too long to be read whole, and private anonymous: the kernel brings a page
// into such memory where it is accessed, or told to, and nowhere else.
func (s *Sampler) isLong(v *model.VMA) bool {
	return Anonymous(v) && !v.HugeTLB && int64((v.End-v.Start)/uint64(s.pageSize)) > FullPages
}

// elsewhere tells of the pages of long VMAs that lie outside of all places.
type elsewhere struct {
	known bool      // it was found out
	empty bool      // there is nothing
	until time.Time // for a screen: when it is to be found out again
}

// forgetElsewhere has it found out anew: for a screen, in a while that goes with what that costs.
func (s *Sampler) forgetElsewhere(screen bool) {
	if !screen || time.Now().After(s.elsewhere.until) {
		s.elsewhere = elsewhere{}
	}
}

// emptyElsewhere reports whether nothing is in the long VMAs but in the places.
func (s *Sampler) emptyElsewhere() (bool, error) {
	if s.elsewhere.known {
		return s.elsewhere.empty, nil
	}
	begin := time.Now()
	empty, err := s.countTables()
	if err != nil {
		return false, err
	}
	s.elsewhere = elsewhere{true, empty, time.Now().Add(8 * time.Since(begin))}
	return empty, nil
}

// countTables compares the tables that there are with those that are needed. There cannot be fewer than what
// was seen needs. If there are just as many, nothing else can be anywhere. A table stays when what was in it is
// gone (munmap and mremap free it, madvise does not), so there may be as many as the places need too.
func (s *Sampler) countTables() (all bool, err error) {
	ps := uint64(s.pageSize)
	others := uint64(0)
	for i := range s.vmas {
		if v := &s.vmas[i]; !s.isLong(v) {
			others += (v.End - v.Start) / ps
		}
	}
	if others > othersMost {
		return false, nil
	}
	seen, could := kernel.NewTables(s.pageSize), kernel.NewTables(s.pageSize)
	var runs model.Runs[model.Mapping]
	for i := range s.vmas {
		v := &s.vmas[i]
		switch {
		case v.Start >= 1<<63: // vsyscall of x86 is the kernel's: no table of the process has it. arm64 uses addresses up to 1<<48
			continue
		case s.huge != nil && s.huge[i] > 0 && !Anonymous(v):
			return false, nil // a huge page of a file has no table below it
		}
		places := s.places.in(v.Start, v.End)
		list := []stretch{{v.Start, v.End}}
		if s.isLong(v) {
			list = places
		}
		var filled []stretch
		for _, at := range list {
			at = stretch{max(at.lo, v.Start), min(at.hi, v.End)}
			if runs, err = s.proc.AppendPages(runs[:0], at.lo, at.hi, s.pageSize); err != nil {
				return false, err
			}
			filled = s.appendFilled(filled, runs, at.lo)
		}
		level := 0
		if v.HugeTLB {
			level = 1
		}
		for _, at := range filled {
			seen.ExistFrom(level, model.Span{Addr: at.lo, Len: at.hi - at.lo})
		}
		filled = append(filled, places...)
		slices.SortFunc(filled, func(a, b stretch) int { return cmp.Compare(a.lo, b.lo) })
		for _, at := range filled {
			could.ExistFrom(level, model.Span{Addr: at.lo, Len: at.hi - at.lo})
		}
	}
	status, err := s.proc.Status()
	if err != nil {
		return false, err
	}
	there := status.Tables
	return seen.Existing() <= there && there <= could.Existing(), nil
}

// appendFilled appends the places that runs, which begin at an address, have pages in.
func (s *Sampler) appendFilled(list []stretch, runs model.Runs[model.Mapping], start uint64) []stretch {
	ps, size := uint64(s.pageSize), s.places.size
	lo := int64(0)
	for _, run := range runs {
		if run.Val != 0 {
			at := stretch{(start + uint64(lo)*ps) &^ (size - 1), (start + uint64(run.End)*ps + size - 1) &^ (size - 1)}
			if k := len(list) - 1; k >= 0 && at.lo <= list[k].hi {
				list[k].hi = max(list[k].hi, at.hi)
			} else {
				list = append(list, at)
			}
		}
		lo = run.End
	}
	return list
}

// appendLong appends the pages of a part of a long VMA. Those that were not read, though something may be there, are
// Unread.
func (s *Sampler) appendLong(runs model.Runs[model.Mapping], start, end uint64) (model.Runs[model.Mapping], error) {
	ps := uint64(s.pageSize)
	if int64((end-start)/ps) <= FullPages {
		return s.appendPagemap(runs, start, end, true)
	}
	empty, err := s.emptyElsewhere()
	if err != nil {
		return runs, err
	}
	if !empty && int64((end-start)/ps) <= readMost {
		from := runs.Len()
		if runs, err = s.appendPagemap(runs, start, end, true); err == nil {
			s.foundIn(runs, from, start)
		}
		return runs, err
	}
	gap := model.Unread
	if empty {
		gap = 0
	}
	at := start
	for _, p := range s.places.in(start, end) {
		lo, hi := max(p.lo, start), min(p.hi, end)
		runs = runs.Add(int64((lo-at)/ps), gap)
		if runs, err = s.appendPagemap(runs, lo, hi, true); err != nil {
			return runs, err
		}
		at = hi
	}
	return runs.Add(int64((end-at)/ps), gap), nil
}

// appendVMA appends the pages of a part of a VMA, long or not.
func (s *Sampler) appendVMA(runs model.Runs[model.Mapping], v *model.VMA, start, end uint64) (model.Runs[model.Mapping], error) {
	if s.isLong(v) {
		return s.appendLong(runs, start, end)
	}
	return s.appendPagemap(runs, start, end, Anonymous(v) && !v.HugeTLB)
}

// emptyFrom is how many pages of a region from one on are of a long VMA in which nothing is but in the places, or 0.
func (s *Sampler) emptyFrom(r *model.Region, page int64) (int64, error) {
	addr := r.Base + uint64(page)*uint64(s.pageSize)
	k := sort.Search(len(s.vmas), func(k int) bool { return s.vmas[k].End > addr })
	if s.scan != nil || k == len(s.vmas) || s.vmas[k].Start > addr || !s.isLong(&s.vmas[k]) {
		return 0, nil
	}
	if empty, err := s.emptyElsewhere(); err != nil || !empty {
		return 0, err
	}
	return int64((s.vmas[k].End - addr) / uint64(s.pageSize)), nil
}

// foundIn makes places of what was found without one, from page from on, which is at start.
func (s *Sampler) foundIn(runs model.Runs[model.Mapping], from int64, start uint64) {
	ps := uint64(s.pageSize)
	for rg, m := range runs.In(model.Range{Lo: from, Hi: runs.Len()}) {
		if m != 0 {
			s.places.add(model.Span{Addr: start + uint64(rg.Lo-from)*ps, Len: uint64(rg.Len()) * ps})
		}
	}
}
