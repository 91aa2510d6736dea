//go:build linux && (amd64 || arm64)

package kernel

import (
	"math"

	"incore/model"
)

// EntryBytes is the size of an entry of a page table, on x86-64 and on arm64: a table is one page.
const EntryBytes = 8

// TopReach is how many addresses the uppermost table has, at least, on a machine with four levels
// (Documentation/arch/x86/x86_64/mm.rst). A process has one such table from its start.
const TopReach = 1 << 47

// Reaches are how many bytes of addresses one table of each level is about, the lowest level
// first: with pages of 4 KiB 2 MiB, 1 GiB and 512 GiB. A level that the machine does without is
// counted all the same, since it has next to no tables.
func Reaches(pageSize int64) (list []uint64) {
	entries := uint64(pageSize) / EntryBytes
	for reach := uint64(pageSize) * entries; reach < TopReach; reach *= entries {
		list = append(list, reach)
	}
	return list
}

// Tables counts the page tables that a command makes. They are of no RSS, and the kernel makes
// one wherever a page, an entry of a swapped page or a guard marker comes to be
// (mm/memory.c, __pte_alloc), though nothing but zeros be read.
type Tables struct {
	pageSize int64
	levels   []tableLevel
}

type tableLevel struct {
	reach         uint64 // bytes of addresses that one table is about
	all, there    int64  // tables of the spans; those of them that there are
	touched       int64  // those that the accesses can reach, some of them twice
	next, nextOld uint64 // numbers of the first table that is not in all, or not in there
}

// NewTables counts tables on a machine with pages of so many bytes.
func NewTables(pageSize int64) *Tables {
	t := &Tables{pageSize: pageSize}
	for _, reach := range Reaches(pageSize) {
		t.levels = append(t.levels, tableLevel{reach: reach})
	}
	return t
}

// Add adds a span of which so many pages are accessed. The spans are to come in the order of
// their addresses, so that a table of two of them is counted once.
func (t *Tables) Add(s model.Span, accesses int64) {
	for i := range t.levels {
		l := &t.levels[i]
		l.all += l.count(s, &l.next)
		l.touched += min(l.count(s, new(uint64)), accesses) // those of the span before may reach none
	}
}

// Exist notes that a span has entries, and so tables. They come in the order of their addresses.
func (t *Tables) Exist(s model.Span) { t.ExistFrom(0, s) }

// ExistFrom is exist for entries of tables of a level, 0 being the lowest.
func (t *Tables) ExistFrom(level int, s model.Span) {
	for i := level; i < len(t.levels); i++ {
		l := &t.levels[i]
		l.there += l.count(s, &l.nextOld)
	}
}

// Existing is what the tables that exist take, bytes.
func (t *Tables) Existing() (n int64) {
	for i := range t.levels {
		n += t.levels[i].there * t.pageSize
	}
	return n
}

// count is how many tables a span needs from number next on.
func (l *tableLevel) count(s model.Span, next *uint64) int64 {
	if s.Len == 0 {
		return 0
	}
	last := s.Addr + (s.Len - 1)
	if last < s.Addr {
		last = math.MaxUint64
	}
	lo, hi := max(s.Addr/l.reach, *next), last/l.reach
	if hi < lo {
		return 0
	}
	*next = hi + 1
	return int64(hi - lo + 1)
}

// Bytes is what the accesses make at most.
func (t *Tables) Bytes() (n int64) {
	for i := range t.levels {
		l := &t.levels[i]
		n += min(l.touched, max(0, l.all-l.there)) * t.pageSize
	}
	return n
}
