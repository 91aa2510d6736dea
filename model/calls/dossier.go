// Package calls knows the system calls. Each has a dossier: its manual page, its arguments and constants, the kernel that
// brought it, what its command would reach ([Foresee]), and why it failed ([Explain]).
package calls

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// dossier is all that is told of one system call, or of one of the subject's own loops, and of the verb of the language
// that is there for it. Each is written in the file of its family: map.go, lock.go, heap.go.
type dossier struct {
	call string // as an event names it; "" of a verb that makes no call
	verb string // "" of a call that only comes beside others

	// Of the call, by the SYNOPSIS of its man page (man-pages 6.9; mseal by Documentation/userspace-api/mseal.rst). touch
	// is incore's own.
	page      string                // its man page
	what      string                // what it is for, one sentence
	ok        returned              // what it returns where it succeeds
	telling   telling               // what is told of it otherwise than of most
	since     model.Version         // the version of Linux that brought it (the man pages' HISTORY, syscalls(2)); zero where that was before 3.0
	without   string                // what is not there where a kernel lacks it; "" where since is zero
	round     rounding              // what the kernel makes of a range that is not of whole pages
	args      []argument            // in order
	flags     map[model.Flag]string // those of its flags arguments, and what each asks for
	constants map[string]string     // the other constants that its arguments can be, and what each asks for
	causes    causes                // of its errnos and signals
	unmade    string                // what is said where it failed and changed nothing but that it split a VMA; or ""
	length    func(failure) uint64  // how long its range is where its arguments do not tell; else nil

	// Of the verb.
	reach   func(*reacher, model.Command)               // follows what a command would do
	of      scope                                       // what it is a command of
	access  func(failure) (need model.Prot, did string) // how it accesses memory itself; nil where it does not
	mapping func(failure) (lang.Mmap, bool)             // the mapping that a call of it was to make; nil where it makes none
}

// scope is what a command is of.
type scope uint8

const (
	ofLiving  scope = iota // a process that lives
	ofProcess              // a process, dead or alive
	ofSession              // the session as a whole
)

// families are the dossiers of all families.
var families = [][]dossier{
	mapFamily, lockFamily, protectFamily, adviceFamily, mincoreFamily, fileFamily, byteFamily, heapFamily, mallocFamily, shmFamily,
	processFamily, signalFamily, limitFamily, rawFamily, sessionFamily,
}

// What families holds, by its keys. It is filled in by init, because dossiers have functions that look others up.
var (
	byCall    = map[string]*dossier{}
	byVerb    = map[string]*dossier{}
	constants = map[string]string{} // what each constant asks for
	flagWords = map[model.Flag]string{}
)

func init() {
	for _, family := range families {
		for i := range family {
			d := &family[i]
			if d.call != "" {
				byCall[d.call] = d
			}
			if d.verb != "" {
				byVerb[d.verb] = d
			}
			maps.Copy(constants, d.constants)
			maps.Copy(flagWords, d.flags)
		}
	}
}

// noDossier is the dossier of a call that has none.
var noDossier dossier

// ofCall returns the dossier of a call.
func ofCall(name string) *dossier {
	if d := byCall[name]; d != nil {
		return d
	}
	return &noDossier
}

// ofCommand returns the dossier of a command's verb.
func ofCommand(c model.Command) *dossier {
	if c != nil && byVerb[c.Verb()] != nil {
		return byVerb[c.Verb()]
	}
	return &noDossier
}

// Manual returns the man page of the event's call, mlock(2), and what the call is for in one
// sentence. Both are "" where no call was made.
func Manual(e model.Event) (page, what string) {
	d := ofCall(e.Call)
	return d.page, d.what
}

// CallSince returns the version of Linux that brought a system call, "4.4", or "" of one that
// was there before 3.0.
func CallSince(call string) string { return since(ofCall(call).since) }

// Young is a call that not every kernel has.
type Young struct {
	Call    string // the name of the system call: mlock2
	Without string // what is not there where the kernel lacks it
}

// YoungCalls returns the calls that came with Linux 3.0 or later, the oldest first.
func YoungCalls() []Young {
	var list []Young
	for name, d := range byCall {
		if d.since != (model.Version{}) {
			list = append(list, Young{name, d.without})
		}
	}
	slices.SortFunc(list, func(a, b Young) int {
		v, w := ofCall(a.Call).since, ofCall(b.Call).since
		return cmp.Or(slices.Compare(v[:], w[:]), cmp.Compare(a.Call, b.Call))
	})
	return list
}

// argument is an argument as its man page calls it.
type argument struct {
	name    string
	explain func(asked) (string, []Bit)
}

func arg(name string, explain func(asked) (string, []Bit)) argument {
	return argument{name, explain}
}

// The arguments that many calls have.
var (
	argStart  = arg("addr", explainAddress)
	argLength = arg("length", explainLength)
	argFile   = arg("fd", explainFile)
)

// The versions of Linux that brought a flag or a rule (the man pages; for the rules, the commit log of mm).
var (
	sincePkeys           = model.Version{4, 9}  // protection keys: pkeys(7)
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
	sinceSecretOn        = model.Version{6, 5}  // memfd_secret is on unless secretmem.enable=0 says otherwise; before, it is off unless secretmem.enable=1 does (mm/secretmem.c)
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
