package lang

import (
	"incore/model"
)

// The verbs, each the first word of its command's line: they implement [model.Command].

func (Mmap) Verb() string         { return "mmap" }
func (Munmap) Verb() string       { return "munmap" }
func (Mlock) Verb() string        { return "mlock" }
func (Mlock2) Verb() string       { return "mlock2" }
func (Munlock) Verb() string      { return "munlock" }
func (Mlockall) Verb() string     { return "mlockall" }
func (Munlockall) Verb() string   { return "munlockall" }
func (Mprotect) Verb() string     { return "mprotect" }
func (Madvise) Verb() string      { return "madvise" }
func (Mincore) Verb() string      { return "mincore" }
func (Touch) Verb() string        { return "touch" }
func (Memset) Verb() string       { return "memset" }
func (Memcpy) Verb() string       { return "memcpy" }
func (Memmove) Verb() string      { return "memmove" }
func (Memcmp) Verb() string       { return "memcmp" }
func (Reset) Verb() string        { return "reset" }
func (Say) Verb() string          { return "say" }
func (Wait) Verb() string         { return "wait" }
func (Speed) Verb() string        { return "speed" }
func (Expect) Verb() string       { return "expect" }
func (Mremap) Verb() string       { return "mremap" }
func (Mseal) Verb() string        { return "mseal" }
func (PosixFadvise) Verb() string { return "posix_fadvise" }
func (Msync) Verb() string        { return "msync" }
func (Brk) Verb() string          { return "brk" }
func (Malloc) Verb() string       { return "malloc" }
func (Free) Verb() string         { return "free" }
func (Mallopt) Verb() string      { return "mallopt" }
func (Shmget) Verb() string       { return "shmget" }
func (Shmctl) Verb() string       { return "shmctl" }
func (Fork) Verb() string         { return "fork" }
func (In) Verb() string           { return "in" }
func (Execve) Verb() string       { return "exec" }
func (Exit) Verb() string         { return "exit" }
func (Kill) Verb() string         { return "kill" }
func (SetSignal) Verb() string    { return "signal" }
func (Setrlimit) Verb() string    { return "setrlimit" }
func (Capset) Verb() string       { return "capset" }
func (Memcg) Verb() string        { return "memcg" }

func (Say) Remark() bool { return true }

func (Wait) Remark() bool { return true }

// Remark implements [model.Remark]: in says what the command behind it says.
func (c In) Remark() bool {
	r, ok := c.Do.(model.Remark)
	return ok && r.Remark()
}
