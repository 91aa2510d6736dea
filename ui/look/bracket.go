package look

import (
	"incore/ui/canvas"
)

// Bracket returns what stands at the left or the right end of a run of pages that a command would reach, in one row
// of a cell of h rows. A background alone is not seen on a projector.
func (t *Look) Bracket(left bool, row, h int) canvas.Cell {
	c := canvas.Cell{Rune: ']', Style: t.Accent.Bold()}
	if left {
		c.Rune = '['
	}
	if h == 1 || t.ASCII {
		return c
	}
	at := 1
	switch row {
	case 0:
		at = 0
	case h - 1:
		at = 2
	}
	c.Rune = []rune("┓┃┛")[at]
	if left {
		c.Rune = []rune("┏┃┗")[at]
	}
	return c
}

// ageDigits tell the classes of ages apart that their heights and hues alone do not, far from the screen.
var ageDigits = [ageClasses]rune{'1', '2', '3', '4', '5', '6', '7'}

// ageTile returns the tile of an age: a tank that is lower the older it is, and its digit.
func (t *Look) ageTile(age int) Tile {
	return Tile{{Rune: t.Levels[ageClasses-1-age], Style: canvas.Style{FG: t.ages[age]}}, {Rune: ageDigits[age], Style: t.ageDigit(age)}}
}

// ageDigit is how the digit of an age looks: the young ones stand out.
func (t *Look) ageDigit(age int) canvas.Style {
	if age < 2 {
		return t.Text.Bold()
	}
	return t.Text
}

// FlagWords say what the flags of a frame mean, in a word or two (Documentation/admin-guide/mm/pagemap.rst).
var FlagWords = map[string]string{
	"LOCKED": "held for I/O", "ERROR": "I/O failed", "REFERENCED": "used lately", "UPTODATE": "holds valid data",
	"DIRTY": "changed since it was written back", "LRU": "on a list of the reclaim", "ACTIVE": "on the active list",
	"SLAB": "the kernel's own", "WRITEBACK": "being written", "RECLAIM": "to be taken soon", "BUDDY": "free",
	"MMAP": "in a page table", "ANON": "anonymous", "SWAPCACHE": "has a place in swap", "SWAPBACKED": "swap backs it, no file",
	"COMPOUND_HEAD": "first of several", "COMPOUND_TAIL": "one of several", "HUGE": "hugetlb", "UNEVICTABLE": "never reclaimed",
	"HWPOISON": "broken memory", "NOPAGE": "no frame there", "KSM": "merged with equal pages", "THP": "of a transparent huge page",
	"OFFLINE": "taken out", "ZERO_PAGE": "the zero page", "IDLE": "not used since marked", "PGTABLE": "a page table",
	"RESERVED": "not managed", "MLOCKED": "in a locked VMA", "PRIVATE": "the file system's data", "PRIVATE_2": "more of it",
	"OWNER_2": "the owner's mark", "OWNER_PRIVATE": "the owner's mark", "ARCH": "the architecture's mark", "ARCH_2": "the architecture's mark",
	"ARCH_3": "the architecture's mark", "UNCACHED": "not cached by the processor", "SOFTDIRTY": "written since cleared",
}
