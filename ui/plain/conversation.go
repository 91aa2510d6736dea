package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"incore/model"
	"incore/model/lesson"
	"incore/model/wire"
)

// Lab is a running subject as the conversation drives it.
type Lab interface {
	model.Lab

	// Do runs one command and returns, in order, what happened.
	Do(context.Context, model.Command) []model.Item

	// Refresh observes a process now, the first one if its name is "".
	Refresh(ctx context.Context, proc string) model.Sample

	// State returns the fold of everything so far.
	State() model.State
}

// Conversation is incore in lines, for a screen reader, a Braille display or a terminal that can do no
// more. Each line is a command, and the answer says in words what came of it. It writes lines alone: it
// moves no cursor, draws nothing, and writes nothing that does not stay.
type Conversation struct {
	cfg Config

	proc     string        // in which commands act
	atPrompt bool          // a prompt stands on the last line
	told     model.State   // as it was when changes were last told
	calls    []model.Event // the newest
	failure  *wire.Record  // the last call that failed, explained
	wrong    []int         // lines that were in error
	over     bool          // quit was said
	since    time.Time     // it began
}

// Ended is the error of the Signal that ended the conversation.
type Ended struct{ Signal syscall.Signal }

// Error returns the name of the signal.
func (e Ended) Error() string { return e.Signal.String() }

// Config is what a conversation is made from.
type Config struct {
	Out     io.Writer  // what is written goes there
	ASCII   bool       // only characters of ASCII are written
	Columns func() int // of the terminal behind Out; 0 if there is none. Nil is 0
	Lab     Lab        // runs the commands
	Typed   bool       // somebody types the lines, and is prompted

	Lesson *lesson.Taking      // that is taken, or nil
	Kept   *lesson.Record      // how far it was taken before, or nil
	Came   func(lesson.Record) // is told how far it is; may be nil

	Lines   <-chan Line      // closed at the end
	Signals <-chan os.Signal // a signal ends the conversation, or the command that runs
	Grace   time.Duration    // how long an interrupted command may go on before it is said that it does
}

// New returns a conversation. Nothing is written before [Conversation.Converse].
func New(c Config) *Conversation {
	if c.Columns == nil {
		c.Columns = func() int { return 0 }
	}
	return &Conversation{cfg: c, proc: model.Main, told: c.Lab.State()}
}

// Wrong returns the numbers of the lines that were in error, from 1.
func (p *Conversation) Wrong() []int { return p.wrong }

// Converse answers lines until there are no more, quit is said, or a signal comes. Its error is an [Ended], or
// the error of writing.
func (p *Conversation) Converse(ctx context.Context) error {
	p.since = time.Now()
	if err := p.print(greeting(p.cfg.Lab.State(), p.cfg.Typed && p.cfg.Lesson == nil)...); err != nil {
		return err
	}
	if err := p.beginLesson(ctx); err != nil {
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
func greeting(s model.State, typed bool) []string {
	lines := []string{fmt.Sprintf("incore in plain text. Linux %s, pages of %s, %s, %s.",
		s.Kernel, model.FormatBytes(s.Main().PageSize), s.User, lockRight(s.Main().Limits))}
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
func (p *Conversation) prompt() error {
	if !p.cfg.Typed || p.atPrompt {
		return nil
	}
	p.atPrompt = true
	in := ""
	if p.proc != model.Main {
		in = " in " + p.proc // a name of the language: letters, digits and _
	}
	_, err := io.WriteString(p.cfg.Out, "incore"+in+"> ")
	return err
}

// endLine ends the line that a prompt stands on, so that the next begins at its beginning.
func (p *Conversation) endLine() error {
	if !p.atPrompt {
		return nil
	}
	p.atPrompt = false
	return p.print("")
}

// next waits for the next line, and tells meanwhile of what happens by itself. Its error is
// io.EOF where there is none, a signal, or of standard output.
func (p *Conversation) next(ctx context.Context) (line Line, err error) {
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
			return Line{}, err
		}
		select {
		case line, ok := <-p.cfg.Lines:
			if !ok {
				return line, io.EOF
			}
			p.atPrompt = false // enter ended its line
			return line, nil
		case s := <-p.cfg.Signals:
			return Line{}, Ended{Signal: s.(syscall.Signal)} // what os/signal delivers here
		case items, ok := <-listening:
			if !ok {
				listening = nil // the lab tells nothing any more
				continue
			}
			if err := p.tellUnasked(p.heard(items)); err != nil {
				return Line{}, err
			}
		}
	}
}

// listen hands on what happens between commands, until ctx is done.
func (p *Conversation) listen(ctx context.Context) <-chan []model.Item {
	happened := make(chan []model.Item)
	go func() {
		defer close(happened)
		for {
			items, err := p.cfg.Lab.Next(ctx)
			if err != nil {
				return
			}
			happened <- items // taken even when ctx is done
		}
	}()
	return happened
}

// heard returns what there is to say of items that no command is to be told of.
func (p *Conversation) heard(items []model.Item) (lines []string) {
	for _, item := range items {
		if d, ok := item.(model.Died); ok && !d.Asked {
			lines = append(lines, deathLine(d))
		}
	}
	return lines
}

// tellUnasked writes lines below the prompt, which is then given again.
func (p *Conversation) tellUnasked(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	if err := p.endLine(); err != nil {
		return err
	}
	return p.print(lines...)
}

// do runs one command. An interrupt ends it, a second one the program: a system call cannot
// be interrupted. The error is an [Ended], or the error of writing.
func (p *Conversation) do(ctx context.Context, c model.Command) ([]model.Item, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan []model.Item, 1) // so that a command which is given up can end
	go func() { done <- p.cfg.Lab.Do(ctx, c) }()
	var late <-chan time.Time
	for {
		select {
		case items := <-done:
			return items, nil
		case s := <-p.cfg.Signals:
			if s != syscall.SIGINT || late != nil || !p.cfg.Typed {
				return nil, Ended{Signal: s.(syscall.Signal)}
			}
			cancel()
			p.cfg.Lab.Interrupt()
			late = time.After(p.cfg.Grace)
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
