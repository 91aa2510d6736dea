//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"os"
	"slices"
	"testing"

	"incore/memops/kernel"
	"incore/model"
	"incore/model/lang"
)

// What drives a Lab in the tests of both packages: export_test.go hands it to those of memops_test.

var pageBytes = int64(os.Getpagesize())

// mainOf is the first process of a session.
func mainOf(l *Lab) *process { return l.process(model.Main) }

// opened is a Lab that a test drives as a script does.
func opened(t testing.TB, o Options) *Lab {
	t.Helper()
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

// do runs one line and returns the event of the command's own call.
func do(t testing.TB, l *Lab, line string) model.Event {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	if asksZeroPage(c) {
		needsZeroPage(t)
	}
	var e model.Event
	for _, item := range run(l, c) {
		switch it := item.(type) {
		case model.Event:
			if !it.Aside {
				e = it
			}
		case model.Checked:
			if !it.OK {
				t.Errorf("%s: %s", it.Expect, it.Got)
			}
		}
	}
	return e
}

// run does a command, and a collapse anew while the kernel says EAGAIN: something held a page for a moment, as a batch of the
// LRU lists or a reader does (mm/khugepaged.c, madvise_collapse_errno).
func run(l *Lab, c model.Command) (items []model.Item) {
	asked, ok := c.(lang.Madvise)
	for range 100 {
		items = l.Do(context.Background(), c)
		if !ok || asked.Advice != "collapse" || !slices.ContainsFunc(items, func(i model.Item) bool {
			e, is := i.(model.Event)
			return is && e.Errno == "EAGAIN"
		}) {
			break
		}
	}
	return items
}

// asksZeroPage reports whether a command expects pages to be the zero page.
func asksZeroPage(c model.Command) bool {
	if in, ok := c.(lang.In); ok {
		c = in.Do
	}
	asked, ok := c.(lang.Expect)
	return ok && asked.Kind != lang.ExpectNo && slices.Contains(asked.States, "zero")
}

// needsZeroPage skips a test of the zero page where this kernel maps none.
func needsZeroPage(t testing.TB) {
	t.Helper()
	if !kernel.Probe().ZeroPage {
		t.Skip("this kernel maps no zero page: a read of private memory gets a page of its own")
	}
}

// ok runs lines that must all succeed; an expect among them must hold.
func ok(t testing.TB, l *Lab, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if e := do(t, l, line); !e.OK() {
			t.Errorf("%s: %s %v %s", line, e.Errno, e.Signal, e.Refused)
		}
	}
}
