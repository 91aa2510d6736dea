//go:build linux && (amd64 || arm64)

package memops_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// needsFrames skips where frames are not told: to users other than root, and where /proc/kpageflags is not there.
func needsFrames(t *testing.T, l *memops.Lab) {
	t.Helper()
	ok(t, l, "mmap needs_frames 1", "touch needs_frames")
	c := checkedIn(l, "expect no needs_frames ksm")
	ok(t, l, "munmap needs_frames")
	if !c.OK {
		if os.Geteuid() == 0 && !strings.Contains(c.Got, "kpageflags") && !strings.Contains(c.Got, "CAP_SYS_ADMIN") {
			t.Errorf("frames are not told: %s", c.Got)
		}
		t.Skip(c.Got)
	}
}

// checkedIn is the outcome of an expect.
func checkedIn(l *memops.Lab, line string) (c model.Checked) {
	x, err := lang.Parse(line)
	if err != nil {
		panic(err)
	}
	for _, item := range memops.Run(l, x) {
		if is, ok := item.(model.Checked); ok {
			c = is
		}
	}
	return c
}

// A hole is a page that no VMA covers; unmapped is one without a frame, in a VMA or not.
func TestHoleState(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "expect no a hole", "expect all a unmapped", "munmap a[1..2]", "expect count a hole 2", "expect all a[1..2] hole unmapped",
		"expect no a[0] hole", "mmap b 1 none at a[1]", "expect count a hole 1", "expect no a[1] hole", "munmap a", "expect all a hole", "expect all 0x1000,1 hole")
	for line, want := range map[string]string{
		"expect no a[1..2] hole": "a[1] is hole", "expect all b resident": "is a hole",
	} {
		if c := checkedIn(l, line); c.OK || !strings.Contains(c.Got, want) {
			t.Errorf("%s: %v, %s; want %q", line, c.OK, c.Got, want)
		}
	}
}

// A page of a file is dirty from a write on until it is written back (Documentation/admin-guide/mm/pagemap.rst, DIRTY).
func TestDirtyState(t *testing.T) {
	for _, o := range []memops.Options{{}, {Sampling: true}} {
		l := opened(t, o)
		needsFrames(t, l)
		ok(t, l, "mmap f 4 scratch shared tidy", "touch f[1..2]", "expect count f dirty 2", "expect all f[1..2] dirty mapped", "msync f sync", "expect no f[1..2] dirty",
			"touch f[2]", "expect count f[1..2] dirty 1", "expect all f[2] dirty", "mmap a 2", "expect no a dirty", "madvise a guard_install")
		// Of one that is in memory and not mapped the page table does not tell the frame.
		ok(t, l, "madvise f[2] dontneed", "expect all f[2] resident unmapped")
		if c := checkedIn(l, "expect no f[2] dirty"); c.OK || !strings.Contains(c.Got, "does not lead to its frame") {
			t.Errorf("an unmapped page: %v, %s", c.OK, c.Got)
		}
	}
}

// Who may not ask frames is told why, and nothing is guessed.
func TestFrameStatesAreRefused(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 2", "touch a")
	if checkedIn(l, "expect no a ksm").OK {
		t.Skip("this user is told frames")
	}
	for _, line := range []string{"expect all a ksm", "expect no a dirty", "expect count a ksm 0", "expect count a dirty >= 0"} {
		if c := checkedIn(l, line); c.OK || !strings.Contains(c.Got, "told by the flags of frames, and to root alone: ") {
			t.Errorf("%s: %v, %s", line, c.OK, c.Got)
		}
	}
}

// Nobody pays for frames but who asks: no other sample has them.
func TestFramesAreAskedOnlyByExpect(t *testing.T) {
	l := opened(t, memops.Options{})
	needsFrames(t, l)
	ok(t, l, "mmap a 4", "touch a", "expect no a ksm")
	asked := func() bool {
		return slices.ContainsFunc(l.State().Main().Region("a").Pages, func(r model.Run[model.Page]) bool { return r.Val.Frame != 0 })
	}
	if !asked() {
		t.Error("a sample that asked the frames does not tell them")
	}
	if ok(t, l, "expect all a mapped"); asked() {
		t.Error("a sample that did not ask the frames tells them")
	}
}
