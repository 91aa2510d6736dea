package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// errGivenUp is the error of a write that its reader has not taken when the program was to end.
var errGivenUp = errors.New("nobody takes the output")

// patienceAtEnd is how long what is being wrote may still take once the program is to end: a
// reader that is only slow has taken a frame by then, and the end comes within a second.
const patienceAtEnd = 300 * time.Millisecond

// stream is standard output or standard error, of which a write can be given up. A terminal that
// nobody reads, one stopped by ctrl+s, or a pipe whose reader sleeps holds a write(2) for ever,
// and with it all that waits for it. The descriptor stays a blocking one: O_NONBLOCK would be
// of the open file description, which the shell has too.
type stream struct {
	file *os.File

	mu      sync.Mutex // guards what follows; held by one Write at a time
	begun   bool
	blocks  bool // a write can wait for a reader
	drawn   bool // a screen is drawn, and what comes last puts the terminal back
	chunks  chan []byte
	results chan wrote
	stuck   bool // a write that was given up has not returned

	over  chan struct{} // closed once no write is waited for any more
	leave sync.Once
}

// wrote is what became of a write.
type wrote struct {
	n   int
	err error
}

func newStream(f *os.File) *stream {
	return &stream{file: f, over: make(chan struct{})}
}

// endWith has writes given up a while after ctx is done. The function that it returns ends that.
func (o *stream) endWith(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		time.AfterFunc(patienceAtEnd, o.giveUp)
	})
}

// giveUp gives up what is being wrote, and all that is wrote from now on but for what the
// reader takes at once.
func (o *stream) giveUp() {
	o.leave.Do(func() { close(o.over) })
}

// Write implements io.Writer. Its error is errGivenUp if the write was given up.
func (o *stream) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.begun {
		o.begun = true
		if o.blocks = canBlock(o.file); o.blocks {
			o.chunks, o.results = make(chan []byte), make(chan wrote, 1)
			go o.run()
		}
	}
	switch {
	case !o.blocks:
		return o.file.Write(b)
	case o.stuck && !(o.drawn && o.free()):
		return 0, errGivenUp
	}
	o.chunks <- append([]byte(nil), b...) // b is the caller's once more when this returns
	select {
	case w := <-o.results:
		return w.n, w.err
	case <-o.over:
	}
	select {
	case w := <-o.results:
		return w.n, w.err
	case <-time.After(lastWord):
		o.stuck = true
		return 0, errGivenUp
	}
}

// canBlock reports whether a write can wait for a reader.
func canBlock(f *os.File) bool {
	info, err := f.Stat()
	return err != nil || !info.Mode().IsRegular()
}

// lastWord is how long a write may take that begins after the others were given up.
const lastWord = 50 * time.Millisecond

// run makes the writes. One that never returns ends with the program.
func (o *stream) run() {
	for b := range o.chunks {
		n, err := o.file.Write(b)
		o.results <- wrote{n, err}
	}
}

// free has a write that was given up return, where the terminal can throw away what it has not
// taken, and reports whether that is so: the rest of a frame is worth less than the few bytes
// behind it that leave the alternate screen.
func (o *stream) free() bool {
	for end := time.Now().Add(2 * lastWord); ; {
		discard(o.file)
		select {
		case <-o.results:
			o.stuck = false
			discard(o.file)
			return true
		case <-time.After(time.Millisecond):
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// Read reads from the file. Bubble Tea takes what has Read, Close and Fd for a terminal, if the file is one.
func (o *stream) Read(b []byte) (int, error) { return o.file.Read(b) }

// Close does nothing: the file is the process's.
func (o *stream) Close() error { return nil }

// Fd returns the file's descriptor.
func (o *stream) Fd() uintptr { return o.file.Fd() }

var _ io.ReadWriteCloser = (*stream)(nil)
