//go:build linux && (amd64 || arm64)

package memops

import (
	"strings"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

// adviseVerbs tell the kernel what is to become of pages.
var adviseVerbs = family{
	verbOf((*process).madvise, (*process).adviceShortfall),
	verbOf((*process).posixFadvise, (*process).fadviseShortfall),
	verbOf((*process).msync, (*process).msyncShortfall),
}

func adviceArg(a lang.Advice) model.Arg {
	return strace.Word(kernel.Advices[a], "MADV_"+strings.ToUpper(string(a)))
}

func (p *process) madvise(c lang.Madvise) (model.Event, error) {
	if err := p.targetNotOwn(c.T); err != nil {
		return model.Event{}, err
	}
	switch c.Advice {
	case "populate_write", "populate_read", "collapse": // collapse fills what is absent of a huge page
		if err := p.affordUse(c.T, "madvise", filling, 1); err != nil {
			return model.Event{}, err
		}
	case "guard_install": // a marker is an entry of a page table (mm/madvise.c, guard_install_pte_entry)
		if err := p.affordTables(c.T, "madvise"); err != nil {
			return model.Event{}, err
		}
	case "hugepage":
		p.lab.huge = true
	}
	if c.Advice == "mergeable" {
		p.lab.sampling.Shares.Store(true)
	}
	if c.Advice == "free" {
		p.lab.sampling.Lazy.Store(true)
	}
	e, err := p.onSpan("madvise", unix.SYS_MADVISE, c.T, adviceArg(c.Advice))
	if err == nil && e.OK() && (c.Advice == "pageout" || c.Advice == "cold") && p.withoutFile(c.T) && proc.ReadMeminfo().SwapTotal == 0 {
		e.Result = "no swap is on: nowhere to write them"
	}
	return e, err
}

// withoutFile reports whether no page of a target has a file on a disk behind it, so that only
// swap can hold what it holds: shared memory is such, and a memfd.
func (p *process) withoutFile(t model.Target) bool {
	s, err := p.span(t)
	if err != nil {
		return false
	}
	for _, r := range p.here().RegionsIn(s) {
		if r.Base < s.End() && s.Addr < r.Base+r.Len && (r.Backing == model.Scratch || r.Backing == model.FileOf) {
			return false
		}
	}
	return true
}

// fileAdvices are the values of posix_fadvise(2)'s advices (linux/fadvise.h).
var fileAdvices = map[lang.FileAdvice]uint64{
	"normal": 0, "random": 1, "sequential": 2, "willneed": 3, "dontneed": 4, "noreuse": 5,
}

// posixFadvise advises about the part of a file that a target maps. Where no file lies
// there the kernel is handed -1, and answers.
func (p *process) posixFadvise(c lang.PosixFadvise) (model.Event, error) {
	s, err := p.span(c.T)
	if err != nil {
		return model.Event{}, err
	}
	fd, offset := noFD, uint64(0)
	if r := p.regionOf(c.T, s); r != nil {
		if f, ok := p.files.of[r.Name]; ok {
			fd, offset = f.fd, r.Offset+s.Addr-r.Base
		}
	}
	return p.syscall("fadvise64", unix.SYS_FADVISE64, fdArg(fd), strace.Len(offset), strace.Len(s.Len),
		strace.Word(fileAdvices[c.Advice], "POSIX_FADV_"+strings.ToUpper(string(c.Advice))))
}

// syncModes are the flags of msync(2).
var syncModes = map[lang.SyncMode]uint64{"sync": unix.MS_SYNC, "async": unix.MS_ASYNC, "invalidate": unix.MS_INVALIDATE}

func (p *process) msync(c lang.Msync) (model.Event, error) {
	var flags uint64
	for mode, bits := range syncModes {
		if c.Mode.Has(mode) {
			flags |= bits
		}
	}
	return p.onSpan("msync", unix.SYS_MSYNC, c.T, model.MsyncFlags.Arg(flags))
}
