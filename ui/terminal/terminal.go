// Package terminal puts canvases on a terminal, and the terminal back.
//
// A frame is written as what differs from the one before, in one write, as soon as it is there. While a write is under
// way no other begins, and what is shown next is the newest canvas: a slow terminal gets the newest state and not a queue.
package terminal

import (
	"fmt"
	"io"
	"sync"

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

	mu      sync.Mutex
	changed *sync.Cond
	taken   bool        // canvases are shown
	closed  bool        // the goroutine that writes ends
	writing bool        // a write is under way
	pending bool        // next has not been written
	anew    bool        // what the terminal shows is not known
	torn    bool        // the last write failed, perhaps within a sequence
	synced  bool        // the terminal knows synchronized output
	state   *term.State // of the input before it was made raw; nil where it was not
	aside   []byte      // what is to be sent beside frames
	next    canvas.Canvas
	caret   canvas.Caret

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
}

// New returns a terminal of which nothing is taken yet, and begins to wait for canvases. [Terminal.Close] ends that.
func New(o Options) *Terminal {
	t := &Terminal{in: o.Input, out: o.Output}
	t.takes, t.asks, t.leaves = modes(o)
	t.changed = sync.NewCond(&t.mu)
	go t.run()
	return t
}

// Take makes the terminal raw and ready to show canvases: the alternate screen, mouse, paste and keys. It does nothing if
// that is so. The error is that of tcsetattr(3).
func (t *Terminal) Take() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken || t.closed {
		return nil
	}
	if f, ok := t.in.(term.File); ok && term.IsTerminal(f.Fd()) {
		state, err := term.MakeRaw(f.Fd())
		if err != nil {
			return fmt.Errorf("the terminal cannot be made raw: %w", err)
		}
		t.state = state
	}
	t.write([]byte(t.takes + t.asks))
	t.taken, t.anew = true, true
	t.changed.Broadcast()
	return nil
}

// Leave puts the terminal back as it was before [Terminal.Take]. It waits for a write that is under way, and does nothing if
// nothing is taken.
func (t *Terminal) Leave() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.taken {
		return nil
	}
	t.taken, t.pending = false, false
	for t.writing {
		t.changed.Wait()
	}
	end := t.leaves
	if t.synced {
		end = canvas.SyncEnd + end
	}
	if t.torn {
		end = cancel + end
	}
	t.write([]byte(end))
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

// run writes what is to be shown, until the terminal is closed.
func (t *Terminal) run() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.closed {
		if !t.taken || t.writing || !t.pending && len(t.aside) == 0 {
			t.changed.Wait()
			continue
		}
		t.buf = t.buf[:0]
		if t.torn {
			t.buf = append(t.buf, cancel...)
		}
		t.buf = append(t.buf, t.aside...)
		t.aside = t.aside[:0]
		shown, caret := t.pending, t.caret
		if shown {
			t.next, t.frame = t.frame, t.next
			if t.encoder.Sync = t.synced; t.anew {
				t.encoder.Forget()
			}
			t.pending, t.anew = false, false
		}
		t.writing = true
		t.mu.Unlock()
		if shown {
			t.buf = t.encoder.Append(t.buf, &t.frame, caret)
		}
		err := t.send(t.buf)
		t.mu.Lock()
		t.writing = false
		t.after(err)
		t.changed.Broadcast()
	}
}

// write writes while no frame is written. Its caller holds mu.
func (t *Terminal) write(b []byte) {
	for t.writing {
		t.changed.Wait()
	}
	t.after(t.send(b))
}

// cancel is CAN, which ends a sequence that was begun (ECMA-48 8.3.6), as a write that failed may have.
const cancel = "\x18"

// send makes one write.
func (t *Terminal) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := t.out.Write(b)
	return err
}

// after notes how a write ended. What was taken of one that failed is not known: the next frame paints all. The
// program goes on, for a terminal that is gone ends it by SIGHUP or by the end of the input.
func (t *Terminal) after(err error) {
	t.torn = err != nil
	t.anew = t.anew || t.torn
}
