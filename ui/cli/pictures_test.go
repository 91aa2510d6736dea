package cli_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
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
	args        []string // of the program, where it does not begin with the region a
	see         []string // what is to be on the screen
}

// sampler is a session that brings many states of pages onto the screen.
var sampler = []string{
	"munmap a", "mmap a 64", "touch a[0..9]", "touch a[12..15] read", "mlock a[4..9]", "mlock2 a[20..27] onfault", "touch a[22..23]",
	"mprotect a[8..9] r", "touch a[32..43]", "mprotect a[36..37] r", "mprotect a[40..45] none", "madvise a[56..58] guard_install",
	"touch a[60..63]",
}

var pictures = []picture{
	{name: "zoom-big", title: "Big cells: 16 pages, of which six are in memory and four of these locked",
		cols: 100, rows: 30, commands: []string{"munmap a", "mmap a 16", "touch a[0..5]", "mlock a[2..5]", "mlock2 a[8..11] onfault", "touch a[9]", "touch a[14] read"},
		keys: []string{"z", "\x1b[1;5H", right, right}, see: []string{"locked"}},
	{name: "zoom-chips", title: "A page in two columns: a region of 64 pages in many states, a file, and why the last touch failed",
		cols: 100, rows: 30, commands: append(slices.Clone(sampler), "mmap f 48 shared scratch", "touch f[0..20]", "touch a[40]"),
		see: []string{"SIGSEGV", "PROT_NONE: any access"}},
	{name: "zoom-dense", title: "A page a column: 640 pages, some locked, some touched every third, some read, some that may not be accessed",
		cols: 100, rows: 30, commands: []string{"munmap a", "mmap a 640", "touch a[0..255]", "mlock a[64..127]", "touch a[256..383] every 3",
			"mprotect a[400..430] none", "touch a[448..511] read", "mlock2 a[530..599] onfault", "touch a[540..550]"},
		keys: []string{"Z", "\x1b[1;5H"}, see: []string{"locked"}},
	{name: "zoom-aggregate", title: "A tebibyte on one screen: each column is many pages",
		cols: 100, rows: 38, commands: []string{"munmap a", "mmap t 1T noreserve", "touch t[0..4095]", "touch t[90000000..90008191]", "mlock t[180000000..180002047]",
			"madvise t[220000000..230000000] guard_install", "touch t[268435455]"},
		keys: []string{"Z", "Z", "Z", "Z", "Z", "Z", "Z", "\x1b[1;5H"}, see: []string{"1T"}},
	{name: "lens-protection", title: "The same 64 pages through the lens of protection",
		cols: 100, rows: 30, commands: append(slices.Clone(sampler), "mprotect a[16..19] rx", "touch a[40]"), keys: []string{"2"}, see: []string{"2 PROTECTION"}},
	{name: "lens-touches", title: "The same pages through the lens of touches: when the last one was, and the faults they took",
		cols: 100, rows: 30, commands: append(slices.Clone(sampler), "touch a[0..3]", "madvise a[32..35] dontneed", "touch a[32..35]"),
		keys: []string{"3"}, see: []string{"3 LAST TOUCH, FAULTS"}},
	{name: "call", title: "A call opened: what its arguments mean, why it failed, and the command and the C that do the same",
		cols: 100, rows: 40, commands: []string{"setrlimit memlock 64K", "capset -ipc_lock", "mlock a"}, keys: []string{"\r"}, see: []string{"ENOMEM", "COMMAND"}},
	{name: "lesson-question", title: "A lesson: the text, a question with its options, and the step that will answer it, beside the pages",
		cols: 130, rows: 36, args: []string{"lesson", "6"}, keys: []string{" ", "1"}, see: []string{"you said"}},
	{name: "lesson-answer", title: "The same lesson a step later: what was said beside what the kernel says, and why",
		cols: 130, rows: 42, args: []string{"lesson", "6"}, keys: []string{" ", "1", " "}, see: []string{"the kernel says"}},
	{name: "presenter", title: "Presenter mode: big cells, a sentence of what happened, and the key that was pressed",
		cols: 100, rows: 30, commands: []string{"munmap a", "mmap a 64", "touch a[0..9]", "mlock a[4..9]", "touch a[16..23] read"},
		keys: []string{"P", bytesOf("down") + bytesOf("down"), "w"}, see: []string{"Wrote a["}},
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
			state := []string{"XDG_STATE_HOME=" + t.TempDir()}
			m := startTerminal(t, p.cols, p.rows, state, program, append(p.args, "--background", "dark", "--reduced-motion")...)
			if p.args == nil {
				m.waitFor("REGION a")
			} else {
				m.waitFor("space")
			}
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
