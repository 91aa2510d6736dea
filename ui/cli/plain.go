package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"incore/model"
	"incore/model/wire"
)

// plain is incore as a conversation in lines, for a screen reader, a Braille display or a
// terminal that can do no more: a command, and in words what came of it. It writes lines
// alone: no cursor is moved, nothing is drawn, nothing is written that does not stay.
type plain struct {
	out      *textReport
	columns  func() int // of the terminal that is written to; 0 where there is none
	lab      lab
	lines    <-chan inputLine
	signals  <-chan os.Signal
	terminal bool // standard input is one: somebody types, and is prompted

	proc     string             // in which commands act
	atPrompt bool               // a prompt stands on the last line
	told     model.State        // as it was when changes were last told
	calls    []model.Event      // the newest
	failure  *wire.Record       // the last call that failed, explained
	atFork   map[[2]string]bool // regions, by process and name, that were there when it last forked or was made
	wrong    []int              // lines that were in error
	over     bool               // quit was said
}

// ended is a signal that ends the conversation.
type ended struct{ syscall.Signal }

// Error implements error.
func (e ended) Error() string { return e.Signal.String() }

// runPlain returns "incore --plain", and incore where both ends are a terminal that takes no
// escape sequences.
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
	l, err := a.open(ctx, labOptions{sharing: true, memory: int64(a.memory)})
	if err != nil {
		return &exitError{exitNoSubject, err}
	}
	defer l.Close()
	a.out.to = a.endable(signals)
	p := newPlain(&textReport{w: a.out.writer(), ascii: a.asciiOnly()}, l, a.typed)
	p.lines, p.signals = readLines(ctx, a.stdin), signals
	err = p.converse(ctx)
	by := ended{}
	switch {
	case errors.As(err, &by):
		return &exitError{128 + int(by.Signal), nil}
	case err != nil:
		return err
	case !a.typed && len(p.wrong) > 0:
		return &exitError{exitFailed, fmt.Errorf("%s: %d %s in error (%s)",
			scriptName(stdinName), len(p.wrong), plural(len(p.wrong), "line"), lineList(p.wrong))}
	}
	return nil
}

func newPlain(out *textReport, l lab, typed bool) *plain {
	return &plain{
		out: out, columns: columnsOf(out.w), lab: l, terminal: typed, proc: model.Main, told: l.State(), atFork: map[[2]string]bool{},
	}
}

// converse answers lines until there are no more, quit is said, or a signal comes. Its
// error is a signal's (ended), or of standard output.
func (p *plain) converse(ctx context.Context) error {
	if err := p.print(greeting(startedOf(p.lab.State()), p.terminal)...); err != nil {
		return err
	}
	for !p.over {
		line, err := p.next(ctx)
		if errors.Is(err, io.EOF) {
			return p.endLine()
		}
		if err == nil {
			err = p.answer(ctx, line)
		}
		if err != nil {
			return errors.Join(err, p.endLine())
		}
	}
	return nil
}

// greeting returns what the conversation begins with.
func greeting(s model.Started, typed bool) []string {
	lines := []string{fmt.Sprintf("incore in plain text. Linux %s, pages of %s, %s, %s.",
		s.Kernel, model.FormatBytes(s.PageSize), s.User, lockRight(s.Limits))}
	lines = append(lines, s.Missing...)
	if typed {
		lines = append(lines, "Nothing is mapped yet. Begin with: mmap a 64. Then: touch a[4..7]. help tells what there is, quit ends.")
	}
	return lines
}

// lockRight returns how much the process may lock.
func lockRight(l model.Limits) string {
	if l.IPCLock {
		return "locks without limit (CAP_IPC_LOCK)"
	}
	return "RLIMIT_MEMLOCK " + model.FormatLimit(l.MemlockSoft)
}

// prompt says that it is the user's turn, and in which process.
func (p *plain) prompt() error {
	if !p.terminal || p.atPrompt {
		return nil
	}
	p.atPrompt = true
	in := ""
	if p.proc != model.Main {
		in = " in " + p.proc // a name of the language: letters, digits and _
	}
	_, err := io.WriteString(p.out.w, "incore"+in+"> ")
	return err
}

// endLine ends the line that a prompt stands on, so that the next begins at its beginning.
func (p *plain) endLine() error {
	if !p.atPrompt {
		return nil
	}
	p.atPrompt = false
	return p.print("")
}

// next waits for the next line, and tells meanwhile of what happens by itself. Its error is
// io.EOF where there is none, a signal, or of standard output.
func (p *plain) next(ctx context.Context) (line inputLine, err error) {
	ctx, cancel := context.WithCancel(ctx)
	happened := p.listen(ctx)
	defer func() {
		cancel()
		var lines []string
		for items := range happened { // listen ends, and loses nothing
			lines = append(lines, p.heard(items)...)
		}
		err = errors.Join(err, p.tellUnasked(lines))
	}()
	for listening := happened; ; {
		if err := p.prompt(); err != nil {
			return inputLine{}, err
		}
		select {
		case line, ok := <-p.lines:
			if !ok {
				return line, io.EOF
			}
			p.atPrompt = false // enter ended its line
			return line, nil
		case s := <-p.signals:
			return inputLine{}, ended{s.(syscall.Signal)} // what os/signal delivers here
		case items, ok := <-listening:
			if !ok {
				listening = nil // the lab tells nothing any more
				continue
			}
			if err := p.tellUnasked(p.heard(items)); err != nil {
				return inputLine{}, err
			}
		}
	}
}

// listen hands on what happens between commands, until ctx is done.
func (p *plain) listen(ctx context.Context) <-chan []model.Item {
	happened := make(chan []model.Item)
	go func() {
		defer close(happened)
		for {
			items, err := p.lab.Next(ctx)
			if err != nil {
				return
			}
			happened <- items // taken even when ctx is done
		}
	}()
	return happened
}

// heard returns what there is to say of items that no command is to be told of.
func (p *plain) heard(items []model.Item) (lines []string) {
	for _, item := range items {
		if d, ok := item.(model.Died); ok && !d.Asked {
			lines = append(lines, deathLine(d))
		}
	}
	return lines
}

// tellUnasked writes lines below the prompt, which is then given again.
func (p *plain) tellUnasked(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	if err := p.endLine(); err != nil {
		return err
	}
	return p.print(lines...)
}

// do runs one command. An interrupt ends it, a second one the program: a system call cannot
// be interrupted. The error is a signal's, or of standard output.
func (p *plain) do(ctx context.Context, c model.Command) ([]model.Item, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan []model.Item, 1) // so that a command which is given up can end
	go func() { done <- p.lab.Do(ctx, c) }()
	var late <-chan time.Time
	for {
		select {
		case items := <-done:
			return items, nil
		case s := <-p.signals:
			if s != syscall.SIGINT || late != nil || !p.terminal {
				return nil, ended{s.(syscall.Signal)}
			}
			cancel()
			p.lab.Interrupt()
			late = time.After(graceAfterInterrupt)
			if err := p.print(""); err != nil { // behind the ^C of the terminal
				return nil, err
			}
		case <-late:
			err := p.print("The call goes on: the kernel does not interrupt it. ctrl+c once more ends incore.")
			if err != nil {
				return nil, err
			}
			late = make(chan time.Time) // said once; a further interrupt ends
		}
	}
}
