package cli_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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
	for dir, may := range map[string][]string{top: rooted, top + "/assets": {"assets.go", "help", "lessons", "pictures", "reference", "themes"}} {
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

// TestDependencies holds that each direct dependency has its line in ARCHITECTURE.md, which says what it is for, and that
// no line is of one that is gone.
func TestDependencies(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the tests do not run in the project")
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	var required, told []string
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\t?(\S+\.\S+) v\S+(| // indirect)$`).FindAllSubmatch(mod, -1) {
		if len(m[2]) == 0 {
			required = append(required, string(m[1]))
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]{10,} \\|$").FindAllStringSubmatch(section(t, string(text), "## Dependencies"), -1) {
		told = append(told, m[1])
	}
	slices.Sort(required)
	slices.Sort(told)
	if len(required) < 10 || !slices.Equal(required, told) {
		t.Errorf("go.mod requires\n%q\nARCHITECTURE.md says what these are for:\n%q", required, told)
	}
}

// Every file that ARCHITECTURE.md names is there.
func TestArchitectureNamesFiles(t *testing.T) {
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Skip(err) // the sources are not here
	}
	named := regexp.MustCompile("`([a-z]+/[a-z0-9_/*]+\\.(?:go|md))`").FindAllSubmatch(text, -1)
	if len(named) < 20 {
		t.Fatalf("%d files are named", len(named))
	}
	for _, name := range named {
		if found, _ := filepath.Glob("../../" + string(name[1])); len(found) == 0 {
			t.Errorf("there is no %s", name[1])
		}
	}
}
