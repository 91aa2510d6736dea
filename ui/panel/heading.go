package panel

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// drawRegionHeading names the region, and its process where there are several, and says
// as much of it as there is room for.
func (pn *Grid) drawRegionHeading(p *model.Process, r *model.Region, b *scene.Block) {
	a := b.Heading
	n := r.Pages.Len()
	pages := fmt.Sprintf("%d pages", n)
	if n == 1 {
		pages = "1 page"
	}
	title := "REGION " + r.Name
	if pn.Several() {
		title = pn.Named(p.Name, r.Name)
	}
	size := pages + "  " + model.FormatBytes(int64(r.Len))
	backing := backingWords(p, r)
	if r.Malloc != "" { // a block need not be of whole pages
		backing, size = fmt.Sprintf("%d bytes %s", r.Size, backing), pages
	}
	right := ""
	if b.Shift > 0 {
		backing = fmt.Sprintf("a column is %s  %s", model.FormatBytes(p.PageSize<<b.Shift), backing)
	}
	for _, s := range []string{
		fmt.Sprintf("%#x  %s  %s", r.Base, backing, size), backing + "  " + size, backing + "  " + pages, backing,
		ShortBacking(p, r) + "  " + pages, size, pages,
	} {
		if canvas.Width(title)+4+canvas.Width(s) <= a.W {
			right = s
			break
		}
	}
	pn.Look.DrawHeading(&pn.Canvas, a, title, right)
	if b.Place == pn.Focus.Current && len(pn.List) > 1 {
		at := len(title) - len(r.Name)
		if pn.Several() {
			at = 0
		}
		pn.Canvas.Text(a.X+at, a.Y, a.W-at, title[at:], pn.Look.Accent.Bold())
	}
}

// backingWords returns what lies behind a region's pages, in words.
func backingWords(p *model.Process, r *model.Region) string {
	switch {
	case r.Malloc != "":
		return "malloc'd from " + string(r.Malloc)
	case r.Backing == model.Heap:
		return "heap, moved by brk"
	case r.Backing == model.Shm:
		s := fmt.Sprintf("shm id %d", r.ShmID)
		if isShmLocked(r) {
			s += ", SHM_LOCK"
		}
		return s
	case isHugeTLB(p, r):
		return "hugetlb " + sharing(r)
	case r.Backing == model.FileOf && r.Path != "":
		return fmt.Sprintf("file %s %s", r.Path, sharing(r))
	}
	return fmt.Sprintf("%s %s", r.Backing, sharing(r))
}

// ShortBacking returns what lies behind a region's pages. Of a path it has the last part alone.
func ShortBacking(p *model.Process, r *model.Region) string {
	if r.Backing == model.FileOf && r.Path != "" {
		return "file " + r.Path[strings.LastIndexByte(r.Path, '/')+1:]
	}
	return backingWords(p, r)
}

func sharing(r *model.Region) string {
	if r.Shared {
		return "shared"
	}
	return "private"
}

// isShmLocked reports whether the segment behind a region is locked: its pages all are.
func isShmLocked(r *model.Region) bool {
	return len(r.Pages) > 0 && r.Pages[0].Val.Lock == model.ShmLocked
}

// isHugeTLB reports whether a region is of hugetlb pages: maps names the file behind an
// anonymous mapping of those so (fs/hugetlbfs/inode.c, hugetlb_file_setup).
func isHugeTLB(p *model.Process, r *model.Region) bool {
	vmas := p.VMAsIn(model.Span{Addr: r.Base, Len: 1})
	return len(vmas) > 0 && strings.HasPrefix(vmas[0].Path, "/anon_hugepage")
}
