//go:build linux && (amd64 || arm64)

package memops

import (
	"encoding/binary"
	"runtime"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
)

// Which pages a write copied is seen in the page table, before the write and after it. A page of private
// memory that others map too, and that is this process's alone afterwards, was copied. Whoever has it
// alone before it writes gets the same frame back (mm/memory.c, wp_can_reuse_anon_folio), which is no
// copy, and a write to the zero page gets a fresh one. Where frame numbers are told, they decide.

// copyLook is how many pages are looked at around one write. Of more nothing is said: reading an entry takes
// 35 to 75 ns.
const copyLook = 1 << 18

// pagesWrite is a write that is about to reach pages.
type pagesWrite struct {
	p     *process
	first uint64 // the number of the first page, from address 0 on
	step  uint64 // pages, from one to the next
	n     int    // how many pages
	maybe []maybeCopied
}

// maybeCopied is a page that the write may copy.
type maybeCopied struct {
	i     int    // the position in the write
	entry uint64 // of the page table before it
	file  bool   // of a private mapping of a file, and no page of the process's own yet
}

// aboutToWrite looks at n pages that a write is about to reach, stride bytes apart. It is nil where none can be copied.
func (p *process) aboutToWrite(addr, stride, n uint64) *pagesWrite {
	ps := uint64(p.lab.pageSize)
	if n == 0 || n > copyLook {
		return nil
	}
	addr = kernel.Untagged(addr, runtime.GOARCH)
	w := &pagesWrite{p: p, first: addr / ps, step: max(stride/ps, 1), n: int(n)}
	files := p.privateFiles(model.Span{Addr: w.first * ps, Len: ((n-1)*w.step + 1) * ps})
	if len(files) == 0 && !p.lab.sampling.Shares.Load() {
		return nil
	}
	for i, entry := range w.entries() {
		at := w.page(i) * ps
		file := false
		for _, s := range files {
			file = file || s.Addr <= at && at < s.End()
		}
		if c := (maybeCopied{i, entry, file}); c.possible() {
			w.maybe = append(w.maybe, c)
		}
	}
	w.dropZero()
	if len(w.maybe) == 0 {
		return nil
	}
	return w
}

// privateFiles returns where private mappings of files lie in a span.
func (p *process) privateFiles(s model.Span) (list []model.Span) {
	for _, r := range p.here().RegionsIn(s) {
		switch r.Backing {
		case model.FileOf, model.Scratch, model.Memfd:
			if !r.Shared {
				list = append(list, r.Span())
			}
		}
	}
	return list
}

// possible reports whether a write to the page may copy it, by what the page table says of it before.
func (c *maybeCopied) possible() bool {
	present := c.entry&proc.EntryPresent != 0
	if c.file = c.file && (!present || c.entry&proc.EntryFile != 0); c.file {
		return c.entry&(proc.EntrySwapped|proc.EntryGuard) == 0 || present
	}
	if !present || c.entry&proc.EntryFile != 0 {
		return false
	}
	return c.entry&proc.EntryExclusive == 0 || c.entry&proc.EntryFrame != 0
}

// copied reports whether the write copied the page, by what the page table says of it afterwards.
func (c *maybeCopied) copied(after uint64) bool {
	switch {
	case after&proc.EntryPresent == 0 || after&proc.EntryFile != 0:
		return false
	case c.file:
		return true
	case c.entry&proc.EntryFrame != 0:
		return c.entry&proc.EntryFrame != after&proc.EntryFrame
	}
	return after&proc.EntryExclusive != 0
}

// page is the number of the i-th page.
func (w *pagesWrite) page(i int) uint64 { return w.first + uint64(i)*w.step }

// entries reads the entries of the pages; those that cannot be read are of pages that are not there.
func (w *pagesWrite) entries() []uint64 {
	out := make([]uint64, w.n)
	if w.step > 1 {
		for i := range out {
			out[i], _ = w.p.proc.Entry(w.page(i))
		}
		return out
	}
	raw := make([]byte, 8*w.n)
	for got := 0; got < len(raw); {
		n, err := w.p.proc.ReadEntries(raw[got:], int64(w.first)+int64(got/8))
		if err != nil || n < 8 {
			break
		}
		got += n &^ 7
	}
	for i := range out {
		out[i] = binary.NativeEndian.Uint64(raw[8*i:])
	}
	return out
}

// dropZero forgets pages that are the zero page, and those of which nobody knows it.
func (w *pagesWrite) dropZero() {
	asked := func(c *maybeCopied) bool { return !c.file && c.entry&proc.EntryExclusive == 0 }
	kept := w.maybe[:0]
	for lo := 0; lo < len(w.maybe); {
		if !asked(&w.maybe[lo]) {
			kept = append(kept, w.maybe[lo])
			lo++
			continue
		}
		hi := lo + 1
		for hi < len(w.maybe) && asked(&w.maybe[hi]) && w.maybe[hi].i == w.maybe[hi-1].i+1 && w.step == 1 {
			hi++
		}
		zero := w.zeroFrom(w.maybe[lo:hi])
		for k := lo; k < hi; k++ {
			if !zero(k - lo) {
				kept = append(kept, w.maybe[k])
			}
		}
		lo = hi
	}
	w.maybe = kept
}

// zeroFrom tells of pages that follow each other which may be the zero page.
func (w *pagesWrite) zeroFrom(list []maybeCopied) func(int) bool {
	ps := uint64(w.p.lab.pageSize)
	lo, hi := w.page(list[0].i)*ps, (w.page(list[len(list)-1].i)+1)*ps
	if runs, ok := w.p.scanned(lo, hi); ok {
		return func(i int) bool { return runs.At(int64(i))&model.ZeroPage != 0 }
	}
	frames := &w.p.lab.sampling.Frames
	return func(i int) bool {
		pfn := list[i].entry & proc.EntryFrame
		return pfn == 0 || frames.Open() != nil || frames.IsZero(pfn)
	}
}

// scanned asks PAGEMAP_SCAN of addresses; ok is false where the kernel has none.
func (p *process) scanned(lo, hi uint64) (runs model.Runs[model.Mapping], ok bool) {
	if !p.lab.features.Scan {
		return nil, false
	}
	if p.scan == nil {
		var err error
		if p.scan, err = proc.NewScanner(p.proc); err != nil {
			return nil, false
		}
	}
	runs, err := p.scan.Append(nil, p.proc, lo, hi, p.lab.pageSize, false)
	return runs, err == nil && runs.Len() == int64((hi-lo)/uint64(p.lab.pageSize))
}

// copied returns how many pages the write has copied. Of no write there are none.
func (w *pagesWrite) copied() (n int64) {
	if w == nil {
		return 0
	}
	after := w.entries()
	for i := range w.maybe {
		if c := &w.maybe[i]; c.copied(after[c.i]) {
			n++
		}
	}
	return n
}

// loopWrites looks at the pages that a loop of the subject is about to write to; nil where it writes to none that can be copied.
func (p *process) loopWrites(number uint64, args []uint64) *pagesWrite {
	switch number {
	case subject.TouchWrite:
		return p.aboutToWrite(args[0], args[1], args[2])
	case subject.Fill, subject.CopyUp, subject.CopyDown:
		return p.bytesWritten(args[0], args[2])
	}
	return nil
}

// bytesWritten looks at the pages of bytes that are about to be written.
func (p *process) bytesWritten(addr, n uint64) *pagesWrite {
	ps := uint64(p.lab.pageSize)
	if n == 0 || addr+n < addr {
		return nil
	}
	return p.aboutToWrite(addr, ps, (addr+n-1)/ps-addr/ps+1)
}

// callWrites looks at the pages that a system call is about to fault in as a write does: a lock of private
// memory that may be written (mm/gup.c, populate_vma_page_range), and MADV_POPULATE_WRITE.
func (p *process) callWrites(name string, args []model.Arg) *pagesWrite {
	switch {
	case name == "mlock" || name == "mlock2" && !args[2].Has(model.MlockOnFault):
	case name == "madvise" && args[2].Value == unix.MADV_POPULATE_WRITE:
	default:
		return nil
	}
	return p.bytesWritten(args[0].Value, args[1].Value)
}
