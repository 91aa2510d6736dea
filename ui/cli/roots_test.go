package cli

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// rooted is what stands at the top of the project, beside files whose names begin with a dot. bin is what
// make builds.
var rooted = []string{
	"ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "assets", "bin", "go.mod", "go.sum", "main.go", "memops", "model", "ui",
}

// TestRoots holds that nothing else does, and that assets has no loose files.
func TestRoots(t *testing.T) {
	const top = "../.."
	if _, err := os.Stat(top + "/go.mod"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the tests do not run in the project")
	}
	for dir, may := range map[string][]string{top: rooted, top + "/assets": {"assets.go", "help", "pictures", "themes"}} {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if name := f.Name(); !strings.HasPrefix(name, ".") && !slices.Contains(may, name) {
				t.Errorf("%s/%s does not belong there", dir, name)
			}
		}
	}
}
