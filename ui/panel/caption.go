package panel

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// caption is what a room is to read.
type caption struct {
	said    string // by the last say
	call    string // what the last call since then did, or the last expect found
	bad     bool   // it failed
	saidEnd bool   // the say is the newer of the two
}

// Caption draws what a room is to read.
type Caption struct {
	*scene.Scene
	Area canvas.Area // the cells that it draws in
	Log  *Log        // which knows why a call failed
}

// Draw draws the text of the last say, and what the last call did. In one row it draws the newer of the two.
func (pn *Caption) Draw() {
	a, th, c := pn.Area, pn.Look, &pn.Canvas
	if a.Empty() {
		return
	}
	var lines []canvas.Span
	add := func(text string, st canvas.Style) {
		for _, line := range canvas.Wrap(text, a.W-2) {
			lines = append(lines, st.Span(line))
		}
	}
	of := pn.caption()
	st := th.Text
	if of.bad {
		st = th.Fail
	}
	switch {
	case of.said == "" && of.call == "" && of.saidEnd: // an empty text takes the caption away
	case of.said == "" && of.call == "":
		add("Nothing has been done yet.", th.Dim)
	case of.said == "":
		add(of.call, st.Bold())
	case of.call == "" || a.H == 1 && of.saidEnd:
		add(of.said, th.Heading)
	case a.H == 1:
		add(of.call, st)
	default:
		add(of.said, th.Heading)
		if last := a.H - 2; len(lines) > last+1 {
			lines[last].Text = canvas.Fit(lines[last].Text+" …", a.W-2)
			lines = lines[:last+1]
		}
		add(of.call, st)
	}
	for i, line := range lines[:min(len(lines), a.H)] {
		if i == a.H-1 && len(lines) > a.H {
			line.Text = canvas.Fit(line.Text+" …", a.W-2)
		}
		c.Set(a.X, a.Y+i, th.Marker, th.Accent)
		c.Text(a.X+2, a.Y+i, a.W-2, line.Text, line.Style)
	}
}

// caption finds what is to be read. What was said before a reset is over.
func (pn *Caption) caption() (of caption) {
	s := &pn.State
	if n := len(s.Checks); n > 0 && (len(s.Events) == 0 || s.Checks[n-1].Time >= s.Events[len(s.Events)-1].Time) {
		k := &s.Checks[n-1]
		of.call = k.Expect + ": holds."
		if !k.OK {
			of.call, of.bad = k.Expect+": does not hold. "+scene.Capital(k.Got)+".", true
		}
	}
	for i := len(s.Events) - 1; i >= 0; i-- {
		e := &s.Events[i]
		_, said := e.Command.(lang.Say)
		_, reset := e.Command.(lang.Reset)
		switch {
		case said && e.Refused == "":
			of.said, of.saidEnd = strings.TrimSpace(e.Note), of.call == ""
			return of
		case reset:
			return of
		case of.call == "" && !e.Aside && (e.Call != "" || e.Refused != ""):
			of.call, of.bad = CallWords(e, s.Process(e.Proc)), !e.OK()
			if cause := pn.Log.causeOf(e.Seq); cause != "" {
				of.call += " " + strings.TrimSuffix(cause, ".") + "."
			}
		}
	}
	return of
}

// causeOf returns why the call of that number failed, or "" where it did not or that is not known.
func (l *Log) causeOf(seq int) string {
	for i := len(l.Calls) - 1; i >= 0; i-- {
		if k := &l.Calls[i]; k.Event != nil {
			if k.Event.Seq == seq && k.Bad {
				return k.cause()
			}
			return ""
		}
	}
	return ""
}

// CallWords returns a call and its result in words: "Wrote a[3]: 1 page fault, 4K more in memory." p is the
// process that made it, as it is now, or nil.
func CallWords(e *model.Event, p *model.Process) string {
	if e.Command == nil {
		return ""
	}
	c, of := lang.Inner(e.Command), ""
	if in, ok := e.Command.(lang.In); ok {
		of = in.Proc + ": "
	}
	if p != nil {
		if text := processWords(e, c, p); text != "" {
			return text + "."
		}
	}
	now, past := deedWords(c)
	switch {
	case e.Refused != "":
		return of + scene.Capital("not done: "+c.String()+": "+e.Refused) + "."
	case e.Signal != nil:
		return of + scene.Capital(fmt.Sprintf("could not %s: %s (%s)", now, e.Signal.Name, e.Signal.Code)) + "."
	case e.Errno != "":
		return of + scene.Capital(fmt.Sprintf("could not %s: %s, %s", now, e.Errno, strings.ToLower(e.ErrText))) + "."
	}
	switch result := resultWords(e, c, p); {
	case result != "":
		past += ": " + result
	case past == c.String(): // which says what was asked for, and not that it is so
		past += ": done"
	}
	return of + scene.Capital(past) + "."
}

// processWords returns the words for a call that was about the process as a whole, or that ended it; ""
// of another.
func processWords(e *model.Event, c model.Command, p *model.Process) string {
	if e.Refused != "" && (e.Call == "" || p.Death == nil) || e.Errno != "" {
		return ""
	}
	switch c := c.(type) {
	case lang.Exit:
		if p.Death != nil {
			return fmt.Sprintf("%s %v", p.Name, *p.Death)
		}
	case lang.Kill:
		switch {
		case p.Death != nil && p.Death.Signal == c.Signal:
			return fmt.Sprintf("%s was %v", p.Name, *p.Death)
		case e.Signal != nil:
			return fmt.Sprintf("%s was sent to %s, which has a handler for it", c.Signal, p.Name)
		case e.Result != "":
			return fmt.Sprintf("%s was sent to %s: %s", c.Signal, p.Name, e.Result)
		}
	case lang.SetSignal:
		if c.Die {
			return fmt.Sprintf("%s ends %s from now on", c.Signal, p.Name)
		}
		return fmt.Sprintf("%s does not end %s from now on: it has a handler", c.Signal, p.Name)
	default:
		if e.Refused != "" { // no answer came: that it died is the answer
			now, _ := deedWords(c)
			death := p.Death.String()
			if p.Death.Signal != "" {
				death = "was " + death
			}
			return scene.Capital(fmt.Sprintf("could not %s: %s %s", now, p.Name, death))
		}
	}
	return ""
}

// deedWords returns what a command does and did; its own text where there are no better words.
func deedWords(c model.Command) (now, past string) {
	switch c := c.(type) {
	case lang.Touch:
		t := c.T.String()
		switch c.Access {
		case lang.Read:
			return "read " + t, "read " + t
		case lang.Exec:
			return "run " + t, "ran " + t
		}
		return "write " + t, "wrote " + t
	case lang.Mmap:
		return "map " + c.Name, "mapped " + c.Name
	case lang.Munmap:
		return "unmap " + c.T.String(), "unmapped " + c.T.String()
	case lang.Mlock:
		return "lock " + c.T.String(), "locked " + c.T.String()
	case lang.Mlock2:
		if c.OnFault {
			return "lock " + c.T.String() + " on fault", "locked " + c.T.String() + " on fault"
		}
		return "lock " + c.T.String(), "locked " + c.T.String()
	case lang.Munlock:
		return "unlock " + c.T.String(), "unlocked " + c.T.String()
	case lang.Mlockall:
		return "lock the address space", "locked the address space"
	case lang.Munlockall:
		return "unlock the address space", "unlocked the address space"
	case lang.Mprotect:
		how := " " + c.Prot.String()
		return "make " + c.T.String() + how, "made " + c.T.String() + how
	case lang.PkeyAlloc:
		return "make the protection key " + c.Name, "made the protection key " + c.Name
	case lang.PkeyMprotect:
		how := fmt.Sprintf(" %s, with the key %s", c.Prot, c.Key)
		return "make " + c.T.String() + how, "made " + c.T.String() + how
	case lang.PkeyFree:
		return "free the protection key " + c.Name, "freed the protection key " + c.Name
	case lang.Madvise:
		how := fmt.Sprintf("advise %s for %s", c.Advice, c.T)
		return how, strings.Replace(how, "advise", "advised", 1)
	case lang.Fork:
		return "fork " + c.Name, "forked " + c.Name
	case lang.Execve:
		return "run a fresh program", "ran a fresh program, nothing of before is mapped"
	case lang.Setrlimit:
		limit := c.Soft.String()
		text := "set " + c.Of.Constant() + " to " + limit
		return text, text
	}
	return c.String(), c.String()
}

// mappedWords returns how much a call mapped, and whether any of it is in memory.
func mappedWords(e *model.Event, c lang.Mmap, p *model.Process) string {
	if e.Mapped == nil || p == nil || p.PageSize <= 0 {
		return ""
	}
	n := int64(e.Mapped.Len) / p.PageSize
	text := fmt.Sprintf("%d pages", n)
	if n == 1 {
		text = "1 page"
	}
	// What lies behind a file or another mapping may be in memory already.
	fresh := c.Alias == "" && c.Backing != model.FileOf && !c.Populate
	if fresh && e.Minor == 0 && e.Major == 0 && e.RSS <= 0 && e.VmLck <= 0 {
		text += ", none in memory"
	}
	return text
}

// resultWords returns what a call that did what it was asked brought about, "" where nothing is to be said.
func resultWords(e *model.Event, c model.Command, p *model.Process) string {
	var parts []string
	switch c := c.(type) {
	case lang.Fork:
		return "a child process with the same pages"
	case lang.Mmap:
		if text := mappedWords(e, c, p); text != "" {
			parts = append(parts, text)
		}
	}
	if e.Result != "" {
		parts = append(parts, e.Result)
	}
	several := func(n int64, what string) string {
		if n == 1 {
			return "1 " + what
		}
		return fmt.Sprintf("%d %ss", n, what)
	}
	switch {
	case e.Major > 0 && e.Minor > 0:
		parts = append(parts, several(e.Minor, "minor page fault")+", "+several(e.Major, "major one"))
	case e.Major > 0:
		parts = append(parts, several(e.Major, "major page fault"))
	case e.Minor > 0:
		parts = append(parts, several(e.Minor, "page fault"))
	default:
		if _, ok := c.(lang.Touch); ok {
			parts = append(parts, "no page fault")
		}
	}
	for _, s := range []string{e.CopiedWords(), e.Unasked.Words()} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	change := func(n int64, what string) {
		switch {
		case n > 0:
			parts = append(parts, model.FormatBytes(n)+" more "+what)
		case n < 0:
			parts = append(parts, model.FormatBytes(-n)+" less "+what)
		}
	}
	change(e.RSS, "in memory")
	change(e.VmLck, "locked")
	return strings.Join(parts, ", ")
}
