package memops

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// hierarchy is the hierarchy of cgroups that has the memory controller, as incore's own
// process sees it (cgroups(7)).
type hierarchy struct {
	v2    bool
	mount string // directory that it is mounted at
	own   string // directory of the cgroup that incore is in
}

// findHierarchy reads /proc/self/mountinfo and /proc/self/cgroup. The memory controller is
// in one hierarchy only: where one of version 1 has it, that of version 2 does not.
func findHierarchy(mountinfo, membership []byte) (h hierarchy, ok bool) {
	return findHierarchyOf("memory", mountinfo, membership)
}

// findHierarchyOf is findHierarchy for another controller.
func findHierarchyOf(controller string, mountinfo, membership []byte) (h hierarchy, ok bool) {
	v1Path, v2Path := memberships(controller, membership)
	for line := range bytes.Lines(mountinfo) {
		m, fine := parseMount(string(line))
		if !fine {
			continue
		}
		found := hierarchy{mount: m.point}
		switch {
		case m.kind == "cgroup" && hasWord(m.options, controller):
			found.own = m.dir(v1Path)
		case m.kind == "cgroup2" && v2Path != "":
			found.v2, found.own = true, m.dir(v2Path)
		default:
			continue
		}
		if !ok || h.v2 && !found.v2 {
			h, ok = found, true
		}
	}
	return h, ok
}

// memberships are the paths of /proc/PID/cgroup: in the hierarchy of version 1 that has a
// controller, and in that of version 2; "" where there is none.
func memberships(controller string, text []byte) (v1, v2 string) {
	for line := range bytes.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(string(line), "\n"), ":", 3)
		switch {
		case len(parts) != 3:
		case parts[0] == "0" && parts[1] == "":
			v2 = parts[2]
		case hasWord(parts[1], controller):
			v1 = parts[2]
		}
	}
	return v1, v2
}

func hasWord(list, word string) bool {
	for w := range strings.SplitSeq(list, ",") {
		if w == word {
			return true
		}
	}
	return false
}

// mount is a line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).
type mount struct {
	root    string // the directory of the file system that is mounted
	point   string
	kind    string
	options string // of the file system: the controllers of a cgroup hierarchy
}

func parseMount(line string) (mount, bool) {
	front, back, ok := strings.Cut(line, " - ")
	first, last := strings.Fields(front), strings.Fields(back)
	if !ok || len(first) < 5 || len(last) < 3 {
		return mount{}, false
	}
	return mount{unescape(first[3]), unescape(first[4]), last[0], last[2]}, true
}

// unescape turns the \040 of a blank in a path back, and its like.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// dir is where a cgroup lies under the mount. One that the mount does not show, as a cgroup
// namespace can have it, is taken for the mount's uppermost.
func (m mount) dir(path string) string {
	rel, ok := strings.CutPrefix(path+"/", strings.TrimSuffix(m.root, "/")+"/")
	if !ok || strings.Contains("/"+rel, "/../") {
		return m.point
	}
	return filepath.Join(m.point, rel)
}

// places are the directories in which a cgroup may be made, in the order in which they are
// tried: incore's own, and those above it.
func (h hierarchy) places() (dirs []string) {
	for dir := h.own; ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == h.mount || len(dir) <= len(h.mount) {
			return dirs
		}
	}
}

// limitFile is the file that holds the limit of a cgroup, in bytes.
func (h hierarchy) limitFile() string {
	if h.v2 {
		return "memory.max"
	}
	return "memory.limit_in_bytes"
}

// limitWord is a limit as the files of the hierarchy take it. Version 1 takes -1 for none.
func (h hierarchy) limitWord(bytes int64) string {
	switch {
	case bytes >= 0:
		return strconv.FormatInt(bytes, 10)
	case h.v2:
		return "max"
	}
	return "-1"
}

// noLimit is what a limit of version 1 reads as where there is none: the most pages that the
// kernel counts, whatever their size (PAGE_COUNTER_MAX, linux/page_counter.h).
const noLimit = 1 << 62

// limit reads a cgroup's limit, in bytes; ok is false where there is none, or none can be read.
func (h hierarchy) limit(dir string) (bytes int64, ok bool) {
	text := strings.TrimSpace(string(readText(filepath.Join(dir, h.limitFile()))))
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n < noLimit
}

// holds is what a cgroup keeps its processes to, bytes: its limit, or what makes them wait above it in
// version 2 (memory.high). In version 1 memory.stat also has the least limit of those above it, which
// a container need not see; limits of version 1 bind those below them (memory.rst, 6. Hierarchy support).
func (h hierarchy) holds(dir string) (bytes int64, ok bool) {
	bytes, ok = h.limit(dir)
	lower := func(n int64) {
		if !ok || n < bytes {
			bytes, ok = n, true
		}
	}
	if h.v2 {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(readText(filepath.Join(dir, "memory.high")))), 10, 64); err == nil {
			lower(n)
		}
	} else if n, found := keyed(readText(filepath.Join(dir, "memory.stat")), "hierarchical_memory_limit"); found && n < noLimit {
		lower(n)
	}
	return bytes, ok
}

// room is how much more the processes of a cgroup, and of those above it, may take before a
// limit is met, bytes; ok is false where there is no limit. The pages of files that nobody has
// used for long are given back before that (memory.stat, inactive_file).
func (h hierarchy) room() (bytes int64, ok bool) {
	usage, stat := "memory.usage_in_bytes", "total_inactive_file"
	if h.v2 {
		usage, stat = "memory.current", "inactive_file"
	}
	for _, dir := range h.places() {
		limit, limited := h.holds(dir)
		if !limited {
			continue
		}
		files, _ := keyed(readText(filepath.Join(dir, "memory.stat")), stat)
		left := max(0, limit-max(0, readNumber(filepath.Join(dir, usage))-files))
		if !ok || left < bytes {
			bytes, ok = left, true
		}
	}
	return bytes, ok
}

// oomCounts are how often memory ran out for a cgroup.
type oomCounts struct {
	kills int64 // processes of it that the OOM killer ended, whatever it was that ran out
	hits  int64 // how often a charge met the limit of this very cgroup
}

// counts reads them; ok is false where the kernel does not tell. Version 2 counts hits that
// reclaim could not help (oom of memory.events.local, Linux 5.2, which leaves out the
// cgroups below), version 1 all (memory.failcnt, and oom_kill since Linux 4.13).
func (h hierarchy) counts(dir string) (c oomCounts, ok bool) {
	file := "memory.oom_control"
	if h.v2 {
		file = "memory.events.local"
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			file = "memory.events"
		}
	}
	text := readText(filepath.Join(dir, file))
	if c.kills, ok = keyed(text, "oom_kill"); !ok {
		return c, false
	}
	if h.v2 {
		c.hits, _ = keyed(text, "oom")
	} else {
		c.hits = readNumber(filepath.Join(dir, "memory.failcnt"))
	}
	return c, true
}

// keyed is the number behind a key in a file of lines "key number".
func keyed(text []byte, key string) (n int64, ok bool) {
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(key+" ")); ok {
			return number(rest), true
		}
	}
	return 0, false
}

// isBusy tells that a cgroup cannot be removed yet because a process is in it.
func isBusy(err error) bool { return errors.Is(err, syscall.EBUSY) }
