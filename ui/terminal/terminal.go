// Package terminal puts canvases on a terminal, and the terminal back.
//
// A frame is written as what differs from the one before, in one write, as soon as it is there. While a write is under
// way no other begins, and what is shown next is the newest canvas: a slow terminal gets the newest state and not a queue.
package terminal

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"

	"incore/ui/canvas"
)

// Terminal is a terminal that canvases are shown on. Its methods may be called by several goroutines.
type Terminal struct {
	in     io.Reader // made raw where it is a terminal
	out    io.Writer
	asks   string // what a terminal is asked as it is taken
	takes  string // what has it show canvases
	leaves string // what has it be as it was
	jobs   Jobs
	broken chan error // why nothing will be shown any more, once

	mu      sync.Mutex
	changed *sync.Cond
	taken   bool        // canvases are shown
	entered bool        // takes was written, and leaves was not
	away    bool        // another job has the terminal: it is to be taken anew
	closed  bool        // the goroutine that writes ends
	gone    bool        // and so it does as nothing takes anything any more
	writing bool        // a write is under way
	pending bool        // next has not been written
	anew    bool        // what the terminal shows is not known
	torn    bool        // the last write failed, perhaps within a sequence
	synced  bool        // the terminal knows synchronized output
	state   *term.State // of the input before it was made raw; nil where it was not
	opening []byte      // what has the terminal taken, of which the write failed
	aside   []byte      // what is to be sent beside frames
	next    canvas.Canvas
	caret   canvas.Caret
	pause   pause

	// What is used by the goroutine that writes alone.
	encoder canvas.Encoder
	frame   canvas.Canvas
	buf     []byte
}

// Options say what a terminal is like.
type Options struct {
	Input      io.Reader // made raw if it is a terminal; nil is none
	Output     io.Writer // gets one write a frame
	Environ    []string  // TERM and others, as in os.Environ
	Background bool      // ask which background it has: the answer is a message of the input
	Jobs       Jobs      // whose the terminal is
}

// Jobs is the job control that a terminal is under. Nil functions are for one without.
type Jobs struct {
	Foreground func() bool // reports whether the terminal is this program's now
	Background func()      // has the program stopped for writing in the background
}

// New returns a terminal of which nothing is taken yet, and begins to wait for canvases. [Terminal.Close] ends that.
func New(o Options) *Terminal {
	t := &Terminal{in: o.Input, out: o.Output, jobs: o.Jobs, broken: make(chan error, 1)}
	t.takes, t.asks, t.leaves = modes(o)
	t.changed = sync.NewCond(&t.mu)
	t.pause.over = func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.pause.on = false
		t.changed.Broadcast()
	}
	go t.run()
	return t
}

// Take makes the terminal raw and ready to show canvases: the alternate screen, mouse, paste and keys. It does nothing if
// that is so. In the background it is taken once it is this program's. The error is that of tcsetattr(3).
func (t *Terminal) Take() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken || t.closed {
		return nil
	}
	return t.seize()
}

// Retake takes a terminal that others may have had, who said nothing of it, and paints all. It does nothing if nothing is
// taken.
func (t *Terminal) Retake() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.taken || t.closed {
		return nil
	}
	t.idle()
	t.again()
	return t.seize()
}

// seize has the terminal taken. Where it is another job's the kernel is asked to stop this program until it is not.
func (t *Terminal) seize() error {
	defer t.changed.Broadcast()
	t.taken = true
	t.pause.end()
	if !t.foreground() && t.jobs.Background != nil {
		t.jobs.Background()
	}
	if t.away = !t.foreground(); t.away { // it will stop in a moment, or nobody stops it
		return nil
	}
	return t.enter()
}

// enter makes the terminal raw and writes what has it show canvases. What it was entered with before is undone first: modes
// of the keyboard are a stack, and where the cursor was is kept once.
func (t *Terminal) enter() error {
	t.away = false
	if err := t.raw(); err != nil {
		return err
	}
	var b []byte
	if t.entered {
		b = t.ending(b)
	}
	b = append(append(b, t.takes...), t.asks...)
	t.entered, t.anew, t.opening = true, true, nil
	if err := t.write(b); err != nil {
		t.opening = b
		t.pause.again()
	}
	return nil
}

// raw makes the input raw, and keeps how it was: not where it was raw by this program.
func (t *Terminal) raw() error {
	f, ok := t.in.(term.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return nil
	}
	before, err := term.MakeRaw(f.Fd())
	if err != nil {
		return fmt.Errorf("the terminal cannot be made raw: %w", err)
	}
	if now, err := term.GetState(f.Fd()); t.state == nil || err == nil && *now != *before {
		t.state = before
	}
	return nil
}

// foreground reports whether the terminal is this program's now.
func (t *Terminal) foreground() bool { return t.jobs.Foreground == nil || t.jobs.Foreground() }

// Leave puts the terminal back as it was before [Terminal.Take]. It waits for a write that is under way, and does nothing if
// nothing is taken, or if it is another job's.
func (t *Terminal) Leave() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.taken {
		return nil
	}
	t.taken, t.pending, t.opening = false, false, nil
	t.pause.end()
	t.idle()
	if !t.entered || !t.foreground() {
		return nil
	}
	t.entered = false
	for end := time.Now().Add(lastWord); ; {
		err := t.write(t.ending(nil))
		if !errors.Is(err, syscall.EAGAIN) || time.Now().After(end) {
			break
		}
		time.Sleep(lastWord / 50)
	}
	if t.state == nil {
		return nil
	}
	state := t.state
	t.state = nil
	if err := term.Restore(t.in.(term.File).Fd(), state); err != nil {
		return fmt.Errorf("the terminal cannot be restored: %w", err)
	}
	return nil
}

// lastWord is how long a terminal that takes nothing is asked to take what leaves it.
const lastWord = 500 * time.Millisecond

// ending appends what leaves the terminal, whatever was being written.
func (t *Terminal) ending(b []byte) []byte {
	if t.torn {
		b = append(b, cancel...)
	}
	if t.synced {
		b = append(b, canvas.SyncEnd...)
	}
	return append(b, t.leaves...)
}

// Close leaves the terminal and ends what waits for canvases.
func (t *Terminal) Close() error {
	err := t.Leave()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.changed.Broadcast()
	return err
}

// Show has the terminal show a canvas and the caret. It copies both and does not wait for the terminal.
func (t *Terminal) Show(c *canvas.Canvas, caret canvas.Caret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next.Copy(c)
	t.caret, t.pending = caret, true
	t.changed.Broadcast()
}

// Send has a sequence written that changes nothing of what the terminal shows, such as OSC 52. It does not wait.
func (t *Terminal) Send(sequence string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.aside = append(t.aside, sequence...)
	t.changed.Broadcast()
}

// Repaint has the next frame paint all, whatever the terminal shows.
func (t *Terminal) Repaint() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.anew = true
}

// Synced says that the terminal knows synchronized output (mode 2026).
func (t *Terminal) Synced() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.synced = true
}

// Broken receives why nothing will be shown any more: [ErrGone], a [Panic], or that the terminal cannot be made raw again.
func (t *Terminal) Broken() <-chan error { return t.broken }

// breaks says why nothing will be shown any more, unless something else has been said.
func (t *Terminal) breaks(why error) {
	select {
	case t.broken <- why:
	default:
	}
}
