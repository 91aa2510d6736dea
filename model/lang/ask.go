package lang

import (
	"strings"
	"time"

	"incore/model"
)

// AskFor says when an [Ask] has its answer.
type AskFor uint8

// When an [Ask] has its answer. The first two ask again for AskPatience where that may change the answer.
const (
	OneHolds AskFor = iota // once exactly one of the sets holds
	AllHold                // once all of them hold
	AsItIs                 // at once
)

// AskPatience is how long an [Ask] is asked again, as an expect is.
const AskPatience = 2 * time.Second

// Ask holds several sets of expects against one look at the state, all of them together, so that one that does not hold costs
// no wait of its own. Its answer is a [model.Asked]. Lessons make it: it has no line in the language, and leaves none in the log.
type Ask struct {
	ID   uint64            // of the answer too
	Sets [][]model.Command // each an [Expect], or one [In] a process
	For  AskFor            // when it is answered
}

// Verb and String implement [model.Command].

func (Ask) Verb() string { return "ask" }
func (c Ask) String() string {
	sets := make([]string, len(c.Sets))
	for i, set := range c.Sets {
		var lines []string
		for _, e := range set {
			lines = append(lines, e.String())
		}
		sets[i] = strings.Join(lines, ", ")
	}
	return "ask " + strings.Join(sets, " or ")
}

// Patient reports whether asking again may change the answer.
func (c Ask) Patient() bool {
	for _, set := range c.Sets {
		for _, e := range set {
			if x, ok := Inner(e).(Expect); ok && c.For != AsItIs && (x.MayTakeAMoment() || x.Kind == ExpectDead) {
				return true
			}
		}
	}
	return false
}
