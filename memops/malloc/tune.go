package malloc

// Option is what mallopt sets (mallopt(3)).
type Option int

// The options, by their numbers (malloc.h).
const (
	TrimThreshold Option = -1 // M_TRIM_THRESHOLD
	TopPad        Option = -2 // M_TOP_PAD
	MmapThreshold Option = -3 // M_MMAP_THRESHOLD
	MmapMax       Option = -4 // M_MMAP_MAX
)

// Mallopt sets an option, and ends that the thresholds move by themselves. It empties the fastbins first, whatever it sets,
// and of these options glibc 2.36 refuses no value (__libc_mallopt).
func (a *Arena) Mallopt(m Process, o Option, value uint64) error {
	if err := a.consolidate(m); err != nil {
		return err
	}
	switch o {
	case TrimThreshold:
		a.trimThreshold = value
	case TopPad:
		a.topPad = value
	case MmapThreshold:
		a.mmapThreshold = value
	case MmapMax:
		a.mostMmaps = value
	}
	a.fixed = true
	return nil
}

// minFree is sizeof (struct malloc_chunk): what a free chunk of the largest bins needs for its own words.
const minFree = 6 * WordSize

// Trim gives back what it can: the whole pages inside free chunks by madvise, and what top has beyond pad by brk
// (malloc_trim, mtrim). What the tcache has stays there. It reports whether that was anything; madvise counts whether it worked
// or not.
func (a *Arena) Trim(m Process, pad uint64) (gave bool, err error) {
	if err := a.consolidate(m); err != nil {
		return false, err
	}
	for n, bin := range a.bins {
		if n != unsorted && n < binOf(a.pageSize) {
			continue
		}
		for _, addr := range bin {
			c := a.chunks[addr]
			if err := m.Check(addr+WordSize, c.head()); err != nil {
				return false, err
			}
			begin, end := alignUp(addr+minFree, a.pageSize), alignDown(addr+c.size, a.pageSize)
			if begin >= end {
				continue
			}
			gave = true
			if err := m.Discard(begin, end-begin); err != nil {
				return false, err
			}
		}
	}
	trimmed, err := a.trim(m, pad)
	return gave || trimmed, err
}
