package cli

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"incore/ui/plain"
)

// endable is standard output of a conversation, where a signal ends a write that nobody takes:
// who converses has no other place to see the signal while it writes.
type endable struct {
	*stream
	signals chan os.Signal
}

// endable returns standard output, of which the signals of that channel end a write.
func (a *app) endable(signals chan os.Signal) io.Writer {
	if o, ok := a.stdout.(*stream); ok {
		return &endable{o, signals}
	}
	return a.stdout
}

// Write implements io.Writer. Its error is a [plain.Ended] if a signal ended it. One that came
// while the write went on well is left to who waits for signals.
func (e *endable) Write(b []byte) (int, error) {
	done := make(chan wrote, 1)
	go func() {
		n, err := e.stream.Write(b)
		done <- wrote{n, err}
	}()
	select {
	case w := <-done:
		return w.n, w.err
	case s := <-e.signals:
		timer := time.AfterFunc(patienceAtEnd, e.giveUp)
		w := <-done
		if errors.Is(w.err, errGivenUp) {
			return w.n, plain.Ended{Signal: s.(syscall.Signal)} // what os/signal delivers here
		}
		timer.Stop()
		select {
		case e.signals <- s:
		default: // so many have come that one more says nothing
		}
		return w.n, w.err
	}
}
