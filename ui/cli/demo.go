package cli

import (
	"context"
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
	"incore/ui/course"
)

// demoStep is one step of the demonstration: a sentence and the command that it is about.
type demoStep struct{ say, command string }

// demoSteps are small enough for an RLIMIT_MEMLOCK of 64 KiB, the default before
// Linux 5.16, and true without any right to lock: then the calls say EPERM.
var demoSteps = []demoStep{
	{"A new region has an address, and no memory: nothing is resident.", "mmap a 32"},
	{"Each first write of a page is a fault, and the page comes in.", "touch a[2..9]"},
	{"Reading maps the shared zero page: resident, a fault each, and no RSS.", "touch a[12..15] read"},
	{"A lock brings in what is not there yet (pages 10 and 11), and holds it.", "mlock a[6..11]"},
	{"A lock on fault brings in nothing: it is charged to VmLck, and waits.", "mlock2 a[20..25] onfault"},
	{"The first access brings the page in, and from then on it is held.", "touch a[22]"},
	{"Unlocking lets the pages go, but does not send them away.", "munlock a[6..11]"},
	{"MADV_DONTNEED does: the pages are gone, and so is what was written to them.", "madvise a[2..5] dontneed"},
	{"A protection takes away the right to access a page, not the page.", "mprotect a[8] none"},
	{"So a write is answered with SIGSEGV. The subject catches it and lives on.", "touch a[8]"},
	{"What is unmapped is a hole in the region.", "munmap a[28..31]"},
}

// demoLegend explains the characters of the lines that show the region.
const demoLegend = `# Each character is a page:  * resident   . absent   ? unknowable   blank: unmapped
# and beneath it its lock:   L locked     f locked on fault`

// runDemo returns incore without a terminal: the demonstration, as text, on a real subject.
func (a *app) runDemo(ctx context.Context) error {
	return a.withLab(ctx, func(ctx context.Context, l lab) error {
		err := demonstrate(ctx, l, &textReport{w: a.out, ascii: a.asciiOnly()})
		death := l.State().Main().Death
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			a.code = exitInterrupted
		case death != nil:
			return &exitError{exitDied, fmt.Errorf("the subject died during the demonstration: %s", death)}
		}
		return nil
	})
}

// demonstrate runs the steps. Its error is of standard output, or incore's own.
func demonstrate(ctx context.Context, l lab, report *textReport) error {
	legend := append(strings.Split(demoLegend, "\n"), "# For the live screen start incore in a terminal.")
	if err := report.started(startedOf(l.State())); err != nil {
		return err
	}
	if err := report.print(legend...); err != nil {
		return err
	}
	r := run{ctx: ctx, lab: l, rep: report, pid: l.State().Main().PID}
	for _, step := range demoSteps {
		if ctx.Err() != nil || l.State().Main().Death != nil {
			return nil
		}
		c, err := lang.Parse(step.command)
		if err != nil {
			return &exitError{exitPanic, err}
		}
		if err := report.print("", step.say); err != nil {
			return err
		}
		if err := r.line(lang.Line{Text: step.command, Command: c}); err != nil {
			return err
		}
		l.Refresh(ctx, "")
		if err := report.print(regionLines(l.State().Main().Regions)...); err != nil {
			return err
		}
	}
	return nil
}

// regionLines draws each region as a line of characters, the way the program
// memlock of "The Linux Programming Interface" (chapter 50) does, and beneath it the
// locks where there are any. Pictures of lessons are drawn alike.
func regionLines(regions []*model.Region) []string {
	var lines []string
	for _, r := range regions {
		row := course.Draw(r)
		lines = append(lines, "  "+r.Name+"  "+row.Pages)
		if row.Locks != "" {
			lines = append(lines, strings.Repeat(" ", len("  "+r.Name+"  "))+row.Locks)
		}
	}
	return lines
}
