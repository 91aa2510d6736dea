//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFindHierarchy(t *testing.T) {
	const (
		v1      = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
		cpu     = "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
		v2      = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
		unified = "38 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
		docker  = "700 699 0:32 /docker/abc /sys/fs/cgroup/memory ro master:11 - cgroup cgroup rw,memory\n"
		blank   = `30 23 0:26 / /mnt/c\040groups rw - cgroup2 none rw` + "\n"
	)
	for name, c := range map[string]struct {
		mounts, membership string
		want               hierarchy
		found              bool
	}{
		"version 1":                {cpu + v1, "5:cpu:/\n4:memory:/user/me\n", hierarchy{false, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/user/me"}, true},
		"version 2":                {v2, "0::/user.slice/a.scope\n", hierarchy{true, "/sys/fs/cgroup", "/sys/fs/cgroup/user.slice/a.scope"}, true},
		"both, memory in 1":        {unified + v1, "4:cpu,memory:/x\n0::/y\n", hierarchy{false, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/x"}, true},
		"both, the other order":    {v1 + unified, "0::/y\n4:memory:/x\n", hierarchy{false, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/x"}, true},
		"2 beside 1 without it":    {cpu + unified, "5:cpu:/\n0::/y\n", hierarchy{true, "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/y"}, true},
		"a container's part":       {docker, "4:memory:/docker/abc/in\n", hierarchy{false, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/in"}, true},
		"a container's uppermost":  {docker, "4:memory:/docker/abc\n", hierarchy{false, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory"}, true},
		"another container's":      {docker, "4:memory:/docker/abcdef\n", hierarchy{false, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory"}, true},
		"a cgroup namespace":       {v2, "0::/\n", hierarchy{true, "/sys/fs/cgroup", "/sys/fs/cgroup"}, true},
		"outside of the namespace": {v2, "0::/../other\n", hierarchy{true, "/sys/fs/cgroup", "/sys/fs/cgroup"}, true},
		"a path with a colon":      {v2, "0::/a:b/c\n", hierarchy{true, "/sys/fs/cgroup", "/sys/fs/cgroup/a:b/c"}, true},
		"a mount with a blank":     {blank, "0::/a\n", hierarchy{true, "/mnt/c groups", "/mnt/c groups/a"}, true},
		"memory is not mounted":    {cpu, "5:cpu:/\n", hierarchy{}, false},
		"nothing":                  {"", "", hierarchy{}, false},
		"not a line":               {"x\n- cgroup2\n1 2 - cgroup2 a b\n", "::\n0:\n", hierarchy{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := findHierarchy([]byte(c.mounts), []byte(c.membership))
			if got != c.want || ok != c.found {
				t.Errorf("got %+v, %v; want %+v, %v", got, ok, c.want, c.found)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	h := hierarchy{mount: "/sys/fs/cgroup", own: "/sys/fs/cgroup/a/b"}
	want := []string{"/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"}
	if got := h.places(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	h.own = h.mount
	if got := h.places(); !slices.Equal(got, want[2:]) {
		t.Errorf("at the top: got %q, want %q", got, want[2:])
	}
}

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

func textOf(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func TestFillV2(t *testing.T) {
	h := hierarchy{v2: true}
	dir := tree(t, map[string]string{"memory.max": "", "cgroup.procs": ""})
	if err := h.fill(dir, h.limitWord(8<<20), 123); err != nil {
		t.Fatal(err)
	}
	if limit, procs := textOf(t, dir, "memory.max"), textOf(t, dir, "cgroup.procs"); limit != "8388608" || procs != "123" {
		t.Errorf("memory.max has %q, cgroup.procs %q", limit, procs)
	}
	if err := h.fill(tree(t, map[string]string{"cgroup.procs": ""}), "max", 123); !errors.Is(err, errNoController) {
		t.Errorf("without the memory controller: %v", err)
	}
	if err := h.fill(tree(t, map[string]string{"memory.max": ""}), "max", 123); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without cgroup.procs: %v", err)
	}
}

func TestFillV1(t *testing.T) {
	h := hierarchy{}
	for control, want := range map[string]string{
		"oom_kill_disable 0\nunder_oom 0\n": "oom_kill_disable 0\nunder_oom 0\n",
		"oom_kill_disable 1\n":              "0om_kill_disable 1\n", // a file, unlike a cgroup's, keeps the rest
	} {
		dir := tree(t, map[string]string{"memory.limit_in_bytes": "", "memory.oom_control": control, "cgroup.procs": ""})
		if err := h.fill(dir, h.limitWord(-1), 5); err != nil {
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
	if err := (hierarchy{v2: true}).make(dir, "max", 1); !errors.Is(err, errNoController) {
		t.Errorf("in a directory that is no cgroup: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s was left: %v", dir, err)
	}
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		v2    bool
		text  string
		limit int64
		ok    bool
	}{
		{true, "8388608\n", 8 << 20, true}, {true, "max\n", 0, false}, {true, "", 0, false},
		{false, "8388608\n", 8 << 20, true}, {false, "9223372036854771712\n", 0, false}, {false, "9223372036854710272\n", 0, false},
	} {
		h := hierarchy{v2: c.v2}
		got, ok := h.limit(tree(t, map[string]string{h.limitFile(): c.text}))
		if ok != c.ok || ok && got != c.limit {
			t.Errorf("version 2 %v, %q: got %d, %v", c.v2, c.text, got, ok)
		}
	}
	if _, ok := (hierarchy{}).limit(t.TempDir()); ok {
		t.Error("a directory without the file has a limit")
	}
}

func TestCounts(t *testing.T) {
	const events = "low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\noom_group_kill 0\n"
	for name, c := range map[string]struct {
		v2    bool
		files map[string]string
		want  oomCounts
		ok    bool
	}{
		"version 2":       {true, map[string]string{"memory.events": "oom 9\noom_kill 9\n", "memory.events.local": events}, oomCounts{1, 2}, true},
		"before 5.2":      {true, map[string]string{"memory.events": events}, oomCounts{1, 2}, true},
		"the root cgroup": {true, nil, oomCounts{}, false},
		"version 1": {false, map[string]string{"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "memory.failcnt": "40\n"},
			oomCounts{3, 40}, true},
		"before 4.13": {false, map[string]string{"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\n", "memory.failcnt": "40\n"}, oomCounts{}, false},
	} {
		got, ok := hierarchy{v2: c.v2}.counts(tree(t, c.files))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %+v, %v; want %+v, %v", name, got, ok, c.want, c.ok)
		}
	}
}
