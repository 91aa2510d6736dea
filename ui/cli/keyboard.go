package cli

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"sync"
	"syscall"

	"github.com/muesli/cancelreader"
)

// keyboard is the terminal's input, read as it comes: what is queued waits in it and not in the
// terminal, so that ctrl+c is seen behind any number of keys that have not been worked off. It has
// no Name, which has Bubble Tea take its bytes as they are and not wait for its descriptor.
type keyboard struct {
	tty       *os.File
	own       bool   // tty was opened for it
	interrupt func() // ctrl+c was pressed
	gone      func() // there is no terminal to read any more

	mu      sync.Mutex
	changed *sync.Cond
	queue   []byte
	err     error // the end of the input
	paused  bool
	keys    interruptKey
	pump    *pump // nil where nothing reads the terminal
}

// pump is what reads the terminal.
type pump struct {
	in    cancelreader.CancelReader
	ended chan struct{}
}

// mostQueued is how many bytes wait at most; the rest waits in the terminal. Nobody types as many.
const mostQueued = 16 << 20

func newKeyboard(tty *os.File, interrupt, gone func()) *keyboard {
	k := &keyboard{tty: tty, interrupt: interrupt, gone: gone}
	k.changed = sync.NewCond(&k.mu)
	return k
}

// Read returns what has been typed, and waits for it.
func (k *keyboard) Read(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		switch {
		case k.paused:
		case len(k.queue) > 0:
			n := copy(b, k.queue)
			k.queue = k.queue[n:]
			k.changed.Broadcast()
			return n, nil
		case k.err != nil:
			return 0, k.err
		case k.pump == nil:
			if err := k.start(); err != nil {
				return 0, err
			}
		}
		k.changed.Wait()
	}
}

// start begins to read the terminal. Bubble Tea reads first when it has put it into its raw mode.
func (k *keyboard) start() error {
	in, err := cancelreader.NewReader(k.tty)
	if err != nil {
		return err
	}
	k.pump = &pump{in: in, ended: make(chan struct{})}
	go k.run(k.pump)
	return nil
}

func (k *keyboard) run(p *pump) {
	defer close(p.ended)
	b := make([]byte, 4096)
	for {
		n, err := p.in.Read(b)
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
			err = nil // another reader was quicker, of a terminal that somebody made non-blocking
		}
		gone := err != nil && !errors.Is(err, cancelreader.ErrCanceled)
		k.mu.Lock()
		k.queue = append(k.queue, b[:max(n, 0)]...)
		interrupted := k.keys.in(b[:max(n, 0)])
		if gone {
			k.err = err
		}
		k.changed.Broadcast()
		for len(k.queue) > mostQueued && k.pump == p {
			k.changed.Wait()
		}
		over := err != nil || k.pump != p
		k.mu.Unlock()
		if interrupted {
			k.interrupt()
		}
		if gone {
			k.gone()
		}
		if over {
			return
		}
	}
}

// stop has nothing read the terminal any more.
func (k *keyboard) stop() {
	k.mu.Lock()
	p := k.pump
	k.pump = nil
	k.changed.Broadcast()
	k.mu.Unlock()
	if p == nil {
		return
	}
	p.in.Cancel()
	<-p.ended
	_ = p.in.Close() // of an epoll and a pipe of its own
}

// Suspend leaves the terminal to others until [keyboard.Resume]. A Read waits.
func (k *keyboard) Suspend() {
	k.mu.Lock()
	k.paused = true
	k.mu.Unlock()
	k.stop()
}

// Resume takes the terminal again.
func (k *keyboard) Resume() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.paused = false
	k.changed.Broadcast()
}

// Write makes the keyboard what Bubble Tea takes for a terminal. Nothing is written to it.
func (k *keyboard) Write(b []byte) (int, error) { return k.tty.Write(b) }

// Close ends reading. A file that is another's stays open.
func (k *keyboard) Close() error {
	k.stop()
	if k.own {
		return k.tty.Close()
	}
	return nil
}

// Fd returns the terminal's descriptor.
func (k *keyboard) Fd() uintptr { return k.tty.Fd() }

// interruptKey finds ctrl+c in what a terminal sends: the control character, and the sequences for it
// of the keyboard protocols that Bubble Tea asks for. What is pasted in brackets is text.
type interruptKey struct {
	at     func(*interruptKey, byte) bool // nil is text
	params []byte                         // of a control sequence
	paste  bool
}

const (
	ctrlC  = 0x03
	escape = 0x1b
)

// in reports whether the next bytes have a ctrl+c.
func (s *interruptKey) in(b []byte) (found bool) {
	for _, c := range b {
		switch {
		case c == ctrlC && !s.paste:
			found, s.at = true, nil
		case c == escape:
			s.at = (*interruptKey).escaped
		case s.at != nil:
			found = s.at(s, c) || found
		}
	}
	return found
}

func (s *interruptKey) escaped(c byte) bool {
	s.at, s.params = nil, s.params[:0]
	if c == '[' {
		s.at = (*interruptKey).sequence
	}
	return false
}

func (s *interruptKey) sequence(c byte) bool {
	if c >= ' ' && c < '@' && len(s.params) < 64 {
		s.params = append(s.params, c)
		return false
	}
	s.at = nil
	switch {
	case c == '~' && string(s.params) == "200":
		s.paste = true
	case c == '~' && string(s.params) == "201":
		s.paste = false
	case s.paste:
	case c == 'u': // the Kitty keyboard protocol
		fields := bytes.SplitN(s.params, []byte(";"), 3)
		return len(fields) > 1 && firstOf(fields[0]) == 'c' && onlyCtrl(fields[1])
	case c == '~': // modifyOtherKeys of xterm
		fields := bytes.SplitN(s.params, []byte(";"), 3)
		return len(fields) == 3 && firstOf(fields[0]) == 27 && firstOf(fields[2]) == 'c' && onlyCtrl(fields[1])
	}
	return false
}

// firstOf returns the first of the numbers of a field, or -1.
func firstOf(field []byte) int {
	first, _, _ := bytes.Cut(field, []byte(":"))
	n, err := strconv.Atoi(string(first))
	if err != nil {
		return -1
	}
	return n
}

// onlyCtrl reports whether a field of modifiers has no other key than ctrl held, whatever is locked,
// and the key pressed and not released.
func onlyCtrl(field []byte) bool {
	const ctrl, held, released = 4, 63, ":3"
	n := firstOf(field)
	return n > 0 && (n-1)&held == ctrl && !bytes.HasSuffix(field, []byte(released))
}
