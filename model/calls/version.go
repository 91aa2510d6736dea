package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// callSince is the kernel version that brought a call (the man pages' HISTORY, syscalls(2)).
// Those before 3.0 are left out.
var callSince = map[string]model.Version{
	"memfd_create": {3, 17}, "mlock2": {4, 4}, "mseal": {6, 10},
}

// adviceSince is the kernel version that brought an advice (madvise(2)). Those
// before 3.0 are left out.
var adviceSince = map[lang.Advice]model.Version{
	"free": {4, 5}, "wipeonfork": {4, 14}, "keeponfork": {4, 14}, "cold": {5, 4}, "pageout": {5, 4},
	"populate_read": {5, 14}, "populate_write": {5, 14}, "dontneed_locked": {5, 18}, "collapse": {6, 1},
	"guard_install": {6, 13}, "guard_remove": {6, 13},
}

// flagSince is the kernel version that brought a flag or a rule (the man pages; for the
// rules, the commit log of mm).
var flagSince = map[string]model.Version{
	"O_TMPFILE":            {3, 11}, // open(2)
	"MCL_ONFAULT":          {4, 4},  // mlockall(2)
	"MFD_HUGETLB":          {4, 14}, // memfd_create(2)
	"guess":                {5, 1},  // vm.overcommit_memory 0 compares with all RAM and swap (mm/util.c)
	"guard file":           {6, 15}, // guard pages in other than private anonymous memory
	"hugetlb dontneed":     {5, 18}, // madvise(2)
	"hugetlb mremap":       {5, 16}, // a new length is rounded up to whole huge pages
	"populate in one":      {6, 10}, // MADV_POPULATE_* ends at a hole; before, mapping by mapping, it went on behind it
	"hugetlb dofork":       {6, 19}, // refused from then on: 6.18 takes it, 7.3 does not (both asked)
	"onfault of PROT_NONE": {5, 18}, // mlock2(2) takes it; before, it failed (populate_vma_page_range in mm/gup.c; 5.10 and 6.1 were asked)
	"seal by VMA":          {6, 12}, // a seal is looked for VMA by VMA, not in the whole range first
}

// AdviceSince is the version of Linux that brought an advice, "6.13"; "" of one that was
// there before 3.0.
func AdviceSince(a lang.Advice) string { return since(adviceSince, a) }

// CallSince is the version of Linux that brought a system call, "4.4"; "" of one that
// was there before 3.0.
func CallSince(call string) string { return since(callSince, call) }

func since[K comparable](versions map[K]model.Version, what K) string {
	if v, ok := versions[what]; ok {
		return v.String()
	}
	return ""
}

func adviceTooNew(f failure) (why, try string) {
	a := f.advice()
	v, ok := adviceSince[a]
	if !ok || f.since(v) {
		return "", ""
	}
	return fmt.Sprintf("%s came with Linux %v; this is %s.", adviceConstant(a), v, f.kernel), ""
}

// noSuchCall: a filter is what containers put before the calls of a process, and the way
// of most to answer for what they do not know.
func noSuchCall(f failure) (why, try string) {
	v, known := callSince[f.Call]
	switch {
	case !known:
		return fmt.Sprintf("This kernel, %s, does not have %s, or a filter hides it (seccomp).", f.kernel, f.Call), ""
	case f.since(v):
		return fmt.Sprintf("%s came with Linux %v, and this is %s: a filter hides it (seccomp), or the kernel was built without it.",
			f.Call, v, f.kernel), ""
	}
	return fmt.Sprintf("%s came with Linux %v; this is %s.", f.Call, v, f.kernel), ""
}
