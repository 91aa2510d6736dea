package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"incore/model/lesson"
	"incore/ui/plain"
)

// runPlain is "incore --plain", and incore where both ends are a terminal that takes no escape sequences.
func (a *app) runPlain(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signals := make(chan os.Signal, 4)
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
		if !signal.Ignored(s) { // nohup means it
			signal.Notify(signals, s)
		}
	}
	defer signal.Stop(signals)
	l, err := a.open(ctx, labOptions{Sharing: true, Memory: int64(a.memory)})
	if err != nil {
		return &exitError{exitNoSubject, err}
	}
	defer l.Close()
	a.out.to = a.endable(signals)
	out := a.out.writer()
	c := plain.Config{
		Out: out, ASCII: a.asciiOnly(), Columns: columnsOf(out), Lab: l, Typed: a.typed,
		Lines: plain.ReadLines(ctx, a.stdin), Signals: signals, Grace: graceAfterInterrupt,
	}
	if a.lesson != "" {
		defer a.shelf.closeNotes()
		a.shelf.lab = l
		if c.Lesson, c.Kept, err = a.shelf.Open(a.lesson); err != nil {
			return &exitError{exitFailed, err}
		}
		a.shelf.noteUnkept()
		c.Came = func(r lesson.Record) { _ = a.shelf.Save(a.lesson, r) } // a lesson that cannot be kept can be taken
	}
	p := plain.New(c)
	err = p.Converse(ctx)
	if a.shelf != nil {
		a.shelf.closeNotes()
		a.shelf.state = l.State()
	}
	by := plain.Ended{}
	switch {
	case errors.As(err, &by):
		return &exitError{128 + int(by.Signal), nil}
	case err != nil:
		return err
	case !a.typed && len(p.Wrong()) > 0:
		return &exitError{exitFailed, fmt.Errorf("%s: %d %s in error (%s)",
			scriptName(stdinName), len(p.Wrong()), plain.Plural(len(p.Wrong()), "line"), lineList(p.Wrong()))}
	}
	return nil
}
