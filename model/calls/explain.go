package calls

import (
	"incore/model"
)

// Explain says in plain words why a call failed or a touch got a signal, and what
// to try. s is the state folded up to and including e, with a sample taken after
// it. Both are "" where nothing failed. It names the true cause, as a check of what is known
// finds it, or says that the cause is not known.
func Explain(e model.Event, s model.State) (why, try string) {
	if e.Call == "" || e.Refused != "" || e.OK() {
		return "", ""
	}
	f := newFailure(e, s)
	_, _, why, try = f.cause()
	return model.Visible(why + f.leftBehind() + f.goneTargets(why)), model.Visible(try)
}

// cause returns the call ("" for any) and the answer that the failure is explained by, and which explainer of that does.
func (f failure) cause() (by failed, nth int, why, try string) {
	answer := f.Errno
	if f.Signal != nil {
		answer = f.Signal.Name
	}
	for _, list := range []struct {
		call string
		causes
	}{{f.Call, ofCall(f.Call).causes}, {"", ofAnyCall}} {
		for i, explain := range list.causes[answer] {
			if why, try = explain(f); why != "" {
				return failed{list.call, answer}, i, why, try
			}
		}
	}
	return failed{}, 0, notKnown, ""
}

// failed is a call by name ("" for any), and the errno or signal that it got.
type failed struct{ call, answer string }

// explainer is one possible cause. It returns "" where it is not the one.
type explainer func(failure) (why, try string)

// causes are the possible causes of each errno and signal, in the order in which the kernel checks for them, as far as they
// can be told apart; what is left over comes last. Sources: the man pages of the calls, and of Linux 6.18 mm/mlock.c,
// mm/mmap.c, mm/vma.c, mm/util.c, mm/mremap.c, mm/mseal.c, mm/mprotect.c, mm/madvise.c, mm/msync.c, mm/mincore.c,
// mm/fadvise.c, mm/hugetlb.c, ipc/shm.c, kernel/fork.c, kernel/sys.c and fs/open.c. What a failed call leaves behind was
// measured on Linux 6.18.
type causes map[string][]explainer

// ofAnyCall are the causes that every call can have, which are asked about after its own.
var ofAnyCall causes

func init() { // which Explain leads to, so that it cannot be said with the declaration
	ofAnyCall = causes{
		"SIGSEGV": {sentByProcess, codeSays, noCanonicalAddress, guardPage, notGrown, noMapping, kernelsAccess, noAccess},
		"SIGILL":  {sentByProcess},
		"SIGTRAP": {sentByProcess},
		"SIGFPE":  {sentByProcess},
		"SIGBUS":  {sentByProcess, badAlignment, brokenMemory, kernelsUnread, pastEnd, hugePoolEmpty, swapUnreadable, unreadBehind},
		"EMFILE":  {processFiles},
		"ENFILE":  {systemFiles},
		"EINTR":   {interrupted},
		"ENOSYS":  {noSuchCall},
		"EPERM":   {leftover("a filter of system calls (seccomp)", securityModule)},
	}
}
