package sheet

import (
	"cmp"
	"slices"
	"sort"

	"incore/model"
)

// SpaceRow is a row of the address space: a stretch of addresses that one VMA covers, or none, and that lies in
// one region, or in none. A region of several such rows has a row of its own over them.
type SpaceRow struct {
	Lo, Hi uint64 // addresses, Hi exclusive; Hi is 0 where it is the end of all addresses
	Vma    int32  // index in the process's VMAs, or NoVMA
	Region int32  // index in the process's regions, or NoRegion
	Head   bool   // over the rows of its region
	Below  bool   // under such a row
}

const (
	// NoVMA is the index of a row that no VMA covers.
	NoVMA = -1
	// NoRegion is the index of a row that lies in no region.
	NoRegion = -1
)

// Size returns the length of the row in bytes.
func (r *SpaceRow) Size() uint64 { return r.Hi - r.Lo }

// KernelHalf is the address from which on no process can map anything, on x86-64, arm64 and all others with an
// address space in two halves. The [vsyscall] page of x86-64 lies there.
const KernelHalf = 1 << 63

// SpaceTop returns how many bytes of addresses the process has: the power of two up to which its highest VMA
// reaches. That is the stack's or lies above it.
func SpaceTop(vmas []model.VMA) uint64 {
	n := ownVMAs(vmas)
	top := uint64(1)
	for n > 0 && top < vmas[n-1].End && top < KernelHalf {
		top <<= 1
	}
	return top
}

// ownVMAs returns how many of the VMAs are the process's: all below the kernel's half.
func ownVMAs(vmas []model.VMA) int {
	return sort.Search(len(vmas), func(i int) bool { return vmas[i].Start >= KernelHalf })
}

// spaceRegion is the range of a region, by its index in the process.
type spaceRegion struct {
	lo, hi uint64
	index  int32
	order  int // of mapping: the later one lies in the hole of the earlier
}

// spaceRegions returns the regions in order of address. Blocks of malloc that are parts of the
// heap are left out: they share its pages.
func spaceRegions(p *model.Process) (all []spaceRegion) {
	for i, r := range p.Regions {
		if r.Malloc != model.FromBrk && r.Len > 0 {
			all = append(all, spaceRegion{r.Base, r.Base + r.Len, int32(i), i})
		}
	}
	slices.SortFunc(all, func(a, b spaceRegion) int { return cmp.Compare(a.lo, b.lo) })
	return all
}

// SpaceRows returns the rows of a process, lowest address first as in /proc/PID/maps. It reuses the memory of
// rows. What it costs follows the numbers of VMAs and regions.
func SpaceRows(rows []SpaceRow, p *model.Process) []SpaceRow {
	rows = rows[:0]
	if len(p.VMAs) == 0 {
		return rows
	}
	w := spaceWalk{p: p, regions: spaceRegions(p)}
	at := uint64(0)
	for i := range p.VMAs {
		v := &p.VMAs[i]
		if v.Start > at {
			rows = w.cut(rows, at, v.Start, NoVMA)
		}
		rows = w.cut(rows, v.Start, v.End, int32(i))
		at = v.End
	}
	if top := SpaceTop(p.VMAs); at < top {
		rows = w.cut(rows, at, top, NoVMA)
	}
	return withHeads(rows)
}

// spaceWalk goes through the regions as the addresses rise.
type spaceWalk struct {
	p       *model.Process
	regions []spaceRegion // those that are still to come
	open    []spaceRegion // those that have begun and not ended
}

// cut appends the stretch from lo to hi, cut where regions begin and end.
func (w *spaceWalk) cut(rows []SpaceRow, lo, hi uint64, vma int32) []SpaceRow {
	for lo < hi {
		for len(w.regions) > 0 && w.regions[0].lo <= lo {
			w.open, w.regions = append(w.open, w.regions[0]), w.regions[1:]
		}
		w.open = slices.DeleteFunc(w.open, func(r spaceRegion) bool { return r.hi <= lo })
		end := hi
		if len(w.regions) > 0 {
			end = min(end, w.regions[0].lo)
		}
		for _, r := range w.open {
			end = min(end, r.hi)
		}
		rows = append(rows, SpaceRow{Lo: lo, Hi: end, Vma: vma, Region: w.owner()})
		lo = end
	}
	return rows
}

// owner returns the region that was mapped last of those that lie here.
func (w *spaceWalk) owner() int32 {
	owner, order := int32(NoRegion), -1
	for _, r := range w.open {
		if r.order > order {
			owner, order = r.index, r.order
		}
	}
	return owner
}

// withHeads puts a row over those of each region that has several.
func withHeads(rows []SpaceRow) []SpaceRow {
	heads := 0
	same := func(i int) bool {
		return i >= 0 && i+1 < len(rows) && rows[i].Region != NoRegion && rows[i].Region == rows[i+1].Region
	}
	for i := range rows {
		if same(i) && !same(i-1) {
			heads++
		}
	}
	if heads == 0 {
		return rows
	}
	// From the end, so that every row is moved once, and within one slice.
	n := len(rows)
	rows = slices.Grow(rows, heads)[:n+heads]
	at := len(rows)
	end := uint64(0)
	for i := n - 1; i >= 0; i-- {
		row := rows[i]
		above, below := i > 0 && rows[i-1].Region == row.Region && row.Region != NoRegion, row.Below
		if !below {
			end = row.Hi
		}
		row.Below = below || above
		if above {
			rows[i-1].Below = true // told to the next one: this group goes on
		}
		at--
		rows[at] = row
		if row.Below && !above {
			at--
			rows[at] = SpaceRow{Lo: row.Lo, Hi: end, Vma: NoVMA, Region: row.Region, Head: true}
		}
	}
	return rows
}
