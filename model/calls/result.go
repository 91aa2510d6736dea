package calls

import (
	"cmp"
	"fmt"
	"strings"

	"incore/model"
)

// returned is what a call returns where it succeeds.
type returned struct {
	words string // what the value means, or what is said in its place
	alone bool   // the value is not told beside them
}

// value is a value that is told, with what it means.
func value(means string) returned { return returned{means, false} }

// said describes a value that is the same each time by a text.
func said(text string) returned { return returned{text, true} }

var done = said("0: it is done")

// telling is how a call is described where it differs from most.
type telling struct {
	failed  string // with %s for the errno; "" is -1 and errno
	zero    string // said in place of what 0 means
	mapped  string // of the region that it made or changed, before its address; "" is "begins at"
	names   bool   // its result in words is the name of a process
	counts  bool   // what it returned says how far it came before a signal
	sends   bool   // a signal is what it is for, so that it is done where one came
	unnamed bool   // the address that it returned is not told from its region
	library bool   // it is done by the library, without the kernel: it costs nothing that is measured
}

// Returned says in words what came of the event's call: what it returned, its errno, or the
// signal that answered it. It is "" where no call was made. It does not say why: [Explain] does.
func Returned(e model.Event, regions []model.RegionInfo, pageSize int64) []string {
	d := ofCall(e.Call)
	w := asked{event: &e, regions: regions, pageSize: uint64(max(pageSize, 0))}
	switch {
	case e.Call == "":
		return nil
	case e.Signal != nil && !d.telling.sends:
		return append(before(e), w.signal(*e.Signal))
	case e.Refused != "":
		return []string{model.Visible("It did not return: " + e.Refused + ".")}
	case e.Errno != "":
		return []string{fmt.Sprintf(cmp.Or(d.telling.failed, "-1, and errno is %s."), errno(e))}
	}
	out := []string{w.returned(d)}
	if e.Signal != nil { // the call is done, and the signal is its answer
		out = append(out, w.signal(*e.Signal))
	}
	switch {
	case e.Result == "":
	case d.telling.names:
		out = append(out, "incore calls it "+model.Visible(e.Result)+".")
	default:
		out = append(out, capital(sentenceEnd(model.Visible(e.Result))))
	}
	return out
}

// returned says what a call returned that succeeded.
func (w asked) returned(d *dossier) string {
	e, ok := w.event, d.ok
	if ok.words == "" {
		ok = said("it returned")
	}
	text := sentenceEnd(ok.words)
	switch {
	case e.RetHex:
		text = fmt.Sprintf("%#x: %s", uint64(e.Ret), text)
		if name := w.counted(uint64(e.Ret)); !strings.HasPrefix(name, "0x") && !d.telling.unnamed {
			text += fmt.Sprintf(" It is %s.", name)
		}
		return text
	case ok.alone:
		return capitalized(text)
	case d.telling.zero != "" && e.Ret == 0:
		return d.telling.zero
	}
	return fmt.Sprintf("%d: %s", e.Ret, text)
}

// errno returns its name, and what strerror(3) says of it.
func errno(e model.Event) string {
	if e.ErrText == "" {
		return e.Errno
	}
	return model.Visible(e.Errno + ": " + e.ErrText)
}

// before says how far a touch came before the signal.
func before(e model.Event) []string {
	if !ofCall(e.Call).telling.counts {
		return nil
	}
	return []string{model.Plural(e.Ret, "page") + " accessed, then a signal."}
}

// signal tells of a signal in words.
func (w asked) signal(s model.Signal) string {
	text := fmt.Sprintf("%s at %s", s.Name, w.counted(s.Addr))
	if strings.HasPrefix(s.Code, "SI_") && s.Code != "SI_KERNEL" { // sent, and about no address
		text = s.Name
	}
	if why := signalWords[s.Code]; why != "" {
		return fmt.Sprintf("%s, %s: %s.", text, model.Visible(s.Code), why)
	}
	return fmt.Sprintf("%s, %s.", text, model.Visible(s.Code))
}

// capital begins a sentence with a capital, but for the name of a call.
func capital(s string) string {
	word := strings.TrimRight(firstWord(s), ":;.")
	if byCall[word] != nil || s == "" {
		return s
	}
	return capitalized(s)
}

func capitalized(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// cameUnasked says why pages came that were not asked for (mm/readahead.c; mm/memory.c, do_fault_around; mm/swap_state.c,
// swapin_readahead; mm/huge_memory.c).
func cameUnasked(u model.Unasked) (out []string) {
	for _, k := range []struct {
		n   int64
		why string
	}{
		{u.ReadAhead, "into the page cache, unasked: the kernel reads ahead in a file, which MADV_RANDOM (mmap … tidy) ends."},
		{u.SwapCache, "from swap, unasked: the kernel reads ahead there too, by vm.page-cluster."},
		{u.Mapped, "into the page table, unasked: a fault maps what the page cache has around the page (fault-around)."},
		{u.Huge, "with the page, unasked: they are of one huge page."},
	} {
		if k.n > 0 {
			out = append(out, model.Plural(k.n, "page")+" more came "+k.why)
		}
	}
	return out
}

// Changes says what the call cost and what it changed, in sentences; nothing where no call
// was made, or none came back.
func Changes(e model.Event, pageSize int64) []string {
	if e.Costs() == "" || ofCall(e.Call).telling.library {
		return nil
	}
	took := "It took " + model.FormatElapsed(e.Elapsed)
	if e.Paced > 0 {
		took = "Its accesses took " + model.FormatElapsed(e.Elapsed) + " together, from the first to the last it was " + model.FormatElapsed(e.Paced)
	}
	if e.Watched {
		took += ", which may have waits in it: it was looked at meanwhile"
	}
	out := []string{took + "."}
	switch {
	case e.Minor == 0 && e.Major == 0:
		out = append(out, "No page faults.")
	case e.Major == 0 && e.Minor == 1:
		out = append(out, "1 minor fault, which did not wait for I/O.")
	case e.Major == 0:
		out = append(out, model.Plural(e.Minor, "minor fault")+", none of them waited for I/O.")
	default:
		out = append(out, fmt.Sprintf("%s, and %s, which waited for I/O.", model.Plural(e.Minor, "minor fault"), model.Plural(e.Major, "major one")))
	}
	if e.Copied > 0 {
		out = append(out, capitalized(e.CopiedWords())+": a write to what others have too gives the writer its own (copy-on-write).")
	}
	out = append(out, cameUnasked(e.Unasked)...)
	size := func(what string, delta int64, more, less string) {
		n, how := delta, more
		if delta < 0 {
			n, how = -delta, less
		}
		if delta != 0 && pageSize > 0 && n%pageSize == 0 {
			out = append(out, fmt.Sprintf("%s %s: %s %s.", what, model.FormatDelta(delta), model.Plural(n/pageSize, "page"), how))
		} else if delta != 0 {
			out = append(out, fmt.Sprintf("%s %s.", what, model.FormatDelta(delta)))
		}
	}
	size("RSS", e.RSS, "more in memory", "fewer in memory")
	size("VmLck", e.VmLck, "more charged against RLIMIT_MEMLOCK", "fewer charged against RLIMIT_MEMLOCK")
	if e.Mapped != nil {
		out = append(out, mapped(e, pageSize))
	}
	if len(e.Gone) > 0 {
		out = append(out, "Nothing is left of "+model.Visible(strings.Join(e.Gone, ", "))+".")
	}
	return out
}

// mapped tells of a region that is new, or that moved or has another length.
func mapped(e model.Event, pageSize int64) string {
	r := e.Mapped
	pages := fmt.Sprintf("%d bytes", r.Len)
	if pageSize > 0 {
		pages = model.Plural(int64(r.Len)/pageSize, "page")
	}
	return fmt.Sprintf("%s %s %#x and has %s.", model.Visible(r.Name), cmp.Or(ofCall(e.Call).telling.mapped, "begins at"), r.Base, pages)
}
