package cli_test

import (
	"cmp"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"incore/ui/cli"
)

// recording is a program in a pseudoterminal of which every read is kept with its time, and
// nothing else done while it runs: what the screen showed when is found out afterwards, by an
// emulator that then takes no processor from what is measured.
type recording struct {
	t          testing.TB
	cmd        *exec.Cmd
	pty        *os.File
	cols, rows int
	begin      time.Time // right before the process was started
	ended      chan struct{}

	mu    sync.Mutex
	reads []read
}

// read is what one read(2) of the pseudoterminal gave.
type read struct {
	at    time.Time
	bytes []byte
}

// record starts a program. It ends with the test, or by stop.
func record(t testing.TB, cols, rows int, path string, args ...string) *recording {
	t.Helper()
	r := &recording{t: t, cols: cols, rows: rows, ended: make(chan struct{})}
	r.cmd = exec.Command(path, args...)
	r.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE"), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "HOME=" + t.TempDir()}
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudoterminal can be had here: %v", err)
	}
	defer slave.Close()
	r.pty = master
	if err := pty.Setsize(master, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		t.Fatal(err)
	}
	r.cmd.Stdin, r.cmd.Stdout, r.cmd.Stderr = slave, slave, slave
	takeTerminal(r.cmd)
	r.begin = time.Now()
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go r.keep()
	t.Cleanup(r.stop)
	return r
}

func (r *recording) keep() {
	defer close(r.ended)
	buf := make([]byte, 64<<10)
	for {
		n, err := r.pty.Read(buf)
		at := time.Now()
		if err != nil {
			return // the program has ended, or stop closed it
		}
		b := slices.Clone(buf[:n])
		r.mu.Lock()
		r.reads = append(r.reads, read{at, b})
		r.mu.Unlock()
	}
}

// stop kills the program and waits until all that it wrote has been read.
func (r *recording) stop() {
	_ = r.cmd.Process.Kill() // fails where it has ended, which is well
	_ = r.cmd.Wait()         // tells of the kill
	_ = r.pty.Close()
	<-r.ended
}

// keys types.
func (r *recording) keys(s string) {
	r.t.Helper()
	if _, err := io.WriteString(r.pty, s); err != nil {
		r.t.Fatal(err)
	}
}

// sofar is what was read until now.
func (r *recording) sofar() []read {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reads
}

// written is how many bytes those reads are.
func written(reads []read) (n int) {
	for _, x := range reads {
		n += len(x.bytes)
	}
	return n
}

// viewer draws what was read, as far as it is asked to.
type viewer struct {
	r    *recording
	emu  *vt.Emulator
	next int // read
}

func (r *recording) viewer() *viewer {
	v := &viewer{r: r, emu: vt.NewEmulator(r.cols, r.rows)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, v.emu) // its answers go to nobody: they would come late
	}()
	r.t.Cleanup(func() {
		_ = v.emu.InputPipe().(io.Closer).Close() // of a pipe: does not fail
		<-done
	})
	return v
}

// until draws what was read and not yet drawn, read by read, until holds does, and returns when
// that was read; false where it never held.
func (v *viewer) until(holds func(emu *vt.Emulator) bool) (at time.Time, ok bool) {
	for reads := v.r.sofar(); v.next < len(reads); {
		x := reads[v.next]
		v.next++
		_, _ = v.emu.Write(x.bytes) // does not fail
		if holds(v.emu) {
			return x.at, true
		}
	}
	return time.Time{}, false
}

// longPatience is how long what a benchmark waits for may take: it tells how slow the machine
// is, and does not fail for it.
const longPatience = 6 * cli.Patience

// wait waits until it holds, of a program that runs, and returns when that was read.
func (v *viewer) wait(what string, holds func(emu *vt.Emulator) bool) (at time.Time) {
	v.r.t.Helper()
	for end := time.Now().Add(longPatience); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		if at, ok := v.until(holds); ok {
			return at
		}
	}
	v.r.t.Fatalf("%s does not show %s:\n%s", v.r.cmd, what, v.emu.String())
	return time.Time{}
}

// quantile is the value that a share of all lies below.
func quantile[T cmp.Ordered](of []T, share float64) (q T) {
	if len(of) == 0 {
		return q
	}
	of = slices.Clone(of)
	slices.Sort(of)
	return of[min(int(share*float64(len(of))), len(of)-1)]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// testCommand is the path of a command of the test binary (TestMain).
func testCommand(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
