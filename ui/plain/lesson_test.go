package plain

import (
	"slices"
	"strings"
	"testing"

	"incore/model/lesson"
)

const asking = `---
title: T
summary: S
minutes: 1
---

# T

## Who pays?

` + "```incore\nmmap a 4                      # the first region\nexpect ok\n```\n\n```incore\nreset\n```\n\n```goal\nexpect vmlck 1\n```\n\n" +
	"<!-- solution:\nmmap a 4\nmlock a[0]\n-->\n\n<!-- notes: 30 s.\nN\n-->\n"

// A title that asks keeps its mark, and what stands beside a command is said with it.
func TestStepsAreToldWhole(t *testing.T) {
	l, err := lesson.Parse("a.md", []byte(asking), lesson.Options{})
	if err != nil {
		t.Fatal(err)
	}
	taking := lesson.Take(l, lesson.Machine{})
	taking.Start(0)
	p := &Conversation{cfg: Config{Lesson: taking}}
	got := p.stopLines(&taking.Stops[0])
	for _, want := range []string{"Part: Who pays?", "Will run: mmap a 4 (the first region)", "Will check: expect ok"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, strings.Join(got, "\n"))
		}
	}
}

// What is read aloud has no marks, and a line for each item of a list.
func TestSpoken(t *testing.T) {
	for md, want := range map[string][]string{
		"A *page* is **not** a `frame`.":     {"A page is not a frame."},
		"It has\n\n1. one;\n2. two.\n\nEnd.": {"It has", "1. one;", "2. two.", "End."},
		"`4 * 4` and `a*b`":                  {"4 * 4 and a*b"},
		"*Virtual* memory (*RSS*)":           {"Virtual memory (RSS)"},
	} {
		if got := spoken(md); !slices.Equal(got, want) {
			t.Errorf("%q is told as %q, not as %q", md, got, want)
		}
	}
}
