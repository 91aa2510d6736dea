package lang

import (
	"incore/model"
)

// Op is a comparison of expect.
type Op string

// The comparisons. The language may leave out Eq.
const (
	Eq Op = "=="
	Ne Op = "!="
	Lt Op = "<"
	Le Op = "<="
	Gt Op = ">"
	Ge Op = ">="
)

// ExpectKind is the first word after expect.
type ExpectKind string

// The kinds of expect.
const (
	ExpectOK     ExpectKind = "ok"
	ExpectErrno  ExpectKind = "errno"
	ExpectSignal ExpectKind = "signal"
	ExpectMinor  ExpectKind = "minor"
	ExpectMajor  ExpectKind = "major"
	ExpectAll    ExpectKind = "all"
	ExpectNo     ExpectKind = "no"
	ExpectCount  ExpectKind = "count"
	ExpectVmLck  ExpectKind = "vmlck"
	ExpectRSS    ExpectKind = "rss"
	ExpectPss    ExpectKind = "pss"
	ExpectSwap   ExpectKind = "swap"
	ExpectVMAs   ExpectKind = "vmas"
	ExpectRlimit ExpectKind = "rlimit"
	ExpectReturn ExpectKind = "return"
	ExpectAlive  ExpectKind = "alive"
	ExpectDead   ExpectKind = "dead"
)

// Expect is a check of the last command or of the state. Which fields count depends on Kind.
type Expect struct {
	Kind      ExpectKind        // what is checked
	Proc      string            // alive, dead: the process, or "" for the current one
	Word      string            // errno's name, the signal's name (signal, dead; "" for any)
	Code      string            // signal's code, or ""
	T         model.Target      // all, no, count, vmas; signal where In is set
	In        bool              // signal: the address lies in T
	States    []model.PageState // all, no, count
	Op        Op                // minor, major, count, vmas, return, vmlck, rss, pss, swap, rlimit; "" is Eq
	N         int64             // minor, major, count, vmas, return
	Size      model.Size        // vmlck, rss, pss, swap, rlimit
	Sign      byte              // vmlck, rss: '+' or '-' where the size is a change by the last command; else 0
	Of        Limit             // rlimit
	Unlimited bool              // rlimit
}
