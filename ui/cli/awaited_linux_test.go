package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// told is a writer whose lines can be waited for.
type told chan string

func (c told) Write(b []byte) (int, error) {
	c <- string(b)
	return len(b), nil
}

// What is waited for is said, of a pipe without a writer and of one that nothing is written into,
// also where the name is a link to it; of a file that gives all it has, nothing is.
func TestAwaited(t *testing.T) {
	old := noticeAfter
	defer func() { noticeAfter = old }()
	dir := t.TempDir()
	pipe, link, file := filepath.Join(dir, "pipe"), filepath.Join(dir, "link"), filepath.Join(dir, "file")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("mmap a 4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, link} {
		for _, silent := range []bool{false, true} {
			noticeAfter = time.Millisecond
			errs := make(told, 1)
			a := &app{stderr: errs, getenv: func(string) string { return "" }}
			go func() {
				var w *os.File
				if silent { // a writer that is there and does not write
					w, _ = os.OpenFile(pipe, os.O_WRONLY, 0)
				}
				line := <-errs
				if want := "incore: waiting for " + name + ": nothing has come of it yet"; !strings.HasPrefix(line, want) {
					t.Errorf("it is said %q, want %q", line, want)
				}
				if !silent {
					w, _ = os.OpenFile(pipe, os.O_WRONLY, 0)
				}
				_, _ = w.WriteString("mmap a 4\n")
				_ = w.Close()
			}()
			lines, err := a.readScript(name)
			if err != nil || len(lines) != 1 {
				t.Errorf("%s: %d lines, %v", name, len(lines), err)
			}
		}
	}
	noticeAfter = time.Hour
	errs := make(told, 1)
	a := &app{stderr: errs, getenv: func(string) string { return "" }}
	if lines, err := a.readScript(file); err != nil || len(lines) != 1 || len(errs) > 0 {
		t.Errorf("a file: %d lines, %v, %d lines said", len(lines), err, len(errs))
	}
}
