//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"incore/memops"
	"incore/model"
)

// needsRSS skips where the kernel counts VmRSS late.
func needsRSS(t *testing.T, l *memops.Lab) {
	t.Helper()
	for _, m := range l.State().Missing {
		if strings.Contains(m, "VmRSS late") {
			t.Skip(m)
		}
	}
}

// A size behind a sign is the change by the command before, of the process that is asked, whatever there was.
func TestExpectOfAChange(t *testing.T) {
	l := opened(t, memops.Options{})
	needsRSS(t, l)
	ok(t, l, "mmap a 64 tidy", "expect rss +0", "touch a[0..15]", "expect rss +16", fmt.Sprintf("expect rss +%dB", 16*pageBytes),
		"say the same command", "expect rss >= +15", "expect rss < +17", "expect rss != -16", "expect vmlck +0",
		"touch a[0..15]", "expect rss +0", "expect rss -0", "touch a[0..31] at 10000/s", "expect rss +16",
		"madvise a[8..11] dontneed", "expect rss -4", "expect rss <= -4", "expect rss < +0",
		"mmap b 4", "munmap a", "expect rss -28")
	ok(t, l, "mmap k 4 tidy", "touch k", "fork kid", "in kid touch k[0..1]", "expect rss +0", "in kid munmap k", "in kid expect rss -4",
		"touch k", "in kid expect rss -4", "expect rss +0", "in main expect rss +0")
	for line, want := range map[string]string{
		"expect rss +1":        "VmRSS changed by +0 (of touch)",
		"in kid expect rss -3": fmt.Sprintf("VmRSS changed by %s (of munmap)", model.FormatDelta(-4*pageBytes)),
		"in kid expect rss +4": fmt.Sprintf("VmRSS changed by %s (of munmap)", model.FormatDelta(-4*pageBytes)),
	} {
		begin := time.Now()
		if c := checkedIn(l, line); c.OK || c.Got != want {
			t.Errorf("%s: %v, %s", line, c.OK, c.Got)
		}
		if d := time.Since(begin); d > time.Second { // what a call changed stays so
			t.Errorf("%s took %s", line, d)
		}
	}
	ok(t, l, "calloc block 1 1M", "expect rss > +0", "free block", "expect rss < +0")
}

// What a call locks is charged by whole pages, whatever kernel counts RSS.
func TestExpectOfAChangeOfLocks(t *testing.T) {
	needsMemlock(t, 4)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "mlock a+0,32", "expect vmlck +1", "mlock a+64,32", "expect vmlck +0", "mlock a[1..3]", "expect vmlck +3",
		"munlock a[3]+16,32", "expect vmlck -1", fmt.Sprintf("expect vmlck -%dB", pageBytes), "munmap a", "expect vmlck -3", "expect vmlck 0")
}

// Of a process that is gone no change is told, and none of what made no call.
func TestNoChangeIsTold(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "fork kid", "in kid exit")
	for line, want := range map[string]string{
		"in kid expect rss +0":  "kid exited with 0",
		"in kid expect vmlck 0": "kid exited with 0",
	} {
		if c := checkedIn(l, line); c.OK || c.Got != want {
			t.Errorf("%s: %v, %s", line, c.OK, c.Got)
		}
	}
	ok(t, l, "reset")
	if c := checkedIn(l, "expect rss +0"); c.OK {
		t.Errorf("after a reset: %s", c.Got)
	}
}

// An expect of Pss asks for it, of a process alone too, and comes to what smaps_rollup says.
func TestExpectPss(t *testing.T) {
	l := opened(t, memops.Options{})
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		c := checkedIn(l, "expect pss > 0")
		if c.OK || !strings.Contains(c.Got, "Pss is not known: open") {
			t.Errorf("%v, %s", c.OK, c.Got)
		}
		t.Skip(c.Got)
	}
	ok(t, l, "mmap a 64 tidy", "touch a", "expect pss >= 64", "expect pss != 0")
	pid := l.State().Main().PID
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\nPss:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	ok(t, l, fmt.Sprintf("expect pss %dK", kib))
	if s := l.State().Main().Stat; s.Pss != int64(kib)<<10 {
		t.Errorf("the sample has %d, want %dK", s.Pss, kib)
	}
	ok(t, l, "fork x", "fork y", "fork z", "in x expect pss >= 16", "in x expect pss < 32", "expect pss < 32", "expect rss >= 64")
	ok(t, l, "in y touch a", "in y expect pss >= 64", "in x expect pss < 40")
	if c := checkedIn(l, "in x expect vmlck 1"); c.OK {
		t.Error(c.Got)
	}
}

// On a screen what is told of Pss does not stay in the samples of a process alone.
func TestExpectPssOnAScreen(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		t.Skip(err)
	}
	l := opened(t, memops.Options{Sampling: true})
	ok(t, l, "mmap a 64 tidy", "touch a", "expect pss >= 64")
	if s := l.State().Main().Stat; s.Pss != 0 {
		t.Errorf("alone: %d", s.Pss)
	}
}
