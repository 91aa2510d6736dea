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
