//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"strings"
	"testing"

	"incore/memops/kernel"
	"incore/model"
	"incore/model/lang"
)

// tablesTaken is what a process has of page tables, bytes.
func tablesTaken(t *testing.T, p *process) int64 {
	t.Helper()
	status, err := p.proc.Status()
	if err != nil {
		t.Fatal(err)
	}
	return status.Tables
}

// What is foreseen is what the kernel makes, for every way to reach pages: at least that, and not
// much more.
func TestTablesAreForeseen(t *testing.T) {
	reach := int64(kernel.Reaches(pageBytes)[0])
	pages := reach / pageBytes // that a table is about
	const some = 24            // tables
	size := model.FormatBytes(some * reach)
	for name, c := range map[string]struct {
		first []string
		line  string
	}{
		"touch every N":     {nil, fmt.Sprintf("touch a every %d", pages)},
		"read every N":      {nil, fmt.Sprintf("touch a read every %d", pages)},
		"at random":         {nil, fmt.Sprintf("touch a every %d random", pages)},
		"more than a table": {nil, fmt.Sprintf("touch a every %d", 3*pages)},
		"guard pages":       {nil, "madvise a guard_install"},
		"some are there":    {[]string{"touch a[0]", fmt.Sprintf("touch a[%d]", 7*pages+9)}, fmt.Sprintf("touch a every %d", pages)},
	} {
		t.Run(name, func(t *testing.T) {
			l := opened(t, Options{})
			if strings.Contains(c.line, "guard") && !l.features.Advices["guard_install"] {
				t.Skip("this kernel has no guard pages")
			}
			ok(t, l, "mmap a "+size+" noreserve")
			ok(t, l, c.first...)
			mainOf(l).observe(false)
			before, span := tablesTaken(t, mainOf(l)), mainOf(l).here().Region("a").Span()
			nth := int64(1)
			parsedLine, err := lang.Parse(c.line)
			if err != nil {
				t.Fatal(err)
			}
			if touch, is := parsedLine.(lang.Touch); is {
				nth = touch.Every
			}
			foreseen := mainOf(l).mayTake(span, nth).tables
			ok(t, l, c.line)
			made := tablesTaken(t, mainOf(l)) - before
			if made < 5*pageBytes || made > foreseen || foreseen > made+8*pageBytes {
				t.Errorf("%d bytes of tables were made, and %d foreseen", made, foreseen)
			}
		})
	}
}
