package lang

import (
	"strings"

	"incore/model"
)

// The commands about processes and what they are allowed.
type (
	// Fork makes a child of the process, called Name.
	Fork struct{ Name string }
	// In runs one command in the process called Proc.
	In struct {
		Proc string        // main, or as fork named it
		Do   model.Command // never a command of the session as a whole, such as reset
	}
	// Execve starts a fresh subject in the same process.
	Execve struct{}
	// Exit ends the process. Code is its exit code, from 0 to MaxExit.
	Exit struct{ Code int }
	// Kill sends the process a signal. Signal is its name: SIGTERM.
	Kill struct{ Signal string }
	// SetSignal says whether Signal, which is SIGSEGV or SIGBUS, is an answer (catch), or
	// ends the process (Die).
	SetSignal struct {
		Signal string
		Die    bool
	}
	// Setrlimit sets a limit of the process.
	Setrlimit struct {
		Of   Limit   // which one
		Soft Amount  // the soft limit
		Hard *Amount // nil: left as it is
	}
	// Prctl sets an attribute of the process: prctl(2).
	Prctl struct {
		Set Attribute // that is set
	}
	// Capset drops a capability of the thread that makes the calls. Drop is its name, without
	// CAP_ and in small letters: ipc_lock.
	Capset struct{ Drop string }
	// Memcg puts the process into a memory cgroup of its own. Limit is what its memory may come to
	// (memory.max; memory.limit_in_bytes of version 1).
	Memcg struct{ Limit Amount }
)

// Limit names a limit of a process, as getrlimit(2) does without RLIMIT_ and in small letters.
type Limit string

// The limits that setrlimit sets.
const (
	LimitMemlock Limit = "memlock" // what may be locked
	LimitAS      Limit = "as"      // the address space
	LimitData    Limit = "data"    // private writable memory, the heap with it
	LimitStack   Limit = "stack"   // what grows down
)

var limitNames = []string{string(LimitMemlock), string(LimitAS), string(LimitData), string(LimitStack)}

// Constant returns the limit's name in C: RLIMIT_MEMLOCK.
func (l Limit) Constant() string { return "RLIMIT_" + strings.ToUpper(string(l)) }

// In returns the limit of a process, soft and hard: bytes, or model.Unlimited.
func (l Limit) In(all model.Limits) (soft, hard int64) {
	switch l {
	case LimitAS:
		return all.Space, all.SpaceHard
	case LimitData:
		return all.Data, all.DataHard
	case LimitStack:
		return all.Stack, all.StackHard
	default:
		return all.MemlockSoft, all.MemlockHard
	}
}

// limitName is one of the limits.
func limitName() kind[Limit] { return oneOf[Limit]("a", "limit", limitNames) }

// Attribute is what prctl sets.
type Attribute string

// The attributes.
const (
	MDWE       Attribute = "mdwe"        // PR_SET_MDWE with PR_MDWE_REFUSE_EXEC_GAIN, Linux 6.3: for good
	THPDisable Attribute = "thp_disable" // PR_SET_THP_DISABLE, Linux 3.15
)

// Amount is a size, or no limit.
type Amount struct {
	Size      model.Size // zero where Unlimited is set
	Unlimited bool       // written unlimited, and max of memcg
}

// MaxExit is the highest code that a process can end with: the kernel keeps 8 bits
// (exit(2), wait(2)).
const MaxExit = 255

var processVerbs = []verb{
	row("Make a child of the process, with all its pages, copied as they are written.", Fork{},
		need(childName(), func(c *Fork) *string { return &c.Name })),
	ofSession(row("Run one command in that process.", In{},
		need(name("the name of a process", OfProcess), func(c *In) *string { return &c.Proc }),
		commandWithin())),
	row("Start a fresh program in the same process: its regions and locks are gone.", Execve{}),
	row("End the process.", Exit{},
		may(number[int]("CODE", "an exit code", "an exit code is 0 to 255", 0, MaxExit, "0", "1"), func(c *Exit) *int { return &c.Code })),
	row("Send the process a signal.", Kill{}, need(signal(), func(c *Kill) *string { return &c.Signal })),
	row("Say whether such a signal is an answer or the end.", SetSignal{},
		need(heldSignal(), func(c *SetSignal) *string { return &c.Signal }),
		may(eitherOr("catch", "die", "catch or die", "a signal is to catch or to die"), func(c *SetSignal) *bool { return &c.Die })),
	row("Set how much may be locked, mapped, be private and writable, or grow down: soft, and hard where it is said.", Setrlimit{},
		need(limitName(), func(c *Setrlimit) *Limit { return &c.Of }),
		need(amount("unlimited", "0", "64K", "1M", "8M"), func(c *Setrlimit) *Amount { return &c.Soft }),
		may(said(amount("unlimited", "64K", "1M", "8M")), func(c *Setrlimit) **Amount { return &c.Hard })),
	row("Have nothing become executable from now on (mdwe), or no huge pages be made of what is not asked for as such (thp_disable).", Prctl{},
		need(oneOf[Attribute]("an", "attribute", []string{string(MDWE), string(THPDisable)}), func(c *Prctl) *Attribute { return &c.Set })),
	row("Drop a capability, such as ipc_lock, which puts a process above its limit.", Capset{},
		need(capability(), func(c *Capset) *string { return &c.Drop })),
	row("Put the process in a memory cgroup of its own with that limit.", Memcg{},
		need(amount("max", "8M", "64M"), func(c *Memcg) *Amount { return &c.Limit })),
}

// commandWithin is the command that in runs. Whether there is such a process shows when it runs.
func commandWithin() part[In] {
	k := Kind{Form: FormCommand, Usage: "COMMAND", What: "a command"}
	return part[In]{
		Part: Part{Kind: k, Usage: k.Usage},
		read: func(p *parser, c *In) (err *ParseError) {
			behind := p.words
			p.ahead.within(c.Proc)
			if _, err := p.next(&k); err != nil {
				return err
			}
			p.words = nil
			c.Do, err = p.command(behind, p, true)
			return err
		},
		write: func(w *words, c *In) { w.add(c.Do.String()) },
	}
}

// said is a kind whose value is nil where nothing is said.
func said[V any](k kind[V]) kind[*V] {
	return kind[*V]{
		Kind: k.Kind,
		read: func(w token) (*V, *ParseError) {
			v, err := k.read(w)
			return &v, err
		},
		write: func(v *V) string { return k.write(*v) },
	}
}

// Inner is what runs in a process: of in the command behind it, of any other the command itself.
func Inner(c model.Command) model.Command {
	if in, ok := c.(In); ok {
		return in.Do
	}
	return c
}

// Writes implements [model.Writer]: in writes what the command behind it writes.
func (c In) Writes() (every int64, ok bool) {
	if w, is := c.Do.(model.Writer); is {
		return w.Writes()
	}
	return 0, false
}

// Remark implements [model.Remark]: in says what the command behind it says.
func (c In) Remark() bool {
	r, ok := c.Do.(model.Remark)
	return ok && r.Remark()
}

// Verb and String implement [model.Command].

func (Fork) Verb() string      { return "fork" }
func (In) Verb() string        { return "in" }
func (Execve) Verb() string    { return "exec" }
func (Exit) Verb() string      { return "exit" }
func (Kill) Verb() string      { return "kill" }
func (SetSignal) Verb() string { return "signal" }
func (Setrlimit) Verb() string { return "setrlimit" }
func (Prctl) Verb() string     { return "prctl" }
func (Capset) Verb() string    { return "capset" }
func (Memcg) Verb() string     { return "memcg" }

func (c Fork) String() string      { return printed(c) }
func (c In) String() string        { return printed(c) }
func (c Execve) String() string    { return printed(c) }
func (c Exit) String() string      { return printed(c) }
func (c Kill) String() string      { return printed(c) }
func (c SetSignal) String() string { return printed(c) }
func (c Setrlimit) String() string { return printed(c) }
func (c Prctl) String() string     { return printed(c) }
func (c Capset) String() string    { return printed(c) }
func (c Memcg) String() string     { return printed(c) }
