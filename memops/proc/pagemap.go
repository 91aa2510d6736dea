package proc

import (
	"encoding/binary"

	"incore/model"
)

// The bits of a /proc/PID/pagemap entry that any user may read
// (Documentation/admin-guide/mm/pagemap.rst).
const (
	EntryExclusive = 1 << 56 // mapped exclusively (Linux 4.2)
	EntryGuard     = 1 << 58 // guard marker (Linux 6.15)
	EntryFile      = 1 << 61 // file page or shared anonymous (Linux 3.5)
	EntrySwapped   = 1 << 62
	EntryPresent   = 1 << 63
	EntryFrame     = 1<<55 - 1 // of a present page; 0 without CAP_SYS_ADMIN
)

// mappingOf decodes one pagemap entry. Bit 62 is set of guard markers too, so bit 58
// is asked first. The zero page is not told apart by these bits: it is present and
// neither exclusive nor of a file, as is a page that is shared after a fork.
func mappingOf(entry uint64) model.Mapping {
	switch {
	case entry&EntryGuard != 0:
		return model.Guard
	case entry&EntryPresent != 0:
		m := model.Mapped
		if entry&EntryFile != 0 {
			m |= model.File
		}
		if entry&EntryExclusive != 0 {
			m |= model.Exclusive
		} else {
			m |= model.Shared
		}
		return m
	case entry&EntrySwapped != 0:
		m := model.Swapped
		if entry&EntryFile != 0 {
			m |= model.File
		}
		return m
	}
	return 0
}

// appendPagemap appends one page an 8-byte entry of raw.
func appendPagemap(runs model.Runs[model.Mapping], raw []byte) model.Runs[model.Mapping] {
	var last uint64
	n := int64(0)
	for ; len(raw) >= 8; raw = raw[8:] {
		entry := binary.LittleEndian.Uint64(raw)
		// Only what mappingOf reads: as root the low bits are a frame number, which
		// would make each page a run of its own.
		entry &= EntryExclusive | EntryGuard | EntryFile | EntrySwapped | EntryPresent
		if n > 0 && entry != last {
			runs = runs.Add(n, mappingOf(last))
			n = 0
		}
		last = entry
		n++
	}
	if n > 0 {
		runs = runs.Add(n, mappingOf(last))
	}
	return runs
}
