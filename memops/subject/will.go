//go:build linux && (amd64 || arm64)

package subject

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Will is a list of system calls that undo something when incore is gone. They run in their order.
// Their answers are ignored, but for EBUSY and ENOTEMPTY: then all of them run again a little later,
// for half a minute.
type Will struct {
	What string // what it undoes, for errors
	Text string // what an argument points to, without the NUL that is put behind it
	// Calls returns the calls, in their order. text is the address of Text in the keeper.
	Calls func(text uint64) []Request

	isPath bool // Text is a path
}

// FromPrevious as the Tag of a call in a Will puts the result of the call before it in the
// place of the first argument.
const FromPrevious = 1

// WillUnlink removes a file, given by an absolute path.
func WillUnlink(path string) Will { return willUnlinkat("unlink "+path, path, 0) }

// WillRmdir removes an empty directory, or a memory cgroup without processes, given by an
// absolute path.
func WillRmdir(path string) Will { return willUnlinkat("rmdir "+path, path, unix.AT_REMOVEDIR) }

// willUnlinkat is unlinkat(2), since arm64 has neither unlink nor rmdir.
func willUnlinkat(what, path string, flags uint64) Will {
	const here = unix.AT_FDCWD // a variable below: a negative constant is no uint64
	dir := here
	return Will{What: what, Text: path, isPath: true, Calls: func(text uint64) []Request {
		return []Request{{Number: unix.SYS_UNLINKAT, Args: [6]uint64{uint64(dir), text, flags}}}
	}}
}

// WillRemoveShm removes a System V shared memory segment, given by its key. Between Keep
// and the shmget that makes it the key must be nobody else's: take a random one, and
// IPC_CREAT|IPC_EXCL.
func WillRemoveShm(key int32) Will {
	return Will{What: fmt.Sprintf("shmctl IPC_RMID of the key %#x", uint32(key)), Calls: func(uint64) []Request {
		return []Request{
			{Number: unix.SYS_SHMGET, Args: [6]uint64{uint64(uint32(key))}},
			{Number: unix.SYS_SHMCTL, Args: [6]uint64{1: ipcRmid}, Tag: FromPrevious},
		}
	}}
}

const ipcRmid = 0 // IPC_RMID: include/uapi/linux/ipc.h

// The table of wills in memory that a keeper has mapped, as puppet_amd64.s reads it: a word
// an entry, the number of its calls or 0, and behind these words the entries, each with its calls
// at the beginning.
const (
	willEntries = 1024
	willEntry   = 0x2000 // bytes, and of the words before the entries
	willText    = 0x200  // where in an entry its text is: room for PATH_MAX
	willSize    = willEntry * (1 + willEntries)
	willCalls   = willText / MessageSize // the most calls of an entry
)

// willTable is that memory, mapped in incore and in the keeper.
type willTable struct {
	mem  []byte
	addr uint64 // where the keeper has it
}

// count is the word of an entry. It is written last, and at once: whenever incore is
// killed, the entry is there as a whole or not at all.
func (t willTable) count(i int) *atomic.Uint64 {
	return (*atomic.Uint64)(unsafe.Pointer(&t.mem[8*i]))
}

// put writes a will into a free entry.
func (t willTable) put(i int, w Will) error {
	at := willEntry * (1 + i)
	calls := w.Calls(t.addr + uint64(at) + willText)
	if len(calls) == 0 || len(calls) > willCalls || len(w.Text) >= willEntry-willText {
		return fmt.Errorf("%s: %d calls with %d bytes of text, and there is room for %d and %d",
			w.What, len(calls), len(w.Text), willCalls, willEntry-willText-1)
	}
	entry := t.mem[at : at+willEntry]
	entry[willText+copy(entry[willText:], w.Text)] = 0
	for j, c := range calls {
		c.encode((*[MessageSize]byte)(entry[MessageSize*j:]))
	}
	t.count(i).Store(uint64(len(calls)))
	return nil
}

// check refuses a path that would name something else in the keeper, or nothing.
func (w Will) check() error {
	switch {
	case w.Calls == nil || w.What == "":
		return fmt.Errorf("a will without calls, or without a word of what it undoes: %w", unix.EINVAL)
	case !w.isPath:
		return nil
	case strings.ContainsRune(w.Text, 0):
		return fmt.Errorf("%q: a NUL in the path: %w", w.What, unix.EINVAL)
	case !filepath.IsAbs(w.Text): // the keeper's working directory is /
		return fmt.Errorf("%s: not an absolute path: %w", w.What, unix.EINVAL)
	case len(w.Text) >= unix.PathMax:
		return fmt.Errorf("%s: %d bytes: %w", w.What, len(w.Text), unix.ENAMETOOLONG)
	}
	return nil
}
