package csource

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"incore/model"
)

// cReserved are the names that a variable of ours cannot have: words of C (up to C23) and of
// GNU C, macros that gcc defines without an underscore, and what the programs use themselves. The
// verbs of the language come on top.
var cReserved = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`
		alignas alignof auto bool break case char const constexpr continue default do double else enum extern false float
		for goto if inline int long nullptr register restrict return short signed sizeof static static_assert struct switch
		thread_local true typedef typeof typeof_unqual union unsigned void volatile while asm linux unix i386 errno stdin
		stdout stderr assert
		main page fd id p i n error limit head data core moved back caught caught_with act put path text f
		argv envp environ sig size_t pid_t uintptr_t sigjmp_buf sigaction sa_handler sa_flags rlimit rlim_cur rlim_max timespec
		perror err puts printf fprintf fputs fopen fclose strerror sysconf syscall sbrk shmat pid waitpid execve getpid
		siglongjmp sigsetjmp getrlimit mkdir nanosleep
		usleep open ftruncate memfd_create effective permitted _exit
		base room own rest run code info context siginfo_t sa_sigaction order status strerrorname_np printf exit setvbuf done to from resident`) {
		words[w] = true
	}
	for _, w := range []string{"fd", "id", "pid"} {
		for i := range 100 {
			words[w+strconv.Itoa(i)] = true
		}
	}
	return words
}()

// cName returns a region's or process's name as a variable. A name that C or the program needs
// gets an underscore, and so does one that is like it but for underscores at its end: two
// names stay two.
func cName(name string) string {
	if cReserved[strings.TrimRight(name, "_")] {
		return name + "_"
	}
	return name
}

// cString returns a string literal.
func cString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '?' && i > 0 && s[i-1] == '?': // ??/ is a trigraph
			b.WriteString(`\?`)
		case r == unicode.ReplacementChar || !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r):
			// An octal escape has at most three digits, so what follows does not run into it.
			for _, c := range []byte(s[i : i+max(1, runeLen(s[i:]))]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// runeLen returns how many bytes the first rune of s has.
func runeLen(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

// cNumber returns a number of bytes or pages as a constant of C.
func cNumber(n uint64) string {
	if n > math.MaxInt64 {
		return fmt.Sprintf("%#xUL", n)
	}
	return strconv.FormatUint(n, 10)
}

// size returns a size in C, as it was written: 64 * page, 16 * 1024, 2UL << 30.
func (p *cProgram) size(s model.Size) string {
	switch s.Unit {
	case model.Pages:
		return p.pagesOf(s.N)
	case model.KiB:
		if s.N < 1<<20 {
			return strconv.FormatUint(s.N, 10) + " * 1024"
		}
		return cNumber(s.N) + "UL << 10"
	case model.MiB:
		if s.N < 1<<10 {
			return strconv.FormatUint(s.N, 10) + " * 1024 * 1024"
		}
		return cNumber(s.N) + "UL << 20"
	case model.GiB:
		return cNumber(s.N) + "UL << 30"
	case model.TiB:
		return cNumber(s.N) + "UL << 40"
	}
	return cNumber(s.N)
}

// pagesOf returns a number of pages in bytes.
func (p *cProgram) pagesOf(n uint64) string {
	switch n {
	case 0:
		return "0"
	case 1:
		return "page"
	}
	return cNumber(n) + " * page"
}

// length returns a number of bytes, in pages where it is a whole number of them.
func (p *cProgram) length(n uint64) string {
	if ps := uint64(p.pageSize); n >= ps && n%ps == 0 {
		return p.pagesOf(n / ps)
	}
	return cNumber(n)
}

// at returns a target as an address and a length.
func (p *cProgram) at(t model.Target) (addr, length string) {
	if t.Form == model.RawSpan {
		return p.address(t.Off), cLen(t.Len)
	}
	if _, n, gone := p.space.named(t.Region); gone && p.vars[n] == "" { // it went with an exec
		s := p.span(t)
		return p.address(s.Addr), cLen(s.Len)
	}
	r, name := p.region(t.Region)
	if r == nil {
		return "", ""
	}
	if r.Malloc != "" && (t.Form == model.PageSpan || t.Form == model.PageTail || t.Form == model.PageBytes) {
		name = p.firstPage(name)
	}
	plus := func(bytes string) string {
		if bytes == "0" {
			return name
		}
		return name + " + " + bytes
	}
	switch t.Form {
	case model.PageSpan:
		return plus(p.pagesOf(uint64(t.First))), p.pagesOf(uint64(t.Last - t.First + 1))
	case model.PageTail:
		pages := r.Len / uint64(p.pageSize)
		if uint64(t.First) >= pages {
			p.missing = true
			return "", ""
		}
		return plus(p.pagesOf(uint64(t.First))), p.pagesOf(pages - uint64(t.First))
	case model.PageBytes:
		if at := p.pagesOf(uint64(t.First)); t.Off == 0 {
			return plus(at), cLen(t.Len)
		} else if t.First > 0 {
			return plus(at + " + " + cNumber(t.Off)), cLen(t.Len)
		}
		return plus(cNumber(t.Off)), cLen(t.Len)
	case model.ByteSpan:
		if r.Malloc != "" && (t.Off > r.Size || t.Len > r.Size-t.Off) {
			p.header("stdint.h") // past the block, of which gcc would warn
			if t.Off == 0 {
				return p.firstPage(name) + " + " + cNumber(r.Start-r.Base), cLen(t.Len)
			}
			return "(char *)((uintptr_t)" + plus(cNumber(t.Off)) + ")", cLen(t.Len)
		}
		return plus(cNumber(t.Off)), cLen(t.Len)
	}
	if n := r.Exact().Len; n > 0 {
		return name, p.length(n)
	}
	return name, cLen(0)
}

// firstPage returns the address of the page that a block begins on.
func (p *cProgram) firstPage(block string) string {
	p.header("stdint.h")
	return "(char *)((uintptr_t)" + block + " / page * page)"
}

// address returns an address that was written as a number. What lies in a region, or beside those
// that the program has put as they lay, is counted from there.
func (p *cProgram) address(at uint64) string {
	n := p.space.inside(model.Span{Addr: at, Len: 1})
	var r model.RegionInfo
	if n >= 0 {
		r = p.space.regions[slices.Index(p.space.number, n)]
	} else {
		r, n = p.space.lay(at)
	}
	if p.near(at) && r.Malloc == "" { // a block lies where malloc puts it here
		return p.inRoom(at)
	}
	if n >= 0 && p.vars[n] != "" {
		name := p.vars[n]
		if r.Malloc != "" {
			name = p.firstPage(name)
		}
		if at == r.Base {
			return name
		}
		return name + " + " + p.length(at-r.Base)
	}
	return fmt.Sprintf("(char *)%#x", at)
}

// cLen returns a length in bytes as it was written. A plain 0 as the last argument of memset is what
// gcc warns of.
func cLen(n uint64) string {
	if n == 0 {
		return "(size_t)0"
	}
	return cNumber(n)
}

// here returns the process as far as its regions.
func (p *cProgram) here() *model.Process {
	here := &model.Process{PageSize: p.pageSize}
	for _, r := range p.space.regions {
		here.Regions = append(here.Regions, &model.Region{RegionInfo: r})
	}
	return here
}

// span returns what a target came to here.
func (p *cProgram) span(t model.Target) model.Span {
	here := p.here()
	if r, _, gone := p.space.named(t.Region); gone {
		here.Gone = []model.Gone{{RegionInfo: *r}}
	}
	s, err := here.Resolve(t)
	p.missing = p.missing || err != nil
	return s
}
