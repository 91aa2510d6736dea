//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
)

// tuned gives a file of /proc or /sys another value for the length of a test. The one before
// comes back by a process that waits for the test's end, so it comes back too where the test is
// killed. Tests that run beside this one wait for their turn.
func tuned(t *testing.T, path string, value func(old string) string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can set " + path)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close() // the guard keeps the lock
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		t.Skipf("flock(%s): %v", path, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	old := strings.TrimSpace(string(text))
	if _, rest, ok := strings.Cut(old, "["); ok { // as in "always [madvise] never": what is set stands in brackets
		old, _, _ = strings.Cut(rest, "]")
	}
	guard := exec.Command("/bin/sh", "-c", `trap "" HUP INT QUIT TERM; read line; printf %s "$1" >"$2"`, "guard", old, path)
	guard.ExtraFiles = []*os.File{f}
	guard.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	end, err := guard.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := guard.Start(); err != nil {
		t.Skipf("no guard for %s: %v", path, err)
	}
	t.Cleanup(func() {
		end.Close()
		if err := guard.Wait(); err != nil {
			t.Errorf("%s was not set back to %s: %v", path, old, err)
		}
	})
	if err := memops.WriteFile(path, value(old)); err != nil {
		t.Skip(err)
	}
}
