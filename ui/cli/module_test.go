package cli_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// copyOfProject copies the project without what git and make have put there; it skips the test where the
// project or what builds it is not here.
func copyOfProject(t *testing.T) (dir string) {
	t.Helper()
	race := false
	if info, ok := debug.ReadBuildInfo(); ok {
		race = slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
	}
	if testing.Short() || race {
		t.Skip("it builds the whole program, which takes a while, and once is enough")
	}
	for _, tool := range []string{"go", "make", "bash", "install"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	if _, err := os.Stat("../../go.mod"); err != nil {
		t.Skip("the tests do not run in the project:", err)
	}
	dir = t.TempDir()
	for _, name := range append(rooted, ".ci") {
		info, err := os.Stat("../../" + name)
		switch {
		case name == "bin" || os.IsNotExist(err):
			continue
		case err != nil:
			t.Fatal(err)
		case info.IsDir():
			err = os.CopyFS(filepath.Join(dir, name), os.DirFS("../../"+name))
		default:
			var b []byte
			if b, err = os.ReadFile("../../" + name); err == nil {
				err = os.WriteFile(filepath.Join(dir, name), b, info.Mode())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// makes runs make in a directory, and returns what it printed.
func makes(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("make", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestRenameModule renames the module of a copy: every package has its new path and no other, and back
// again every file is as it was. A path that is none changes nothing. Under its new path it is installed into
// an empty directory: the program knows its version, what stands beside it is of it, and uninstall takes
// all of it away.
func TestRenameModule(t *testing.T) {
	dir := copyOfProject(t)
	for _, bad := range []string{"", "a b", "../x", "/x", "x//y", "x\"y"} {
		if out, err := makes(t, dir, "rename-module", "MODULE="+bad); err == nil || !strings.Contains(out, "is no path of a module") {
			t.Errorf("%q: %v\n%s", bad, err, out)
		}
	}
	rename := func(path string) {
		if out, err := makes(t, dir, "rename-module", "MODULE="+path); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		cmd := exec.Command("go", "list", "./...")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for p := range strings.Lines(string(out)) {
			if !within(strings.TrimSpace(p), path) {
				t.Errorf("%s is not of %s", p, path)
			}
		}
	}
	rename("example.org/lab/incore.v2")
	installs(t, dir)
	rename("incore")
	unchanged(t, dir)
}

// unchanged holds that the files of a copy are those of the project.
func unchanged(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path) // it is beneath it
		switch {
		case err == nil && rel == "bin":
			return fs.SkipDir
		case err != nil || d.IsDir():
			return err
		}
		was, err := os.ReadFile("../../" + rel)
		if err != nil {
			return err
		}
		is, err := os.ReadFile(path)
		if string(is) != string(was) {
			t.Errorf("%s did not come back as it was", rel)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// installs installs a copy, looks at what is there, and uninstalls it.
func installs(t *testing.T, dir string) {
	t.Helper()
	to := t.TempDir()
	vars := []string{"PREFIX=/opt/of mine", "DESTDIR=" + to, "VERSION=v1.2.3"}
	if out, err := makes(t, dir, append(vars, "install")...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	prefix := filepath.Join(to, "opt/of mine")
	if out, err := exec.Command(filepath.Join(prefix, "bin/incore"), "--version").Output(); err != nil || !strings.Contains(string(out), "v1.2.3") {
		t.Errorf("--version is %q, %v", out, err)
	}
	for name, has := range map[string]string{
		"man/man1/incore.1": ".TH", "man/man7/incore-language.7": "mlock2", "man/man7/incore-json.7": "elapsed_ns", "bash-completion/completions/incore": "__start_incore",
		"zsh/site-functions/_incore": "#compdef incore", "fish/vendor_completions.d/incore.fish": "complete -c incore",
	} {
		if b, err := os.ReadFile(filepath.Join(prefix, "share", name)); err != nil || !strings.Contains(string(b), has) {
			t.Errorf("%s has no %q: %v", name, has, err)
		}
	}
	if out, err := makes(t, dir, append(vars, "uninstall")...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
