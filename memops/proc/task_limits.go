//go:build linux && (amd64 || arm64)

package proc

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// TaskLimits are the limits that keep a process from having a child, and how near they are, by the names that
// model.Looked has of them. They are read after the call that failed. One that does not hold for the process is left out, as is
// what cannot be read (kernel/fork.c, copy_process).
func (f *Files) TaskLimits(pid int) map[string]int64 {
	out := map[string]int64{}
	text, err := f.read(f.status, nil)
	if err != nil {
		return nil
	}
	uid, _ := realUser(text)
	s := ParseStatus(text)
	var r unix.Rlimit
	above := uid == 0 || s.Caps>>unix.CAP_SYS_RESOURCE&1 != 0 || s.Caps>>unix.CAP_SYS_ADMIN&1 != 0
	if (!above || !CapsCount()) && unix.Prlimit(pid, unix.RLIMIT_NPROC, nil, &r) == nil && r.Cur <= math.MaxInt64 {
		out["rlimit.nproc"], out["user.tasks"] = int64(r.Cur), tasksOf(uid)
	}
	if limit, now, ok := pidsOf(pid); ok {
		out["pids.max"], out["pids.current"] = limit, now
	}
	for _, name := range []string{"kernel.threads-max", "kernel.pid_max"} {
		if text := ReadText("/proc/sys/" + strings.ReplaceAll(name, ".", "/")); text != nil {
			out[name] = Number(text)
		}
	}
	// "0.20 0.18 0.12 1/80 11206": the fourth has how many threads there are (proc_loadavg(5)).
	if fields := bytes.Fields(ReadText("/proc/loadavg")); len(fields) > 3 {
		if _, all, ok := bytes.Cut(fields[3], []byte("/")); ok {
			out["tasks"] = Number(all)
		}
	}
	return out
}

// realUser is the real user ID in the text of /proc/PID/status.
func realUser(text []byte) (uid int64, ok bool) {
	for line := range bytes.Lines(text) {
		if rest, is := bytes.CutPrefix(line, []byte("Uid:")); is {
			return Number(bytes.TrimSpace(rest)), true
		}
	}
	return 0, false
}

// tasksOf counts the threads of a user's processes, as far as /proc shows them: one in another PID namespace, or behind
// hidepid, is not seen.
func tasksOf(uid int64) (n int64) {
	dirs, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, d := range dirs {
		if _, err := strconv.Atoi(d.Name()); err != nil {
			continue
		}
		text := ReadText("/proc/" + d.Name() + "/status")
		if is, ok := realUser(text); !ok || is != uid {
			continue
		}
		threads, _ := statusNumber(text, "Threads:")
		n += max(threads, 1)
	}
	return n
}

// statusNumber is a number of /proc/PID/status.
func statusNumber(text []byte, key string) (n int64, ok bool) {
	for line := range bytes.Lines(text) {
		if rest, is := bytes.CutPrefix(line, []byte(key)); is {
			return Number(bytes.TrimSpace(rest)), true
		}
	}
	return 0, false
}

// pidsOf is the limit on processes of the cgroup of a process, or of the one above it that has the least left, and how
// many are in it (cgroup-v2.rst, PID; cgroup-v1/pids.rst). ok is false where there is none.
func pidsOf(pid int) (limit, now int64, ok bool) {
	h, found := FindHierarchyOf("pids", ReadText("/proc/self/mountinfo"), ReadText("/proc/"+strconv.Itoa(pid)+"/cgroup"))
	if !found {
		return 0, 0, false
	}
	for _, dir := range h.Places() {
		most, err := strconv.ParseInt(strings.TrimSpace(string(ReadText(filepath.Join(dir, "pids.max")))), 10, 64)
		if err != nil { // "max", or it has no such file
			continue
		}
		in := ReadNumber(filepath.Join(dir, "pids.current"))
		if !ok || most-in < limit-now {
			limit, now, ok = most, in, true
		}
	}
	return limit, now, ok
}
