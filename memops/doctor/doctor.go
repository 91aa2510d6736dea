//go:build linux && (amd64 || arm64)

package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// doctor looks at what this kernel and user allow, with a subject where one can be
// started: what can be tried is tried, and given back when it closes the lab.
type doctor struct {
	ctx   context.Context
	lab   *memops.Lab      // nil where no subject can be started
	sub   *subject.Subject // another one, for requests that no command makes
	files *proc.Files      // of the lab's first process
	group string
	list  []model.Checkup
}

// Examine says what this kernel and user allow, in the order in which it is to be read. It
// takes some milliseconds and leaves nothing behind.
func Examine(ctx context.Context) []model.Checkup {
	d := &doctor{ctx: ctx}
	if err := d.examine(); err != nil {
		d.group = "system"
		d.lacks("an orderly end", memops.OneLine(err), "something of what was tried may be left")
	}
	return d.list
}

// examine makes the list. Its error is about giving back what was tried.
func (d *doctor) examine() error {
	d.system()
	d.calls()
	d.advices()
	d.processFiles()
	d.locking()
	d.memory()
	d.swap()
	d.pageKinds()
	d.places()
	if d.lab == nil {
		return nil
	}
	d.files.Close()
	return errors.Join(d.sub.Close(), d.lab.Close())
}

// start opens a lab with a subject, which takes so long, and what is asked of that and of another one beside
// commands.
func (d *doctor) start() (took time.Duration, err error) {
	begin := time.Now()
	if d.lab, err = memops.Open(d.ctx, memops.Options{}); err != nil {
		d.lab = nil
		return 0, err
	}
	took = time.Since(begin)
	if d.sub, err = subject.Start(); err == nil {
		if d.files, err = proc.Open(d.main().PID, d.main().PID); err != nil {
			err = errors.Join(err, d.sub.Close())
		}
	}
	if err != nil {
		err = errors.Join(err, d.lab.Close())
		d.lab = nil
	}
	return took, err
}

// main is the lab's first process.
func (d *doctor) main() *model.Process { return d.lab.State().Main() }

// has is a checkup of something that is here.
func (d *doctor) has(name, found, means string) {
	d.list = append(d.list, model.Checkup{Group: d.group, Name: name, OK: true, Found: found, Means: means})
}

// lacks is a checkup of something that is missing.
func (d *doctor) lacks(name, why, means string) {
	d.list = append(d.list, model.Checkup{Group: d.group, Name: name, Found: why, Means: means})
}

// hasIf is has, or lacks with the same words but for what it means.
func (d *doctor) hasIf(ok bool, name, found, missing, means string) {
	if ok {
		d.has(name, found, "")
	} else {
		d.lacks(name, missing, means)
	}
}

// do runs a line of the command language in the subject, and returns the event of its own call.
func (d *doctor) do(line string) (own model.Event) {
	c, err := lang.Parse(line)
	if err != nil {
		return model.Event{Refused: memops.OneLine(err)}
	}
	for _, item := range d.lab.Do(d.ctx, c) {
		if e, ok := item.(model.Event); ok && !e.Aside {
			own = e
		}
	}
	return own
}

// why is what a command failed with.
func why(e model.Event) string {
	if e.Refused != "" {
		return e.Refused
	}
	return fmt.Sprintf("%s answers %s (%s)", e.Call, e.Errno, e.ErrText)
}

func (d *doctor) system() {
	d.group = "system"
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		d.has("Linux", fmt.Sprintf("%s on %s, pages of %s", unix.ByteSliceToString(u.Release[:]),
			unix.ByteSliceToString(u.Machine[:]), model.FormatBytes(int64(os.Getpagesize()))), "")
	}
	took, err := d.start()
	found := model.Checkup{Group: d.group, Name: "subject", Needs: true, OK: err == nil}
	if err == nil {
		found.Found = "a process of its own starts in " + model.FormatElapsed(took)
	} else {
		found.Found = memops.OneLine(err)
		found.Means = "incore cannot run here: all that it shows is memory of that process"
	}
	d.list = append(d.list, found)
	d.clock()
}

// clock looks at the counter that calls are timed with. That of arm64 has one rate (Arm ARM,
// the Generic Timer); that of x86-64 where the processor says so.
func (d *doctor) clock() {
	const name, means = "clock", "times in ns are off whenever the processor changes its rate or sleeps"
	switch flags := proc.CPUFlags(proc.ReadText("/proc/cpuinfo")); {
	case flags == nil:
		d.has(name, "a counter of constant rate", "")
	case slices.Contains(flags, "constant_tsc") && slices.Contains(flags, "nonstop_tsc"):
		d.has(name, "a time-stamp counter of constant rate", "")
	case slices.Contains(flags, "constant_tsc"):
		d.lacks(name, "the time-stamp counter stops in deep sleep (no nonstop_tsc)", means)
	default:
		d.lacks(name, "the time-stamp counter has no constant rate (no constant_tsc)", means)
	}
}
