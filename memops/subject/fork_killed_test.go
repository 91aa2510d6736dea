//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Whenever a child is killed from outside, the one that forked it goes on.
func TestForkChildKilled(t *testing.T) {
	nothingLeft(t)
	s := started(t)
	list := childrenFile(t, s)
	young := 0
	for range 20 {
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for text := make([]byte, 256); ; {
				select {
				case <-stop:
					return
				default:
				}
				n, err := list.ReadAt(text, 0)
				if err != nil && !errors.Is(err, io.EOF) {
					t.Error(err)
					return
				}
				for _, word := range strings.Fields(string(text[:n])) {
					if pid, err := strconv.Atoi(word); err == nil && pid != s.PID {
						_ = unix.Kill(pid, unix.SIGKILL) // it is this process's child, or was until now
						return
					}
				}
			}
		}()
		child, r, err := s.Fork()
		var died *ChildError
		switch {
		case errors.As(err, &died):
			young++
			if child != nil || died.Death.Signal != unix.SIGKILL || errors.Is(err, ErrGone) {
				t.Errorf("fork = %v, %+v, %v, want SIGKILL of the child", child, r, err)
			}
		case err != nil:
			t.Errorf("fork = %v, %+v, %v", child, r, err)
		default:
			if err := child.Close(); err != nil {
				t.Error(err)
			}
		}
		close(stop)
		<-done
		works(t, s)
		hasOwn(t, s)
	}
	t.Logf("%d of 20 children were killed in their set-up", young)
}

// childrenFile is the file that lists the children of the thread that started a subject.
func childrenFile(t *testing.T, s *Subject) *os.File {
	t.Helper()
	names, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(names) == 0 {
		t.Skipf("this kernel does not list children (CONFIG_PROC_CHILDREN): %v", err)
	}
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil && slices.Contains(strings.Fields(string(text)), strconv.Itoa(s.PID)) {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
			return f
		}
	}
	t.Fatalf("no thread has the child %d", s.PID)
	return nil
}

// Whenever a subject is killed while it forks, no child is left that nobody knows.
func TestForkKilledMeanwhile(t *testing.T) {
	nothingLeft(t)
	made, lost := 0, 0
	s := started(t)
	begin := time.Now()
	forked(t, s)
	most := time.Since(begin)
	for range 60 {
		s := started(t)
		done := make(chan struct{})
		wait := rand.N(most)
		go func() {
			defer close(done)
			for begin := time.Now(); time.Since(begin) < wait; {
			}
			_ = s.process.Kill()
		}()
		child, r, err := s.Fork()
		<-done
		switch {
		case child != nil && err == nil:
			made++
			works(t, child)
			if err := child.Close(); err != nil {
				t.Error(err)
			}
		case child == nil && errors.Is(err, ErrGone):
			lost++
		default:
			t.Errorf("fork = %v, %+v, %v", child, r, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d forks worked, %d were cut short", made, lost)
}
