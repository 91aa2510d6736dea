//go:build linux && (amd64 || arm64)

package memops_test

import (
	"runtime"
	"slices"

	"incore/memops/kernel"
	"incore/model"
	"incore/model/lang"
)

// The reference that the walk holds against the kernel: a plain list of pages, slow and
// without any cleverness. What it says of a page is what Linux promises of it; where
// Linux promises nothing, the reference says nothing.

// refVMA is what a VMA says of its pages. Two pages that differ in it cannot lie in one
// VMA; two neighbors that are equal in it may, and need not.
type refVMA struct {
	prot       model.Prot
	shared     bool           // MAP_SHARED
	back       *refObject     // nil: anonymous and private
	attach     *refAttachment // of a segment, else nil
	lock       model.Lock
	noReserve  bool        // MAP_NORESERVE
	sealed     bool        // mseal
	dontFork   bool        // MADV_DONTFORK
	wipeOnFork bool        // MADV_WIPEONFORK
	dontDump   bool        // MADV_DONTDUMP
	noHuge     bool        // MADV_NOHUGEPAGE
	droppable  bool        // MAP_DROPPABLE
	reading    lang.Advice // random, sequential, or ""
}

// refFrame is what a process's page table has of a private page.
type refFrame uint8

const (
	nothing  refFrame = iota
	zeroPage          // the shared zero page: read, and not written yet
	filled            // a page of its own
	some              // the zero page or one of its own
	lazy              // MADV_FREE: the kernel may have taken it, or takes it later
	unsure            // anything of these
)

// refPage is one page that a VMA covers.
type refPage struct {
	refVMA
	index  int64  // which page of back
	region string // the region that it is of
	frame  refFrame
	guard  bool // MADV_GUARD_INSTALL
	split  bool // a VMA may begin here where none has to

	// maps is the object's page that the page table surely has: nil after what took it out,
	// and another than the object's where that was removed since.
	maps *refObjectPage

	// data is what frame holds. With doubt it is not known, as after MADV_FREE.
	data  content
	doubt bool
}

// content is the bytes of a page; nil is all zeros. It is never changed, so that pages
// may share it.
type content []byte

// at is one byte.
func (c content) at(i uint64) byte {
	if c == nil {
		return 0
	}
	return c[i]
}

// with returns the content with bytes changed by f.
func (c content) with(size int64, f func([]byte)) content {
	out := slices.Clone(c)
	if out == nil {
		out = make(content, size)
	}
	f(out)
	return out
}

// behind is the object's page under a page, or nil: past the end of the object there is
// none, and an access is SIGBUS (mmap(2)).
func (pg *refPage) behind() *refObjectPage {
	if pg.back == nil {
		return nil
	}
	return pg.back.page(pg.index)
}

// beyond reports whether the page lies past the end of its object.
func (pg *refPage) beyond() bool { return pg.back != nil && pg.behind() == nil }

// accessible reports whether the protection allows an access. What may be written may be
// read, and so may what can be run: neither x86-64 nor arm64 has pages that can be
// written only (mmap(2), NOTES), and of pages that can be run only the language has none.
func (pg *refPage) accessible(by lang.Access) bool {
	switch by {
	case lang.Write:
		return pg.prot&model.ProtWrite != 0
	case lang.Exec:
		return pg.prot&model.ProtExec != 0
	}
	return pg.prot != model.ProtNone
}

// access is an access by the processor. It returns the signal and its code where it is
// answered with one, and else has the page come in. The protection is asked first, in the
// VMA; a guard page is found in the page table, and has the code of a hole (mm/memory.c,
// handle_pte_marker). On x86-64 the fetch of an instruction is not told from a read before
// the page is there, so one that may be read and not run comes in all the same
// (arch/x86/mm/fault.c, access_error). On arm64 it is told, and does not come in (arch/arm64/mm/fault.c,
// do_page_fault).
func (pg *refPage) access(by lang.Access) (signal, code string) {
	asked := by
	if by == lang.Exec && runtime.GOARCH == "amd64" {
		asked = lang.Read
	}
	switch {
	case pg == nil:
		return "SIGSEGV", "SEGV_MAPERR"
	case !pg.accessible(asked):
		return "SIGSEGV", "SEGV_ACCERR"
	case pg.guard:
		return "SIGSEGV", "SEGV_MAPERR"
	case pg.beyond():
		return "SIGBUS", "BUS_ADRERR"
	}
	pg.bringIn(by == lang.Write)
	if !pg.accessible(by) {
		return "SIGSEGV", "SEGV_ACCERR"
	}
	return "", ""
}

// mustFault reports whether an access that goes through surely is a fault: a page that has
// no frame of its own yet, and needs one. What is mapped of an object nobody knows.
func (pg *refPage) mustFault(by lang.Access) bool {
	switch {
	case pg.shared:
		return false
	case by == lang.Write:
		return pg.frame == nothing || pg.frame == zeroPage
	}
	return pg.frame == nothing && pg.back == nil
}

// bringIn is a fault that succeeds. A write to a private page of an object copies it, and
// that brings the object's page in too (mm/memory.c, do_cow_fault).
func (pg *refPage) bringIn(write bool) {
	b := pg.behind()
	if b != nil && (pg.shared || pg.frame == nothing) {
		pg.readAhead()
	}
	switch {
	case pg.shared:
		b.frame, pg.maps = filled, b
		b.written = b.written || write
	case pg.frame == nothing && b != nil:
		b.frame, pg.maps = filled, b
		if write {
			pg.frame, pg.maps, pg.data, pg.doubt = filled, nil, b.data, b.doubt
		}
	case write:
		pg.frame = filled
	case pg.frame == nothing && kernel.Probe().ZeroPage:
		pg.frame = zeroPage
	case pg.frame == nothing:
		pg.frame = filled
	case pg.frame == unsure:
		pg.frame = some
	}
	if b != nil && b.frame == nothing {
		b.frame = unsure // it came in where the page was not a copy yet
	}
}

// mayComeIn is a fault of which nobody knows whether it happened.
func (pg *refPage) mayComeIn(by lang.Access) {
	if pg.guard || pg.beyond() {
		return
	}
	pg.readAhead()
	if b := pg.behind(); b != nil && b.frame == nothing {
		b.frame = unsure
	}
	switch {
	case pg.shared:
	case pg.frame == nothing:
		pg.frame, pg.doubt = unsure, pg.back != nil // a copy, or still the object's
	case pg.frame == zeroPage && by == lang.Write:
		pg.frame = some
	}
}

// readAhead is what a fault brings in of a disk beside the page: nothing where the VMA says
// that it is read at random, and since Linux 6.17 only where it may not be executed besides
// (mm/filemap.c, do_sync_mmap_readahead).
func (pg *refPage) readAhead() {
	if pg.back != nil && pg.back.disk && (pg.reading != "random" || pg.accessible(lang.Exec)) {
		pg.back.mayBeRead()
	}
}

// drop takes the page out of the process's page table.
func (pg *refPage) drop() { pg.frame, pg.maps, pg.data, pg.doubt = nothing, nil, nil, false }

// store is where the bytes are that an access finds, and whether they are in doubt.
func (pg *refPage) store() (data *content, doubt *bool) {
	if b := pg.behind(); b != nil && (pg.shared || pg.frame == nothing) {
		return &b.data, &b.doubt
	}
	return &pg.data, &pg.doubt
}

// known reports whether the page's bytes are known.
func (pg *refPage) known() bool {
	_, doubt := pg.store()
	return !*doubt
}

// harmless reports whether incore runs the page: zeroed memory it does.
func (pg *refPage) harmless() bool {
	data, doubt := pg.store()
	return *data == nil && !*doubt
}

// put stores bytes in a page that was brought in by a write. A page whose bytes are in
// doubt is known again once all of it was written.
func (pg *refPage) put(size int64, whole bool, f func([]byte)) {
	data, doubt := pg.store()
	*data = (*data).with(size, f)
	*doubt = *doubt && !whole
	if b := pg.behind(); b != nil && data == &b.data {
		b.doubt = b.doubt || pg.back.disk && pg.back.writtenBehind(pg.index)
	}
}

// residency is mincore's answer, or NotAsked where none is promised. mincore looks into
// the page table, and where that has nothing, a guard page included, into the object
// (mm/mincore.c).
func (pg *refPage) residency() model.Residency {
	frame := pg.frame
	b := pg.behind()
	if b != nil && (pg.shared || frame == nothing || frame == unsure && b.frame == filled) {
		frame = b.frame
		if frame == filled && (!b.written || pg.back.disk) && pg.maps != b {
			// A page of zeros that is not mapped is dropped when somebody wants its memory, as
			// the next fault makes it anew (mm/truncate.c, mapping_evict_folio). So is what was
			// written to a disk by then.
			frame = unsure
		}
	}
	switch frame {
	case nothing:
		return model.Absent
	case zeroPage, filled, some:
		return model.Resident
	}
	return model.NotAsked
}
