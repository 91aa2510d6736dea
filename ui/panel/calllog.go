package panel

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Call is one entry of the log, as it was when it happened. Its addresses are named by the regions there were
// then, and the explanation is from the state then.
type Call struct {
	N     int           // of the session, from 1
	Time  time.Duration // of the session
	who   string        // the process that made it, where it is not the first one
	name  string        // of the call; "" where none was made
	args  []string      // as the kernel got them, addresses counted from their region
	ret   string
	Bad   bool // it failed
	costs string
	Notes []note // lines below it
	died  string // the process whose end the entry tells

	Command  string             // as it can be typed; "" where the entry is of none
	Event    *model.Event       // nil where the entry is of none
	Regions  []model.RegionInfo // those of then that the call was about
	PageSize int64              // bytes
}

// note is a line below a call.
type note struct {
	Text string
	Bad  bool
}

// Log is what the calls panel shows. It is bounded as model.State.Events is.
type Log struct {
	Calls []Call // oldest first
	Back  int    // how many are newer than the one that is selected
	last  int    // the entry that the panel showed last
	count int    // of all entries there have been
	open  string // the process whose call, the newest, failed, where no sample of it has come yet

	laid map[laidOut][]canvas.Line // entries as they were laid out, until one changes
}

// laidOut is what the lines of an entry depend on beside the entry.
type laidOut struct {
	n, w, h int
	full    bool
	size    scene.Size
	look    *look.Look
}

// Add notes an item. before is the state without it, s the state with it.
func (l *Log) Add(it model.Item, before, s model.State) {
	if _, sample := it.(model.Sample); !sample {
		clear(l.laid)
	}
	switch it := it.(type) {
	case model.Died:
		if !it.Asked {
			l.Push(Call{Time: it.Time, ret: "# " + scene.Ending(&it, len(s.Procs) > 1), died: it.Proc})
		}
	case model.Sample:
		if p := s.Process(l.open); it.Proc == l.open || p == nil || p.Death != nil {
			l.explain(s)
		}
	case model.Event:
		l.explain(before)
		l.event(&it, before)
	case model.Checked:
		e := Call{Time: it.Time, ret: it.Expect + ": holds", Command: it.Expect}
		if !it.OK {
			e.Bad, e.ret = true, it.Expect+": does not hold"
			e.Notes = []note{{Text: it.Got}}
		}
		l.Push(e)
	}
}

// pageSizeOf returns that of a process, in bytes; 0 where it is not known.
func pageSizeOf(s model.State, proc string) int64 {
	if p := s.Process(proc); p != nil {
		return p.PageSize
	}
	return 0
}

// event takes note of a call. Its addresses are those of before it, or of what it mapped.
func (l *Log) event(e *model.Event, before model.State) {
	all := maybeAbout(e, before)
	if e.Mapped != nil {
		all = append(all[:len(all):len(all)], *e.Mapped)
	}
	k := entry(e, all)
	k.Command, k.Event, k.PageSize = e.Line(), e, pageSizeOf(before, e.Proc)
	k.Regions = about(e, all)
	l.Push(k)
	// A process that dies of a call is told of before the call is.
	if n := len(l.Calls); n > 1 && l.Calls[n-2].died == e.Proc && e.Proc != "" {
		was, now := &l.Calls[n-2], &l.Calls[n-1]
		*was, *now = *now, *was
		was.N, now.N = now.N, was.N
	}
	l.open = ""
	if !e.OK() {
		l.open = e.Proc
	}
}

// maybeAbout returns the regions of before the call that it can have been about, so that none of thousands
// of others is looked at.
func maybeAbout(e *model.Event, before model.State) (list []model.RegionInfo) {
	p := before.Process(e.Proc)
	if p == nil {
		return nil
	}
	var addrs []uint64
	if e.RetHex {
		addrs = append(addrs, uint64(e.Ret))
	}
	if e.Signal != nil {
		addrs = append(addrs, e.Signal.Addr)
	}
	for _, a := range e.Args {
		if a.Kind == model.ArgAddr {
			addrs = append(addrs, a.Value)
		}
	}
	for _, r := range p.RegionsOf(namesIn(e.Line()), addrs) {
		list = append(list, r.RegionInfo)
	}
	return list
}

// namesIn returns the words of a command that may be names.
func namesIn(command string) []string {
	return strings.FieldsFunc(command, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
}

// about returns the regions that a call was about: those that its command names, and those that
// its addresses lie in. An entry keeps no more of them, for there can be thousands of both.
func about(e *model.Event, regions []model.RegionInfo) []model.RegionInfo {
	words := namesIn(e.Line())
	var out []model.RegionInfo
	for i := range regions {
		r := &regions[i]
		in := func(v uint64) bool { return v >= r.Base && v-r.Base < r.Len }
		hit := slices.Contains(words, r.Name) || e.RetHex && in(uint64(e.Ret)) || e.Signal != nil && in(e.Signal.Addr)
		for _, a := range e.Args {
			hit = hit || a.Kind == model.ArgAddr && in(a.Value)
		}
		if hit {
			out = append(out, *r)
		}
	}
	return out
}

// explain says why the newest call failed. It needs a sample taken after the call,
// for a call that failed can have done a part of what it was asked; where another
// call comes first, what was known before that must do.
func (l *Log) explain(s model.State) {
	if l.open == "" {
		return
	}
	l.open = ""
	clear(l.laid)
	i := len(l.Calls) - 1
	for i >= 0 && (l.Calls[i].Event == nil || l.Calls[i].Event.OK()) { // an expect can have been checked since
		i--
	}
	if i < 0 {
		return
	}
	k := &l.Calls[i]
	why, try := calls.Explain(*k.Event, s)
	if why != "" {
		k.Notes = append(k.Notes, note{Text: sentence(why)})
	}
	if try != "" {
		k.Notes = append(k.Notes, note{Text: "Try: " + try})
	}
}

// Failed reports whether the newest call failed.
func (l *Log) Failed() bool { return len(l.Calls) > 0 && l.Calls[len(l.Calls)-1].Bad }

// cause returns the first sentence of why the call failed, or "" where that is not known.
func (k *Call) cause() string {
	for _, n := range k.Notes {
		if !n.Bad {
			s, _, _ := strings.Cut(n.Text, ". ")
			return s
		}
	}
	return ""
}

// sentence begins s with a capital where it begins with a plain word, not a name.
func sentence(s string) string {
	word, _, _ := strings.Cut(s, " ")
	isVerb := func(v lang.VerbInfo) bool { return v.Name == word }
	if word == "" || strings.ContainsAny(word, "[]+_0123456789") || len(word) == 1 || slices.ContainsFunc(lang.Verbs(), isVerb) {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Push appends an entry, numbers it and selects it. If the log is full, the older half of it goes.
func (l *Log) Push(e Call) {
	if len(l.Calls) >= model.EventsKept {
		l.Calls = append(l.Calls[:0:0], l.Calls[model.EventsKept/2:]...)
	}
	l.count++
	e.N = l.count
	l.Calls = append(l.Calls, e)
	l.Back = 0
}

// Selected returns the index of the selected entry, the newest one or one further back. It is -1 if there is
// none.
func (l *Log) Selected() int { return len(l.Calls) - 1 - min(l.Back, max(0, len(l.Calls)-1)) }

// Choose selects the entry of a number.
func (l *Log) Choose(n int) { l.Back = len(l.Calls) - 1 - l.Find(n) }

// Find returns the index of the entry of a number. It is the oldest entry if that one is gone by now, and -1 if
// there is none.
func (l *Log) Find(n int) int {
	if len(l.Calls) == 0 {
		return -1
	}
	return canvas.Clamp(n-l.Calls[0].N, 0, len(l.Calls)-1)
}

// entry returns how an event is shown, given the regions of its process.
func entry(e *model.Event, regions []model.RegionInfo) Call {
	k := Call{Time: e.Time, name: e.Call, Bad: !e.OK(), costs: e.Costs()}
	if e.Proc != model.Main && e.Proc != "" {
		k.who = e.Proc + ": "
	}
	if e.Call == "" {
		k.ret = e.Strace()
		if !k.Bad {
			k.ret = "# " + k.ret
		}
	} else {
		for _, a := range e.Args {
			if a.Kind == model.ArgAddr {
				k.args = append(k.args, Address(regions, a.Value, a.String()))
			} else {
				k.args = append(k.args, a.String())
			}
		}
		k.ret = returned(e)
		if told := " (" + e.Result + ")"; e.OK() && len(told) > longResult && strings.HasSuffix(k.ret, told) {
			k.ret = strings.TrimSuffix(k.ret, told)
			k.Notes = append(k.Notes, note{Text: sentence(e.Result) + "."})
		}
	}
	if g := e.Signal; g != nil {
		k.Notes = append(k.Notes, note{fmt.Sprintf("%s %s at %s", g.Name, g.Code, Address(regions, g.Addr, fmt.Sprintf("%#x", g.Addr))), true})
	}
	return k
}

// longResult is how many bytes of a result stand behind the returned value at most. What is longer
// would be cut there, and gets lines of its own.
const longResult = 32

// returned returns what stands behind the equals sign, without the text of the errno:
// the explanation says more.
func returned(e *model.Event) string {
	if e.Call == "touch" && e.OK() && (e.Result == "" || strings.HasPrefix(e.Result, "median")) {
		return fmt.Sprint(e.Ret) // that it is of all pages goes without saying
	}
	s := e.Strace()
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndex(s, ") = "); i >= 0 && e.ErrText == "" {
		return s[i+len(") = "):]
	}
	return "-1 " + e.Errno
}

// regionsAt returns the regions of a process that an address lies in. The process may be nil.
func regionsAt(p *model.Process, addr uint64) (list []model.RegionInfo) {
	if p != nil {
		for _, r := range p.RegionsIn(model.Span{Addr: addr, Len: 1}) {
			list = append(list, r.RegionInfo)
		}
	}
	return list
}

// Address returns v counted from the region that it lies in, as in a+0x3000, or text if it lies in none. If one
// region lies in the hole of another, it is the inner one. A block that malloc gave is its own bytes, not the
// pages that they lie on.
func Address(regions []model.RegionInfo, v uint64, text string) string {
	name, base := "", uint64(0)
	for i := range regions {
		at := regions[i].Exact()
		if v >= at.Addr && v-at.Addr < at.Len && (name == "" || at.Addr > base) {
			name, base = regions[i].Name, at.Addr
		}
	}
	switch {
	case name == "":
		return text
	case v == base:
		return name
	}
	return fmt.Sprintf("%s+%#x", name, v-base)
}
