package calls

import (
	"fmt"
	"strings"
)

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
