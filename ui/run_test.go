package ui_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/ui"
	"incore/ui/canvas"
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

// A panic of the screen itself leaves the terminal as it was. Bubble Tea prints the
// trace to standard error after that.
func TestRunSurvivesItsOwnPanic(t *testing.T) {
	lab := newFakeLab()
	c, err := lang.Parse("mmap a 4")
	if err != nil {
		t.Fatal(err)
	}
	lab.Submit(c)
	in, w := io.Pipe()
	defer w.Close()
	out := &watched{want: "REGION a", seen: make(chan struct{})}
	done := make(chan error, 1)
	go func() {
		done <- ui.Run(context.Background(), panicky{lab}, ui.Options{Input: in, Output: out, Environ: []string{"TERM=xterm"}})
	}()
	<-out.seen
	io.WriteString(w, "w")
	if err := <-done; !errors.Is(err, ui.ErrPanic) {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(out.String(), "\x1b[?1049l") {
		t.Error("the alternate screen is not left")
	}
}

// watched is an output that says when a text was written to it.
type watched struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	want string
	seen chan struct{}
}

func (o *watched) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	was := strings.Contains(o.buf.String(), o.want)
	n, err := o.buf.Write(p)
	if !was && strings.Contains(o.buf.String(), o.want) {
		close(o.seen)
	}
	return n, err
}

func (o *watched) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
