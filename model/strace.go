package model

import (
	"fmt"
	"strings"
)

// Strace returns the event as strace(1) prints a call:
//
//	mlock(0x7f…, 4096) = -1 ENOMEM (Cannot allocate memory)
//
// A signal that answered it follows on a line of its own, and so does the reason
// why no answer came where the process died over it. Where no call was made it
// is what incore said instead: why it refused, or the note. It never holds a control
// character other than that newline.
func (e Event) Strace() string {
	switch {
	case e.Call == "" && e.Refused != "":
		return Visible(e.Line() + ": " + e.Refused)
	case e.Call == "" && e.Note != "":
		return Visible(e.Note)
	case e.Call == "":
		return Visible(e.Line())
	}
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	s := Visible(fmt.Sprintf("%s(%s) = %s", e.Call, strings.Join(args, ", "), e.result()))
	if g := e.Signal; g != nil {
		key := ""
		if g.Key != 0 {
			key = fmt.Sprintf(", si_pkey=%d", g.Key)
		}
		s += "\n" + Visible(fmt.Sprintf("--- %s {si_signo=%s, si_code=%s, si_addr=%#x%s} ---", g.Name, g.Name, g.Code, g.Addr, key))
	}
	if e.Refused != "" {
		s += "\n" + Visible("+++ "+e.Refused+" +++")
	}
	return s
}

// String returns the argument as strace prints it.
func (a Arg) String() string {
	switch {
	case a.Text != "":
		return a.Text
	case a.Of != 0:
		return a.flagsText()
	case a.Kind == ArgAddr:
		return fmt.Sprintf("%#x", a.Value)
	}
	return fmt.Sprint(a.Value)
}

// result returns what stands right of the equals sign. Of a loop that a signal cut
// short only touch knows how far it came; strace writes ? for what did not return.
func (e Event) result() string {
	switch {
	case e.Errno != "" && e.Ret == 0:
		return "NULL " + e.Errno // malloc and its like return no -1 (malloc(3))
	case e.Errno != "" && e.ErrText != "":
		return fmt.Sprintf("-1 %s (%s)", e.Errno, e.ErrText)
	case e.Errno != "":
		return "-1 " + e.Errno
	case e.Refused != "" || e.Signal != nil && e.Call != CallTouch && e.Call != CallKill || e.Call == CallExitGroup:
		return "?" // as strace writes it of a call that did not return
	}
	ret := fmt.Sprint(e.Ret)
	if e.RetHex {
		ret = fmt.Sprintf("%#x", uint64(e.Ret))
	}
	if e.Result != "" {
		ret += " (" + e.Result + ")"
	}
	return ret
}

// Took returns how long the call took: 4.1µs, 82ms while watched. A touch at a pace is two times:
// 498µs of accesses in 3.20s.
func (e Event) Took() string {
	s := FormatElapsed(e.Elapsed)
	if e.Paced > 0 {
		s += " of accesses in " + FormatElapsed(e.Paced)
	}
	if e.Watched {
		s += " while watched"
	}
	return s
}

// CopiedWords returns how many pages a write copied, "copied 1 page", or "" where none.
func (e Event) CopiedWords() string {
	if e.Copied == 0 {
		return ""
	}
	return "copied " + Plural(e.Copied, "page")
}

// Costs returns what the call cost: 4.1µs, 1 minor, 0 major, copied 1 page, RSS +4K, VmLck +16K.
// Memory that did not change is left out, and both counts of faults where there
// was none. It is empty where no call was made, or none that came back: then nothing was
// measured.
func (e Event) Costs() string {
	if e.Call == "" || e.Refused != "" || e.Call == CallExitGroup {
		return ""
	}
	parts := []string{e.Took()}
	if e.Minor != 0 || e.Major != 0 {
		parts = append(parts, fmt.Sprintf("%d minor", e.Minor), fmt.Sprintf("%d major", e.Major))
	} else {
		parts = append(parts, "no faults")
	}
	if s := e.CopiedWords(); s != "" {
		parts = append(parts, s)
	}
	if s := e.Unasked.Words(); s != "" {
		parts = append(parts, s)
	}
	if e.RSS != 0 {
		parts = append(parts, "RSS "+FormatDelta(e.RSS))
	}
	if e.VmLck != 0 {
		parts = append(parts, "VmLck "+FormatDelta(e.VmLck))
	}
	return strings.Join(parts, ", ")
}
