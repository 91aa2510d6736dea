//go:build linux && (amd64 || arm64)

package sampler

import (
	"sort"

	"incore/memops/kernel"
	"incore/model"
)

// Without PAGEMAP_SCAN nothing tells of one page whether a huge page maps it. smaps counts them for each VMA.
// Where that is none or all of those that can be, it is known of each page, and else of none that can be.

// mayBeHuge reports whether huge pages have to be counted: it is not told of each page, and there is room for
// one in a VMA of a region.
func (s *Sampler) mayBeHuge() bool {
	size := uint64(kernel.HugePage())
	if s.scan != nil || size == 0 {
		return false
	}
	p := s.session.Host.State().Process(s.name)
	if p == nil {
		return false
	}
	for _, r := range p.Regions {
		k := sort.Search(len(s.vmas), func(k int) bool { return s.vmas[k].End > r.Base })
		for ; k < len(s.vmas) && s.vmas[k].Start < r.Base+r.Len; k++ {
			if !hugeRoom(&s.vmas[k], size).empty() {
				return true
			}
		}
	}
	return false
}

// stretch is the addresses from lo to before hi.
type stretch struct{ lo, hi uint64 }

func (s stretch) empty() bool { return s.hi <= s.lo }

// hugeRoom is the part of a VMA that huge pages of a size could map.
func hugeRoom(v *model.VMA, size uint64) stretch {
	return stretch{(v.Start + size - 1) &^ (size - 1), v.End &^ (size - 1)}
}

// addHuge adds to the mappings of the segments which pages are huge, or that nobody knows.
func (s *Sampler) addHuge() error {
	if s.huge == nil {
		return nil
	}
	size, ps := uint64(kernel.HugePage()), uint64(s.pageSize)
	at := int64(0)
	for i := 0; i < len(s.segs); i++ {
		seg := &s.segs[i]
		n := int64((seg.End - seg.Start) / ps)
		if v := seg.VMA; v != nil {
			told := model.Runs[model.Mapping]{}
			switch k := s.indexOf(v); {
			case v.HugeTLB: // all that is mapped there is (VmFlags ht)
				for rg, m := range s.mapping.In(model.Range{Lo: at, Hi: at + n}) {
					if m&model.Mapped != 0 {
						m |= model.Huge
					}
					told = told.Add(rg.Len(), m)
				}
			case size == 0 || k < 0:
				at += n
				continue
			case s.huge[k] == 0:
				told = zeroStretches(s.mapping, model.Range{Lo: at, Hi: at + n}, seg.Start, hugeRoom(v, size), size, ps)
			default:
				could, err := s.couldBeHuge(v, size)
				if err != nil {
					return err
				}
				add := model.MaybeHuge
				if !could.unread && could.pages()*s.pageSize == s.huge[k] {
					add = model.Huge
				}
				for a := seg.Start; a < seg.End; {
					in, end := could.at(a, seg.End)
					for rg, m := range s.mapping.In(model.Range{Lo: at + int64((a-seg.Start)/ps), Hi: at + int64((end-seg.Start)/ps)}) {
						if in && m&model.Huge == 0 {
							m |= add
						}
						told = told.Add(rg.Len(), m)
					}
					a = end
				}
			}
			s.mapping = s.mapping.Splice(at, told)
		}
		at += n
	}
	return nil
}

// zeroStretches are the mappings of the pages within rg, the first of which is at start. Where all that could be
// one huge page is the zero page, it may be the huge zero page: smaps does not count that one, and old
// kernels do not tell it by PM_FILE either.
func zeroStretches(all model.Runs[model.Mapping], rg model.Range, start uint64, room stretch, size, ps uint64) (told model.Runs[model.Mapping]) {
	zero := func(m model.Mapping) bool {
		return m&(model.Mapped|model.ZeroPage|model.Huge) == model.Mapped|model.ZeroPage
	}
	if room.empty() || all.Count(rg, zero) == 0 {
		for part, m := range all.In(rg) {
			told = told.Add(part.Len(), m)
		}
		return told
	}
	from := func(addr uint64) int64 { return rg.Lo + int64((addr-start)/ps) } // the page at an address
	for part, m := range all.In(rg) {
		if !zero(m) {
			told = told.Add(part.Len(), m)
			continue
		}
		// All that could be one huge page is in one run, or is not all of the zero page.
		lo, hi := start+uint64(part.Lo-rg.Lo)*ps, start+uint64(part.Hi-rg.Lo)*ps
		first, last := max((lo+size-1)&^(size-1), room.lo), min(hi&^(size-1), room.hi)
		if first >= last {
			told = told.Add(part.Len(), m)
			continue
		}
		told = told.Add(from(first)-part.Lo, m)
		told = told.Add(from(last)-from(first), m|model.MaybeHuge)
		told = told.Add(part.Hi-from(last), m)
	}
	return told
}

// indexOf is the place of a VMA in the list that was read, or -1.
func (s *Sampler) indexOf(v *model.VMA) int {
	k := sort.Search(len(s.vmas), func(k int) bool { return s.vmas[k].Start >= v.Start })
	if k < len(s.huge) && s.vmas[k].Start == v.Start {
		return k
	}
	return -1
}

// hugeStretches are what huge pages could map, in order and apart, with the size of a page.
type hugeStretches struct {
	list     []stretch
	unread   bool // there may be others, in pages that were not read
	pageSize uint64
}

func (h hugeStretches) pages() (n int64) {
	for _, s := range h.list {
		n += int64((s.hi - s.lo) / h.pageSize)
	}
	return n
}

// at reports whether an address lies in a stretch, and up to where that is so, at most to end.
func (h hugeStretches) at(addr, end uint64) (in bool, until uint64) {
	for _, s := range h.list {
		switch {
		case addr < s.lo:
			return false, min(s.lo, end)
		case addr < s.hi:
			return true, min(s.hi, end)
		}
	}
	return false, end
}

// couldBeHuge are the stretches of a VMA of which every page is mapped and none is the zero page: a huge page
// maps all of its pages, and smaps does not count the huge zero page (fs/proc/task_mmu.c, smaps_pmd_entry).
func (s *Sampler) couldBeHuge(v *model.VMA, size uint64) (hugeStretches, error) {
	ps := uint64(s.pageSize)
	h := hugeStretches{pageSize: ps}
	room := hugeRoom(v, size)
	if room.empty() {
		return h, nil
	}
	table, err := s.appendVMA(nil, v, room.lo, room.hi)
	if err != nil {
		return h, err
	}
	per, end := int64(size/ps), int64(0)
	add := func(lo, hi int64) { // pages of which each is mapped
		lo, hi = (lo+per-1)/per*per, hi/per*per
		if lo < hi {
			h.list = append(h.list, stretch{room.lo + uint64(lo)*ps, room.lo + uint64(hi)*ps})
		}
	}
	lo := int64(-1) // where such pages begin
	for _, run := range table {
		h.unread = h.unread || run.Val&model.Unread != 0
		switch is := run.Val&(model.Mapped|model.ZeroPage) == model.Mapped; {
		case is && lo < 0:
			lo = end
		case !is && lo >= 0:
			add(lo, end)
			lo = -1
		}
		end = run.End
	}
	if lo >= 0 {
		add(lo, end)
	}
	return h, nil
}
