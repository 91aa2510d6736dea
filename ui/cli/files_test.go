package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilesAt(t *testing.T) {
	dir := t.TempDir() + "/"
	for _, name := range []string{"notes", "note 2", "no\x1btes", ".hidden", "other"} {
		if err := os.WriteFile(dir+name, nil, 0o600); err != nil {
			t.Skip(err) // a file system without such names
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "north"), 0o700); err != nil {
		t.Fatal(err)
	}
	for begin, want := range map[string][]string{
		"no": {dir + "north/", dir + "notes"}, "not": {dir + "notes"}, "z": nil, "": {dir + "north/", dir + "notes", dir + "other"},
		".": {dir + ".hidden"}, "nothing/": nil,
	} {
		if d := cmp.Diff(want, filesAt(dir+begin)); d != "" {
			t.Errorf("%q (-want +got):\n%s", begin, d)
		}
	}
	t.Chdir(dir)
	if d := cmp.Diff([]string{"notes"}, filesAt("note")); d != "" {
		t.Errorf("in the directory itself (-want +got):\n%s", d)
	}
}

// However many files a directory has, only so many are read.
func TestFilesAtIsBounded(t *testing.T) {
	dir := t.TempDir() + "/"
	if err := os.WriteFile(dir+"0", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range filesMost + 999 {
		if err := os.Link(dir+"0", dir+strconv.Itoa(i+1)); err != nil { // a name more is quicker than a file more
			t.Fatal(err)
		}
	}
	if n := len(filesAt(dir)); n < filesMost || n >= filesMost+1000 {
		t.Errorf("%d files are offered", n)
	}
}
