//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"incore/memops/proc"
)

func textOf(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func TestFillV2(t *testing.T) {
	h := proc.Hierarchy{V2: true}
	dir := tree(t, map[string]string{"memory.max": "", "cgroup.procs": ""})
	if err := fillCgroup(h, dir, h.LimitWord(8<<20), 123); err != nil {
		t.Fatal(err)
	}
	if limit, procs := textOf(t, dir, "memory.max"), textOf(t, dir, "cgroup.procs"); limit != "8388608" || procs != "123" {
		t.Errorf("memory.max has %q, cgroup.procs %q", limit, procs)
	}
	if err := fillCgroup(h, tree(t, map[string]string{"cgroup.procs": ""}), "max", 123); !errors.Is(err, errNoController) {
		t.Errorf("without the memory controller: %v", err)
	}
	if err := fillCgroup(h, tree(t, map[string]string{"memory.max": ""}), "max", 123); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without cgroup.procs: %v", err)
	}
}

func TestFillV1(t *testing.T) {
	h := proc.Hierarchy{}
	for control, want := range map[string]string{
		"oom_kill_disable 0\nunder_oom 0\n": "oom_kill_disable 0\nunder_oom 0\n",
		"oom_kill_disable 1\n":              "0om_kill_disable 1\n", // a file, unlike a cgroup's, keeps the rest
	} {
		dir := tree(t, map[string]string{"memory.limit_in_bytes": "", "memory.oom_control": control, "cgroup.procs": ""})
		if err := fillCgroup(h, dir, h.LimitWord(-1), 5); err != nil {
			t.Fatal(err)
		}
		if got := textOf(t, dir, "memory.oom_control"); got != want {
			t.Errorf("memory.oom_control was %q and is %q, want %q", control, got, want)
		}
		if limit, procs := textOf(t, dir, "memory.limit_in_bytes"), textOf(t, dir, "cgroup.procs"); limit != "-1" || procs != "5" {
			t.Errorf("memory.limit_in_bytes has %q, cgroup.procs %q", limit, procs)
		}
	}
}

// What cannot be used is not left behind.
func TestMakeLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "incore-1-1")
	if err := makeCgroup((proc.Hierarchy{V2: true}), dir, "max", 1); !errors.Is(err, errNoController) {
		t.Errorf("in a directory that is no cgroup: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s was left: %v", dir, err)
	}
}
