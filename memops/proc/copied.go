//go:build linux && (amd64 || arm64)

package proc

import (
	"encoding/binary"

	"incore/model"
)

// Which pages a write copied is seen in the page table, before the write and after it. A page of private
// memory that others map too, and that is this process's alone afterwards, was copied. Whoever has it
// alone before it writes gets the same frame back (mm/memory.c, wp_can_reuse_anon_folio), which is no
// copy, and a write to the zero page gets a fresh one. Where frame numbers are told, they decide.

// copyLook is how many pages are looked at around one write. Of more nothing is said: reading an entry takes
// 35 to 75 ns.
const copyLook = 1 << 18

// Write is a write that is about to reach pages.
type Write struct {
	in    Copies
	first uint64 // the number of the first page, from address 0 on
	step  uint64 // pages, from one to the next
	n     int    // how many pages
	maybe []maybeCopied
}

// Copies are what tells of the pages of a process whether a write copied them.
type Copies struct {
	Files    *Files       // of the process
	Scan     *Scanner     // nil where the kernel has none: then frames tell the zero page
	Frames   *Frames      // of the machine
	PageSize uint64       // bytes
	Private  []model.Span // where private mappings of files lie
}

// About looks at n pages that a write is about to reach, stride bytes apart. It returns nil where none can be copied.
func (k Copies) About(addr, stride, n uint64) *Write {
	if n == 0 || n > copyLook {
		return nil
	}
	w := &Write{in: k, first: addr / k.PageSize, step: max(stride/k.PageSize, 1), n: int(n)}
	for i, entry := range w.entries() {
		at := w.page(i) * k.PageSize
		file := false
		for _, s := range k.Private {
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

// maybeCopied is a page that the write may copy.
type maybeCopied struct {
	i     int    // the position in the write
	entry uint64 // of the page table before it
	file  bool   // of a private mapping of a file, and no page of the process's own yet
}

// possible reports whether a write to the page may copy it, by what the page table says of it before.
func (c *maybeCopied) possible() bool {
	present := c.entry&EntryPresent != 0
	if c.file = c.file && (!present || c.entry&EntryFile != 0); c.file {
		return c.entry&(EntrySwapped|EntryGuard) == 0 || present
	}
	if !present || c.entry&EntryFile != 0 {
		return false
	}
	return c.entry&EntryExclusive == 0 || c.entry&EntryFrame != 0
}

// copied reports whether the write copied the page, by what the page table says of it afterwards.
func (c *maybeCopied) copied(after uint64) bool {
	switch {
	case after&EntryPresent == 0 || after&EntryFile != 0:
		return false
	case c.file:
		return true
	case c.entry&EntryFrame != 0:
		return c.entry&EntryFrame != after&EntryFrame
	}
	return after&EntryExclusive != 0
}

// page is the number of the i-th page.
func (w *Write) page(i int) uint64 { return w.first + uint64(i)*w.step }

// entries reads the entries of the pages; those that cannot be read are of pages that are not there.
func (w *Write) entries() []uint64 {
	out := make([]uint64, w.n)
	if w.step > 1 {
		for i := range out {
			out[i], _ = w.in.Files.Entry(w.page(i))
		}
		return out
	}
	raw := make([]byte, 8*w.n)
	for got := 0; got < len(raw); {
		n, err := w.in.Files.ReadEntries(raw[got:], int64(w.first)+int64(got/8))
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
func (w *Write) dropZero() {
	asked := func(c *maybeCopied) bool { return !c.file && c.entry&EntryExclusive == 0 }
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
func (w *Write) zeroFrom(list []maybeCopied) func(int) bool {
	ps := w.in.PageSize
	lo, hi := w.page(list[0].i)*ps, (w.page(list[len(list)-1].i)+1)*ps
	if runs, ok := w.scanned(lo, hi); ok {
		return func(i int) bool { return runs.At(int64(i))&model.ZeroPage != 0 }
	}
	frames := w.in.Frames
	return func(i int) bool {
		pfn := list[i].entry & EntryFrame
		return pfn == 0 || frames.Open() != nil || frames.IsZero(pfn)
	}
}

// scanned asks PAGEMAP_SCAN of addresses; ok is false where it does not tell.
func (w *Write) scanned(lo, hi uint64) (runs model.Runs[model.Mapping], ok bool) {
	if w.in.Scan == nil {
		return nil, false
	}
	runs, err := w.in.Scan.Append(nil, w.in.Files, lo, hi, int64(w.in.PageSize), false)
	return runs, err == nil && runs.Len() == int64((hi-lo)/w.in.PageSize)
}

// Copied returns how many pages the write has copied. Of no write there are none.
func (w *Write) Copied() (n int64) {
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
