package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"incore/model"
	"incore/model/lesson"
	"incore/ui"
	"incore/ui/course"
	"incore/ui/sheet"
	"incore/ui/teach"
)

// lessonFlags are the flags of "incore lesson".
type lessonFlags struct {
	seed  uint64
	print bool
}

// lessonCommand is "incore lesson".
func (a *app) lessonCommand() *cobra.Command {
	f := &lessonFlags{}
	cmd := &cobra.Command{
		Use:   "lesson [NAME|FILE.md|DIR]",
		Short: "List the lessons, or take one",
		Long: `lesson takes a lesson: a text beside the live grid. It asks before it shows. Each
step runs by one press, and the kernel marks the answer. Without an argument it
lists the lessons of the course.

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
				return a.listLessons(cmd.Context())
			}
			return a.takeLesson(cmd, f, args[0])
		},
	}
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "draw the lesson's values with this number (default: the file's own)")
	cmd.Flags().BoolVar(&f.print, "print", false, "print the lesson as Markdown with its values filled in")
	cmd.Flags().BoolVar(&a.plain, "plain", false, "a conversation in lines, for a screen reader")
	cmd.Flags().BoolVar(&a.presenter, "presenter", false, "for a room: big cells, the text in the caption's place")
	a.settingFlags(cmd)
	return cmd
}

// listLessons prints the course.
func (a *app) listLessons(context.Context) error {
	var b strings.Builder
	for _, book := range course.Builtin() {
		l, err := lesson.Parse(book.Name, book.Source, lesson.Options{PageSize: int64(os.Getpagesize())})
		if err != nil {
			return &exitError{exitPanic, err}
		}
		fmt.Fprintf(&b, "%s\n", shown(fmt.Sprintf("%-20s %3d min  %s", book.Name, l.Minutes, l.Title), a.asciiOnly()))
	}
	_, err := io.WriteString(a.out, b.String())
	return err
}

// takeLesson takes a lesson on the screen.
func (a *app) takeLesson(cmd *cobra.Command, f *lessonFlags, word string) error {
	books, err := course.Find(word, a.stdin)
	if err != nil {
		return &exitError{exitUsage, err}
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
	a.shelf, a.lesson = shelf, books[0].Name
	return a.runScreen(cmd.Context())
}

// lessonOptions has the screen know the course, and the lesson that it begins with.
func (a *app) lessonOptions(o *ui.Options) (err error) {
	if a.shelf == nil {
		a.shelf = &shelf{app: a}
	}
	o.Lessons = a.shelf
	if a.lesson == "" {
		return nil
	}
	o.Taken = a.lesson
	if o.Lesson, err = a.shelf.Open(a.lesson); err != nil {
		return &exitError{exitFailed, err}
	}
	return nil
}

// shelf is the lessons that the screen can open: those of the course, and those that were named.
type shelf struct {
	app   *app
	books []course.Book
	seed  uint64
}

func (s *shelf) parse(b course.Book) (*lesson.Lesson, error) {
	return lesson.Parse(b.Name, b.Source, lesson.Options{Seed: s.seed, PageSize: int64(os.Getpagesize())})
}

// all are the books in the order of the list.
func (s *shelf) all() []course.Book {
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
		row := sheet.Lesson{Name: b.Name}
		l, err := s.parse(b)
		if err != nil {
			row.Title, row.Lacks = model.Visible(b.Name), err.Error()
		} else {
			row.Title, row.Summary, row.Minutes = l.Title, l.Summary, l.Minutes
		}
		out = append(out, row)
	}
	return out
}

// Open implements [ui.Lessons].
func (s *shelf) Open(name string) (*lesson.Taking, error) {
	for _, b := range s.all() {
		if b.Name == name {
			return s.open(b)
		}
	}
	return nil, fmt.Errorf("%w: %s", course.ErrNoLesson, name)
}

func (s *shelf) open(b course.Book) (*lesson.Taking, error) {
	l, err := s.parse(b)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	lab, err := s.app.open(ctx, labOptions{Memory: int64(s.app.memory)})
	if err != nil {
		return nil, err
	}
	m := course.Examine(ctx, lab, l.Needed())
	if err := lab.Close(); err != nil {
		return nil, err
	}
	if why := m.LacksAny(l.Needs); why != "" {
		return nil, errors.New("this lesson " + why)
	}
	return lesson.Take(l, m), nil
}

// Save implements [ui.Lessons].
func (s *shelf) Save(string, teach.Progress) {}
