//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"path/filepath"
	"testing"
)

// The rules of locking, said in the command language.
func TestLocking(t *testing.T) {
	needsMemlock(t, 64)
	for name, lines := range map[string][]string{
		"onfault is charged at once and locks what comes": {
			"mmap a 8", "touch a[0..1]", "mlock2 a onfault", "expect ok", "expect vmlck 8", "expect all a onfault locked",
			"expect count a resident 2", "touch a[4]", "expect minor 1", "expect count a resident 3",
			"mlock a", "expect ok", "expect vmlck 8", "expect no a onfault", "expect all a locked resident",
			"mlock2 a onfault", "expect all a onfault resident", "munlock a", "expect no a locked", "expect all a resident",
		},
		"mlock2 without a flag is mlock": {"mmap a 4", "mlock2 a", "expect all a locked resident", "expect no a onfault"},
		"locks do not stack": {
			"mmap a 4", "mlock a", "mlock a", "mlock2 a onfault", "mlockall current", "munlock a", "expect no a locked",
		},
		"munlock of what is not locked is no error": {"mmap a 4", "munlock a", "expect ok", "munlockall", "expect ok"},
		"addresses are rounded to pages outwards": {
			"mmap a 8", "mlock a+1,1", "expect ok", "expect vmlck 1", "expect all a[0] locked",
			"mlock2 a+1,1 onfault", "expect all a[0] onfault resident", "munlock a+5,1", "expect no a locked",
		},
		"mlockall current is of what is there": {
			"mmap a 4", "mlockall current", "expect ok", "expect all a locked resident", "mmap b 4", "expect no b locked", "expect no b resident",
			"munlockall", "expect no a locked", "expect all a resident", "expect vmlck 0",
		},
		"mlockall current onfault": {
			"mmap a 4", "touch a[1]", "mlockall current onfault", "expect all a onfault", "expect count a resident 1", "mmap b 4", "expect no b locked",
		},
		"mlockall future is of what comes": {
			"mmap a 4", "mlockall future", "expect ok", "expect no a locked", "expect no a resident", "mmap b 4", "expect all b locked resident",
			"mmap c 4 none", "expect ok", "expect all c locked absent", "munlock b", "expect no b locked", "mmap d 4", "expect all d locked",
		},
		"mlockall future onfault": {
			"mlockall future onfault", "expect ok", "mmap a 4", "expect all a onfault absent", "touch a[0]", "expect count a resident 1",
		},
		"mlockall takes current or future": {"mlockall onfault", "expect errno EINVAL", "mlockall", "expect errno EINVAL"},
		"mlockall current without future ends future": {
			"mlockall current future", "mmap a 4", "expect all a locked", "mlockall current", "expect ok", "expect all a locked",
			"mmap b 4", "expect no b locked",
		},
		"munlockall ends future":          {"mlockall future", "munlockall", "mmap a 4", "expect no a locked"},
		"a refused mlockall changes none": {"mlockall future", "mlockall", "expect errno EINVAL", "mmap a 4", "expect all a locked"},
		"MAP_LOCKED promises less than mlock": {
			"mmap a 4 none locked", "expect ok", "expect all a locked absent", "expect vmlck 4",
			"mlock a", "expect errno ENOMEM", "mprotect a r", "expect all a locked absent", "mlock a", "expect ok", "expect all a resident",
			"mmap b 4 locked", "expect all b locked resident",
		},
		"what is locked becomes resident as it becomes writable": {
			"mmap a 4 none locked", "mprotect a r", "expect all a absent", "mprotect a rw", "expect ok", "expect all a locked resident",
			"mmap b 4 shared none locked", "mprotect b rw", "expect all b locked absent",
		},
		"a lock of what is not mapped stops where the hole is": {
			"mmap a 16", "munmap a[8]", "mlock a", "expect errno ENOMEM", "expect all a[0..7] locked absent", "expect no a[9..15] locked",
			"expect vmlck 8", "munlock a", "expect errno ENOMEM", "expect no a[0..7] locked",
		},
		"PROT_NONE in a lock stops the faulting in": {
			"mmap a 16", "mprotect a[8] none", "mlock a", "expect errno ENOMEM", "expect vmlck 16", "expect all a locked",
			"expect all a[0..7] resident", "expect all a[8..15] absent",
		},
		"locks end with munmap and not with mprotect": {
			"mmap a 8", "mlock a", "mprotect a[2] none", "expect all a locked resident", "munmap a[0..1]", "expect vmlck 6", "munmap a", "expect vmlck 0",
		},
		"locked pages are not dropped": {
			"mmap a 4", "mlock a", "madvise a dontneed", "expect errno EINVAL", "madvise a cold", "expect errno EINVAL", "expect all a resident",
		},
		"a read-only page is locked as the zero page, a writable one as its own": {
			"mmap a 4 r", "mlock a", "expect ok", "expect all a resident" + zeroOrOwn(), "mmap b 4", "mlock b", "expect no b zero", "expect all b exclusive",
		},
		"future over the limit": limited("16",
			"mlockall future", "expect ok", "mmap a 16", "expect ok", "mmap b 1", "expect errno EAGAIN", "mmap b 1 none", "expect errno EAGAIN",
			"mremap a 17", "expect errno EAGAIN", "mremap a 8", "expect ok", "mmap b 8", "expect ok", "brk +1", "expect errno ENOMEM",
			"munmap b", "brk +1", "expect ok", "expect vmlck 9"),
		"mlockall current over the limit": limited("16",
			"mmap a 8", "mlock a", "mmap b 64", "mlockall current", "expect errno ENOMEM", "expect no b locked", "expect all a locked", "expect vmlck 8"),
		"neither fork's child nor exec has the locks": {
			"mmap a 4", "mlockall current future", "fork c", "in c expect no a locked", "in c expect vmlck 0", "in c mmap b 4",
			"in c expect no b locked", "mmap d 4", "expect all d locked", "expect all a locked",
			"exec", "expect vmlck 0", "mmap e 4", "expect no e locked",
		},
		"a child has the parent's limit, and not its capability back": limited("4",
			"fork c", "in c expect rlimit memlock 4", "in c mmap a 8", "in c mlock a", "in c expect errno ENOMEM",
			"in c setrlimit memlock 8", "in c mlock a", "in c expect ok", "expect rlimit memlock 4"),
	} {
		t.Run(name, script(name, lines...))
	}
}

// Behind the end of a file there is nothing to make resident: mlock says so, and mmap with
// MAP_LOCKED does not (mmap(2), "MAP_LOCKED").
func TestLockPastEndOfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(path, make([]byte, 2*pageBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	script("past the end of the file",
		"mmap a 4 file "+path+" r locked", "expect ok", "expect all a locked", "expect all a[0..1] resident", "expect no a[2..3] resident",
		"touch a[2] read", "expect signal SIGBUS BUS_ADRERR in a[2]",
		"mmap b 4 file "+path+" r", "mlock b", "expect errno ENOMEM", "expect all b locked", "expect all b[0..1] resident mapped",
		"expect vmlck 8", "mmap c 4 shared file "+path+" r", "mlock2 c onfault", "expect ok",
	)(t)
}
