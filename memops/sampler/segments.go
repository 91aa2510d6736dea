package sampler

import (
	"sort"
	"strings"

	"incore/model"
)

// segment is a part of a scan: one VMA's, or a hole between two.
type segment struct {
	Start, End uint64 // bytes
	VMA        *model.VMA
}

// Segments appends the parts of vmas, which are sorted, between start and end, with
// the holes between them.
func Segments(list []segment, vmas []model.VMA, start, end uint64) []segment {
	k := sort.Search(len(vmas), func(k int) bool { return vmas[k].End > start })
	for ; start < end; k++ {
		if k == len(vmas) || vmas[k].Start >= end {
			return append(list, segment{start, end, nil})
		}
		v := &vmas[k]
		if v.Start > start {
			list = append(list, segment{start, v.Start, nil})
			start = v.Start
		}
		stop := min(end, v.End)
		list = append(list, segment{start, stop, v})
		start = stop
	}
	return list
}

// Anonymous reports whether all of a VMA's pages are anonymous: no file and no shmem
// lies behind it. The file behind private huge pages of MAP_HUGETLB is in name alone
// (fs/hugetlbfs/inode.c, hugetlb_file_setup).
func Anonymous(v *model.VMA) bool {
	return !v.Shared && (v.Path == "" || v.Path == "/dev/zero" || strings.HasPrefix(v.Path, "[") || strings.HasPrefix(v.Path, "/anon_hugepage"))
}

// mixed reports whether a VMA's pages may be of the file or copies of it, so that only
// the page table knows.
func mixed(v *model.VMA) bool { return !v.Shared && !Anonymous(v) }

// merge appends the pages of segments, each as its VMA, its mapping and its residency
// say. Both lists begin with the first segment's first page and reach as far as the last.
func merge(dst model.Runs[model.Page], segs []segment, mapping model.Runs[model.Mapping], core model.Runs[model.Residency], pageSize int64) model.Runs[model.Page] {
	var at int64
	i, j := 0, 0
	for _, seg := range segs {
		end := at + int64(seg.End-seg.Start)/pageSize
		for at < end {
			for mapping[i].End <= at {
				i++
			}
			for core[j].End <= at {
				j++
			}
			stop := min(end, mapping[i].End, core[j].End)
			dst = dst.Add(stop-at, pageOf(seg.VMA, mapping[i].Val, core[j].Val))
			at = stop
		}
	}
	return dst
}

// dig empties the pages of a region that were unmapped: another mapping may have come to
// lie there, which is not of the region.
func dig(pages model.Runs[model.Page], holes model.Runs[bool]) model.Runs[model.Page] {
	if len(holes) < 2 || holes.Len() != pages.Len() {
		return pages
	}
	out := make(model.Runs[model.Page], 0, len(pages))
	var lo int64
	for _, run := range holes {
		if run.Val {
			out = out.Add(run.End-lo, model.Page{})
		} else {
			for part, p := range pages.In(model.Range{Lo: lo, Hi: run.End}) {
				out = out.Add(part.Len(), p)
			}
		}
		lo = run.End
	}
	return out
}

// pageOf puts the axes together. A page that is not mapped is of the file where its VMA
// has one: that is where a fault would take it from.
func pageOf(v *model.VMA, m model.Mapping, r model.Residency) model.Page {
	if v == nil {
		return model.Page{}
	}
	if v.Shared || mixed(v) && m&model.Mapped == 0 {
		m |= model.File
	}
	if m&model.Guard != 0 {
		m &^= model.File
	}
	return model.Page{Residency: r, Lock: v.Lock, Prot: v.Prot, Mapping: m | model.InVMA}
}
