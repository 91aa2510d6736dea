//go:build linux && (amd64 || arm64)

package proc_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"incore/memops/proc"
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
		want               proc.Hierarchy
		found              bool
	}{
		"version 1":                {cpu + v1, "5:cpu:/\n4:memory:/user/me\n", proc.Hierarchy{V2: false, Mount: "/sys/fs/cgroup/memory", Own: "/sys/fs/cgroup/memory/user/me"}, true},
		"version 2":                {v2, "0::/user.slice/a.scope\n", proc.Hierarchy{V2: true, Mount: "/sys/fs/cgroup", Own: "/sys/fs/cgroup/user.slice/a.scope"}, true},
		"both, memory in 1":        {unified + v1, "4:cpu,memory:/x\n0::/y\n", proc.Hierarchy{V2: false, Mount: "/sys/fs/cgroup/memory", Own: "/sys/fs/cgroup/memory/x"}, true},
		"both, the other order":    {v1 + unified, "0::/y\n4:memory:/x\n", proc.Hierarchy{V2: false, Mount: "/sys/fs/cgroup/memory", Own: "/sys/fs/cgroup/memory/x"}, true},
		"2 beside 1 without it":    {cpu + unified, "5:cpu:/\n0::/y\n", proc.Hierarchy{V2: true, Mount: "/sys/fs/cgroup/unified", Own: "/sys/fs/cgroup/unified/y"}, true},
		"a container's part":       {docker, "4:memory:/docker/abc/in\n", proc.Hierarchy{V2: false, Mount: "/sys/fs/cgroup/memory", Own: "/sys/fs/cgroup/memory/in"}, true},
		"a container's uppermost":  {docker, "4:memory:/docker/abc\n", proc.Hierarchy{V2: false, Mount: "/sys/fs/cgroup/memory", Own: "/sys/fs/cgroup/memory"}, true},
		"another container's":      {docker, "4:memory:/docker/abcdef\n", proc.Hierarchy{V2: false, Mount: "/sys/fs/cgroup/memory", Own: "/sys/fs/cgroup/memory"}, true},
		"a cgroup namespace":       {v2, "0::/\n", proc.Hierarchy{V2: true, Mount: "/sys/fs/cgroup", Own: "/sys/fs/cgroup"}, true},
		"outside of the namespace": {v2, "0::/../other\n", proc.Hierarchy{V2: true, Mount: "/sys/fs/cgroup", Own: "/sys/fs/cgroup"}, true},
		"a path with a colon":      {v2, "0::/a:b/c\n", proc.Hierarchy{V2: true, Mount: "/sys/fs/cgroup", Own: "/sys/fs/cgroup/a:b/c"}, true},
		"a mount with a blank":     {blank, "0::/a\n", proc.Hierarchy{V2: true, Mount: "/mnt/c groups", Own: "/mnt/c groups/a"}, true},
		"memory is not mounted":    {cpu, "5:cpu:/\n", proc.Hierarchy{}, false},
		"nothing":                  {"", "", proc.Hierarchy{}, false},
		"not a line":               {"x\n- cgroup2\n1 2 - cgroup2 a b\n", "::\n0:\n", proc.Hierarchy{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := proc.FindHierarchy([]byte(c.mounts), []byte(c.membership))
			if got != c.want || ok != c.found {
				t.Errorf("got %+v, %v; want %+v, %v", got, ok, c.want, c.found)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	h := proc.Hierarchy{Mount: "/sys/fs/cgroup", Own: "/sys/fs/cgroup/a/b"}
	want := []string{"/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"}
	if got := h.Places(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	h.Own = h.Mount
	if got := h.Places(); !slices.Equal(got, want[2:]) {
		t.Errorf("at the top: got %q, want %q", got, want[2:])
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
		h := proc.Hierarchy{V2: c.v2}
		got, ok := h.Limit(dirOf(t, map[string]string{h.LimitFile(): c.text}))
		if ok != c.ok || ok && got != c.limit {
			t.Errorf("version 2 %v, %q: got %d, %v", c.v2, c.text, got, ok)
		}
	}
	if _, ok := (proc.Hierarchy{}).Limit(t.TempDir()); ok {
		t.Error("a directory without the file has a limit")
	}
}

func TestCounts(t *testing.T) {
	const events = "low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\noom_group_kill 0\n"
	for name, c := range map[string]struct {
		v2    bool
		files map[string]string
		want  proc.OOMCounts
		ok    bool
	}{
		"version 2":       {true, map[string]string{"memory.events": "oom 9\noom_kill 9\n", "memory.events.local": events}, proc.OOMCounts{Kills: 1, Hits: 2}, true},
		"before 5.2":      {true, map[string]string{"memory.events": events}, proc.OOMCounts{Kills: 1, Hits: 2}, true},
		"the root cgroup": {true, nil, proc.OOMCounts{}, false},
		"version 1": {false, map[string]string{"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "memory.failcnt": "40\n"},
			proc.OOMCounts{Kills: 3, Hits: 40}, true},
		"before 4.13": {false, map[string]string{"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\n", "memory.failcnt": "40\n"}, proc.OOMCounts{}, false},
	} {
		got, ok := proc.Hierarchy{V2: c.v2}.Counts(dirOf(t, c.files))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %+v, %v; want %+v, %v", name, got, ok, c.want, c.ok)
		}
	}
}

// dirOf is a directory with the files of a cgroup in it, as the kernel makes them.
func dirOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
