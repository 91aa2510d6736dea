//go:build linux && (amd64 || arm64)

package sampler

import (
	"errors"
	"time"

	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
)

// SampleSizes is sample with VmRSS and VmSwap as smaps has them, which sums up what the page tables hold.
func (s *Sampler) SampleSizes() (model.Sample, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vmasFrom = time.Time{}
	now, err := s.take(false, false)
	if err != nil {
		return now, err
	}
	text, err := s.proc.Smaps()
	if err != nil || len(text) == 0 {
		return now, errors.Join(err, subject.ErrGone)
	}
	now.Stat.RSS, now.Stat.Swap = proc.Sizes(text)
	s.last = now
	return now, nil
}

// share returns the process's share of what it has in memory, bytes: RSS with each page divided by
// how many map it. It is 0 where no other process lives that could. An exact sample asks anew;
// else a long reading, which goes over all pages, is made so seldom that it takes a fifth of the time.
func (s *Sampler) share(exact bool) int64 {
	if s.session.Host.Living() < 2 {
		return 0
	}
	if begin := time.Now(); exact || !begin.Before(s.pssFrom) {
		s.pss, _, _ = proc.Pss(s.sub.PID)
		s.pssFrom = time.Now().Add(4 * time.Since(begin))
	}
	return s.pss
}

// vmaPrice is about what a VMA takes of the kernel's memory, bytes: of a process that has forked, with
// an anon_vma and two links to it, and a share of a node of the tree (/proc/slabinfo, Linux 6.18).
const vmaPrice = 512

// VMABytes is what the VMAs take of the kernel's memory, bytes. A call adds two of them at most, at
// the ends of its span. Where that would come to much, exact counts them.
func (s *Sampler) VMABytes(exact bool) int64 {
	if split := s.split.Load(); exact && split > 1000 {
		if n := proc.CountVMAs(s.sub.PID); n > 0 {
			s.counted.Store(int64(n))
			s.split.Add(-split)
		}
	}
	return (s.counted.Load() + 2*s.split.Load()) * vmaPrice
}
