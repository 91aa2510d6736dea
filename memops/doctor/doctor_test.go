//go:build linux && (amd64 || arm64)

package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// opened is a lab that is closed with the test.
func opened(t *testing.T) *memops.Lab {
	t.Helper()
	l, err := memops.Open(t.Context(), memops.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// do runs lines, and returns the event of the last one's own call.
func do(t *testing.T, l *memops.Lab, lines ...string) (own model.Event) {
	t.Helper()
	for _, line := range lines {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range l.Do(t.Context(), c) {
			if e, ok := item.(model.Event); ok && !e.Aside {
				own = e
			}
		}
	}
	return own
}

func checkup(t *testing.T, list []model.Checkup, name string) model.Checkup {
	t.Helper()
	i := slices.IndexFunc(list, func(c model.Checkup) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("nothing is said of %s", name)
	}
	return list[i]
}

// What the doctor says is what a Lab then meets.
func TestDoctor(t *testing.T) {
	begin := time.Now()
	opened(t)
	once := time.Since(begin) // it starts a subject too, and how long that takes is the machine's
	begin = time.Now()
	list := Examine(t.Context())
	if took := time.Since(begin); took > time.Second+20*once {
		t.Errorf("it took %v, and starting a subject %v", took, once)
	}
	if !model.Fit(list) {
		t.Errorf("a subject runs in the other tests, and not here: %+v", list)
	}
	seen := map[string]bool{}
	for _, c := range list {
		if c.Group == "" || c.Name == "" || c.Found == "" || !c.OK && c.Means == "" {
			t.Errorf("a line without words: %+v", c)
		}
		if seen[c.Group+c.Name] {
			t.Errorf("%s, %s is there twice", c.Group, c.Name)
		}
		seen[c.Group+c.Name] = true
	}
	l := opened(t)
	for name, line := range map[string]string{
		"mlock2": "mlock2 a[0] onfault", "mseal": "mseal a[3]", "memfd_create": "mmap m 1 memfd",
		"populate_write": "madvise a[1] populate_write", "memory cgroup": "memcg max", "scratch": "mmap s 1 shared scratch",
		"shared memory": "shmget h 1", "mlock": "mlock a[1]",
	} {
		e := do(t, l, "reset", "mmap a 4", line)
		if want := checkup(t, list, name); want.OK != e.OK() {
			t.Errorf("%s is said to be here: %v (%s); %s: %s %s", name, want.OK, want.Found, line, e.Errno, e.Refused)
		}
	}
	if c := checkup(t, list, "CAP_IPC_LOCK"); c.OK != l.Refresh(t.Context(), "").Limits.IPCLock {
		t.Errorf("CAP_IPC_LOCK is said to be here: %v", c.OK)
	}
}

// Doctor can ask for every call that not every kernel has.
func TestDoctorAsksForEveryYoungCall(t *testing.T) {
	young := calls.YoungCalls()
	for _, c := range young {
		if requests[c.Call].number == 0 {
			t.Errorf("doctor has no request for %s", c.Call)
		}
	}
	if len(requests) != len(young) {
		t.Errorf("%d requests, and %d calls that not every kernel has", len(requests), len(young))
	}
}

// It leaves no process, descriptor, cgroup or file. (That the keeper has nothing left to undo,
// segments among it, is what the error of Close says.)
func TestDoctorLeavesNothing(t *testing.T) {
	examine := func() {
		d := &doctor{ctx: t.Context()}
		if err := d.examine(); err != nil {
			t.Error(err)
		}
	}
	patterns := []string{"/proc/self/fd/*", filepath.Join(os.TempDir(), "incore*")}
	if h, found := proc.FindHierarchy(proc.ReadText("/proc/self/mountinfo"), proc.ReadText("/proc/self/cgroup")); found {
		for _, dir := range h.Places() {
			patterns = append(patterns, filepath.Join(dir, fmt.Sprintf("incore-%d-*", os.Getpid())))
		}
	}
	left := func() (all []string) {
		for _, pattern := range patterns {
			names, err := filepath.Glob(pattern)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, names...)
		}
		threads, err := filepath.Glob("/proc/self/task/*/children")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range threads {
			all = append(all, strings.Fields(string(proc.ReadText(file)))...)
		}
		return all
	}
	examine() // what the Go runtime opens the first time stays open
	before := left()
	examine()
	if after := left(); !slices.Equal(before, after) {
		t.Errorf("before %q, after %q", before, after)
	}
}
