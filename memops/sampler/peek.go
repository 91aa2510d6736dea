//go:build linux && (amd64 || arm64)

package sampler

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/subject"
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
	lazy     int64 // model.Frame.LazyFree
}

// peek tells the first bytes of the page under the cursor where nothing has to be faulted in for
// that: the page table has the page. The observer loads them itself. A reader outside,
// by /proc/PID/mem or process_vm_readv(2), takes a reference to the page (mm/gup.c), and that can change
// what a later write to it does: one that is shared after a fork is copied at once for a pin
// (gup_must_unshare, Linux 5.19). And the second reading of a page makes it active, which waits in a batch
// of the reading processor with a reference of its own (mm/swap.c, folio_activate), so that a write which
// could have the page back is given a copy (mm/memory.c, wp_can_reuse_anon_folio). A load takes no
// reference. What it leaves is the accessed bit of the entry (Referenced in smaps), so the bytes are
// read when the cursor has come to the page, a command has ended since or its entry has changed, and not
// with each sample. Between the look into the page table and the load no call runs; the kernel could
// still take the page away by itself, in some microseconds, and the load would bring it back.
func (s *Sampler) peek(f *model.Frame, addr uint64, page model.Page) {
	if f.BytesWhy = whyNoBytes(f.Entry, page); f.BytesWhy != "" {
		return
	}
	if page.Has(model.ZeroPage) {
		f.Bytes = strings.Repeat("\x00", frameBytes)
		return
	}
	now := peeked{region: f.Region, page: f.Page, entry: f.Entry, commands: s.session.Host.Commands()}
	was := &s.peeked
	if same := was.region == now.region && was.page == now.page && was.entry == now.entry; !same || was.commands != now.commands {
		switch {
		case !s.session.Gate.call.Load():
			now.bytes, now.why = s.readBytes(addr)
			now.lazy = s.lazyFree(addr, page)
			*was = now
		case !same: // the call could take the page away meanwhile
			f.BytesWhy = "a call is running: they are read when it has ended"
			return
		}
	}
	f.Bytes, f.BytesWhy, f.LazyFree = was.bytes, was.why, was.lazy
}

// whyNoBytes says why the first bytes of a page are not to be had without faulting it in, or that
// they may not be read; it is "" where they are to be had.
func whyNoBytes(entry uint64, page model.Page) string {
	switch {
	case page.Prot == model.ProtNone:
		return "PROT_NONE: nobody may read it"
	case page.Prot&(model.ProtRead|model.ProtWrite) == 0: // where a page may be written it can be read too
		return "without PROT_READ nobody may read it"
	case entry&proc.EntryGuard != 0:
		return "a guard page: an access is SIGSEGV"
	case entry&proc.EntryPresent != 0:
		return ""
	case entry&proc.EntrySwapped != 0:
		return "in swap: looking would fault it in"
	default:
		return "not mapped: looking would fault it in"
	}
}

// readBytes reads the first bytes of a page that is in the page table.
func (s *Sampler) readBytes(addr uint64) (bytes, why string) {
	var b [frameBytes]byte
	switch err := s.sub.Peek(addr, b[:]); {
	case errors.Is(err, subject.ErrGone):
		return "", "the process is gone"
	case errors.Is(err, unix.EFAULT): // the entry or the VMA was another one by then
		return "", "not to be read any more"
	case err != nil:
		return "", err.Error()
	}
	return string(b[:]), ""
}

// mostForLazy is with how many VMAs smaps is read for the page under the cursor alone.
const mostForLazy = 1 << 10

// lazyFree is how much of the VMA at an address MADV_FREE has given up. Nobody pays for it before there was such an advice.
func (s *Sampler) lazyFree(addr uint64, page model.Page) int64 {
	if !s.session.Lazy.Load() || page.Has(model.File) || len(s.vmas) > mostForLazy {
		return 0
	}
	text, err := s.proc.Smaps()
	if err != nil {
		return 0 // it dies
	}
	return proc.LazyFree(text, addr)
}
