package model

// Verb implements [Command].
func (Mmap) Verb() string { return "mmap" }

// Verb implements [Command].
func (Munmap) Verb() string { return "munmap" }

// Verb implements [Command].
func (Mlock) Verb() string { return "mlock" }

// Verb implements [Command].
func (Mlock2) Verb() string { return "mlock2" }

// Verb implements [Command].
func (Munlock) Verb() string { return "munlock" }

// Verb implements [Command].
func (Mlockall) Verb() string { return "mlockall" }

// Verb implements [Command].
func (Munlockall) Verb() string { return "munlockall" }

// Verb implements [Command].
func (Mprotect) Verb() string { return "mprotect" }

// Verb implements [Command].
func (Madvise) Verb() string { return "madvise" }

// Verb implements [Command].
func (Mincore) Verb() string { return "mincore" }

// Verb implements [Command].
func (Touch) Verb() string { return "touch" }

// Verb implements [Command].
func (Memset) Verb() string { return "memset" }

// Verb implements [Command].
func (Memcpy) Verb() string { return "memcpy" }

// Verb implements [Command].
func (Memmove) Verb() string { return "memmove" }

// Verb implements [Command].
func (Memcmp) Verb() string { return "memcmp" }

// Verb implements [Command].
func (Reset) Verb() string { return "reset" }

// Verb implements [Command].
func (Say) Verb() string { return "say" }

// Verb implements [Command].
func (Wait) Verb() string { return "wait" }

// Verb implements [Command].
func (Speed) Verb() string { return "speed" }

// Verb implements [Command].
func (Expect) Verb() string { return "expect" }

// Verb implements [Command].
func (Mremap) Verb() string { return "mremap" }

// Verb implements [Command].
func (Mseal) Verb() string { return "mseal" }

// Verb implements [Command].
func (PosixFadvise) Verb() string { return "posix_fadvise" }

// Verb implements [Command].
func (Msync) Verb() string { return "msync" }

// Verb implements [Command].
func (Brk) Verb() string { return "brk" }

// Verb implements [Command].
func (Malloc) Verb() string { return "malloc" }

// Verb implements [Command].
func (Free) Verb() string { return "free" }

// Verb implements [Command].
func (Mallopt) Verb() string { return "mallopt" }

// Verb implements [Command].
func (Shmget) Verb() string { return "shmget" }

// Verb implements [Command].
func (Shmctl) Verb() string { return "shmctl" }

// Verb implements [Command].
func (Fork) Verb() string { return "fork" }

// Verb implements [Command].
func (In) Verb() string { return "in" }

// Verb implements [Command].
func (Execve) Verb() string { return "exec" }

// Verb implements [Command].
func (Exit) Verb() string { return "exit" }

// Verb implements [Command].
func (Kill) Verb() string { return "kill" }

// Verb implements [Command].
func (SetSignal) Verb() string { return "signal" }

// Verb implements [Command].
func (Setrlimit) Verb() string { return "setrlimit" }

// Verb implements [Command].
func (Capset) Verb() string { return "capset" }

// Verb implements [Command].
func (Memcg) Verb() string { return "memcg" }

// Remark implements [Remark].
func (Say) Remark() bool { return true }

// Remark implements [Remark].
func (Wait) Remark() bool { return true }

// Remark implements [Remark]: in says what the command behind it says.
func (c In) Remark() bool {
	r, ok := c.Do.(Remark)
	return ok && r.Remark()
}
