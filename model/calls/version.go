package calls

import (
	"fmt"

	"incore/model"
)

// The versions of Linux that brought a flag or a rule (the man pages; for the rules, the commit log of mm).
var (
	sinceTmpfile         = model.Version{3, 11} // O_TMPFILE: open(2)
	sinceMclOnfault      = model.Version{4, 4}  // MCL_ONFAULT: mlockall(2)
	sinceMfdHugetlb      = model.Version{4, 14} // MFD_HUGETLB: memfd_create(2)
	sinceGuess           = model.Version{5, 1}  // vm.overcommit_memory 0 compares with all RAM and swap (mm/util.c)
	sinceDontUnmap       = model.Version{5, 7}  // MREMAP_DONTUNMAP: mremap(2)
	sinceDontUnmapFile   = model.Version{5, 13} // MREMAP_DONTUNMAP of other than private anonymous memory
	sinceHugeRemap       = model.Version{5, 16} // a new length of hugetlb pages is rounded up to whole ones
	sinceHugeDontneed    = model.Version{5, 18} // hugetlb pages know MADV_DONTNEED: madvise(2)
	sinceOnfaultProtNone = model.Version{5, 18} // mlock2(2) takes PROT_NONE on fault; before, it failed (populate_vma_page_range in mm/gup.c; 5.10 and 6.1 were asked)
	sinceNoreuse         = model.Version{6, 3}  // POSIX_FADV_NOREUSE does something: posix_fadvise(2)
	sinceMDWE            = model.Version{6, 3}  // PR_SET_MDWE: PR_SET_MDWE(2const)
	sincePopulateInOne   = model.Version{6, 10} // MADV_POPULATE_* ends at a hole; before, mapping by mapping, it went on behind it
	sinceDroppable       = model.Version{6, 11} // MAP_DROPPABLE: mmap(2)
	sinceSealByVMA       = model.Version{6, 12} // a seal is looked for VMA by VMA, not in the whole range first
	sinceGuardFile       = model.Version{6, 15} // guard pages in other than private anonymous memory
	sinceMoveSeveral     = model.Version{6, 17} // mremap moves several VMAs at once
	sinceHugeDofork      = model.Version{6, 19} // MADV_DOFORK is refused of hugetlb pages from then on: 6.18 takes it, 7.3 does not (both asked)
)

// since returns a version as it is told: "" of the zero one.
func since(v model.Version) string {
	if v == (model.Version{}) {
		return ""
	}
	return v.String()
}

// noSuchCall explains ENOSYS. A filter is what containers put before the calls of a process, and ENOSYS
// is how most answer for what they do not know.
func noSuchCall(f failure) (why, try string) {
	v := ofCall(f.Call).since
	switch {
	case v == (model.Version{}):
		return fmt.Sprintf("This kernel, %s, does not have %s, or a filter hides it (seccomp).", f.kernel, f.Call), ""
	case f.since(v):
		return fmt.Sprintf("%s came with Linux %v, and this is %s: a filter hides it (seccomp), or the kernel was built without it.",
			f.Call, v, f.kernel), ""
	}
	return fmt.Sprintf("%s came with Linux %v; this is %s.", f.Call, v, f.kernel), ""
}
