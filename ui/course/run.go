package course

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"incore/model/lang"
	"incore/model/lesson"
)

// Checking says how lessons are checked.
type Checking struct {
	Open     Opener           // starts the subject of a lesson
	PageSize int64            // bytes
	Seeds    []uint64         // with which the values of a lesson are drawn; 0 are its own
	Tell     Teller           // of what comes of it
	Warn     func(string)     // of what reads badly
	Now      func() time.Time // the clock
	Bad      func(error)      // of a file that is no lesson
}

// Check checks lessons, one after the other. A file that is no lesson is told of, and the others are checked all the same. Its
// error is of the subject's start, of who is told, or of ctx.
func (c *Checking) Check(ctx context.Context, books []Book) (all Tally, bad int, _ error) {
	began := c.Now()
	for _, b := range books {
		drawn, err := c.parse(b)
		if err != nil {
			bad++
			c.Bad(err)
			continue
		}
		n, err := c.lesson(ctx, drawn)
		all.Lessons++
		all.Checks, all.Failed, all.Skipped = all.Checks+n.Checks, all.Failed+n.Failed, all.Skipped+n.Skipped
		if err != nil {
			return all, bad, err
		}
	}
	return all, bad, c.Tell.End(all, c.Now().Sub(began))
}

// parse reads a lesson once a seed, so that nothing of it runs where any of them is wrong. A lesson that draws nothing is the
// same with each.
func (c *Checking) parse(b Book) (drawn []*lesson.Lesson, _ error) {
	for i, seed := range c.Seeds {
		l, err := lesson.Parse(b.Name, b.Source, lesson.Options{Seed: seed, PageSize: c.PageSize})
		if err != nil {
			if p := new(lang.ParseError); errors.As(err, &p) && i > 0 && !strings.Contains(p.Msg, "by seed") {
				p.Msg += fmt.Sprintf(" (by seed %d)", seed)
			}
			return nil, err
		}
		if i == 0 {
			for _, w := range l.Warnings {
				c.Warn(w)
			}
		}
		if drawn = append(drawn, l); !draws(l) {
			break
		}
	}
	return drawn, nil
}

// draws reports whether any value of a lesson has a range.
func draws(l *lesson.Lesson) bool {
	for _, v := range l.Vars {
		if v.Expr == "" && v.Low < v.High {
			return true
		}
	}
	return false
}

func (c *Checking) lesson(ctx context.Context, drawn []*lesson.Lesson) (n Tally, _ error) {
	began, l := c.Now(), drawn[0]
	if err := c.Tell.Lesson(l.File, l.Title, len(drawn)-1); err != nil {
		return n, err
	}
	for _, l := range drawn {
		var told error
		err := Check(ctx, c.Open, l, func(r Result) {
			n.Checks++
			switch {
			case r.Skipped != "":
				n.Skipped++
			case !r.OK:
				n.Failed++
			}
			if told == nil {
				told = c.Tell.Result(r)
			}
		})
		if err := errors.Join(err, told, ctx.Err()); err != nil {
			return n, err
		}
	}
	return n, c.Tell.Finish(n, c.Now().Sub(began))
}
