package cli_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"incore/ui/cli"
)

// becomeSubreaper makes this process the parent of all that lose theirs beneath it
// (prctl(2), PR_SET_CHILD_SUBREAPER), so that what a killed program leaves behind is seen.
func becomeSubreaper(t *testing.T) {
	t.Helper()
	const setChildSubreaper = 36
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); errno != 0 {
		t.Skipf("prctl PR_SET_CHILD_SUBREAPER: %v", errno)
	}
}

// leavers are scripts that make what outlives a process where nobody sees to it: one
// of every kind of command.
var leavers = map[string]string{
	"shared memory": `shmget s 64
shmctl s lock
touch s
fork child
in child touch s
shmctl s unlock
shmctl s rmid
reset
`,
	"files": `mmap f 64 shared scratch
touch f
msync f sync
mmap m 64 memfd
mmap n 64 alias m
mremap n 128
posix_fadvise f dontneed
mmap p 1 file /etc/passwd
reset
`,
	"processes": `mmap a 4096
fork one
in one fork two
in two touch a
mlock a
in one exec
in two kill SIGKILL
exec
malloc p 200K
brk +64
reset
`,
	"a memory cgroup": `memcg 64M
mmap a 64
touch a
fork child
in child memcg 32M
memcg max
reset
`,
	"a long call": `mmap a 300M noreserve
mlock a
munlock a
madvise a dontneed
touch a
reset
`,
}

// output is how many bytes of a script's output it is killed within: some tenths of a second.
var output = map[string]int{
	"shared memory": 1 << 14, "files": 1 << 14, "processes": 1 << 14, "a memory cgroup": 1 << 12, "a long call": 600,
}

// incore killed in the middle of any command leaves no process, no shared memory segment,
// no file and no memory cgroup.
func TestE2EKilledAnywhere(t *testing.T) {
	becomeSubreaper(t)
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for name, script := range leavers {
		t.Run(name, func(t *testing.T) {
			for range rounds {
				r := startRun(t, strings.Repeat(script, 200), "-")
				pid := r.cmd.Process.Pid
				r.readTo("> ") // it has begun
				if _, err := r.out.Discard(rand.IntN(output[name])); err != nil {
					t.Fatalf("%v; stderr: %s", err, r.stderr)
				}
				descendants := descendantsOf(pid)
				if err := r.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				r.wait()
				cli.Eventually(t, "nothing is left of it", func() bool {
					return !anyAlive(descendants) && len(childrenOf(os.Getpid())) == 0 && len(segmentsOf(t, append(descendants, pid))) == 0 && len(cgroupsOf(t, pid)) == 0
				})
				checkNoFiles(t, r.tmp)
			}
		})
	}
}

// descendantsOf are the processes beneath one, all of which may not have been there at one time.
func descendantsOf(pid int) (all []int) {
	for _, child := range childrenOf(pid) {
		all = append(append(all, child), descendantsOf(child)...)
	}
	return all
}

func anyAlive(pids []int) bool {
	for _, pid := range pids {
		if !gone(pid) {
			return true
		}
	}
	return false
}

// segmentsOf are the System V shared memory segments that were made by one of those
// processes, from /proc/sysvipc/shm (proc_sysvipc(5)).
func segmentsOf(t *testing.T, pids []int) (ids []string) {
	t.Helper()
	text, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		return nil // a kernel without them
	}
	for line := range bytes.Lines(text) {
		const id, creator = 1, 4
		f := strings.Fields(string(line))
		for _, pid := range pids {
			if len(f) > creator && f[creator] == strconv.Itoa(pid) {
				ids = append(ids, f[id])
			}
		}
	}
	return ids
}

// cgroupsOf are the directories that incore as that process has made.
func cgroupsOf(t *testing.T, pid int) (dirs []string) {
	t.Helper()
	_ = filepath.WalkDir("/sys/fs/cgroup", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), fmt.Sprintf("incore-%d-", pid)) {
			dirs = append(dirs, path)
		}
		return nil // what cannot be read, or is just gone, is not ours
	})
	return dirs
}

// The test above can fail: what it looks at sees what is there.
func TestE2EKilledAnywhereSees(t *testing.T) {
	r := startRun(t, "shmget s 4\nwait 1h\n", "-")
	r.readTo("> wait")
	pids := append(descendantsOf(r.cmd.Process.Pid), r.cmd.Process.Pid)
	if len(pids) < 2 || !anyAlive(pids) {
		t.Errorf("no subject is seen beneath %d", r.cmd.Process.Pid)
	}
	if len(segmentsOf(t, pids)) == 0 {
		t.Error("the segment is not seen")
	}
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	r.wait()
	cli.Eventually(t, "an orderly end leaves nothing", func() bool { return !anyAlive(pids) && len(segmentsOf(t, pids)) == 0 })
}
