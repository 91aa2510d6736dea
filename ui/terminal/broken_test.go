package terminal_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"incore/ui/canvas"
	"incore/ui/terminal"
)

// faulty is a terminal that takes a write only where a test lets it.
type faulty struct {
	mu     sync.Mutex
	fails  func(b []byte) (int, error) // nil takes all
	got    bytes.Buffer
	writes []time.Time
}

func (f *faulty) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes = append(f.writes, time.Now())
	if f.fails != nil {
		n, err := f.fails(b)
		f.got.Write(b[:n])
		return n, err
	}
	return f.got.Write(b)
}

func (f *faulty) set(fails func(b []byte) (int, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = fails
}

// since returns what was written, and when writes were tried, since the last call.
func (f *faulty) since() (string, []time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	got, writes := f.got.String(), f.writes
	f.got.Reset()
	f.writes = nil
	return got, writes
}

// busy takes nothing, as a terminal that is full and non-blocking.
func busy([]byte) (int, error) { return 0, syscall.EAGAIN }

// ready returns a terminal that was taken.
func ready(t *testing.T, jobs terminal.Jobs) (*terminal.Terminal, *faulty) {
	t.Helper()
	out := new(faulty)
	term := terminal.New(terminal.Options{Output: out, Environ: []string{"TERM=xterm"}, Jobs: jobs})
	if err := term.Take(); err != nil {
		t.Fatal(err)
	}
	return term, out
}

// A frame that could not be written is written again without anything changing, less often each time, and then all is
// painted as it is newest. What is beside it is not lost, and comes once.
func TestFailedWriteIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term, out := ready(t, terminal.Jobs{})
		defer term.Close()
		out.since()
		out.set(busy)
		term.Send("\x1b]52;c;YQ==\a")
		term.Show(canvasOf("old"), canvas.Caret{})
		time.Sleep(10 * time.Second)
		for i := range 100 {
			term.Show(canvasOf(strings.Repeat("x", i%20)), canvas.Caret{})
		}
		term.Show(canvasOf("new"), canvas.Caret{})
		time.Sleep(10 * time.Second)
		got, tries := out.since()
		if got != "" || len(tries) < 20 || len(tries) > 26 {
			t.Errorf("%q was written in %d tries in 20 s", got, len(tries))
		}
		for i, want := range []time.Duration{50, 100, 200, 400, 800, 1000, 1000} {
			if i+1 < len(tries) && tries[i+1].Sub(tries[i]) != want*time.Millisecond {
				t.Errorf("try %d comes after %s", i+2, tries[i+1].Sub(tries[i]))
			}
		}
		out.set(nil)
		time.Sleep(time.Second)
		got, tries = out.since()
		if len(tries) != 1 || strings.Count(got, "\x1b]52;") != 1 || !strings.HasPrefix(got, "\x18") ||
			!strings.Contains(got, "\x1b[2J") || !strings.Contains(got, "new") || strings.Contains(got, "old") {
			t.Errorf("then comes %q in %d writes", got, len(tries))
		}
		time.Sleep(time.Minute)
		if got, tries := out.since(); len(tries) != 0 {
			t.Errorf("and then %q", got)
		}
	})
}

// What has the terminal taken is written again where it failed, and comes before the first frame.
func TestFailedTakeIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &faulty{fails: busy}
		term := terminal.New(terminal.Options{Output: out, Environ: []string{"TERM=xterm"}})
		defer term.Close()
		if err := term.Take(); err != nil {
			t.Fatal(err)
		}
		term.Show(canvasOf("one"), canvas.Caret{})
		time.Sleep(time.Second)
		out.set(nil)
		time.Sleep(time.Second)
		got, _ := out.since()
		if alt, one := strings.Index(got, "\x1b[?1049h"), strings.Index(got, "one"); alt < 0 || one < alt || strings.Count(got, "\x1b[?1049h") != 1 {
			t.Errorf("written is %q", got)
		}
	})
}

// Of a write that was taken in part, what is beside the frame is not written twice.
func TestPartlyWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term, out := ready(t, terminal.Jobs{})
		defer term.Close()
		out.since()
		const aside = "\x1b]52;c;YQ==\a"
		out.set(func(b []byte) (int, error) { out.fails = nil; return len(aside) + 3, syscall.EAGAIN })
		term.Send(aside)
		term.Show(canvasOf("one"), canvas.Caret{})
		time.Sleep(time.Second)
		if got, _ := out.since(); strings.Count(got, aside) != 1 || !strings.Contains(got, "one") {
			t.Errorf("written is %q", got)
		}
	})
}

// What leaves the terminal is tried for a while where it is full, and no longer; then nothing is tried any more.
func TestLeavesTheFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, frees := range []bool{true, false} {
			term, out := ready(t, terminal.Jobs{})
			out.set(busy)
			term.Show(canvasOf("one"), canvas.Caret{})
			time.Sleep(time.Second)
			out.since()
			begin := time.Now()
			if frees {
				time.AfterFunc(100*time.Millisecond, func() { out.set(nil) })
			}
			if err := term.Close(); err != nil {
				t.Error(err)
			}
			if took := time.Since(begin); took > time.Second {
				t.Errorf("the end took %s", took)
			}
			if got, _ := out.since(); strings.Contains(got, "\x1b[?1049l") != frees {
				t.Errorf("at the end is written %q", got)
			}
			out.set(nil)
			time.Sleep(time.Minute)
			if got, tries := out.since(); len(tries) != 0 {
				t.Errorf("after the end is written %q", got)
			}
		}
	})
}

// A terminal that is gone is told, and not tried for ever.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term, out := ready(t, terminal.Jobs{})
		out.set(func([]byte) (int, error) { return 0, syscall.EIO })
		term.Show(canvasOf("one"), canvas.Caret{})
		if err := <-term.Broken(); !errors.Is(err, terminal.ErrGone) || !errors.Is(err, syscall.EIO) {
			t.Errorf("it is said to be %v", err)
		}
		out.since()
		time.Sleep(time.Minute)
		if _, tries := out.since(); len(tries) != 0 {
			t.Errorf("it is tried %d times more", len(tries))
		}
		term.Close()
	})
}

// A panic of what writes is handed on with its trace, and the terminal can be left.
func TestPanicOfTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term, out := ready(t, terminal.Jobs{})
		out.since()
		out.set(func([]byte) (int, error) { out.fails = nil; panic("on purpose") })
		term.Show(canvasOf("one"), canvas.Caret{})
		p := new(terminal.Panic)
		if err := <-term.Broken(); !errors.As(err, &p) || p.Value != "on purpose" || !strings.Contains(string(p.Stack), "TestPanicOfTheWriter") {
			t.Errorf("it is said to be %v", err)
		}
		term.Show(canvasOf("two"), canvas.Caret{})
		if err := term.Close(); err != nil {
			t.Error(err)
		}
		if got, _ := out.since(); !strings.Contains(got, "\x1b[?1049l") || strings.Contains(got, "two") {
			t.Errorf("then is written %q", got)
		}
	})
}

// In the background nothing is written. In the foreground again, the terminal is taken anew and painted whole.
func TestBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		front, asked := true, 0
		be := func(is bool) { mu.Lock(); defer mu.Unlock(); front = is }
		term, out := ready(t, terminal.Jobs{
			Foreground: func() bool { mu.Lock(); defer mu.Unlock(); return front },
			Background: func() { asked++ },
		})
		term.Show(canvasOf("one"), canvas.Caret{})
		synctest.Wait()
		out.since()
		anew := func(why, text string) {
			t.Helper()
			got, _ := out.since()
			left, taken, painted := strings.Index(got, "\x1b[?1049l"), strings.Index(got, "\x1b[?1049h"), strings.Index(got, "\x1b[2J")
			if left < 0 || taken < left || painted < taken || !strings.Contains(got, text) {
				t.Errorf("%s: written is %q", why, got)
			}
		}
		if err := term.Retake(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		anew("continued in the foreground", "one")

		be(false)
		term.Show(canvasOf("two"), canvas.Caret{})
		time.Sleep(time.Minute)
		if got, tries := out.since(); len(tries) != 0 || asked != 0 {
			t.Errorf("in the background is written %q, and the kernel asked %d times", got, asked)
		}
		be(true)
		time.Sleep(time.Second)
		anew("brought back without a word", "two")

		be(false)
		if err := term.Retake(); err != nil || asked != 1 {
			t.Errorf("the kernel was asked to stop it %d times, %v", asked, err)
		}
		time.Sleep(time.Minute)
		if got, tries := out.since(); len(tries) != 0 {
			t.Errorf("continued in the background is written %q", got)
		}
		be(true)
		if err := term.Retake(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		anew("brought back by the shell", "two")

		be(false)
		if err := term.Close(); err != nil {
			t.Error(err)
		}
		if got, tries := out.since(); len(tries) != 0 {
			t.Errorf("at an end in the background is written %q", got)
		}
	})
}
