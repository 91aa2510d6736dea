package cli

import (
	"fmt"
	"io"
	"strings"

	"incore/model"
	"incore/model/lang"
	"incore/model/wire"
	"incore/ui/plain"
)

// textReport prints a run for people: each command after a prompt, beneath it the
// call as strace(1) writes it, what it cost, and why where it failed.
type textReport struct {
	w     io.Writer
	ascii bool
}

const prompt = "> "

// print writes lines in one write. It is the only way out, so that nothing leaves
// with control characters in it.
func (t *textReport) print(lines ...string) error {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(shown(line, t.ascii), " "))
		b.WriteByte('\n')
	}
	_, err := io.WriteString(t.w, b.String())
	return err
}

func (t *textReport) started(s model.Started) error {
	lock := "locks without limit (CAP_IPC_LOCK)"
	if !s.Limits.IPCLock {
		lock = "RLIMIT_MEMLOCK " + model.FormatLimit(s.Limits.MemlockSoft)
	}
	lines := []string{fmt.Sprintf("# Linux %s, pages of %s, %s, %s",
		s.Kernel, model.FormatBytes(s.PageSize), s.User, lock)}
	for _, m := range s.Missing {
		lines = append(lines, "# "+m)
	}
	return t.print(lines...)
}

// command prints the command before it runs; say is its own text, and comes with its event.
func (t *textReport) command(line lang.Line) error {
	if _, ok := line.Command.(lang.Say); ok {
		return nil
	}
	return t.print(prompt + line.Command.String())
}

func (t *textReport) item(rec wire.Record) error {
	switch it := rec.Item.(type) {
	case model.Event:
		return t.print(eventLines(it, rec.Why, rec.Try)...)
	case model.Checked:
		return t.print(checkedLine(it, rec.Line))
	case model.Died:
		if it.Asked {
			return nil // of reset, which has a note
		}
		return t.print("  " + plain.ProcessName(it.Proc) + " died: " + it.String())
	}
	return nil // samples are for the expects that asked for them
}

// eventLines returns the lines of one event, to stand beneath its command.
func eventLines(e model.Event, why, try string) []string {
	if e.Call == "" && e.Refused == "" {
		return noteLines(e)
	}
	var lines []string
	switch {
	case e.Refused != "" && e.Call != "": // the subject did not live to answer
		lines = append(lines, "  "+e.Refused)
	case e.Refused != "":
		lines = append(lines, "  refused: "+e.Refused)
	default:
		for line := range strings.Lines(e.Strace()) {
			lines = append(lines, "  "+strings.TrimSuffix(line, "\n"))
		}
		if costs := e.Costs(); costs != "" && !e.Aside {
			lines = append(lines, "    "+costs)
		}
	}
	if why != "" {
		lines = append(lines, "    why: "+why)
	}
	if try != "" {
		lines = append(lines, "    try: "+try)
	}
	return lines
}

// noteLines returns what a command that makes no call has to say: the text of say as it
// is, everything else beneath its command.
func noteLines(e model.Event) []string {
	if e.Note == "" {
		return nil
	}
	if _, said := e.Command.(lang.Say); said {
		return []string{e.Note}
	}
	return []string{"  " + e.Note}
}

// checkedLine returns "ok" or what was asked, what is, and where.
func checkedLine(c model.Checked, line int) string {
	if c.OK {
		return "  ok"
	}
	asked := strings.TrimPrefix(c.Expect, lang.Expect{}.Verb()+" ")
	return fmt.Sprintf("  FAILED: asked %s, is: %s, line %d", asked, c.Got, line)
}

// finished prints nothing: what went wrong is said on standard error.
func (t *textReport) finished(runResult) error { return nil }
