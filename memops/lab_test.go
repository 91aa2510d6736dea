//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"os"
	"testing"

	"incore/model"
)

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
	c, err := model.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	var e model.Event
	for _, item := range l.Do(context.Background(), c) {
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

// ok runs lines that must all succeed; an expect among them must hold.
func ok(t testing.TB, l *Lab, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if e := do(t, l, line); !e.OK() {
			t.Errorf("%s: %s %v %s", line, e.Errno, e.Signal, e.Refused)
		}
	}
}

var pageBytes = int64(os.Getpagesize())

func TestMapTouchLock(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l,
		"mmap a 64",
		"expect all a absent unmapped anon unlocked prot=rw",
		"touch a[3]",
		"expect minor 1",
		"expect return 1",
		"expect all a[3] resident mapped anon",
		"expect count a resident 1",
		"touch a[5] read",
		"expect all a[5] resident zero",
		"mlock a[8..11]",
		"expect all a[8..11] locked resident",
		"expect no a[8..11] onfault",
		"expect count a locked 4",
		"mlock2 a[12..15] onfault",
		"expect all a[12..15] onfault absent",
		"munlock a[8..15]",
		"expect no a locked",
		"mprotect a[20] none",
		"expect all a[20] prot=none",
		"expect vmas a 3",
		"munmap a[30..31]",
		"expect count a unmapped >= 2",
		"mincore a[0..9]",
		"expect ok",
		"munmap a",
	)
	if s := l.State(); len(s.Main().Regions) != 0 {
		t.Errorf("after munmap there are still regions: %d", len(s.Main().Regions))
	}
}
