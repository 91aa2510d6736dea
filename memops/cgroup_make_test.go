//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
)

// A file of the kernel's is written by a descriptor that blocks. A pipe that is full stands for one here:
// it can be polled as they can, and holds the write up until the flags of the descriptor have been seen.
func TestKernelFileIsWrittenBlocking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	filled := 0
	for chunk := make([]byte, 4096); ; {
		n, err := unix.Write(fd, chunk)
		if err != nil {
			break // full
		}
		filled += n
	}
	wrote := make(chan error, 1)
	go func() { wrote <- writeFile(path, "12345678") }()
	flags := descriptorFlags(t, path, unix.O_WRONLY)
	if flags&unix.O_NONBLOCK != 0 {
		t.Errorf("the descriptor's flags are %#o: it does not block", flags)
	}
	if flags&unix.O_CLOEXEC == 0 {
		t.Errorf("the descriptor's flags are %#o: a child would have it too", flags)
	}
	for text, got := make([]byte, 1<<16), 0; got < filled+8; {
		n, err := unix.Read(fd, text)
		if err == unix.EAGAIN { // what is written is on its way
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got += n; got == filled+8 && !bytes.HasSuffix(text[:n], []byte("12345678")) {
			t.Errorf("the pipe ends with %q", text[max(0, n-8):n])
		}
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}

// descriptorFlags are the flags of this process's descriptor of a file that is open for the
// access, as proc_pid_fdinfo(5) tells them. It waits for the descriptor.
func descriptorFlags(t *testing.T, path string, access int64) int64 {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
		links, err := filepath.Glob("/proc/self/fd/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links {
			if is, err := os.Readlink(link); err != nil || is != path {
				continue
			}
			for line := range strings.Lines(string(proc.ReadText("/proc/self/fdinfo/" + filepath.Base(link)))) {
				text, found := strings.CutPrefix(line, "flags:")
				if !found {
					continue
				}
				flags, err := strconv.ParseInt(strings.TrimSpace(text), 8, 64)
				if err != nil {
					t.Fatal(err)
				}
				if flags&unix.O_ACCMODE == access {
					return flags
				}
			}
		}
	}
	t.Fatal("nobody opened " + path)
	return 0
}
