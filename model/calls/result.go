package calls

import (
	"fmt"
	"strings"

	"incore/model"
)

// Returned says in words what came of the event's call: what it returned, its errno, or the
// signal that answered it. It is "" where no call was made. It does not say why: [Explain] does.
func Returned(e model.Event, regions []model.RegionInfo, pageSize int64) []string {
	c := calls[e.Call]
	w := asked{event: &e, regions: regions, pageSize: uint64(max(pageSize, 0))}
	switch {
	case e.Call == "":
		return nil
	case e.Signal != nil && e.Call != "kill":
		return append(before(e), w.signal(*e.Signal))
	case e.Refused != "":
		return []string{model.Visible("It did not return: " + e.Refused + ".")}
	case e.Errno != "" && e.Call == "malloc":
		return []string{"NULL, and errno is " + errno(e) + "."}
	case e.Errno != "" && e.Call == "fadvise64":
		return []string{"The error " + errno(e) + ". posix_fadvise returns it, and leaves errno alone."}
	case e.Errno != "":
		return []string{"-1, and errno is " + errno(e) + "."}
	}
	ok := c.ok
	if ok == "" {
		ok = "it returned"
	}
	text := sentenceEnd(ok)
	switch {
	case e.RetHex:
		text = fmt.Sprintf("%#x: %s", uint64(e.Ret), text)
		if name := w.counted(uint64(e.Ret)); !strings.HasPrefix(name, "0x") && e.Call != "brk" {
			text += fmt.Sprintf(" It is %s.", name)
		}
	case strings.HasPrefix(ok, "0"), strings.HasPrefix(ok, "1:"), strings.HasPrefix(ok, "it "), strings.HasPrefix(ok, "free "):
		text = sentenceEnd(strings.ToUpper(ok[:1]) + ok[1:])
	case e.Call == "memcmp" && e.Ret == 0:
		text = "0: all bytes are equal."
	default:
		text = fmt.Sprintf("%d: %s", e.Ret, text)
	}
	out := []string{text}
	if e.Signal != nil { // kill: the call is done, and the signal is its answer
		out = append(out, w.signal(*e.Signal))
	}
	switch {
	case e.Result == "":
	case e.Call == "clone":
		out = append(out, "incore calls it "+model.Visible(e.Result)+".")
	default:
		out = append(out, capital(sentenceEnd(model.Visible(e.Result))))
	}
	return out
}

// errno is its name, and what strerror(3) says of it.
func errno(e model.Event) string {
	if e.ErrText == "" {
		return e.Errno
	}
	return model.Visible(e.Errno + ": " + e.ErrText)
}

// before is how far a touch came before the signal.
func before(e model.Event) []string {
	if e.Call != "touch" {
		return nil
	}
	return []string{model.Plural(e.Ret, "page") + " accessed, then a signal."}
}

// signal is a signal in words.
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
	if _, ok := calls[word]; ok || s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sentenceEnd ends a sentence.
func sentenceEnd(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// Changes says what the call cost and what it changed, in sentences; nothing where no call
// was made, or none came back.
func Changes(e model.Event, pageSize int64) []string {
	if e.Costs() == "" || e.Call == "mallopt" { // which the library does without the kernel
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

// mapped is a region that is new, or that moved or has another length.
func mapped(e model.Event, pageSize int64) string {
	r := e.Mapped
	pages := fmt.Sprintf("%d bytes", r.Len)
	if pageSize > 0 {
		pages = model.Plural(int64(r.Len)/pageSize, "page")
	}
	verb := "begins at"
	if e.Call == "mremap" {
		verb = "is now at"
	}
	return fmt.Sprintf("%s %s %#x and has %s.", model.Visible(r.Name), verb, r.Base, pages)
}
