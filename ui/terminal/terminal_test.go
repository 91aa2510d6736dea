package terminal_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"incore/ui/canvas"
	"incore/ui/terminal"
)

// slow is a terminal that takes a write when the test says so.
type slow struct {
	writes chan []byte // a write that waits
	take   chan error  // what becomes of it
}

func newSlow() *slow { return &slow{make(chan []byte), make(chan error)} }

func (s *slow) Write(b []byte) (int, error) {
	s.writes <- append([]byte(nil), b...)
	err := <-s.take
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// taken has the next write succeed and returns it.
func (s *slow) taken() string {
	b := <-s.writes
	s.take <- nil
	return string(b)
}

func canvasOf(text string) *canvas.Canvas {
	c := new(canvas.Canvas)
	c.Reset(20, 3)
	c.Text(0, 0, 20, text, canvas.Style{})
	return c
}

// taken returns a terminal that has been taken, over an output that waits.
func taken(t *testing.T, out *slow) *terminal.Terminal {
	t.Helper()
	term := terminal.New(terminal.Options{Output: out, Environ: []string{"TERM=xterm"}})
	done := make(chan error)
	go func() { done <- term.Take() }()
	if got := out.taken(); !strings.Contains(got, "\x1b[?1049h") {
		t.Errorf("the alternate screen is not entered: %q", got)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return term
}

func closed(t *testing.T, term *terminal.Terminal, out *slow) {
	t.Helper()
	done := make(chan error)
	go func() { done <- term.Close() }()
	if got := out.taken(); !strings.Contains(got, "\x1b[?1049l") {
		t.Errorf("the alternate screen is not left: %q", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// While a frame is written others are shown: the next write is about the newest, and there is one.
func TestOneFrameIsUnderWay(t *testing.T) {
	out := newSlow()
	term := taken(t, out)
	term.Show(canvasOf("first"), canvas.Caret{})
	frame := <-out.writes
	for i := range 100 {
		term.Show(canvasOf(fmt.Sprintf("other %d", i)), canvas.Caret{})
	}
	out.take <- nil
	if !strings.Contains(string(frame), "first") {
		t.Errorf("the first frame is %q", frame)
	}
	if got := out.taken(); !strings.Contains(got, "other 99") {
		t.Errorf("behind it comes %q", got)
	}
	closed(t, term, out) // nothing comes before what leaves
}

// What does not change is not written.
func TestNothingIsWrittenWhereNothingChanges(t *testing.T) {
	out := newSlow()
	term := taken(t, out)
	term.Show(canvasOf("one"), canvas.Caret{})
	out.taken()
	term.Show(canvasOf("one"), canvas.Caret{})
	term.Show(canvasOf("one"), canvas.Caret{})
	closed(t, term, out)
}

// After a write that failed all is painted, and what leaves ends a sequence that may have been torn.
func TestFailedWriteIsPaintedOver(t *testing.T) {
	out := newSlow()
	term := taken(t, out)
	term.Show(canvasOf("one"), canvas.Caret{})
	<-out.writes
	out.take <- errors.New("no")
	term.Show(canvasOf("one"), canvas.Caret{})
	if got := out.taken(); !strings.HasPrefix(got, "\x18") || !strings.Contains(got, "\x1b[2J") || !strings.Contains(got, "one") {
		t.Errorf("after a failed write comes %q", got)
	}
	term.Show(canvasOf("two"), canvas.Caret{})
	<-out.writes
	out.take <- errors.New("no")
	done := make(chan error)
	go func() { done <- term.Close() }()
	if got := out.taken(); !strings.HasPrefix(got, "\x18") {
		t.Errorf("what leaves is %q", got)
	}
	<-done
}

// A terminal that was left and taken again is painted whole, once there is something to show.
func TestTakenAgain(t *testing.T) {
	out := newSlow()
	term := taken(t, out)
	term.Show(canvasOf("one"), canvas.Caret{})
	out.taken()
	go func() { _ = term.Leave() }()
	if got := out.taken(); !strings.Contains(got, "\x1b[?1049l") {
		t.Errorf("what leaves is %q", got)
	}
	_ = term.Leave() // once more does nothing
	go func() { _ = term.Take() }()
	if got := out.taken(); !strings.Contains(got, "\x1b[?1049h") {
		t.Errorf("what takes again is %q", got)
	}
	term.Show(canvasOf("one"), canvas.Caret{})
	if got := out.taken(); !strings.Contains(got, "\x1b[2J") || !strings.Contains(got, "one") {
		t.Errorf("then comes %q", got)
	}
	closed(t, term, out)
}

// Frames are written as one update where the terminal has said that it knows how.
func TestSynced(t *testing.T) {
	out := newSlow()
	term := taken(t, out)
	c := canvasOf("one")
	term.Synced()
	term.Show(c, canvas.Caret{})
	out.taken()
	c.Text(0, 1, 20, "two", canvas.Style{})
	c.Text(0, 2, 20, "three", canvas.Style{})
	term.Show(c, canvas.Caret{})
	if got := out.taken(); !strings.HasPrefix(got, canvas.SyncBegin) || !strings.HasSuffix(got, canvas.SyncEnd) {
		t.Errorf("a frame of two rows is %q", got)
	}
	closed(t, term, out)
}

// What a terminal is asked depends on which it is; what it is left with undoes what it was taken with.
func TestModes(t *testing.T) {
	for _, tt := range []struct {
		env        []string
		background bool
		has, not   []string
	}{
		{[]string{"TERM=xterm-256color"}, true, []string{"\x1b]11;?", "?2026$p", "\x1b[>1u", "\x1b[6 q"}, nil},
		{[]string{"TERM=xterm-256color"}, false, []string{"?2026$p"}, []string{"\x1b]11;?"}},
		{[]string{"TERM=linux"}, false, nil, []string{"?2026$p", " q"}},
		{[]string{"TERM=xterm-256color", "TERM_PROGRAM=Apple_Terminal"}, false, nil, []string{"?2026$p"}},
		{[]string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"}, false, nil, []string{"?2026$p"}},
		{[]string{"TERM=xterm-kitty", "SSH_TTY=/dev/pts/0"}, false, []string{"?2026$p"}, nil},
	} {
		var out all
		term := terminal.New(terminal.Options{Input: strings.NewReader(""), Output: &out, Environ: tt.env, Background: tt.background})
		if err := errors.Join(term.Take(), term.Close()); err != nil {
			t.Error(err)
		}
		got := out.String()
		for _, want := range tt.has {
			if !strings.Contains(got, want) {
				t.Errorf("%v: %q is not written: %q", tt.env, want, got)
			}
		}
		for _, no := range tt.not {
			if strings.Contains(got, no) {
				t.Errorf("%v: %q is written: %q", tt.env, no, got)
			}
		}
		for _, mode := range []string{"?1049", "?2004", "?1002", "?1006"} {
			if set, reset := strings.Index(got, "\x1b["+mode+"h"), strings.Index(got, "\x1b["+mode+"l"); set < 0 || reset < set {
				t.Errorf("%v: mode %s is set at %d and reset at %d of %q", tt.env, mode, set, reset, got)
			}
		}
	}
}

// all takes all that is written.
type all struct {
	mu sync.Mutex
	strings.Builder
}

func (a *all) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.Builder.Write(b)
}

var _ io.Writer = (*all)(nil)
