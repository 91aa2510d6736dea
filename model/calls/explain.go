package calls

import (
	"fmt"
	"strings"

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
	if why, try = f.rawCause(); why != "" {
		return failed{}, 0, why, try
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
		"SIGSEGV": {sentByProcess, keyForbids, codeSays, noCanonicalAddress, guardPage, notGrown, noMapping, kernelsAccess, noAccess},
		"SIGILL":  {sentByProcess},
		"SIGTRAP": {sentByProcess},
		"SIGFPE":  {sentByProcess},
		"SIGBUS":  {sentByProcess, badAlignment, brokenMemory, kernelsUnread, pastEnd, hugePoolEmpty, swapUnreadable, secretOverTouched, unreadBehind},
		"EMFILE":  {processFiles},
		"ENFILE":  {systemFiles},
		"EINTR":   {interrupted},
		"ENOSYS":  {noSuchCall},
		"EPERM":   {leftover("a filter of system calls (seccomp)", securityModule)},
	}
}

// What is said where no check finds the cause.

// notKnown is said of an answer that nothing that is looked at explains.
const notKnown = "The cause is not known: nothing that incore can look at refuses this."

// securityModule is what can refuse nearly anything.
const securityModule = "a security module (SELinux, AppArmor)"

// unknown says so, and names what the man page and the kernel's source leave possible.
func unknown(possible ...string) string {
	if len(possible) == 0 {
		return notKnown
	}
	return notKnown + " Possible, and not checked: " + strings.Join(possible, "; ") + "."
}

// leftover explains what no check has explained.
func leftover(possible ...string) explainer {
	return func(failure) (why, try string) { return unknown(possible...), "" }
}

// unchanged returns a sentence that says that a call changed nothing, and "" where the VMAs of its
// range were not looked at before and after, or are not as they were.
func (f failure) unchanged(sentence string) string {
	if f.Looked == nil || f.Looked.Before == 0 || !f.Looked.Same {
		return ""
	}
	return " " + sentence
}

// leftBehind says that a call that failed has split VMAs or joined them, as far as that was
// measured: a call parts the VMA at the ends of its range before it finds that it may not go on
// (mm/vma.c, vms_gather_munmap_vmas), and does not join the parts again.
func (f failure) leftBehind() string {
	l := f.Looked
	switch {
	case l == nil || l.Before == l.After || f.Errno == "":
		return ""
	case ofCall(f.Call).unmade != "" && l.After > l.Before && l.Kept:
		return fmt.Sprintf(" %s, but a VMA was split: in and beside the range there were %d, and are %d now.", ofCall(f.Call).unmade, l.Before, l.After)
	case l.After > l.Before:
		return fmt.Sprintf(" A VMA was split: in and beside the range there were %d, and are %d now.", l.Before, l.After)
	}
	return fmt.Sprintf(" VMAs were joined: in and beside the range there were %d, and are %d now.", l.Before, l.After)
}

// root names who may set what the machine as a whole has: root of a user namespace may not.
func (f failure) root() string {
	if f.p.Limits.InNamespace {
		return "as root outside of this user namespace"
	}
	return "as root"
}

// privilege names who is above a limit by a capability.
func (f failure) privilege(capability string) string {
	if f.p.Limits.InNamespace {
		return fmt.Sprintf("outside of this user namespace as a user who has %s: what a namespace gives does not count here", capability)
	}
	return "as a user who has " + capability
}

func upper(s string) string { return strings.ToUpper(s) }

// sentenceEnd ends a sentence.
func sentenceEnd(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

func firstWord(s string) string {
	for i, r := range s {
		if r == ' ' || r == ',' {
			return s[:i]
		}
	}
	return s
}

// exact returns an amount of memory without loss: 12K, or 10000 bytes.
func exact(n uint64) string {
	if s := sizeWord(n); s[len(s)-1] != 'B' {
		return s
	}
	return model.Plural(int64(n), "byte") // less than 1K, or not a multiple of it
}

// sizeWord returns an amount of memory as the language writes it, without loss.
func sizeWord(n uint64) string {
	for _, u := range []model.Unit{model.TiB, model.GiB, model.MiB, model.KiB} {
		if one := (model.Size{N: 1, Unit: u}).Bytes(0); n >= one && n%one == 0 {
			return model.Size{N: n / one, Unit: u}.String()
		}
	}
	return model.Size{N: n, Unit: model.Bytes}.String()
}
