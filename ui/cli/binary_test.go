package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programBinary builds the program itself, as the Makefile does, and returns its path. The test binary
// that stands in for it elsewhere carries all the tests with it, which tells in a start.
func programBinary(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "incore")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", path, "../..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("the program cannot be built here: %v\n%s", err, out)
	}
	return path
}
