//go:build linux && (amd64 || arm64)

package subject

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// life is a process that incore is the parent of, from its start to its end.
type life struct {
	process *os.Process
	family  *family
	gone    chan struct{} // closed once death is known
	death   Death
}

// Death is how a subject ended.
type Death struct {
	Signal syscall.Signal // what killed it, or 0
	Code   int            // exit code where no signal did
	CPU    time.Duration  // the processor time that it has used
}

// Gone is closed once the process is dead.
func (l *life) Gone() <-chan struct{} { return l.gone }

// Death waits for the process's end and tells how it ended.
func (l *life) Death() Death {
	<-l.gone
	return l.death
}

// family is a process that incore started with those that were forked from it. They all
// need the thread that started the first to live on: PR_SET_PDEATHSIG watches the parent
// thread, not the parent process. A thread that ends sends the signal to all its children,
// and leaves them to another thread (prctl(2); forget_original_parent in kernel/exit.c), and
// a child made with CLONE_PARENT gets the parent thread of the one that forked it
// (copy_process in kernel/fork.c: real_parent = current->real_parent).
type family struct {
	mu    sync.Mutex
	alive int
	none  chan struct{} // closed when alive has become 0, for good
}

// join counts a process in before it is forked; false is that none is left that could
// fork.
func (f *family) join() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.alive == 0 {
		return false
	}
	f.alive++
	return true
}

// leave counts a process out that has ended, or was not made.
func (f *family) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.alive--
	if f.alive == 0 {
		close(f.none)
	}
}

// launch runs an executable file under a name, with files as descriptors 3, 4 and 5. The
// thread that does it belongs to the new family until that has ended.
func launch(file *os.File, name string, files []*os.File, attr *syscall.SysProcAttr) (*life, error) {
	path := "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/" + strconv.Itoa(int(file.Fd()))
	if there, err := os.Stat(path); err != nil {
		return nil, err
	} else if !isFile(there, file) {
		return nil, errors.New(path + " is not the file that is to be executed")
	}
	cmd := &exec.Cmd{
		Path: path,
		Args: []string{name}, Env: []string{}, Dir: "/",
		ExtraFiles: files, SysProcAttr: attr,
	}
	l := &life{family: &family{alive: 1, none: make(chan struct{})}, gone: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		l.process = cmd.Process
		started <- err
		if err == nil {
			l.wait()
			<-l.family.none
		}
	}()
	return l, <-started
}

// born is a process that was forked in a family that it has joined.
func born(pid int, f *family) (*life, error) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return nil, err
	}
	l := &life{process: p, family: f, gone: make(chan struct{})}
	go l.wait()
	return l, nil
}

// wait waits for the process's end, so that nothing of it stays behind. It waits for this
// process alone (waitid of its pidfd, or of its PID before Linux 5.4), and so takes no
// other's end away from os/exec, nor os/exec this one's.
func (l *life) wait() {
	defer close(l.gone)
	defer l.family.leave()
	state, err := l.process.Wait()
	if err != nil {
		l.death.Code = -1 // somebody else has waited for it
		return
	}
	l.death.CPU = state.UserTime() + state.SystemTime()
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		l.death.Signal = ws.Signal()
	} else {
		l.death.Code = state.ExitCode()
	}
}
