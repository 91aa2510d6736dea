//go:build linux && (amd64 || arm64)

package memops

import (
	"os"
	"path/filepath"
	"testing"
)

// tree is a directory with the files of a cgroup in it, as the kernel makes them.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
