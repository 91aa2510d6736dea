package terminal

import (
	"fmt"
	"runtime/debug"
	"time"

	"incore/ui/canvas"
)

// job is a write of the goroutine that writes: what comes before a frame, and whether a frame does.
type job struct {
	before, aside int // bytes in all, and how many of them are of aside
	shows         bool
	caret         canvas.Caret
}

// run writes what is to be shown, until the terminal is closed.
func (t *Terminal) run() {
	defer func() {
		if v := recover(); v != nil {
			t.breaks(&Panic{v, debug.Stack()})
			t.mu.Lock()
			defer t.mu.Unlock()
			t.writing = false
			t.changed.Broadcast()
		}
	}()
	for {
		j, ok := t.await()
		if !ok {
			return
		}
		if j.shows {
			t.buf = t.encoder.Append(t.buf, &t.frame, j.caret)
		}
		n, err := t.send(t.buf)
		t.wrote(j, n, err)
	}
}

// await waits until something is to be written, and begins it.
func (t *Terminal) await() (j job, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.closed && !t.gone {
		switch {
		case !t.taken || t.writing || t.pause.on:
		case !t.away && !t.pending && len(t.aside)+len(t.opening) == 0:
		case !t.foreground():
			t.away = true
			t.pause.begin(poll)
		case t.away:
			t.again()
			if err := t.enter(); err != nil {
				t.breaks(err)
				return job{}, false
			}
			continue
		default:
			return t.begin(), true
		}
		t.changed.Wait()
	}
	return job{}, false
}

// poll is how often it is looked whether the terminal is this program's again, of which SIGCONT tells as a rule.
const poll = 250 * time.Millisecond

// begin begins a write: it puts together what comes before a frame, and takes the newest one.
func (t *Terminal) begin() job {
	t.buf = t.buf[:0]
	if t.torn {
		t.buf = append(t.buf, cancel...)
	}
	t.buf = append(append(t.buf, t.opening...), t.aside...)
	j := job{len(t.buf), len(t.aside), t.pending, t.caret}
	if j.shows {
		t.next, t.frame = t.frame, t.next
		if t.encoder.Sync = t.synced; t.anew {
			t.encoder.Forget()
		}
		t.pending, t.anew = false, false
	}
	t.writing = true
	return j
}

// wrote notes how a write ended. What the terminal has not got is written again after a while, of frames the newest.
func (t *Terminal) wrote(j job, n int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writing = false
	t.after(err)
	if err == nil {
		t.pause.end()
	}
	if n >= j.before {
		t.opening, t.aside = nil, append(t.aside[:0], t.aside[j.aside:]...)
	}
	if err != nil && t.taken {
		if j.shows {
			t.again()
		}
		t.pause.again()
	}
	t.changed.Broadcast()
}

// again has the frame that was written last written once more, unless there is a newer one.
func (t *Terminal) again() {
	if !t.pending {
		t.next, t.frame = t.frame, t.next
		t.pending = t.next.W > 0
	}
}

// idle waits for the end of the write that is under way.
func (t *Terminal) idle() {
	for t.writing {
		t.changed.Wait()
	}
}

// write writes while no frame is written. Its caller holds mu.
func (t *Terminal) write(b []byte) error {
	t.idle()
	_, err := t.send(b)
	t.after(err)
	return err
}

// cancel is CAN, which ends a sequence that was begun (ECMA-48 8.3.6), as a write that failed may have.
const cancel = "\x18"

// send makes one write.
func (t *Terminal) send(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	return t.out.Write(b)
}

// after notes how a write ended. What was taken of one that failed is not known: the next frame paints all.
func (t *Terminal) after(err error) {
	t.torn = err != nil
	t.anew = t.anew || t.torn
	if isGone(err) {
		t.gone = true
		t.breaks(fmt.Errorf("%w: %w", ErrGone, err))
	}
}
