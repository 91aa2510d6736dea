package ui_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/terminal"
)

// runFor runs the whole program over pipes.
func runFor(t *testing.T, lab *fakeLab, opts ui.Options, then func(cancel func(), in io.Writer)) (string, error) {
	t.Helper()
	in, w := io.Pipe()
	defer w.Close()
	var out bytes.Buffer
	opts.Input, opts.Output, opts.Environ = in, &out, []string{"TERM=xterm-256color"}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- ui.Run(ctx, lab, opts) }()
	then(cancel, w)
	select {
	case err := <-done:
		return out.String(), err
	case <-time.After(20 * time.Second):
		t.Fatal("Run does not return")
		return "", nil
	}
}

func TestRunQuits(t *testing.T) {
	for _, key := range []string{"q", "\x03"} {
		out, err := runFor(t, newFakeLab(), ui.Options{Colors: canvas.TrueColor}, func(_ func(), in io.Writer) { io.WriteString(in, key) })
		if err != nil {
			t.Errorf("%q: %v", key, err)
		}
		if !strings.Contains(out, "\x1b[?1049h") || !strings.Contains(out, "\x1b[?1049l") {
			t.Errorf("%q: the alternate screen is not entered and left: %q", key, out)
		}
	}
}

func TestRunEndsWithItsContextAndItsLab(t *testing.T) {
	if _, err := runFor(t, newFakeLab(), ui.Options{}, func(cancel func(), _ io.Writer) { cancel() }); err != nil {
		t.Errorf("a context that is done is the error %v", err)
	}
	lab := newFakeLab()
	if _, err := runFor(t, lab, ui.Options{}, func(func(), io.Writer) { lab.Close() }); err != nil {
		t.Errorf("a lab that is closed is the error %v", err)
	}
	lab, cause := newFakeLab(), errors.New("the socket broke")
	lab.failure = cause
	if _, err := runFor(t, lab, ui.Options{}, func(func(), io.Writer) {}); !errors.Is(err, cause) {
		t.Errorf("a lab that fails is the error %v, want %v", err, cause)
	}
}

// A panic while the screen waits for the lab ends the screen first, so that the
// trace can be read.
func TestRunReturnsThePanicOfTheLab(t *testing.T) {
	lab := newFakeLab()
	lab.panicked = "on purpose"
	out, err := runFor(t, lab, ui.Options{}, func(func(), io.Writer) {})
	p := new(ui.Panic)
	if !errors.As(err, &p) || p.Value != "on purpose" || !strings.Contains(p.Error(), "fakeLab") {
		t.Errorf("the error is %v", err)
	}
	if strings.Count(out, "\x1b[?1049h") != strings.Count(out, "\x1b[?1049l") {
		t.Errorf("the alternate screen is not left: %q", out)
	}
}

// panicky is a lab that panics in a key press.
type panicky struct{ *fakeLab }

func (panicky) Submit(model.Command) { panic("on purpose") }

// A panic of the screen itself leaves the terminal as it was, and is told.
func TestRunSurvivesItsOwnPanic(t *testing.T) {
	lab := newFakeLab()
	c, err := lang.Parse("mmap a 4")
	if err != nil {
		t.Fatal(err)
	}
	lab.Submit(c)
	in, w := io.Pipe()
	defer w.Close()
	out := newWatched("REGION a")
	done := make(chan error, 1)
	go func() {
		done <- ui.Run(context.Background(), panicky{lab}, ui.Options{Input: in, Output: out, Environ: []string{"TERM=xterm"}})
	}()
	<-out.seen
	io.WriteString(w, "w")
	p := new(ui.Panic)
	if err := <-done; !errors.As(err, &p) || p.Value != "on purpose" || !strings.Contains(string(p.Stack), "panicky") {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(out.String(), "\x1b[?1049l") {
		t.Error("the alternate screen is not left")
	}
}

// watched is a terminal of 80x24 that says when it shows a text.
type watched struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	term *vt.Emulator
	want string
	once sync.Once
	seen chan struct{}
}

func newWatched(want string) *watched {
	o := &watched{term: vt.NewEmulator(80, 24), want: want, seen: make(chan struct{})}
	go io.Copy(io.Discard, o.term) // what it answers
	return o
}

func (o *watched) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf.Write(p)
	n, err := o.term.Write(p)
	if strings.Contains(o.term.String(), o.want) {
		o.once.Do(func() { close(o.seen) })
	}
	return n, err
}

func (o *watched) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// failing is a terminal that fails from its second write on, once.
type failing struct {
	watched
	fail func() error
}

func (f *failing) Write(b []byte) (int, error) {
	f.mu.Lock()
	entered, fail := f.buf.Len() > 0, f.fail
	if entered {
		f.fail = nil
	}
	f.mu.Unlock()
	if entered && fail != nil {
		if err := fail(); err != nil {
			return 0, err
		}
	}
	return f.watched.Write(b)
}

// What draws may panic, and a terminal be gone: both are the end of the screen, and told.
func TestRunReturnsWhatBrokeTheTerminal(t *testing.T) {
	for _, tt := range []struct {
		name string
		fail func() error
		is   func(error) bool
	}{
		{"a panic", func() error { panic("on purpose") }, func(err error) bool {
			p := new(ui.Panic)
			return errors.As(err, &p) && p.Value == "on purpose" && strings.Contains(string(p.Stack), "failing")
		}},
		{"gone", func() error { return syscall.EIO }, func(err error) bool { return errors.Is(err, terminal.ErrGone) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in, w := io.Pipe()
			defer w.Close()
			out := &failing{watched: watched{term: vt.NewEmulator(80, 24), seen: make(chan struct{})}, fail: tt.fail}
			go io.Copy(io.Discard, out.term)
			done := make(chan error, 1)
			go func() {
				done <- ui.Run(context.Background(), newFakeLab(), ui.Options{Input: in, Output: out, Environ: []string{"TERM=xterm"}})
			}()
			select {
			case err := <-done:
				if !tt.is(err) {
					t.Errorf("the error is %v", err)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("Run does not return")
			}
			if !strings.Contains(out.String(), "\x1b[?1049l") {
				t.Error("the alternate screen is not left")
			}
		})
	}
}
