package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"incore/ui/course"
)

// checkFlags are the flags of "incore check".
type checkFlags struct {
	tap   bool
	seeds int
	seed  uint64
}

// checkCommand is "incore check".
func (a *app) checkCommand() *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:   "check [LESSON|FILE.md|DIR]...",
		Short: "Run lessons by themselves and check that the kernel agrees",
		Long: `check takes lessons by itself, without a screen: every step runs on the real
kernel in a subject of its own. It fails where a step's expects do not hold,
where not exactly one option of a question is true, where a goal is reached
before its solution or not by it, and where a picture is drawn otherwise. What
this kernel or user cannot do is skipped with its reason. Without arguments all
lessons of the course are checked.

A lesson that draws values is checked with its own ones and with 20 seeds.

Exit status: 0 all held; 1 something failed; 2 a file could not be read or is no
lesson; 3 the subject could not be started.

incore help lesson-format says how a lesson is written.`,
		Example: `incore check fork.md
incore check --tap lessons/ | prove -e cat -
incore check --seeds 0`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("seed") && cmd.Flags().Changed("seeds") {
				return usage("--seed is of one draw and --seeds of many; take one of them")
			}
			return a.check(cmd, f, args)
		},
	}
	cmd.Flags().BoolVar(&a.json, "json", false, "print one JSON object a line")
	cmd.Flags().BoolVar(&f.tap, "tap", false, "print the Test Anything Protocol")
	cmd.Flags().IntVar(&f.seeds, "seeds", 20, "how many draws of values to check with beside the file's own")
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "the one draw to check with")
	return cmd
}

// mostSeeds is how many draws a check may be asked for.
const mostSeeds = 10_000

func (a *app) check(cmd *cobra.Command, f *checkFlags, args []string) error {
	switch {
	case a.json && f.tap:
		return usage("--json and --tap are two forms of one output; take one of them")
	case f.seeds < 0 || f.seeds > mostSeeds:
		return usage("--seeds wants a number from 0 to %d", mostSeeds)
	}
	c := &course.Checking{PageSize: int64(os.Getpagesize()), Now: time.Now}
	if cmd.Flags().Changed("seed") {
		c.Seeds = []uint64{f.seed}
	} else {
		for seed := range uint64(f.seeds) + 1 {
			c.Seeds = append(c.Seeds, seed)
		}
	}
	c.Tell = a.checkTeller(f.tap)
	c.Warn = func(w string) { fmt.Fprintf(a.stderr, "incore: %s\n", shown("note: "+w, a.asciiOnly())) }
	c.Bad = func(err error) { fmt.Fprintf(a.stderr, "incore: %s\n", shown(err.Error(), a.asciiOnly())) }
	books, unread := a.books(args, c.Bad)
	return a.checkAll(cmd.Context(), c, books, unread)
}

func (a *app) checkTeller(tap bool) course.Teller {
	switch {
	case a.json:
		return &course.JSON{W: a.out}
	case tap:
		return &course.TAP{W: a.out}
	}
	return &course.Text{W: a.out}
}

// books are the lessons that are named, and how many of the names lead to none.
func (a *app) books(args []string, bad func(error)) (books []course.Book, unread int) {
	if len(args) == 0 {
		return course.Builtin(), 0
	}
	for _, arg := range args {
		found, err := course.Find(arg, a.stdin)
		if err != nil {
			bad(err)
			unread++
			continue
		}
		books = append(books, found...)
	}
	return books, unread
}

func (a *app) checkAll(ctx context.Context, c *course.Checking, books []course.Book, unread int) error {
	var all course.Tally
	err := a.withContext(ctx, func(ctx context.Context) error {
		c.Open = func(ctx context.Context) (course.Lab, error) {
			l, err := a.open(ctx, labOptions{Memory: int64(a.memory), Sharing: true})
			if err != nil {
				return nil, &exitError{exitNoSubject, err}
			}
			return interruptible{l, endWhenInterrupted(ctx, l)}, nil
		}
		n, bad, err := c.Check(ctx, books)
		all, unread = n, unread+bad
		return err
	})
	switch {
	case errors.Is(err, context.Canceled):
		a.code = exitInterrupted
		return nil
	case err != nil:
		return err
	case unread > 0:
		a.code = exitUsage
	case all.Failed > 0:
		a.code = exitFailed
	}
	return nil
}

// interruptible is a lab that an interrupt ends, until it is closed.
type interruptible struct {
	lab
	giveUp func()
}

// Close implements io.Closer.
func (i interruptible) Close() error {
	i.giveUp()
	return i.lab.Close()
}

// newLessonCommand is "incore new-lesson".
func (a *app) newLessonCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new-lesson NAME",
		Short: "Write a lesson to begin with",
		Long: `new-lesson writes NAME.md: a small lesson that passes check. It has a question, a
goal and a picture in it, to be changed piece by piece. A file that is there is
left as it is.

incore help lesson-format says how a lesson is written.`,
		Example: `incore new-lesson page-tables
incore check page-tables.md
incore lesson page-tables.md`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return usage("new-lesson takes one name: incore new-lesson NAME")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := course.NewLesson(args[0])
			if err != nil {
				return &exitError{exitUsage, err}
			}
			_, err = fmt.Fprintf(a.out, "%s is a lesson. To check it: incore check %[1]s; to take it: incore lesson %[1]s\n", shown(file, a.asciiOnly()))
			return err
		},
	}
}
