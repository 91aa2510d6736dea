package csource

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// verb is all that is told of a verb here: how it is written as C, what its answer depends on of what was done before, and
// what it does that other answers depend on. Each is written in the file of its family: map.go, lock.go, heap.go.
type verb struct {
	name string // "" of a call that only comes beside others
	call string // the call that it is there for, as an event names it; "" where done is nil

	// As C.
	write func(*cProgram, model.Command) bool // adds what it does, and reports whether C can say it; nil where it has nothing like it
	again func(*cTold, *cStep, int)           // adds a step, by its number, that was made before the call; nil is write
	warn  func(*cTold, *cStep)                // says what of the call itself C cannot do
	tells bool                                // what it adds prints what came of it, or nothing can

	// What it is about.
	makes      func(model.Command) string         // the name of the region that it makes
	targets    func(model.Command) []model.Target // of pages that are there
	names      func(model.Command) []model.Target // of which the regions are named; nil is targets
	lengthLast bool                               // its last argument is the length of all its ranges
	counts     bool                               // it asks which pages are there
	ofHeap     bool                               // it is of the heap, where one depends on all before it
	everywhere bool                               // it is about all that is mapped
	ofFile     bool                               // it is about the file of what it names, wherever that is mapped
	byName     bool                               // it is about what it names, wherever that is mapped

	// What its answer depends on.
	asks      func(*cSlice, *cStep)     // notes what the answer of the call itself depends on
	aliases   bool                      // what was done to its file at other places, too
	refused   func(*cStep, uint64) bool // reports whether EINVAL is for its arguments alone; the size of a page in bytes
	askLimit  func(*cSlice)             // notes that RLIMIT_MEMLOCK can have refused it; nil where it cannot
	overLimit func(*cSlice) bool        // reports whether it did; nil where that is not known
	needs     func(*cBackward)          // notes what the answer of a step depends on that is kept

	// What it does.
	done     func(*cSpace, *cStep)            // what a call that did what it was asked makes of the address space
	partly   func(*cSpace, *cStep)            // what one makes of it that failed; nil is nothing
	wanted   func(*cSlice, *cStep, bool) bool // reports whether a step changed something that matters; whether locks do
	kind     func(model.Command) string       // the same of commands of which the last one counts, "" of others; nil is ""
	fills    bool                             // it brings pages in, or changes what is in them
	locks    func(model.Command) bool         // reports whether it locks something
	unlocks  bool                             // it unlocks what was locked
	forks    bool                             // its child has no locks
	digs     bool                             // it leaves a hole
	moves    bool                             // it takes one mapping to another place
	lies     func(model.Command) bool         // reports whether the kernel chose where what it maps lies
	fixed    func(*cStep, map[int]bool) bool  // reports whether what it maps lies where the user said; the map has that of the regions before it, by number
	leaves   func(*spans, *cStep)             // takes off what no longer begins with what touch writes
	limits   bool                             // it sets what may be locked
	charged  bool                             // a limit between two others can have refused it
	needsOld bool                             // before it the limit that the session began with has to be set
}

// families are the verbs of all families.
var families = [][]verb{
	mapVerbs, lockVerbs, pageVerbs, touchVerbs, byteVerbs, heapVerbs, shmVerbs, processVerbs, limitVerbs, rawVerbs, sessionVerbs,
}

// What families holds, by its keys. It is filled in by init, because verbs have functions that look others up.
var (
	byName = map[string]*verb{}
	byCall = map[string]*verb{}
)

func init() {
	for _, family := range families {
		for i := range family {
			v := &family[i]
			if v.name != "" {
				byName[v.name] = v
				cReserved[v.name] = true // most are functions of C
			}
			if v.call != "" {
				byCall[v.call] = v
			}
		}
	}
}

// noVerb is a verb of which nothing is told.
var noVerb verb

// verbOf returns the verb of a command.
func verbOf(c model.Command) *verb {
	if c != nil && byName[c.Verb()] != nil {
		return byName[c.Verb()]
	}
	return &noVerb
}

// writes makes of a function for one kind of command what a verb has.
func writes[C model.Command](add func(*cProgram, C)) func(*cProgram, model.Command) bool {
	return says(func(p *cProgram, c C) bool { add(p, c); return true })
}

// says is writes of a function that reports whether C can say it.
func says[C model.Command](add func(*cProgram, C) bool) func(*cProgram, model.Command) bool {
	return func(p *cProgram, cmd model.Command) bool {
		c, ok := cmd.(C)
		return ok && add(p, c)
	}
}

// repeats makes of a function for one kind of command how a verb is made again.
func repeats[C model.Command](add func(*cTold, *cStep, C)) func(*cTold, *cStep, int) {
	return func(t *cTold, st *cStep, _ int) {
		if c, ok := st.command.(C); ok {
			add(t, st, c)
		}
	}
}

// asked makes of a function for one kind of command one for any; the zero value stands for any other.
func asked[C model.Command, R any](f func(C) R) func(model.Command) R {
	return func(cmd model.Command) R {
		c, _ := cmd.(C)
		return f(c)
	}
}

// one returns the target of a command that has one.
func one[C model.Command](of func(C) model.Target) func(model.Command) []model.Target {
	return asked(func(c C) []model.Target { return []model.Target{of(c)} })
}

// named returns the region that a command names as a whole.
func named[C model.Command](of func(C) string) func(model.Command) []model.Target {
	return asked(func(c C) []model.Target { return []model.Target{{Region: of(c)}} })
}

// always reports true.
func always(model.Command) bool { return true }

// sameKind says that of all commands of a verb the last one counts.
func sameKind(c model.Command) string { return c.Verb() }

// stepOf returns a step of the past, or the call itself, before anything is known of what it was about.
func stepOf(e *model.Event, c model.Command) cStep {
	return cStep{event: e, command: c, verb: verbOf(c), made: -1}
}

// namesIn returns the regions that a command names.
func namesIn(c model.Command) []string {
	v := verbOf(c)
	list := v.names
	if list == nil {
		list = v.targets
	}
	if list == nil {
		return nil
	}
	var names []string
	for _, t := range list(c) {
		if t.Form != model.RawSpan && t.Region != "" && !slices.Contains(names, t.Region) {
			names = append(names, t.Region)
		}
	}
	return names
}

// targetsOf returns the targets of a command about pages that are there.
func targetsOf(c model.Command) []model.Target {
	if targets := verbOf(c).targets; targets != nil {
		return targets(c)
	}
	return nil
}

// exited reports whether a step is an exec that took place: nothing of before it is there.
func exited(st *cStep) bool {
	_, ok := st.command.(lang.Execve)
	return ok && st.event.OK()
}
