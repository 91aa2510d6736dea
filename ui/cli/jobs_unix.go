//go:build unix

package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"incore/memops/job"
	"incore/ui"
	"incore/ui/terminal"
)

// jobs are the signals of job control, and SIGQUIT, while a screen is shown.
type jobs struct {
	mu   sync.Mutex
	wait chan struct{} // closed by the next SIGCONT; nil where nothing waits for it
}

// signals has the screen told of stops, of going on after one that cannot be caught, and of SIGQUIT, until stop. The
// terminal is that of fd. dumps is called as SIGQUIT comes.
func signals(opts *ui.Options, fd uintptr, dumps func()) (stop func()) {
	asked, continued, quit := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)
	told, dump := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTSTP)
	signal.Notify(continued, syscall.SIGCONT)
	signal.Notify(quit, syscall.SIGQUIT)
	over := make(chan struct{})
	j := new(jobs)
	go func() {
		for {
			select {
			case <-over:
				return
			case s := <-continued:
				j.goOn(s, told)
			case s := <-quit:
				dumps()
				dump <- s
				return
			}
		}
	}()
	opts.Signals = ui.Signals{
		Stop: asked, Continued: told, Dump: dump,
		Suspend: j.suspend,
		Dumped: func() {
			signal.Reset(syscall.SIGQUIT)
			_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT) // of itself: does not fail
			select {}                                      // the runtime ends it
		},
		Jobs: terminal.Jobs{Foreground: func() bool { return job.Foreground(fd) }, Background: func() { job.Background(fd) }},
	}
	return sync.OnceFunc(func() {
		signal.Stop(asked)
		signal.Stop(continued)
		signal.Stop(quit)
		close(over)
	})
}

// goOn hands a SIGCONT to what waits for it, or tells of it.
func (j *jobs) goOn(s os.Signal, told chan<- os.Signal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.wait != nil {
		close(j.wait)
		j.wait = nil
		return
	}
	select {
	case told <- s:
	default: // it is to be told of one already
	}
}

// suspend stops the program until it is continued, or ctx is done.
func (j *jobs) suspend(ctx context.Context) error {
	wait := make(chan struct{})
	j.mu.Lock()
	j.wait = wait
	j.mu.Unlock()
	return job.Stop(func() {
		select {
		case <-wait:
		case <-ctx.Done():
		}
	})
}
