//go:build linux && (amd64 || arm64)

package subject

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// All of the program is one page, so that it costs the subject no more than one.
func TestOnePage(t *testing.T) {
	prog, err := newProgram()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the program has %d bytes", len(prog.content))
	if len(prog.content) > 4096 {
		t.Errorf("the program has %d bytes, more than a page of 4096", len(prog.content))
	}
}

// A subject starts from each kind of file, and none leaves a name behind.
func TestSources(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	prog, err := newProgram()
	if err != nil {
		t.Fatal(err)
	}
	wall.start()
	for _, src := range sources()[:2] {
		t.Run(src.step, func(t *testing.T) {
			s, err := start(src, prog)
			if err != nil {
				t.Fatal(err)
			}
			names, err := os.ReadDir(dir)
			if err != nil || len(names) != 0 {
				t.Errorf("in the directory there are %v, %v", names, err)
			}
			if err := s.must("first reply", unix.SYS_GETPID); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
