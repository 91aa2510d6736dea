//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/proc"
	"incore/memops/subject"
)

// swapBytes is how large a test's swap is: enough for what the tests have swapped, and not
// enough to save a process that is 56 MiB over the limit of its memory cgroup, should tests
// that wait for its death run beside these.
const swapBytes = 24 << 20

// swapTurn waits for the turn of a test that turns swap on (LOCK_EX), or that needs it as it
// is (LOCK_SH). The lock is of /proc/swaps, which every test process of the machine finds, and
// ends with the process.
func swapTurn(t *testing.T, how int) {
	t.Helper()
	f, err := os.Open("/proc/swaps")
	if err != nil {
		t.Skipf("this kernel has no swap: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	for err = unix.EINTR; errors.Is(err, unix.EINTR); {
		err = unix.Flock(int(f.Fd()), how)
	}
	if err != nil {
		t.Skipf("flock(/proc/swaps): %v", err)
	}
}

// withoutSwap skips a test of what memory does that has nowhere to go, where there is swap,
// and keeps it as it is until the test ends.
func withoutSwap(t *testing.T) {
	t.Helper()
	swapTurn(t, unix.LOCK_SH)
	if areas := proc.SwapAreas(proc.ReadText("/proc/swaps")); len(areas) > 0 {
		t.Skipf("there is swap: %q", areas)
	}
}

// swapTest is a test's turn of turning swap on, and the process that turns it off where the
// test does not live to do it.
type swapTest struct {
	*testing.T
	keeper *subject.Keeper
}

func newSwapTest(t *testing.T) swapTest {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can turn swap on")
	}
	swapTurn(t, unix.LOCK_EX)
	k, err := subject.NewKeeper()
	if err != nil {
		t.Fatal(err)
	}
	s := swapTest{t, k}
	t.Cleanup(func() { s.check(k.Close()) })
	return s
}

func (s swapTest) check(err error) {
	s.Helper()
	if err != nil {
		s.Error(err)
	}
}

// keep has calls made where this process is killed; they find texts as the addresses of paths
// and words.
func (s swapTest) keep(what string, texts []string, calls func(at []uint64) []subject.Request) (release func()) {
	s.Helper()
	release, err := s.keeper.Keep(subject.Will{What: what, Text: strings.Join(texts, "\x00"), Calls: func(text uint64) []subject.Request {
		at := make([]uint64, len(texts))
		for i := range texts {
			at[i], text = text, text+uint64(len(texts[i]))+1
		}
		return calls(at)
	}})
	if err != nil {
		s.Fatal(err)
	}
	return release
}

// onFile swaps to a file on a disk, as most machines that have swap do, and returns its path.
func (s swapTest) onFile() string {
	s.Helper()
	if strings.HasPrefix(string(proc.ReadText("/sys/module/zswap/parameters/enabled")), "Y") {
		s.Skip("zswap is on: what would be written to a swap file stays in memory, compressed")
	}
	path := filepath.Join("/var/tmp", "incore-test-swap-"+rand.Text())
	const here = unix.AT_FDCWD // a variable below: a negative constant is no uint64
	dir := here
	release := s.keep("swap to "+path, []string{path}, func(at []uint64) []subject.Request {
		return []subject.Request{
			{Number: unix.SYS_SWAPOFF, Args: [6]uint64{at[0]}},
			{Number: unix.SYS_UNLINKAT, Args: [6]uint64{uint64(dir), at[0]}},
		}
	})
	s.Cleanup(func() {
		if !pathExists(path) {
			release()
		}
	})
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		s.Skip(err)
	}
	s.Cleanup(func() { s.check(os.Remove(path)) })
	_, err = f.Write(append(swapHeader(), make([]byte, swapBytes-pageBytes)...))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		s.Skip(err)
	}
	s.turnOn(path)
	return path
}

// onZram swaps to a compressed disk in memory, which is made for it, and returns its path.
func (s swapTest) onZram() string {
	s.Helper()
	const control = "/sys/class/zram-control/"
	if _, err := os.Stat(control + "hot_add"); err != nil {
		s.Skipf("no zram (modprobe zram): %v", err)
	}
	// The kernel takes the lowest number that is free (drivers/block/zram, zram_add).
	n := 0
	for ; pathExists("/sys/block/zram" + strconv.Itoa(n)); n++ {
	}
	number := strconv.Itoa(n)
	path := "/dev/zram" + number
	const here = unix.AT_FDCWD
	dir := here
	release := s.keep("swap to "+path, []string{path, control + "hot_remove", number}, func(at []uint64) []subject.Request {
		return []subject.Request{
			{Number: unix.SYS_SWAPOFF, Args: [6]uint64{at[0]}},
			{Number: unix.SYS_OPENAT, Args: [6]uint64{uint64(dir), at[1], unix.O_WRONLY}},
			{Number: unix.SYS_WRITE, Args: [6]uint64{0, at[2], uint64(len(number))}, Tag: subject.FromPrevious},
		}
	})
	s.Cleanup(func() {
		if !pathExists("/sys/block/zram" + number) {
			release()
		}
	})
	// Reading makes the device and tells its number.
	got, err := os.ReadFile(control + "hot_add")
	if err != nil {
		s.Skip(err)
	}
	s.Cleanup(func() { s.check(removeZram(control+"hot_remove", got)) })
	if strings.TrimSpace(string(got)) != number {
		s.Skipf("another made a zram device at the same time: this is %s, not %s", got, number)
	}
	if err := memops.WriteFile("/sys/block/zram"+number+"/disksize", strconv.Itoa(swapBytes)); err != nil {
		s.Skip(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		s.Skip(err)
	}
	_, err = f.Write(swapHeader())
	if err = errors.Join(err, f.Close()); err != nil {
		s.Skip(err)
	}
	s.turnOn(path)
	return path
}

// removeZram removes a device again, which whoever looks at new devices may have open for
// a moment.
func removeZram(control string, number []byte) error {
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		err := memops.WriteFile(control, string(number))
		if !errors.Is(err, unix.EBUSY) || time.Now().After(until) {
			return err
		}
	}
}

func pathExists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// swapHeader is the first page of a swap area: mkswap(8), include/linux/swap.h, union
// swap_header.
func swapHeader() []byte {
	page := make([]byte, pageBytes)
	binary.NativeEndian.PutUint32(page[1024:], 1)                             // version
	binary.NativeEndian.PutUint32(page[1028:], uint32(swapBytes/pageBytes-1)) // the last page
	copy(page[pageBytes-10:], "SWAPSPACE2")
	return page
}

// turnOn is swapon(2) before all other areas, until the test ends.
func (s swapTest) turnOn(path string) {
	s.Helper()
	const prefer, most = 0x8000, 0x7fff // SWAP_FLAG_PREFER, SWAP_FLAG_PRIO_MASK
	if errno := swapCall(unix.SYS_SWAPON, path, prefer|most); errno != 0 {
		s.Skipf("swapon(%s): %v", path, errno)
	}
	s.Cleanup(func() {
		if errno := swapCall(unix.SYS_SWAPOFF, path, 0); errno != 0 {
			s.Errorf("swapoff(%s): %v", path, errno)
		}
	})
}

// swapCall is swapon(2) or swapoff(2), which gives up where a signal comes, as the Go
// runtime sends them to itself.
func swapCall(number uintptr, path string, flags uintptr) unix.Errno {
	p := append([]byte(path), 0)
	for {
		_, _, errno := unix.Syscall(number, uintptr(unsafe.Pointer(&p[0])), flags, 0)
		if errno != unix.EINTR {
			return errno
		}
	}
}

// swapsTo reports whether pages may be swapped to a path.
func swapsTo(path string) bool {
	return slices.ContainsFunc(proc.SwapAreas(proc.ReadText("/proc/swaps")), func(area string) bool {
		return strings.HasPrefix(area, path+" ")
	})
}

// swapHelper makes this test binary the one that TestSwapKilled kills.
const swapHelper = "INCORE_TEST_SWAP"

var swapKinds = map[string]func(swapTest) string{"file": swapTest.onFile, "zram": swapTest.onZram}

// Killed with pages in swap, a test leaves neither swap nor a file or a device.
func TestSwapKilled(t *testing.T) {
	if on := swapKinds[os.Getenv(swapHelper)]; on != nil {
		path := on(newSwapTest(t))
		l := opened(t, memops.Options{})
		ok(t, l, "mmap a 64", "touch a", "madvise a pageout", "expect all a swapped")
		fmt.Println("swaps to " + path)
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	for kind := range swapKinds {
		t.Run(kind, func(t *testing.T) {
			path, kill := swapVictim(t, kind)
			if !swapsTo(path) || !pathExists(path) {
				t.Errorf("the victim said that it swaps to %s", path)
			}
			kill()
			for until := time.Now().Add(20 * time.Second); swapsTo(path) || pathExists(path); time.Sleep(time.Millisecond) {
				if time.Now().After(until) {
					t.Fatalf("left: %s, swapped to: %v", path, swapsTo(path))
				}
			}
		})
	}
}

// swapVictim is a process in the middle of a test with swap.
func swapVictim(t *testing.T, kind string) (path string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSwapKilled$", "-test.v")
	cmd.Env = append(os.Environ(), swapHelper+"="+kind)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	}
	t.Cleanup(kill)
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if path, ok := strings.CutPrefix(lines.Text(), "swaps to "); ok {
			return path, kill
		}
		said = append(said, lines.Text())
	}
	kill()
	if text := strings.Join(said, "\n"); strings.Contains(text, "--- FAIL") {
		t.Fatal(text)
	} else {
		t.Skip(text)
	}
	return "", nil
}
