package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/ui/canvas"
)

// call is one entry of the log, as it was when it happened: the addresses are
// named by the regions there were then, the explanation is from the state then.
type call struct {
	n     int // of the session, from 1
	time  time.Duration
	who   string   // the process that made it, where it is not the first one
	name  string   // of the call; "" where none was made
	args  []string // as the kernel got them, addresses counted from their region
	ret   string
	bad   bool
	costs string
	notes []note
	died  string // the process whose end the entry tells

	command  string             // as it can be typed; "" where the entry is of none
	event    *model.Event       // nil where the entry is of none
	regions  []model.RegionInfo // those of then that the call was about
	pageSize int64              // bytes
}

// note is a line below a call.
type note struct {
	text string
	bad  bool
}

// callLog is what the calls panel shows. It is bounded as model.State.Events is.
type callLog struct {
	calls []call
	back  int    // how many are newer than the one that is selected
	last  int    // the entry that the panel showed last
	count int    // of all entries there have been
	open  string // the process whose call, the newest, failed, where no sample of it has come yet
}

// add takes note of an item; before and s are the state without and with it.
func (l *callLog) add(it model.Item, before, s model.State) {
	switch it := it.(type) {
	case model.Died:
		if !it.Asked {
			l.push(call{time: it.Time, ret: "# " + ending(&it, len(s.Procs) > 1), died: it.Proc})
		}
	case model.Sample:
		if p := s.Process(l.open); it.Proc == l.open || p == nil || p.Death != nil {
			l.explain(s)
		}
	case model.Event:
		l.explain(before)
		l.event(&it, before)
	case model.Checked:
		e := call{time: it.Time, ret: it.Expect + ": holds", command: it.Expect}
		if !it.OK {
			e.bad, e.ret = true, it.Expect+": does not hold"
			e.notes = []note{{text: it.Got}}
		}
		l.push(e)
	}
}

// pageSizeOf is that of a process, in bytes; 0 where it is not known.
func pageSizeOf(s model.State, proc string) int64 {
	if p := s.Process(proc); p != nil {
		return p.PageSize
	}
	return 0
}

// event takes note of a call. Its addresses are those of before it, or of what it mapped.
func (l *callLog) event(e *model.Event, before model.State) {
	all := maybeAbout(e, before)
	if e.Mapped != nil {
		all = append(all[:len(all):len(all)], *e.Mapped)
	}
	k := entry(e, all)
	k.command, k.event, k.pageSize = e.Line(), e, pageSizeOf(before, e.Proc)
	k.regions = about(e, all)
	l.push(k)
	// A process that dies of a call is told of before the call is.
	if n := len(l.calls); n > 1 && l.calls[n-2].died == e.Proc && e.Proc != "" {
		was, now := &l.calls[n-2], &l.calls[n-1]
		*was, *now = *now, *was
		was.n, now.n = now.n, was.n
	}
	l.open = ""
	if !e.OK() {
		l.open = e.Proc
	}
}

// maybeAbout are the regions of before the call that it can have been about, so that none of thousands
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

// namesIn are the words of a command that may be names.
func namesIn(command string) []string {
	return strings.FieldsFunc(command, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
}

// about are the regions that a call was about: those that its command names, and those that
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
func (l *callLog) explain(s model.State) {
	if l.open == "" {
		return
	}
	l.open = ""
	i := len(l.calls) - 1
	for i >= 0 && (l.calls[i].event == nil || l.calls[i].event.OK()) { // an expect can have been checked since
		i--
	}
	if i < 0 {
		return
	}
	k := &l.calls[i]
	why, try := calls.Explain(*k.event, s)
	if why != "" {
		k.notes = append(k.notes, note{text: sentence(why)})
	}
	if try != "" {
		k.notes = append(k.notes, note{text: "Try: " + try})
	}
}

// failed reports whether the newest call failed.
func (l *callLog) failed() bool { return len(l.calls) > 0 && l.calls[len(l.calls)-1].bad }

// cause is the first sentence of why the call failed, or "" where that is not known.
func (k *call) cause() string {
	for _, n := range k.notes {
		if !n.bad {
			s, _, _ := strings.Cut(n.text, ". ")
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

func (l *callLog) push(e call) {
	if len(l.calls) >= model.EventsKept {
		l.calls = append(l.calls[:0:0], l.calls[model.EventsKept/2:]...)
	}
	l.count++
	e.n = l.count
	l.calls = append(l.calls, e)
	l.back = 0
}

// selected is the index of the call that is selected: the newest one, or one further back.
// It is -1 where there is none.
func (l *callLog) selected() int { return len(l.calls) - 1 - min(l.back, max(0, len(l.calls)-1)) }

// choose selects an entry by its number.
func (l *callLog) choose(n int) { l.back = len(l.calls) - 1 - l.find(n) }

// find is the index of an entry by its number; the oldest where that one is gone by now.
func (l *callLog) find(n int) int {
	if len(l.calls) == 0 {
		return -1
	}
	return canvas.Clamp(n-l.calls[0].n, 0, len(l.calls)-1)
}

// entry is how an event is shown, given the regions of its process.
func entry(e *model.Event, regions []model.RegionInfo) call {
	k := call{time: e.Time, name: e.Call, bad: !e.OK(), costs: e.Costs()}
	if e.Proc != model.Main && e.Proc != "" {
		k.who = e.Proc + ": "
	}
	if e.Call == "" {
		k.ret = e.Strace()
		if !k.bad {
			k.ret = "# " + k.ret
		}
	} else {
		for _, a := range e.Args {
			if a.Kind == model.ArgAddr {
				k.args = append(k.args, address(regions, a.Value, a.String()))
			} else {
				k.args = append(k.args, a.String())
			}
		}
		k.ret = returned(e)
		if told := " (" + e.Result + ")"; e.OK() && len(told) > longResult && strings.HasSuffix(k.ret, told) {
			k.ret = strings.TrimSuffix(k.ret, told)
			k.notes = append(k.notes, note{text: sentence(e.Result) + "."})
		}
	}
	if g := e.Signal; g != nil {
		k.notes = append(k.notes, note{fmt.Sprintf("%s %s at %s", g.Name, g.Code, address(regions, g.Addr, fmt.Sprintf("%#x", g.Addr))), true})
	}
	return k
}

// longResult is how many bytes of a result stand behind the returned value at most. What is longer
// would be cut there, and gets lines of its own.
const longResult = 32

// returned is what stands behind the equals sign, without the text of the errno:
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

// regionsAt are the regions of a process that an address lies in. The process may be nil.
func regionsAt(p *model.Process, addr uint64) (list []model.RegionInfo) {
	if p != nil {
		for _, r := range p.RegionsIn(model.Span{Addr: addr, Len: 1}) {
			list = append(list, r.RegionInfo)
		}
	}
	return list
}

// address is v counted from the region that it lies in: a+0x3000; text where it
// lies in none. Where one region lies in the hole of another it is the inner one; a block
// that malloc gave is its own bytes, not the pages that they lie on.
func address(regions []model.RegionInfo, v uint64, text string) string {
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
