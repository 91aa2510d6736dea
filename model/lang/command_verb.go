package lang

import (
	"incore/model"
)

// Verb implements [model.Command].
func (Mmap) Verb() string { return "mmap" }

// Verb implements [model.Command].
func (Munmap) Verb() string { return "munmap" }

// Verb implements [model.Command].
func (Mlock) Verb() string { return "mlock" }

// Verb implements [model.Command].
func (Mlock2) Verb() string { return "mlock2" }

// Verb implements [model.Command].
func (Munlock) Verb() string { return "munlock" }

// Verb implements [model.Command].
func (Mlockall) Verb() string { return "mlockall" }

// Verb implements [model.Command].
func (Munlockall) Verb() string { return "munlockall" }

// Verb implements [model.Command].
func (Mprotect) Verb() string { return "mprotect" }

// Verb implements [model.Command].
func (Madvise) Verb() string { return "madvise" }

// Verb implements [model.Command].
func (Mincore) Verb() string { return "mincore" }

// Verb implements [model.Command].
func (Touch) Verb() string { return "touch" }

// Verb implements [model.Command].
func (Memset) Verb() string { return "memset" }

// Verb implements [model.Command].
func (Memcpy) Verb() string { return "memcpy" }

// Verb implements [model.Command].
func (Memmove) Verb() string { return "memmove" }

// Verb implements [model.Command].
func (Memcmp) Verb() string { return "memcmp" }

// Verb implements [model.Command].
func (Reset) Verb() string { return "reset" }

// Verb implements [model.Command].
func (Say) Verb() string { return "say" }

// Verb implements [model.Command].
func (Wait) Verb() string { return "wait" }

// Verb implements [model.Command].
func (Speed) Verb() string { return "speed" }

// Verb implements [model.Command].
func (Expect) Verb() string { return "expect" }

// Verb implements [model.Command].
func (Mremap) Verb() string { return "mremap" }

// Verb implements [model.Command].
func (Mseal) Verb() string { return "mseal" }

// Verb implements [model.Command].
func (PosixFadvise) Verb() string { return "posix_fadvise" }

// Verb implements [model.Command].
func (Msync) Verb() string { return "msync" }

// Verb implements [model.Command].
func (Brk) Verb() string { return "brk" }

// Verb implements [model.Command].
func (Malloc) Verb() string { return "malloc" }

// Verb implements [model.Command].
func (Free) Verb() string { return "free" }

// Verb implements [model.Command].
func (Mallopt) Verb() string { return "mallopt" }

// Verb implements [model.Command].
func (Shmget) Verb() string { return "shmget" }

// Verb implements [model.Command].
func (Shmctl) Verb() string { return "shmctl" }

// Verb implements [model.Command].
func (Fork) Verb() string { return "fork" }

// Verb implements [model.Command].
func (In) Verb() string { return "in" }

// Verb implements [model.Command].
func (Execve) Verb() string { return "exec" }

// Verb implements [model.Command].
func (Exit) Verb() string { return "exit" }

// Verb implements [model.Command].
func (Kill) Verb() string { return "kill" }

// Verb implements [model.Command].
func (SetSignal) Verb() string { return "signal" }

// Verb implements [model.Command].
func (Setrlimit) Verb() string { return "setrlimit" }

// Verb implements [model.Command].
func (Capset) Verb() string { return "capset" }

// Verb implements [model.Command].
func (Memcg) Verb() string { return "memcg" }

// Remark implements [model.Remark].
func (Say) Remark() bool { return true }

// Remark implements [model.Remark].
func (Wait) Remark() bool { return true }

// Remark implements [model.Remark]: in says what the command behind it says.
func (c In) Remark() bool {
	r, ok := c.Do.(model.Remark)
	return ok && r.Remark()
}
