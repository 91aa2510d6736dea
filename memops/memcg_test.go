//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
	"incore/model/lang"
)

// inMemcg is a Lab whose process is in a memory cgroup of its own, without a limit.
func inMemcg(t *testing.T) *memops.Lab {
	t.Helper()
	l := opened(t, memops.Options{})
	if e := do(t, l, "memcg max"); e.Refused != "" {
		t.Skip(e.Refused)
	}
	return l
}

// needsNoSwap skips what swap would delay: the kernel swaps before it kills.
func needsNoSwap(t *testing.T) {
	t.Helper()
	withoutSwap(t)
}

// hierarchy is that of the memory cgroups.
func hierarchy() (h proc.Hierarchy, found bool) {
	return proc.FindHierarchy(proc.ReadText("/proc/self/mountinfo"), proc.ReadText("/proc/self/cgroup"))
}

func hasDir(t *testing.T, dir string) bool {
	t.Helper()
	_, err := os.Stat(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

// In a cgroup over its limit it is SIGKILL and no error, whatever asks for the memory. The cause
// is told, and a fresh subject runs.
func TestOOM(t *testing.T) {
	for name, lines := range map[string][]string{
		"touch":         {"mmap a 64M", "touch a"},
		"memset":        {"mmap a 64M", "memset a 1"},
		"mmap populate": {"mmap a 64M populate"},
		"shared memory": {"mmap a 64M shared", "touch a"},
		"mlock":         {"mmap a 64M", "mlock a"},
		"mlockall":      {"mmap a 64M", "mlockall current"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.HasPrefix(name, "mlock") {
				needsNoSwap(t)
			}
			l := inMemcg(t)
			ok(t, l, "memcg 8M")
			if strings.HasPrefix(name, "mlock") && memops.OverLimit(l, 64<<20) {
				t.Skip("this user may not lock 64M")
			}
			_, dir := memops.GroupOf(l, model.Main)
			var e model.Event
			for _, line := range lines {
				e = do(t, l, line)
			}
			const cause = "the OOM killer: its memory cgroup may have 8M"
			d := l.State().Main().Death
			if d == nil || d.Signal != "SIGKILL" || d.Cause != cause || !strings.Contains(e.Refused, cause) {
				t.Fatalf("the subject's death is %+v, the command's answer %q", d, e.Refused)
			}
			ok(t, l, "expect dead SIGKILL")
			if hasDir(t, dir) {
				t.Errorf("%s is still there", dir)
			}
			ok(t, l, "reset", "expect alive", "mmap a 16M", "touch a", "expect all a resident")
		})
	}
}

// The cause is that of the death it belongs to: a process that is killed by hand in a cgroup
// in which another was killed for memory has none.
func TestCauseOfOneDeath(t *testing.T) {
	needsNoSwap(t)
	l := inMemcg(t)
	ok(t, l, "memcg 8M", "fork c", "in c mmap b 64M")
	_, dir := memops.GroupOf(l, model.Main)
	do(t, l, "in c touch b")
	ok(t, l, "expect dead c", "expect alive main", "mmap a 1M", "touch a")
	if d := l.State().Process("c").Death; d == nil || !strings.Contains(d.Cause, "its memory cgroup may have 8M") {
		t.Errorf("the child's death is %+v", d)
	}
	if !hasDir(t, dir) {
		t.Errorf("%s was removed while the parent is in it", dir)
	}
	do(t, l, "kill SIGKILL")
	ok(t, l, "expect dead SIGKILL")
	if d := l.State().Main().Death; d == nil || d.Signal != "SIGKILL" || d.Cause != "" {
		t.Errorf("killed by hand, the death is %+v", d)
	}
	if hasDir(t, dir) {
		t.Errorf("%s is still there", dir)
	}
}

// around makes this test binary the incore of TestCauseAround.
const around = "INCORE_TEST_AROUND"

// Where incore itself is in a cgroup with a limit, as in a container, that one is named.
func TestCauseAround(t *testing.T) {
	if dir := os.Getenv(around); dir != "" {
		h, found := hierarchy()
		err := os.Mkdir(dir, 0o755)
		if !found || err != nil {
			t.Fatal(found, err)
		}
		for file, text := range map[string]string{h.LimitFile(): h.LimitWord(128 << 20), "cgroup.procs": strconv.Itoa(os.Getpid())} {
			if err := memops.WriteFile(filepath.Join(dir, file), text); err != nil {
				t.Fatal(err)
			}
		}
		l := opened(t, memops.Options{Memory: 1 << 30})
		ok(t, l, "mmap a 256M")
		do(t, l, "touch a")
		fmt.Println(l.State().Main().Death)
		return
	}
	needsNoSwap(t)
	_, beside := memops.GroupOf(inMemcg(t), model.Main)
	dir := filepath.Join(filepath.Dir(beside), fmt.Sprintf("incore-test-%d", os.Getpid()))
	cmd := exec.Command(os.Args[0], "-test.run=^TestCauseAround$")
	cmd.Env = append(os.Environ(), around+"="+dir)
	out, err := cmd.CombinedOutput()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if e := os.Remove(dir); !errors.Is(e, unix.EBUSY) || time.Now().After(until) {
			if e != nil {
				t.Errorf("removing the test's cgroup: %v", e)
			}
			break
		}
	}
	if want := "killed by SIGKILL (the OOM killer: the memory cgroup that incore is in may have 128M)"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v: %q is missing in %s", err, want, out)
	}
}

// A cgroup lives as long as a process that is in it.
func TestMemcgOfSeveral(t *testing.T) {
	l := inMemcg(t)
	ok(t, l, "memcg 32M", "fork c", "fork d")
	_, dir := memops.GroupOf(l, model.Main)
	if e := do(t, l, "in c memcg 16M"); !e.OK() || strings.Contains(e.Note, dir+",") {
		t.Fatalf("the child's own: %q, %s", e.Note, e.Refused)
	}
	_, own := memops.GroupOf(l, "c")
	for _, p := range l.State().Procs {
		want := dir
		if p.Name == "c" {
			want = own
		}
		if in := memberOf(t, p.PID, filepath.Base(want)); !in {
			t.Errorf("%s is not in %s", p.Name, want)
		}
	}
	do(t, l, "in c exit")
	ok(t, l, "expect dead c")
	if hasDir(t, own) || !hasDir(t, dir) {
		t.Errorf("after c's end: its own is there: %v, its parent's: %v", hasDir(t, own), hasDir(t, dir))
	}
	do(t, l, "exit")
	ok(t, l, "expect dead")
	if !hasDir(t, dir) {
		t.Error("the cgroup went with its owner, and a process is in it")
	}
	do(t, l, "in d exit")
	if hasDir(t, dir) {
		t.Errorf("%s is still there", dir)
	}
}

// memberOf asks the kernel whether a process is in the cgroup of that name.
func memberOf(t *testing.T, pid int, name string) bool {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), "/"+name+"\n")
}

// What a process has when it comes into a cgroup stays charged where it was.
func TestMemcgChanges(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 64M", "touch a+0,4194304")
	e := do(t, l, "memcg 8M")
	if e.Refused != "" {
		t.Skip(e.Refused)
	}
	h, dir := memops.GroupOf(l, model.Main)
	if !strings.HasPrefix(e.Note, "in "+dir+", "+h.LimitFile()+" 8M") || e.Call != "" {
		t.Errorf("the note is %q", e.Note)
	}
	ok(t, l, "touch a+4194304,1048576", "expect alive", "memcg 4M", "memcg max", "touch a+0,16777216", "expect alive")
	if _, now := memops.GroupOf(l, model.Main); now != dir {
		t.Errorf("another limit made another cgroup: %s, and it was %s", now, dir)
	}
	if e := do(t, l, "memcg max"); !strings.HasSuffix(e.Note, " no limit") {
		t.Errorf("without a limit the note is %q", e.Note)
	}
	if _, limited := h.Limit(dir); limited {
		t.Error("the limit is still there after memcg max")
	}
	// Below what it holds the limit of version 1 is refused, and that of version 2 kills, but where
	// swap has room for the rest.
	swap := proc.ReadMeminfo().SwapFree
	e = do(t, l, "memcg 1M")
	swap = max(swap, proc.ReadMeminfo().SwapTotal) // others may have swapped it on meanwhile
	if swap > 0 && e.Refused == "" && l.State().Main().Death == nil {
		held := proc.ReadNumber(filepath.Join(dir, "memory.usage_in_bytes")) + proc.ReadNumber(filepath.Join(dir, "memory.current"))
		if limit, ok := h.Limit(dir); !ok || limit != 1<<20 || held == 0 || held > limit {
			t.Errorf("with %s of swap the limit is %d, and the cgroup holds %d bytes", model.FormatBytes(swap), limit, held)
		}
		ok(t, l, "expect alive", "expect swap > 0")
	} else if h.V2 {
		ok(t, l, "expect dead SIGKILL")
	} else if !strings.Contains(e.Refused, "of which the kernel cannot drop enough") {
		t.Errorf("a limit below what the cgroup holds: %q, %q", e.Note, e.Refused)
	}
	ok(t, l, "reset")
	if hasDir(t, dir) {
		t.Errorf("%s is still there after reset", dir)
	}
}

// A user who may not make one is told why, and nothing is left half done.
func TestMemcgRefused(t *testing.T) {
	l := opened(t, memops.Options{})
	e := do(t, l, "memcg 8M")
	if e.Refused == "" {
		t.Skip("this user may make a memory cgroup")
	}
	t.Log(e.Refused)
	if !strings.HasPrefix(e.Refused, "no memory cgroup can be made: ") || e.Call != "" || e.Note != "" {
		t.Errorf("refused with %q, call %q, note %q", e.Refused, e.Call, e.Note)
	}
	if h, found := hierarchy(); found {
		for _, dir := range h.Places() {
			left, err := filepath.Glob(filepath.Join(dir, fmt.Sprintf("incore-%d-*", os.Getpid())))
			if err != nil || len(left) > 0 {
				t.Errorf("left in %s: %q, %v", dir, left, err)
			}
		}
	}
	ok(t, l, "mmap a 4", "touch a", "expect alive")
}

// helper makes this test binary the incore that TestMemcgKilled kills.
const helper = "INCORE_TEST_MEMCG"

// Killed, incore leaves no cgroup.
func TestMemcgKilled(t *testing.T) {
	if os.Getenv(helper) != "" {
		hold(t)
		return
	}
	_, dir := memops.GroupOf(inMemcg(t), model.Main)
	if !hasDir(t, dir) {
		t.Fatalf("%s is not there", dir)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMemcgKilled$")
	cmd.Env = append(os.Environ(), helper+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dirs := bufio.NewScanner(out)
	dirs.Scan()
	theirs, ok := strings.CutPrefix(dirs.Text(), "in ")
	if !ok || !hasDir(t, theirs) {
		t.Errorf("the helper said %q, and that is not there", dirs.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	for until := time.Now().Add(10 * time.Second); hasDir(t, theirs); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%s is still there", theirs)
		}
	}
}

// hold has a process in a memory cgroup, says where, and waits to be killed.
func hold(t *testing.T) {
	l := inMemcg(t)
	l.Do(context.Background(), lang.Fork{Name: "c"})
	_, dir := memops.GroupOf(l, model.Main)
	fmt.Println("in " + dir)
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// A limit that is lowered below what the cgroup holds is enforced at once: version 2 kills where
// nothing can be reclaimed, and version 1 refuses.
func TestMemcgLowered(t *testing.T) {
	needsNoSwap(t)
	l := inMemcg(t)
	ok(t, l, "memcg 64M", "mmap a 16M", "touch a")
	h, _ := memops.GroupOf(l, model.Main)
	e := do(t, l, "memcg 8M")
	if !h.V2 {
		if !strings.Contains(e.Refused, "of which the kernel cannot drop enough") {
			t.Errorf("version 1: %q, %q", e.Note, e.Refused)
		}
		ok(t, l, "expect alive")
		return
	}
	ok(t, l, "expect dead SIGKILL")
	const cause = "the OOM killer: its memory cgroup may have 8M"
	if d := l.State().Main().Death; d == nil || d.Cause != cause {
		t.Errorf("the death is %+v, want the cause %q; the command answered %q", d, cause, fmt.Sprint(e.Note, e.Refused))
	}
}
