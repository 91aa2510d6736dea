package model

// The names of the calls and loops that more is made to depend on than what is told of them: they change what is mapped,
// what is locked or who there is, or they do not return as the others do.
const (
	CallMmap       = "mmap"
	CallMunmap     = "munmap"
	CallMremap     = "mremap"
	CallShmat      = "shmat"
	CallShmdt      = "shmdt"
	CallBrk        = "brk"
	CallMadvise    = "madvise"
	CallMlockall   = "mlockall"
	CallMunlockall = "munlockall"
	CallClone      = "clone"
	CallExecve     = "execve"
	CallExitGroup  = "exit_group"
	CallKill       = "kill"
	CallTouch      = "touch"
)
