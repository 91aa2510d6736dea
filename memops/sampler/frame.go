//go:build linux && (amd64 || arm64)

package sampler

import (
	"fmt"

	"incore/model"
)

// frame describes the page frame behind the page under the cursor, where that is of this process. pages are those of its region as the sample has them.
func (s *Sampler) frame(region *model.Region, pages model.Runs[model.Page]) *model.Frame {
	v := s.session.View.Load()
	if v == nil || v.Proc != s.name || v.Region != region.Name || !v.Pages.Contains(v.Cursor) || v.Cursor >= pages.Len() {
		return nil
	}
	f := &model.Frame{Region: v.Region, Page: v.Cursor}
	page := pages.At(v.Cursor)
	if !page.Has(model.InVMA) {
		f.Why = "no frame: nothing is mapped here" // or it is another region that fills the hole
		f.BytesWhy = "nothing is mapped here"
		return f
	}
	addr := region.Base + uint64(v.Cursor)*uint64(s.pageSize)
	var err error
	f.Entry, err = s.proc.Entry(addr / uint64(s.pageSize))
	if err != nil {
		f.Why = fmt.Sprintf("/proc/%d/pagemap: %v", s.sub.PID, err)
		f.BytesWhy = "not known whether looking would fault it in"
		return f
	}
	s.session.Frames.Describe(f)
	s.peek(f, addr, page)
	return f
}
