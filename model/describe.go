package model

import (
	"fmt"
	"strings"
)

// Alike are pages of a region that the same words are true of.
type Alike struct {
	Words string  // what stands behind "are": resident, anonymous
	Pages []Range // in order, neither overlapping nor adjacent
}

// Len returns how many pages they are.
func (a Alike) Len() (n int64) {
	for _, rg := range a.Pages {
		n += rg.Len()
	}
	return n
}

// Is returns a sentence that begins with the pages: "pages 4 to 7 are locked". verb is what
// stands between the two after is or are, or "". of is how many pages the region has.
func (a Alike) Is(verb string, of int64) string {
	be := " are "
	if a.Len() == 1 {
		be = " is "
	}
	if verb != "" {
		be += verb + " "
	}
	return PagesWords(a.Pages, of) + be + a.Words
}

// StateWords returns what a page is on the axes of residency and mapping, in words that fit one
// page as well as many: "resident, anonymous".
func (p Page) StateWords(r RegionInfo) string {
	switch {
	case !p.Has(InVMA):
		return "unmapped (a hole)"
	case p.Has(Guard):
		return "guarded (any access is SIGSEGV)"
	case p.Has(Swapped) && p.Residency == Resident:
		return "swapped out, and still in memory"
	}
	words, _, _ := strings.Cut(p.what(r), ":") // behind it stands what it means for one page
	return words
}

// LockWords returns the lock axis in words that fit one page as well as many; "" of a page that
// has no lock to speak of.
func (p Page) LockWords() string {
	if !p.Has(InVMA) || p.Has(Guard) {
		return ""
	}
	return strings.Replace(p.lockWords(), "when it is touched", "when touched", 1)
}

// Words returns the protection in words: "readable and writable".
func (p Prot) Words() string {
	switch p {
	case ProtRead:
		return "read-only"
	case ProtWrite:
		return "write-only"
	case ProtExec:
		return "execute-only"
	case ProtNone:
		return "inaccessible (PROT_NONE)"
	}
	var rights []string
	for i, word := range []string{"readable", "writable", "executable"} {
		if p&(1<<i) != 0 {
			rights = append(rights, word)
		}
	}
	return strings.Join(rights[:len(rights)-1], ", ") + " and " + rights[len(rights)-1]
}

// allWords returns a page on all of its axes.
func (p Page) allWords(r RegionInfo) string {
	words := p.StateWords(r)
	if lock := p.LockWords(); lock != "" {
		words += "; " + lock + "; " + p.Prot.Words()
	}
	return words
}

// DescribeRegion says what the pages rg of a region are, those that are alike together, in
// the order of the first of each.
func DescribeRegion(r *Region, rg Range) []Alike {
	var list alikes
	for part, p := range r.Pages.In(rg) {
		list.add(part, p.allWords(r.RegionInfo))
	}
	return list.all
}

// DescribeChange says what has become of the pages of a region between two looks at it, those
// of which the same is true together. Of a page only the axes are told on which it changed. A
// page that the region did not have before is described whole, and one that it has no more is
// left out: that the region is shorter is another sentence. What is merely known of a page for
// the first time is no change.
func DescribeChange(before, after *Region) []Alike {
	var list alikes
	both := min(before.Pages.Len(), after.Pages.Len())
	for part, was := range before.Pages.In(Range{0, both}) {
		for same, is := range after.Pages.In(part) {
			if words := changeWords(was, is, after.RegionInfo); words != "" {
				list.add(same, words)
			}
		}
	}
	for part, is := range after.Pages.In(Range{both, after.Pages.Len()}) {
		list.add(part, is.allWords(after.RegionInfo))
	}
	return list.all
}

// changeWords returns what a page became that was something else, or "".
func changeWords(was, is Page, r RegionInfo) string {
	const sharing = Exclusive | Shared
	was.Frame, is.Frame = 0, 0
	full := is
	if was.Mapping&sharing == 0 || is.Mapping&sharing == 0 {
		was.Mapping &^= sharing
		is.Mapping &^= sharing
	}
	switch {
	case was == is, was.Residency == NotAsked && is.Has(InVMA) == was.Has(InVMA) && is.Residency != Resident:
		return ""
	case was.Has(InVMA) != is.Has(InVMA):
		return full.allWords(r)
	}
	var words []string
	if was.StateWords(r) != is.StateWords(r) {
		words = append(words, full.StateWords(r))
	}
	if lock := is.LockWords(); lock != "" && lock != was.LockWords() {
		words = append(words, lock)
	}
	if was.Prot != is.Prot {
		words = append(words, is.Prot.Words())
	}
	return strings.Join(words, "; ")
}

// alikes gathers pages by the words about them.
type alikes struct {
	all   []Alike
	index map[string]int
}

// add takes pages that lie behind all those before.
func (l *alikes) add(rg Range, words string) {
	i, ok := l.index[words]
	if !ok {
		if l.index == nil {
			l.index = map[string]int{}
		}
		i = len(l.all)
		l.index[words] = i
		l.all = append(l.all, Alike{Words: words})
	}
	pages := l.all[i].Pages
	if n := len(pages); n > 0 && pages[n-1].Hi == rg.Lo {
		pages[n-1].Hi = rg.Hi
		return
	}
	l.all[i].Pages = append(pages, rg)
}

// mostRuns is how many runs of pages are named one by one.
const mostRuns = 6

// PagesWords names pages in words: "page 3", "pages 4 to 7", "pages 0, 2 and 8 to 11", "every
// 4th page from 0 to 60", "all 64 pages" where they are all that there are. Of many runs the
// first are named, and how many more there are. The ranges are in order and not adjacent.
func PagesWords(ranges []Range, of int64) string {
	var total int64
	for _, rg := range ranges {
		total += rg.Len()
	}
	switch {
	case total == 0:
		return "no page"
	case total == of && of > 1:
		return fmt.Sprintf("all %d pages", of)
	case total == 1:
		return fmt.Sprintf("page %d", ranges[0].Lo)
	}
	if step := stepOf(ranges); step > 0 {
		return fmt.Sprintf("%d pages, every %s from %d to %d,", total, ordinal(step), ranges[0].Lo, ranges[len(ranges)-1].Lo)
	}
	var runs []string
	for _, rg := range ranges[:min(len(ranges), mostRuns)] {
		runs = append(runs, rangeWords(rg))
	}
	if more := len(ranges) - len(runs); more > 0 {
		return fmt.Sprintf("%d pages in %d runs, %s and %d more,", total, len(ranges), strings.Join(runs, ", "), more)
	}
	if len(ranges) == 1 && total == 2 {
		return fmt.Sprintf("pages %d and %d", ranges[0].Lo, ranges[0].Lo+1)
	}
	if n := len(runs); n > 1 {
		runs = append(runs[:n-2:n-2], runs[n-2]+" and "+runs[n-1])
	}
	return "pages " + strings.Join(runs, ", ")
}

func rangeWords(rg Range) string {
	if rg.Len() == 1 {
		return fmt.Sprint(rg.Lo)
	}
	return fmt.Sprintf("%d to %d", rg.Lo, rg.Hi-1)
}

// stepOf returns the distance from page to page where four or more single ones are equally far from each
// other, else 0.
func stepOf(ranges []Range) int64 {
	if len(ranges) < 4 {
		return 0
	}
	step := ranges[1].Lo - ranges[0].Lo
	for i, rg := range ranges {
		if rg.Len() != 1 || i > 0 && rg.Lo-ranges[i-1].Lo != step {
			return 0
		}
	}
	return step
}

// ordinal is 2nd, 3rd, 4th.
func ordinal(n int64) string {
	suffix := "th"
	if tens := n / 10 % 10; tens != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprint(n) + suffix
}

// TallyWords counts the pages rg of a region: "4 of 64 resident, 0 locked", and behind that
// what else there is: swapped out, unmapped, unknowable.
func TallyWords(r *Region, rg Range) string {
	rg = rg.Intersect(Range{0, r.Pages.Len()})
	count := func(s PageState) int64 { return r.Pages.Count(rg, func(p Page) bool { return p.Is(s) }) }
	s := fmt.Sprintf("%d of %d resident, %d locked", count(StateResident), rg.Len(), count(StateLocked))
	for _, more := range []struct {
		n    int64
		word string
	}{
		{count(StateSwapped), "swapped out"},
		{count(StateUnknowable), "unknowable"},
		{r.Pages.Count(rg, func(p Page) bool { return !p.Has(InVMA) }), "unmapped"},
	} {
		if more.n > 0 {
			s += fmt.Sprintf(", %d %s", more.n, more.word)
		}
	}
	return s
}

// DescribeInfo says what a region is, apart from the state of its pages: how large, and what
// lies behind it. pageSize is in bytes.
func DescribeInfo(r RegionInfo, pageSize int64) string {
	pages := "1 page"
	if n := (r.Len + uint64(pageSize) - 1) / uint64(pageSize); n != 1 {
		pages = fmt.Sprintf("%d pages", n)
	}
	return fmt.Sprintf("%s, %s, %s", pages, FormatSize(r.Len), r.behind())
}

// behind returns what lies behind a region's pages.
func (r RegionInfo) behind() string {
	sharing := "private"
	if r.Shared {
		sharing = "shared"
	}
	switch {
	case r.Malloc != "":
		return fmt.Sprintf("a block of %d bytes that malloc took by %s", r.Size, r.Malloc)
	case r.Backing == Heap:
		return "the heap"
	case r.Backing == Shm:
		return fmt.Sprintf("a System V segment, id %d", r.ShmID)
	case r.Backing == Memfd:
		return sharing + ", of a memfd"
	case r.Backing == Secret:
		return sharing + ", of memfd_secret: gone from the kernel's own map of memory"
	case r.Backing == Scratch:
		return sharing + ", of a scratch file"
	case r.Backing == FileOf:
		return sharing + ", of the file " + r.Path
	}
	return sharing + ", anonymous"
}
