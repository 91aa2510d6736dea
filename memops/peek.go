//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"incore/model"
)

// frameBytes is how many bytes of a page are told.
const frameBytes = 16

// peeked are the bytes of the page that the cursor is on, as they were last read.
type peeked struct {
	region   string
	page     int64
	entry    uint64 // of the page table
	commands int    // that had ended by then
	bytes    string
	why      string
}

// peek tells the first bytes of the page under the cursor where nothing has to be faulted in for
// that: the page table has the page. It reads /proc/PID/mem. process_vm_readv would do more than
// look: it pins the page, for which a page of a private mapping that is shared after a fork, or by
// KSM, is copied (mm/gup.c, gup_must_unshare, Linux 5.19). What this does too is mark the page as
// accessed (mm/gup.c, FOLL_TOUCH; referenced, then active in kpageflags). So it is read when the cursor has come
// to it, a command has ended since or its entry has changed, and not with each sample. Between the look into
// the page table and the reading no call runs; the kernel could still take the page
// away by itself, in some microseconds, and the reading would bring it back.
func (s *sampler) peek(f *model.Frame, addr uint64, page model.Page) {
	if f.BytesWhy = whyNoBytes(f.Entry, page); f.BytesWhy != "" {
		return
	}
	if page.Has(model.ZeroPage) {
		f.Bytes = strings.Repeat("\x00", frameBytes)
		return
	}
	now := peeked{region: f.Region, page: f.Page, entry: f.Entry, commands: s.lab.commandsEnded()}
	was := &s.peeked
	if same := was.region == now.region && was.page == now.page && was.entry == now.entry; !same || was.commands != now.commands {
		switch {
		case !s.lab.gate.call.Load():
			now.bytes, now.why = s.readBytes(addr)
			*was = now
		case !same: // the call could take the page away meanwhile
			f.BytesWhy = "a call is running: they are read when it has ended"
			return
		}
	}
	f.Bytes, f.BytesWhy = was.bytes, was.why
}

// whyNoBytes says why the first bytes of a page are not to be had without faulting it in, or that
// they may not be read; it is "" where they are to be had.
func whyNoBytes(entry uint64, page model.Page) string {
	switch {
	case page.Prot == model.ProtNone:
		return "PROT_NONE: nobody may read it"
	case page.Prot&(model.ProtRead|model.ProtWrite) == 0: // where a page may be written it can be read too
		return "without PROT_READ nobody may read it"
	case entry&pagemapGuard != 0:
		return "a guard page: an access is SIGSEGV"
	case entry&pagemapPresent != 0:
		return ""
	case entry&pagemapSwapped != 0:
		return "in swap: looking would fault it in"
	default:
		return "not mapped: looking would fault it in"
	}
}

// readBytes reads the first bytes of a page that is in the page table.
func (s *sampler) readBytes(addr uint64) (bytes, why string) {
	path := fmt.Sprintf("/proc/%d/mem", s.sub.PID)
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err == nil {
		defer unix.Close(fd)
		var b [frameBytes]byte
		var n int
		n, err = unix.Pread(fd, b[:], int64(addr))
		bytes = string(b[:max(n, 0)])
	}
	switch {
	case !s.sub.OwnsPID(): // it may have been another's, which got its PID
		return "", "the process is gone"
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return "", "no right to read the process's memory (" + path + ")" // kernel.yama.ptrace_scope of 2 or 3
	case err != nil:
		return "", fmt.Sprintf("%s: %v", path, err)
	}
	return bytes, ""
}

// commandsEnded is how many events there were so far.
func (l *Lab) commandsEnded() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seq
}
