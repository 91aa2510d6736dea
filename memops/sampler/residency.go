//go:build linux && (amd64 || arm64)

package sampler

import (
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
)

// manyRuns is how many runs an answer of the observer has where reading it takes long
// enough to be done while the next one is made.
const manyRuns = 1024

// An answer about at most fewPages comes within some microseconds, and is polled for as
// long as it may take to wake the observer.
const (
	fewPages = 1 << 13
	pollFor  = 80 * time.Microsecond
)

// AppendMincore asks the observer about the addresses from start to end. Where the answers
// are long lists of runs it asks one buffer ahead: while one is read here, the other is
// filled there. Else it waits for each, on the observer's processor.
func (s *Sampler) AppendMincore(runs model.Runs[model.Residency], start, end uint64) (model.Runs[model.Residency], error) {
	total := int64(end-start) / s.pageSize
	ahead, most := 1, int64(2*subject.BitsPages) // both buffers are one
	if s.longAnswers {
		ahead, most = 2, subject.BitsPages
	} else if total > subject.BitsPages {
		defer together(s.sub.Observer.TID)()
	}
	spin := time.Duration(0)
	if total <= fewPages {
		spin = pollFor
	}
	s.longAnswers = false
	sent, asked := int64(0), 0
	for i, got := 0, int64(0); got < total; i++ {
		for ; asked < i+ahead && sent < total; asked++ {
			n := min(total-sent, most)
			if err := s.sub.Observer.SendMincore(start+uint64(sent*s.pageSize), n, asked&(ahead-1)); err != nil {
				return runs, err
			}
			sent += n
		}
		r, err := s.sub.Observer.Poll(spin)
		if err != nil {
			return runs, err
		}
		n, before := min(total-got, most), len(runs)
		if r.Ret == n {
			runs = appendResidency(runs, s.sub.Bits[i&(ahead-1)], n)
		} else {
			// ENOMEM: a call that runs has just unmapped some of it.
			runs = runs.Add(n, model.NotAsked)
			s.ChangesVMAs()
		}
		got += n
		s.longAnswers = s.longAnswers || len(runs)-before > manyRuns
	}
	return runs, nil
}

// together keeps the caller and another thread on the caller's processor until apart is
// called. Two threads that wait for each other in turn then hand over by a switch; on two
// processors, each time one would have to be woken, which in a virtual machine can take
// longer than what it is woken for.
func together(tid int) (apart func()) {
	runtime.LockOSThread()
	var cpu uint32
	var own, other, here unix.CPUSet
	_, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0)
	if errno != 0 || unix.SchedGetaffinity(0, &own) != nil || unix.SchedGetaffinity(tid, &other) != nil {
		return runtime.UnlockOSThread
	}
	here.Set(int(cpu))
	// What fails here costs time and nothing else.
	_ = unix.SchedSetaffinity(0, &here)
	_ = unix.SchedSetaffinity(tid, &here)
	return func() {
		_ = unix.SchedSetaffinity(tid, &other)
		_ = unix.SchedSetaffinity(0, &own)
		runtime.UnlockOSThread()
	}
}

// inPageTable appends what can be told of the pages of a file where mincore says resident of
// all: those that the page table maps are.
func inPageTable(dst model.Runs[model.Residency], mapping model.Runs[model.Mapping]) model.Runs[model.Residency] {
	var lo int64
	for _, run := range mapping {
		in := model.Unknowable
		if run.Val&model.Mapped != 0 {
			in = model.Resident
		}
		dst = dst.Add(run.End-lo, in)
		lo = run.End
	}
	return dst
}

// Residency asks the observer about pages of VMAs.
func (s *Sampler) Residency(start, end uint64) (model.Runs[model.Residency], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, subject.ErrGone
	}
	return s.AppendMincore(nil, start, end)
}
