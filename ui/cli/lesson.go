package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"incore/model"
	"incore/model/lesson"
	"incore/ui/canvas"
	"incore/ui/course"
	"incore/ui/look"
	"incore/ui/notes"
	"incore/ui/sheet"
)

// lessonFlags are the flags of "incore lesson".
type lessonFlags struct {
	seed   uint64
	print  bool
	report string
	notes  bool
}

// lessonCommand is "incore lesson".
func (a *app) lessonCommand() *cobra.Command {
	f := &lessonFlags{}
	cmd := &cobra.Command{
		Use:   "lesson [NAME|FILE.md|DIR]",
		Short: "List the lessons, or take one",
		Long: `lesson takes a lesson: a text beside the live grid. It asks before it shows. Each
step runs by one press, and the kernel marks the answer. Without an argument it
lists the lessons of the course, and of a directory those that lie in it.

In a lesson space goes on, backspace goes back, 1 to 6 answers a question, and
all keys of the grid work: try things at any moment, esc undoes them.`,
		Example: `incore lesson
incore lesson mlock
incore lesson --presenter fork
incore lesson --seed 7 my-lesson.md`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("lesson takes one lesson, and %q is a second; see incore lesson --help", args[1])
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, b := range course.Builtin() {
				names = append(names, b.Name)
			}
			return names, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.withoutLesson(cmd, f)
			}
			return a.takeLesson(cmd, f, args[0])
		},
	}
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "draw the lesson's values with this number (default: the file's own)")
	cmd.Flags().BoolVar(&f.print, "print", false, "print the lesson as Markdown with its values filled in")
	cmd.Flags().Var(&nonEmpty{&f.report, "file", "a file"}, "report", "a file of JSON for handing in: answers, tries, times, the score")
	cmd.Flags().BoolVar(&f.notes, "notes", false, "show the notes for who teaches, beside an incore in another terminal that shows the lesson")
	cmd.Flags().BoolVar(&a.plain, "plain", false, "a conversation in lines, for a screen reader")
	cmd.Flags().BoolVar(&a.presenter, "presenter", false, "for a room: big cells, the text in the caption's place")
	a.settingFlags(cmd)
	return cmd
}

// withoutLesson does what "incore lesson" does without the name of one: it lists them, or shows the notes of the one that is taken.
func (a *app) withoutLesson(cmd *cobra.Command, f *lessonFlags) error {
	if err := a.prepare(cmd.Flags()); err != nil {
		return err
	}
	if f.notes {
		return a.showNotes(cmd.Context(), "")
	}
	for _, name := range []string{"seed", "print", "report", "plain", "presenter"} {
		if cmd.Flags().Changed(name) {
			return usage("--%s is about one lesson: incore lesson --%s NAME", name, name)
		}
	}
	return a.listLessons(nil)
}

// listLessons prints the course, or in its place the lessons that were named, with how far each was taken.
func (a *app) listLessons(books []course.Book) error {
	var b strings.Builder
	minutes, done := 0, 0
	of := &shelf{app: a, only: books}
	list := of.List()
	of.noteUnkept()
	name, title := 0, 0 // columns
	for _, l := range list {
		name, title = max(name, canvas.Width(l.Name)), max(title, canvas.Width(l.Title))
	}
	for _, l := range list {
		state := ""
		switch {
		case l.Done:
			state, done = "done", done+1
		case l.At > 0:
			state = fmt.Sprintf("%d of %d", l.At+1, l.Of)
		}
		minutes += l.Minutes
		fmt.Fprintln(&b, shown(strings.TrimRight(fmt.Sprintf("%-*s  %3d min  %-*s  %s", name, l.Name, l.Minutes, title, l.Title, state), " "), a.asciiOnly()))
	}
	fmt.Fprintf(&b, "\n%s, %d done, %d min in all. incore lesson NAME takes one; so does L on the screen.\n",
		model.Plural(int64(len(list)), "lesson"), done, minutes)
	_, err := io.WriteString(a.out, b.String())
	return err
}

// takeLesson takes a lesson on the screen.
func (a *app) takeLesson(cmd *cobra.Command, f *lessonFlags, word string) error {
	books, err := course.Find(word, a.stdin)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if len(books) > 1 { // of a directory
		return a.listLessons(books)
	}
	shelf := &shelf{app: a, books: books, seed: f.seed}
	l, err := shelf.parse(books[0])
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if f.print {
		_, err := io.WriteString(a.out, l.Text)
		return err
	}
	if err := a.prepare(cmd.Flags()); err != nil {
		return err
	}
	if f.notes {
		return a.showNotes(cmd.Context(), books[0].Name)
	}
	a.shelf, a.lesson = shelf, books[0].Name
	if f.report != "" {
		if err := course.MayReport(f.report); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	run := a.runScreen
	if a.plain || !a.terminal {
		run = a.runPlain
	}
	return errors.Join(run(cmd.Context()), shelf.report(f.report))
}

// report writes what is handed in.
func (s *shelf) report(file string) error {
	if file == "" || s.taken == nil {
		return nil
	}
	r := course.NewReport(s.of, s.taken, s.state, version(), s.began)
	if err := r.Write(file); err != nil {
		return &exitError{exitFailed, fmt.Errorf("the report could not be written: %w", err)}
	}
	return nil
}

// shelf is the lessons that the screen can open: those of the course, and those that were named.
type shelf struct {
	app   *app
	books []course.Book // that were named
	only  []course.Book // and no others; nil is the course beside them
	seed  uint64

	taken *lesson.Taking // that was opened last, or nil
	of    course.Book    // it is of
	began time.Time
	lab   lab         // of the session
	state model.State // of the session, at its end

	mu     sync.Mutex    // of the two below: lessons are opened and saved beside the screen
	notes  *notes.Server // tells second terminals; nil where there can be none
	closed bool          // the session is at its end

	once   sync.Once
	kept   *course.Progress
	unread error // what is kept could not be read
}

func (s *shelf) parse(b course.Book) (*lesson.Lesson, error) {
	return lesson.Parse(b.Name, b.Source, lesson.Options{Seed: s.seed, PageSize: int64(os.Getpagesize())})
}

// all are the books in the order of the list.
func (s *shelf) all() []course.Book {
	if s.only != nil {
		return s.only
	}
	out := course.Builtin()
	for _, b := range s.books {
		if !b.Builtin {
			out = append(out, b)
		}
	}
	return out
}

// List implements [ui.Lessons].
func (s *shelf) List() (out []sheet.Lesson) {
	for _, b := range s.all() {
		row := sheet.Lesson{Name: b.Name, Number: b.Number()}
		l, err := s.parse(b)
		if err != nil {
			row.Title, row.Lacks = model.Visible(b.Name), err.Error()
		} else {
			row.Title, row.Summary, row.Minutes = l.Title, l.Summary, l.Minutes
			if kept, same := s.progress().Of(b, s.seed); kept.Done || same {
				row.Done, row.At, row.Of = kept.Done, kept.Record.At, kept.Record.Of
			}
		}
		out = append(out, row)
	}
	return out
}

// book is the lesson of a name.
func (s *shelf) book(name string) (course.Book, error) {
	for _, b := range s.all() {
		if b.Name == name {
			return b, nil
		}
	}
	return course.Book{}, fmt.Errorf("%w: %s", course.ErrNoLesson, name)
}

// Open implements [ui.Lessons].
func (s *shelf) Open(name string) (*lesson.Taking, *lesson.Record, error) {
	b, err := s.book(name)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.open(b)
	if err != nil {
		return nil, nil, err
	}
	s.taken, s.of, s.began = t, b, time.Now()
	s.serveNotes()
	if kept, same := s.progress().Of(b, t.Lesson.Seed); same {
		return t, &kept.Record, nil
	}
	return t, nil, nil
}

func (s *shelf) open(b course.Book) (*lesson.Taking, error) {
	l, err := s.parse(b)
	if err != nil {
		return nil, err
	}
	m, err := course.Examine(context.Background(), s.lab, l.Needed(), func(ctx context.Context) (course.Lab, error) {
		return s.app.open(ctx, labOptions{Memory: int64(s.app.memory)})
	})
	if err != nil {
		return nil, err
	}
	if why := m.LacksAny(l.Needs); why != "" {
		return nil, errors.New("this lesson " + why)
	}
	return lesson.Take(l, m), nil
}

// Save implements [ui.Lessons].
func (s *shelf) Save(name string, r lesson.Record) error {
	b, err := s.book(name)
	if err != nil {
		return err
	}
	s.showNotes(r.At)
	return errors.Join(s.unkept(), s.progress().Keep(b, s.seed, r))
}

// progress returns what is kept of lessons; nothing where the file of it cannot be read, of which [shelf.unkept] tells.
func (s *shelf) progress() *course.Progress {
	s.once.Do(func() { s.kept, s.unread = course.OpenProgress(course.StateDir(s.app.getenv)) })
	return s.kept
}

// unkept returns why how far lessons are is not kept, the first time that it is asked; then nil.
func (s *shelf) unkept() error {
	s.progress()
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.unread
	s.unread = nil
	return err
}

// noteUnkept says on standard error why how far lessons are is not kept.
func (s *shelf) noteUnkept() {
	if err := s.unkept(); err != nil {
		fmt.Fprintf(s.app.stderr, "incore: %s\n", shown("note: how far lessons were taken is not known: "+err.Error(), s.app.asciiOnly()))
	}
}

// serveNotes has second terminals told of the lesson that was opened, where there is a place for the socket.
func (s *shelf) serveNotes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endNotes()
	dir, err := notes.Dir(s.app.getenv)
	if err != nil || s.closed {
		return // who asks for the notes is told
	}
	if s.notes, err = notes.Serve(dir, s.of.Name); err != nil {
		s.notes = nil // the lesson goes on without
		return
	}
	s.notes.Show(course.NotesOf(s.taken, 0, s.began))
}

func (s *shelf) showNotes(at int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notes != nil {
		s.notes.Show(course.NotesOf(s.taken, at, s.began))
	}
}

// closeNotes ends the socket, and none is opened any more.
func (s *shelf) closeNotes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.endNotes()
}

// endNotes ends the socket. mu must be held.
func (s *shelf) endNotes() {
	if s.notes != nil {
		_ = s.notes.Close() // the file of the socket goes with it
		s.notes = nil
	}
}

// showNotes shows the notes of a lesson that another incore of this user shows.
func (a *app) showNotes(ctx context.Context, name string) error {
	dir, err := notes.Dir(a.getenv)
	if err != nil {
		return usage("%w", err)
	}
	conn, err := notes.Find(dir, name)
	if errors.Is(err, notes.ErrNone) {
		return &exitError{exitFailed, fmt.Errorf("%w; start incore lesson %s in another terminal first", err, name)}
	}
	if err != nil {
		return &exitError{exitFailed, err}
	}
	defer conn.Close()
	if !a.terminal {
		return notes.Read(conn, func(p notes.Page) {
			for _, n := range p.Notes {
				fmt.Fprintf(a.out, "%d of %d  %s  %s\n", p.At, p.Of, n.Time, shown(strings.Join(strings.Fields(n.Text), " "), a.asciiOnly()))
			}
		})
	}
	opts := a.settled.options(a.asciiOnly())
	dark := canvas.DarkIn(os.Environ())
	if opts.Dark != nil {
		dark = *opts.Dark
	}
	if opts.Colors == canvas.ColorsAuto {
		opts.Colors = canvas.DetectColors(a.stdout, os.Environ())
	}
	th := look.New(opts.Theme, opts.Colors, dark, opts.ASCII)
	return notes.Show(ctx, a.stdin, a.stdout, th, func(show func(notes.Page)) error { return notes.Read(conn, show) })
}
