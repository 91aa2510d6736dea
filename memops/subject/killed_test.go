//go:build linux && (amd64 || arm64)

package subject

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What the victim makes in its directory, and what it tells of itself.
const (
	victimFile   = "file"
	victimDir    = "directory"
	victimPages  = 1 << 30 // bytes that one of its children populates
	victimCgroup = "INCORE_TEST_CGROUP"
)

// beVictim is an incore with a keeper and subjects of which some are deep in a call. It
// tells their PIDs, and never ends.
func beVictim(dir string) {
	check := func(err error) {
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	k, err := NewKeeper()
	check(err)
	fmt.Println("keeper", k.PID)
	keep := func(w Will) {
		_, err := k.Keep(w)
		check(err)
	}
	keep(WillUnlink(filepath.Join(dir, victimFile)))
	check(os.WriteFile(filepath.Join(dir, victimFile), nil, 0o600))
	keep(WillRmdir(filepath.Join(dir, victimDir)))
	check(os.Mkdir(filepath.Join(dir, victimDir), 0o700))
	const key = 0x1c0ffee
	keep(WillRemoveShm(key + int32(os.Getpid())))
	id, err := unix.SysvShmGet(key+os.Getpid(), 4096, unix.IPC_CREAT|unix.IPC_EXCL|0o600)
	check(err)
	fmt.Println("segment", id)

	s, err := Start()
	check(err)
	fmt.Println("main", s.PID)
	last := s
	sleeping := func(s *Subject) {
		s.putWords(0, 1000, 0)
		check(s.Actor.Send(unix.SYS_NANOSLEEP, ArgsAddr, 0))
	}
	for i := range 3 {
		child, _, err := last.Fork()
		check(err)
		fmt.Println("child", child.PID)
		if i == 1 {
			_, err := child.Exec()
			check(err)
		}
		if i > 0 {
			sleeping(last)
		}
		last = child
	}
	if group := os.Getenv(victimCgroup); group != "" {
		keep(WillRmdir(group))
		check(os.WriteFile(filepath.Join(group, "cgroup.procs"), []byte(strconv.Itoa(last.PID)), 0))
	}
	// The forked first, so that its death is of no subject that it could be told by.
	check(unix.Kill(s.PID, unix.SIGKILL))
	s.Death()
	fmt.Println("deep", last.PID)
	check(last.Actor.Send(unix.SYS_MMAP, 0, victimPages, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_POPULATE, ^uint64(0), 0))
	fmt.Println("ready")
	select {}
}

// Killed with SIGKILL, incore leaves no process, even where one is deep in a call, and
// nothing that its keeper was told of.
func TestKilled(t *testing.T) {
	if available(t) < 3*victimPages {
		t.Skipf("less than %d bytes of memory are available", 3*victimPages)
	}
	nothingLeft(t)
	// Orphans become children of this process, which can then tell how they ended.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Skipf("prctl PR_SET_CHILD_SUBREAPER: %v", err)
	}
	defer unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	dir := t.TempDir()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), victimEnv+"="+dir)
	group := makeCgroup(t)
	cmd.Env = append(cmd.Env, victimCgroup+"="+group)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill() // it has ended but where the test fails before
	told := map[string][]int{}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		word, number, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(lines.Text())
		}
		told[word] = append(told[word], n)
	}
	if len(told["child"]) != 3 || len(told["keeper"]) != 1 || len(told["segment"]) != 1 {
		t.Fatalf("the victim told %v", told)
	}
	deep := told["deep"][0]
	rss := populating(t, deep)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the error says that it was killed
	for _, pid := range append(told["child"], told["keeper"]...) {
		ended(t, pid)
	}
	t.Logf("the deepest had %d MiB of %d when incore was killed", rss>>20, victimPages>>20)
	for _, name := range []string{victimFile, victimDir} {
		if !pathGone(filepath.Join(dir, name)) {
			t.Errorf("%s is left", name)
		}
	}
	if !segmentGone(told["segment"][0]) {
		t.Error("the segment is left")
		_, _ = unix.SysvShmCtl(told["segment"][0], unix.IPC_RMID, nil)
	}
	if group != "" && !pathGone(group) {
		t.Errorf("%s is left", group)
	}
}

// ended waits for the end of a process that has become a child of this one.
func ended(t *testing.T, pid int) {
	t.Helper()
	late := time.AfterFunc(20*time.Second, func() {
		t.Errorf("process %d lives on", pid)
		_ = unix.Kill(pid, unix.SIGKILL)
	})
	defer late.Stop()
	var ws unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &ws, 0, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			// Its parent was in the middle of a wait when both were killed.
			if alive := unix.Kill(pid, 0); err != unix.ECHILD || alive != unix.ESRCH {
				t.Errorf("wait for process %d: %v; kill: %v", pid, err, alive)
			}
		} else if ws.Signaled() && ws.Signal() != unix.SIGKILL || ws.Exited() && ws.ExitStatus() != 0 {
			t.Errorf("process %d ended with %#x", pid, ws)
		}
		return
	}
}

// populating waits until a process is in the middle of populating, and returns how far it
// was, in bytes.
func populating(t *testing.T, pid int) int64 {
	t.Helper()
	for end := time.Now().Add(startTimeout); time.Now().Before(end); {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			t.Fatal(err)
		}
		pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if rss := pages * int64(pageSize); rss > 16<<20 {
			return rss
		}
	}
	t.Fatalf("process %d populates nothing", pid)
	return 0
}

// available is MemAvailable, in bytes.
func available(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "MemAvailable:")
	kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

func pidText(s *Subject) string { return strconv.Itoa(s.PID) }

// inCall tells from /proc/PID/syscall whether a call is under way.
func inCall(text string, number int) bool {
	return strings.HasPrefix(text, strconv.Itoa(number)+" ")
}
