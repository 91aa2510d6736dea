package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Hierarchy is the hierarchy of cgroups that has the memory controller, as incore's own
// process sees it (cgroups(7)).
type Hierarchy struct {
	V2    bool   // it is of version 2
	Mount string // directory that it is mounted at
	Own   string // directory of the cgroup that incore is in
}

// FindHierarchy reads /proc/self/mountinfo and /proc/self/cgroup. The memory controller is
// in one hierarchy only: where one of version 1 has it, that of version 2 does not.
func FindHierarchy(mountinfo, membership []byte) (h Hierarchy, ok bool) {
	return FindHierarchyOf("memory", mountinfo, membership)
}

// FindHierarchyOf is FindHierarchy for another controller.
func FindHierarchyOf(controller string, mountinfo, membership []byte) (h Hierarchy, ok bool) {
	v1Path, v2Path := memberships(controller, membership)
	for line := range bytes.Lines(mountinfo) {
		m, fine := parseMount(string(line))
		if !fine {
			continue
		}
		found := Hierarchy{Mount: m.point}
		switch {
		case m.kind == "cgroup" && hasWord(m.options, controller):
			found.Own = m.dir(v1Path)
		case m.kind == "cgroup2" && v2Path != "":
			found.V2, found.Own = true, m.dir(v2Path)
		default:
			continue
		}
		if !ok || h.V2 && !found.V2 {
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

// Places are the directories in which a cgroup may be made, in the order in which they are
// tried: incore's own, and those above it.
func (h Hierarchy) Places() (dirs []string) {
	for dir := h.Own; ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == h.Mount || len(dir) <= len(h.Mount) {
			return dirs
		}
	}
}

// LimitFile is the file that holds the limit of a cgroup, in bytes.
func (h Hierarchy) LimitFile() string {
	if h.V2 {
		return "memory.max"
	}
	return "memory.limit_in_bytes"
}

// LimitWord is a limit as the files of the hierarchy take it. Version 1 takes -1 for none.
func (h Hierarchy) LimitWord(bytes int64) string {
	switch {
	case bytes >= 0:
		return strconv.FormatInt(bytes, 10)
	case h.V2:
		return "max"
	}
	return "-1"
}

// NoLimit is what a limit of version 1 reads as where there is none: the most pages that the
// kernel counts, whatever their size (PAGE_COUNTER_MAX, linux/page_counter.h).
const NoLimit = 1 << 62

// Limit reads a cgroup's limit, in bytes; ok is false where there is none, or none can be read.
func (h Hierarchy) Limit(dir string) (bytes int64, ok bool) {
	text := strings.TrimSpace(string(ReadText(filepath.Join(dir, h.LimitFile()))))
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n < NoLimit
}

// holds is what a cgroup keeps its processes to, bytes: its limit, or what makes them wait above it in
// version 2 (memory.high). In version 1 memory.stat also has the least limit of those above it, which
// a container need not see; limits of version 1 bind those below them (memory.rst, 6. Hierarchy support).
func (h Hierarchy) holds(dir string) (bytes int64, ok bool) {
	bytes, ok = h.Limit(dir)
	lower := func(n int64) {
		if !ok || n < bytes {
			bytes, ok = n, true
		}
	}
	if h.V2 {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(ReadText(filepath.Join(dir, "memory.high")))), 10, 64); err == nil {
			lower(n)
		}
	} else if n, found := Keyed(ReadText(filepath.Join(dir, "memory.stat")), "hierarchical_memory_limit"); found && n < NoLimit {
		lower(n)
	}
	return bytes, ok
}

// Room is how much more the processes of a cgroup, and of those above it, may take before a
// limit is met, bytes; ok is false where there is no limit. The pages of files that nobody has
// used for long are given back before that (memory.stat, inactive_file).
func (h Hierarchy) Room() (bytes int64, ok bool) {
	usage, stat := "memory.usage_in_bytes", "total_inactive_file"
	if h.V2 {
		usage, stat = "memory.current", "inactive_file"
	}
	for _, dir := range h.Places() {
		limit, limited := h.holds(dir)
		if !limited {
			continue
		}
		files, _ := Keyed(ReadText(filepath.Join(dir, "memory.stat")), stat)
		left := max(0, limit-max(0, ReadNumber(filepath.Join(dir, usage))-files))
		if !ok || left < bytes {
			bytes, ok = left, true
		}
	}
	return bytes, ok
}

// OOMCounts are how often memory ran out for a cgroup.
type OOMCounts struct {
	Kills int64 // processes of it that the OOM killer ended, whatever it was that ran out
	Hits  int64 // how often a charge met the limit of this very cgroup
}

// Counts reads them; ok is false where the kernel does not tell. Version 2 counts hits that
// reclaim could not help (oom of memory.events.local, Linux 5.2, which leaves out the
// cgroups below), version 1 all (memory.failcnt, and oom_kill since Linux 4.13).
func (h Hierarchy) Counts(dir string) (c OOMCounts, ok bool) {
	file := "memory.oom_control"
	if h.V2 {
		file = "memory.events.local"
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			file = "memory.events"
		}
	}
	text := ReadText(filepath.Join(dir, file))
	if c.Kills, ok = Keyed(text, "oom_kill"); !ok {
		return c, false
	}
	if h.V2 {
		c.Hits, _ = Keyed(text, "oom")
	} else {
		c.Hits = ReadNumber(filepath.Join(dir, "memory.failcnt"))
	}
	return c, true
}

// Keyed is the number behind a key in a file of lines "key number".
func Keyed(text []byte, key string) (n int64, ok bool) {
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(key+" ")); ok {
			return Number(rest), true
		}
	}
	return 0, false
}
