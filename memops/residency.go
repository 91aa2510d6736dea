//go:build linux && (amd64 || arm64)

package memops

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
)

// pollFor is how long the answer of one vector is polled for: some times what the kernel
// takes to fill it.
const pollFor = 100 * time.Microsecond

// appendMincore asks the observer about the addresses from start to end. It is always
// one vector ahead: while one is read here, the other is filled there.
func (s *sampler) appendMincore(runs model.Runs[model.Residency], start, end uint64) (model.Runs[model.Residency], error) {
	ps := uint64(s.lab.pageSize)
	sent, asked := start, 0
	send := func() error {
		n := min(end-sent, subject.VectorSize*ps)
		if n == 0 {
			return nil
		}
		err := s.sub.Observer.Send(unix.SYS_MINCORE, sent, n, subject.VectorAddr(asked&1))
		sent += n
		asked++
		return err
	}
	if err := send(); err != nil {
		return runs, err
	}
	if err := send(); err != nil {
		return runs, err
	}
	spin := pollFor
	if sent == end || runtime.GOMAXPROCS(0) == 1 {
		spin = 0
	}
	for i := 0; start < end; i++ {
		r, err := s.sub.Observer.Poll(spin)
		if err != nil {
			return runs, err
		}
		n := min(end-start, subject.VectorSize*ps)
		if r.Ret == 0 {
			runs = appendVector(runs, s.sub.Vectors[i&1][:n/ps])
		} else {
			// ENOMEM: a call that runs has just unmapped some of it.
			runs = runs.Add(int64(n/ps), model.NotAsked)
			s.changesVMAs()
		}
		start += n
		if err := send(); err != nil {
			return runs, err
		}
	}
	return runs, nil
}

// appendPagemap reads pagemap instead of scanning it. Nothing that the subject can do
// yet makes two page tables share an anonymous frame, so one that is present and not
// exclusive is the zero page.
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
