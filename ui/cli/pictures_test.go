package cli

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var picturesTo = flag.String("pictures", "", "the directory that TestPictures writes the pictures of the README to")

// picture is a picture of the README: what is typed into the real program before it is taken.
type picture struct {
	name, title string
	cols, rows  int
	commands    []string // one after the other, in the palette
	keys        []string // then
	see         []string // what is to be on the screen
}

// sampler is a session that brings many states of pages onto the screen.
var sampler = []string{
	"munmap a", "mmap a 64", "touch a[0..9]", "touch a[12..15] read", "mlock a[4..9]", "mlock2 a[20..27] onfault", "touch a[22..23]",
	"mprotect a[8..9] r", "touch a[32..43]", "mprotect a[36..37] r", "mprotect a[40..45] none", "madvise a[56..58] guard_install",
	"touch a[60..63]",
}

var pictures = []picture{
	{name: "chips", title: "The screen of incore: 64 pages in many states, the call that changed them last, and what the page under the cursor is",
		cols: 100, rows: 30, commands: append(sampler, "mmap f 48 shared scratch", "touch f[0..20]", "touch a[40]"),
		see: []string{"SIGSEGV"}},
}

// TestPictures takes the pictures: make pictures. Each is of a run of its own of the real program,
// so addresses, process ids and times differ from run to run.
func TestPictures(t *testing.T) {
	if *picturesTo == "" {
		t.Skip("without -pictures none are taken")
	}
	program := programBinary(t)
	for _, p := range pictures {
		t.Run(p.name, func(t *testing.T) {
			m := startTerminal(t, p.cols, p.rows, nil, program, "--background", "dark", "--reduced-motion")
			m.waitFor("REGION a")
			for _, c := range p.commands {
				m.command(c)
			}
			m.still(time.Second)
			for _, k := range p.keys {
				m.keys(k)
				m.still(300 * time.Millisecond)
			}
			m.waitFor(p.see...)
			m.still(time.Second)
			m.mu.Lock()
			got := svg(m.emu, m.cursor, p.title)
			m.mu.Unlock()
			if err := os.WriteFile(filepath.Join(*picturesTo, p.name+".svg"), []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// still waits until nothing has been written for so long: a picture is of a screen that has come to rest.
func (m *terminal) still(d time.Duration) {
	for n := -1; n != len(m.output()); {
		n = len(m.output())
		<-time.After(d)
	}
}
