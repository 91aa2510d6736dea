package csource

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// Past is what a session did before a call: what the answer of the call can depend on.
type Past struct {
	Events []model.Event // of all processes since the session began, oldest first
	Cut    bool          // there were older ones, which are not kept
	Limits model.Limits  // of the first process, as it began
}

// PastOf returns what is kept of the session that an event was in, from before it. The events before
// a reset are of another session.
func PastOf(s model.State, e model.Event) Past {
	at, ok := slices.BinarySearchFunc(s.Events, e.Seq, func(x model.Event, seq int) int { return x.Seq - seq })
	if !ok {
		return Past{Cut: len(s.Events) > 0, Limits: s.Began}
	}
	p := Past{Events: s.Events[:at:at], Cut: s.Events[0].Seq > 1, Limits: s.Began}
	for i := at - 1; i >= 0; i-- {
		if was := &p.Events[i]; was.Command == model.Command(lang.Reset{}) && was.Refused == "" {
			p.Events, p.Cut = p.Events[i+1:], false
			break
		}
	}
	return p
}

// cStep is a command of the past of a call, in the process of the call or in one that forked it.
type cStep struct {
	event   *model.Event
	command model.Command
	verb    *verb  // of the command
	forked  string // a fork after which it is the child, of this name, whose commands follow

	own    []model.Span // the addresses that it was about
	makes  model.Span   // the addresses that are new with it, whatever was there before
	frees  model.Span   // those that are gone with it
	out    []bool       // which of own reach past the region that they are said of, or lie in none
	in     []int        // for each of own, the region that it lies in as a whole, by its number, or -1
	names  []int        // the regions that it names
	gone   []int        // those of them that are gone
	made   int          // the region that is new or moved with it, or -1
	holed  bool         // a part of own is not mapped
	again  bool         // all that is mapped of own is locked already
	held   uint64       // bytes that are locked before it
	stray  bool         // it reaches out of a block with a mapping of its own, or from elsewhere into one
	laid   bool         // the kernel put it where a hole of another region was
	all    spans        // of mlockall: what was mapped
	self   int64        // of mlockall: how many bytes are locked that are of no region, but of the subject itself
	future bool         // mlockall future is in force before it: what it maps is locked
}

// lineage returns the events of a process, and of those that forked it from before they did. What
// another process did to the length of a file that it maps is among them: it may do that as well.
func (p Past) lineage(proc string) []cStep {
	if proc == "" {
		proc = model.Main
	}
	var steps []cStep
	for i := len(p.Events) - 1; i >= 0; i-- {
		e := &p.Events[i]
		c := lang.Inner(e.Command)
		if f, ok := c.(lang.Fork); ok && f.Name == proc && e.Call == model.CallClone && e.Errno == "" && e.Refused == "" {
			st := stepOf(e, c)
			st.forked = proc
			steps = append(steps, st)
			proc = e.Proc
			continue
		}
		if e.Proc == proc && e.Call != "" && c != nil {
			steps = append(steps, stepOf(e, c))
		} else if t, ok := c.(lang.Truncate); ok && e.Proc != proc {
			if t.Name = resizedFor(e, proc); t.Name != "" {
				steps = append(steps, stepOf(e, t))
			}
		}
	}
	slices.Reverse(steps)
	return steps
}

// resizedFor returns a region of a process whose file got another length, or "".
func resizedFor(e *model.Event, proc string) (region string) {
	for _, r := range e.Resized {
		if r.Proc == proc {
			return r.Region
		}
	}
	return ""
}
