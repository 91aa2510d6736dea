//go:build linux && (amd64 || arm64)

package strace_test

import (
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/strace"
	"incore/model/lang"
)

// What a call is answered with has the name that an expect takes.
func TestErrnosAreThoseOfTheLanguage(t *testing.T) {
	known := lang.Errnos()
	for e := syscall.Errno(1); e <= unix.EHWPOISON; e++ {
		if name, _ := strace.Errno(e); !slices.Contains(known, name) && name != "41" && name != "58" { // which are no errnos
			t.Errorf("%d is %s", int(e), name)
		}
	}
}
