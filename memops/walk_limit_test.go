//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"incore/model"
	"incore/model/lang"
)

// limit is one of the limits of a process, soft and hard.
func (p *refProcess) limit(of lang.Limit) (soft, hard *int64) {
	l := &p.limits
	switch of {
	case lang.LimitAS:
		return &l.Space, &l.SpaceHard
	case lang.LimitData:
		return &l.Data, &l.DataHard
	case lang.LimitStack:
		return &l.Stack, &l.StackHard
	}
	return &l.MemlockSoft, &l.MemlockHard
}

// setrlimit sets a limit. What is there by then stays (setrlimit(2), mlock(2)).
func (r *reference) setrlimit(p *refProcess, c lang.Setrlimit) refOutcome {
	bytes := func(a lang.Amount) int64 {
		if a.Unlimited {
			return model.Unlimited
		}
		return int64(a.Size.Bytes(r.pageSize))
	}
	over := func(a, b int64) bool { return uint64(a) > uint64(b) } // Unlimited is over all others
	isSoft, isHard := p.limit(c.Of)
	soft, hard := bytes(c.Soft), *isHard
	if c.Hard != nil {
		hard = bytes(*c.Hard)
	}
	switch {
	case over(soft, hard):
		return refOutcome{errno: "EINVAL"}
	case over(hard, *isHard) && !r.sysResource:
		return refOutcome{errno: "EPERM"}
	}
	*isSoft, *isHard = soft, hard
	return refOutcome{}
}

// isData reports whether a VMA counts for RLIMIT_DATA: what is private and may be written (mm/vma.h, is_data_mapping).
func (v refVMA) isData() bool { return !v.shared && v.prot&model.ProtWrite != 0 }

// dataPages are how many pages of a process count for RLIMIT_DATA, the subject's own included.
func (r *reference) dataPages(p *refProcess) int64 {
	n := r.ownData / r.pageSize
	for _, pg := range p.pages {
		if pg.isData() {
			n++
		}
	}
	return n
}

// mayExpand reports whether the limits of address space and data leave room for so many pages more. A limit of data of 0 stands for the hard one
// (mm/vma.c, may_expand_vm, for the sake of valgrind).
func (r *reference) mayExpand(p *refProcess, pages int64, data bool) bool {
	within := func(have, limit int64) bool { return limit == model.Unlimited || have+pages <= limit/r.pageSize }
	of := p.limits.Data
	if of == 0 {
		of = p.limits.DataHard
	}
	return within(r.ownSize/r.pageSize+int64(len(p.pages)), p.limits.Space) && (!data || within(r.dataPages(p), of))
}

// breakWithin reports whether the break may lie at to: the data of the program and the heap up to there are asked about before anything else,
// be it that it moves down (linux/mm.h, check_data_rlimit).
func (r *reference) breakWithin(p *refProcess, to uint64) bool {
	return p.limits.Data == model.Unlimited || int64(to-p.brk.start)+r.ownProgram <= p.limits.Data
}

// admitsWritable is admits for mprotect: where all of it does not fit into RLIMIT_DATA, it depends on where VMAs end how much
// of it changes.
func (r *reference) admitsWritable(p *refProcess, addr, length uint64, prot model.Prot) bool {
	if p.limits.Data == model.Unlimited || prot&model.ProtWrite == 0 || addr+length < addr || length > 1<<30 {
		return true
	}
	more := int64(0)
	lo, hi := r.cover(addr, length)
	for n := lo; n < hi; n++ {
		if pg := p.pages[n]; pg != nil && !pg.shared && !pg.isData() {
			more++
		}
	}
	return more == 0 || r.mayExpand(p, more, true)
}

// admitsExec is admits for exec: a program needs room to begin in.
func (r *reference) admitsExec(p *refProcess) bool {
	return p.limits.Space == r.limits.Space && p.limits.Data == r.limits.Data && p.limits.Stack == r.limits.Stack
}

// limitLine sets a limit of what is mapped, about what is mapped now; the hard one stays.
func limitLine(d *dice, r *reference, p *refProcess) string {
	switch of(d, "as", "as", "data", "data", "stack") {
	case "as":
		return "setrlimit as " + of(d, "unlimited", "unlimited", fmt.Sprint(r.ownSize/r.pageSize+int64(len(p.pages)+d.below(80)-8)))
	case "data":
		return "setrlimit data " + of(d, "unlimited", "unlimited", fmt.Sprint(max(0, r.dataPages(p)+int64(d.below(80)-8))))
	}
	return "setrlimit stack " + of(d, "unlimited", "8M", "1M", "100000B")
}

// programData is how many bytes of data the program itself has (proc(5): end_data less start_data), which are told to who may look.
func programData(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest) // from the third on
	const startData, endData = 45 - 3, 46 - 3
	lo, _ := strconv.ParseInt(fields[startData], 10, 64)
	hi, _ := strconv.ParseInt(fields[endData], 10, 64)
	return hi - lo
}
