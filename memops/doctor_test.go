//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/calls"
)

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
	opened(t, Options{})
	once := time.Since(begin) // it starts a subject too, and how long that takes is the machine's
	begin = time.Now()
	list := Doctor(t.Context())
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
	l := opened(t, Options{})
	for name, line := range map[string]string{
		"mlock2": "mlock2 a[0] onfault", "mseal": "mseal a[3]", "memfd_create": "mmap m 1 memfd",
		"populate_write": "madvise a[1] populate_write", "memory cgroup": "memcg max", "scratch": "mmap s 1 shared scratch",
		"shared memory": "shmget h 1", "mlock": "mlock a[1]",
	} {
		ok(t, l, "reset", "mmap a 4")
		e := do(t, l, line)
		if want := checkup(t, list, name); want.OK != e.OK() {
			t.Errorf("%s is said to be here: %v (%s); %s: %s %s", name, want.OK, want.Found, line, e.Errno, e.Refused)
		}
	}
	if c := checkup(t, list, "CAP_IPC_LOCK"); c.OK != l.observe(l.cur, false).Limits.IPCLock {
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
	if m := findMemcgs(); m.found {
		for _, dir := range m.in.places() {
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
			all = append(all, strings.Fields(string(readText(file)))...)
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

func TestSwapAreas(t *testing.T) {
	const text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0                              partition\t2097148\t\t0\t\t100\n" +
		`/swap\040file                              file	1024		0		-2` + "\nodd\n"
	want := []string{"/dev/zram0 2.0G (partition)", "/swap file 1M (file)"}
	if got := swapAreas([]byte(text)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCPUFlags(t *testing.T) {
	const x86 = "processor\t: 0\nflags\t\t: fpu constant_tsc nonstop_tsc\nflags\t\t: other\n"
	if got := cpuFlags([]byte(x86)); !slices.Equal(got, []string{"fpu", "constant_tsc", "nonstop_tsc"}) {
		t.Errorf("got %q", got)
	}
	if got := cpuFlags([]byte("processor\t: 0\nFeatures\t: fp asimd\n")); got != nil {
		t.Errorf("of arm64: %q", got)
	}
}
