//go:build linux && (amd64 || arm64)

package sampler

import (
	"encoding/binary"

	"incore/memops/proc"
	"incore/model"
)

// SharePages is up to how many pages of all processes together a screen's samples tell of
// each whether it is shared. It takes a read of pagemap, 35 to 75 ns a page.
const SharePages = 1 << 14

// shared are the pages of a region of which a sample tells whether they are shared: all
// where that was asked; else, for a screen, those of private memory once a page of one
// process can be another's too, so that a copy is seen as it happens, and where the screen
// is about nothing else (View.Sharing), those of all memory. few says that all processes
// together have no more than SharePages.
func (s *Sampler) shared(r *model.Region, asked, screen, few bool) model.Range {
	all := model.Range{Lo: 0, Hi: r.Pages.Len()}
	switch {
	case asked:
		return all
	case !screen, !s.toldApart() && (r.Shared || !s.session.Shares.Load()):
		return model.Range{}
	case few:
		return all
	}
	return s.inView(r)
}

// toldApart reports whether the screen asks who shares a page.
func (s *Sampler) toldApart() bool {
	v := s.session.View.Load()
	return v != nil && v.Sharing
}

// inView are the pages of a region that the screen shows, at most viewPages.
func (s *Sampler) inView(r *model.Region) model.Range {
	v := s.session.View.Load()
	if v == nil || v.Proc != s.name || v.Region != r.Name {
		return model.Range{}
	}
	view := v.Pages.Intersect(model.Range{Lo: 0, Hi: r.Pages.Len()})
	if view.Len() > viewPages { // a screen of many pages a column: those about the cursor
		view.Lo = max(view.Lo, min(v.Cursor-viewPages/2, view.Hi-viewPages))
	}
	view.Hi = min(view.Hi, view.Lo+viewPages)
	return view
}

// addSharing adds to the mappings from page from on, which are of the addresses from start
// to end, what only pagemap tells: whether a page is exclusive or shared.
func (s *Sampler) addSharing(from int64, start, end uint64) error {
	read, err := s.proc.AppendPages(nil, start, end, s.pageSize)
	if err != nil {
		return err
	}
	var joined model.Runs[model.Mapping]
	for part, m := range s.mapping.In(model.Range{Lo: from, Hi: from + read.Len()}) {
		for same, r := range read.In(model.Range{Lo: part.Lo - from, Hi: part.Hi - from}) {
			joined = joined.Add(same.Len(), m|r&(model.Exclusive|model.Shared))
		}
	}
	s.mapping = s.mapping.Splice(from, joined)
	return nil
}

// appendPagemap reads pagemap instead of scanning it, which does not tell the zero page
// from another that is present and not exclusive. As long as no process has a way to
// share an anonymous page, such a page is the zero page. Where all pages are anonymous, one that
// is not is the huge zero page (fs/proc/task_mmu.c, pagemap_pmd_range: PM_FILE).
func (s *Sampler) appendPagemap(runs model.Runs[model.Mapping], start, end uint64, anon bool) (model.Runs[model.Mapping], error) {
	from := runs.Len()
	runs, err := s.proc.AppendPages(runs, start, end, s.pageSize)
	if err != nil {
		return runs, err
	}
	for k := runs.Find(from); anon && k < len(runs); k++ {
		if m := &runs[k].Val; *m&(model.Mapped|model.File) == model.Mapped|model.File {
			*m = *m&^(model.File|model.Exclusive) | model.Shared | model.ZeroPage | model.Huge
		}
	}
	if s.session.Shares.Load() {
		return s.addZero(runs, from, start)
	}
	for k := runs.Find(from); k < len(runs); k++ {
		if maybeZero(runs[k].Val) {
			runs[k].Val |= model.ZeroPage
		}
	}
	return runs, nil
}

// maybeZero reports whether a page may be the zero page, by what pagemap shows anyone.
func maybeZero(m model.Mapping) bool {
	return m&(model.Mapped|model.Shared|model.File|model.ZeroPage) == model.Mapped|model.Shared
}

// untoldZero says of the pages from page from on that nobody knows which are the zero page, as far as any may be.
func untoldZero(runs model.Runs[model.Mapping], from int64) model.Runs[model.Mapping] {
	for k := runs.Find(from); k < len(runs); k++ {
		if maybeZero(runs[k].Val) {
			runs[k].Val |= model.MaybeZero
		}
	}
	return runs
}

// addZero asks which pages from page from on, which is at start, are the zero page. Where
// frames cannot be asked, or where it would cost too much, it is said that nobody knows.
func (s *Sampler) addZero(runs model.Runs[model.Mapping], from int64, start uint64) (model.Runs[model.Mapping], error) {
	last := model.Range{Lo: from, Hi: runs.Len()}
	maybe := runs.Count(last, maybeZero)
	if maybe == 0 {
		return runs, nil
	}
	if maybe > SharePages || s.session.Frames.Open() != nil {
		return untoldZero(runs, from), nil
	}
	ps := uint64(s.pageSize)
	var told model.Runs[model.Mapping]
	for part, m := range runs.In(last) {
		if !maybeZero(m) {
			told = told.Add(part.Len(), m)
			continue
		}
		raw := make([]byte, 8*part.Len())
		n, err := s.proc.ReadEntries(raw, int64(start/ps)+part.Lo-from)
		if err != nil || n < len(raw) {
			return runs, err
		}
		for ; len(raw) > 0; raw = raw[8:] {
			v := m
			if entry := binary.NativeEndian.Uint64(raw); entry&proc.EntryPresent != 0 && s.session.Frames.IsZero(entry&proc.EntryFrame) {
				v |= model.ZeroPage
			}
			told = told.Add(1, v)
		}
	}
	return runs.Splice(from, told), nil
}
