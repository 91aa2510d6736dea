//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"

	"incore/memops/subject"
	"incore/model"
)

// appendMincore asks the observer about the addresses from start to end. It is always
// one buffer ahead: while one is read here, the other is filled there.
func (s *sampler) appendMincore(runs model.Runs[model.Residency], start, end uint64) (model.Runs[model.Residency], error) {
	total := int64(end-start) / s.lab.pageSize
	sent, asked := int64(0), 0
	send := func() error {
		n := min(total-sent, subject.BitsPages)
		if n == 0 {
			return nil
		}
		err := s.sub.Observer.SendMincore(start+uint64(sent*s.lab.pageSize), n, asked&1)
		sent += n
		asked++
		return err
	}
	if err := errors.Join(send(), send()); err != nil {
		return runs, err
	}
	for i, got := 0, int64(0); got < total; i++ {
		r, err := s.sub.Observer.Receive()
		if err != nil {
			return runs, err
		}
		n := min(total-got, subject.BitsPages)
		if r.Ret == n {
			runs = appendResidency(runs, s.sub.Bits[i&1], n)
		} else {
			// ENOMEM: a call that runs has just unmapped some of it.
			runs = runs.Add(n, model.NotAsked)
			s.changesVMAs()
		}
		got += n
		if err := send(); err != nil {
			return runs, err
		}
	}
	return runs, nil
}

// addSharing adds to the mappings from page from on, which are of the addresses from start
// to end, what only pagemap tells: whether a page is exclusive or shared.
func (s *sampler) addSharing(from int64, start, end uint64) error {
	read, err := s.proc.appendPread(nil, start, end, s.lab.pageSize)
	if err != nil {
		return err
	}
	var joined model.Runs[model.Mapping]
	for part, m := range s.mapping.In(model.Range{Lo: from, Hi: s.mapping.Len()}) {
		for same, r := range read.In(model.Range{Lo: part.Lo - from, Hi: part.Hi - from}) {
			joined = joined.Add(same.Len(), m|r&(model.Exclusive|model.Shared))
		}
	}
	s.mapping = s.mapping.Splice(from, joined)
	return nil
}

// appendPagemap reads pagemap instead of scanning it. Nothing that the subject can do
// yet, but for KSM where it was told to, makes two page tables share an anonymous frame, so
// one that is present and not exclusive is taken for the zero page.
func (s *sampler) appendPagemap(runs model.Runs[model.Mapping], start, end uint64) (model.Runs[model.Mapping], error) {
	from := runs.Len()
	runs, err := s.proc.appendPread(runs, start, end, s.lab.pageSize)
	if err != nil {
		return runs, err
	}
	for k := runs.Find(from); k < len(runs); k++ {
		if v := runs[k].Val; v&(model.Shared|model.File) == model.Shared {
			runs[k].Val |= model.ZeroPage
		}
	}
	return runs, nil
}
