package model

import (
	"fmt"
	"math"
	"slices"
)

// Explain says in plain words why a call failed or a touch got a signal, and what
// to try. s is the state folded up to and including e, with a sample taken after
// it. Both are "" where nothing failed or where the cause cannot be told from what
// is known: it names the true cause or none.
func Explain(e Event, s State) (why, try string) {
	if e.Call == "" || e.Refused != "" || e.OK() {
		return "", ""
	}
	f := failure{Event: e, kernel: s.Kernel, p: &s.Proc}
	f.cmd, _ = Parse(e.Command)
	answer := e.Errno
	if e.Signal != nil {
		answer = e.Signal.Name
	}
	for _, key := range []failed{{e.Call, answer}, {"", answer}} {
		for _, explain := range explanations[key] {
			if why, try = explain(f); why != "" {
				return Visible(why), Visible(try)
			}
		}
	}
	return "", ""
}

// failed is a call by name ("" for any), and the errno or signal that it got.
type failed struct{ call, answer string }

// explainer is one possible cause: it returns "" where it is not the one.
type explainer func(failure) (why, try string)

// explanations is the one table of causes, each list in the order in which the
// kernel checks for them. Sources: the man pages of the calls, and the kernel's
// mm/mlock.c, mm/madvise.c, mm/mprotect.c, mm/mmap.c; what a failed call leaves
// behind was measured on Linux 6.18.
var explanations = map[failed][]explainer{
	{"mlock", "ENOMEM"}:     {lockOverLimit, lockHole, lockNoAccess, lockGuard, tooManyVMAs, lockPastEOF},
	{"mlock2", "ENOMEM"}:    {lockOverLimit, lockHole, lockNoAccess, lockGuard, tooManyVMAs, lockPastEOF},
	{"mlock", "EPERM"}:      {lockForbidden},
	{"mlock2", "EPERM"}:     {lockForbidden},
	{"mlockall", "EPERM"}:   {lockForbidden},
	{"mlock", "EINVAL"}:     {wrapsAround},
	{"mlock2", "EINVAL"}:    {wrapsAround},
	{"mlock", "EAGAIN"}:     {lockNoMemory},
	{"mlock2", "EAGAIN"}:    {lockNoMemory},
	{"munlock", "ENOMEM"}:   {unlockHole, tooManyVMAs},
	{"munlock", "EINVAL"}:   {wrapsAround},
	{"mlockall", "ENOMEM"}:  {lockallOverLimit},
	{"mlockall", "EINVAL"}:  {lockallFlags},
	{"mmap", "EINVAL"}:      {lengthZero},
	{"mmap", "ENOMEM"}:      {mapTooLong, tooManyVMAs, mapOvercommit},
	{"mmap", "EAGAIN"}:      {mapLockedOverLimit},
	{"mmap", "EPERM"}:       {mapLockForbidden, mapNoExec},
	{"ftruncate", "EINVAL"}: {fileTooLong},
	{"ftruncate", "EFBIG"}:  {fileTooLong},
	{"munmap", "EINVAL"}:    {unaligned, lengthZero, outsideAddressSpace},
	{"munmap", "ENOMEM"}:    {tooManyVMAs},
	{"mprotect", "EINVAL"}:  {unaligned},
	{"mprotect", "ENOMEM"}:  {wrapsAround, protectHole, tooManyVMAs},
	{"mprotect", "EACCES"}:  {protectForbidden},
	{"mincore", "EINVAL"}:   {unaligned},
	{"mincore", "ENOMEM"}:   {mincoreHole},
	{"madvise", "EINVAL"}: {
		adviceTooNew, unaligned, wrapsAround, adviceOnLocked, adviceAnonymousOnly, adviceGuardOnFile, adviceRemove,
		adviceAccess, adviceCollapse, adviceNotBuiltIn,
	},
	{"madvise", "ENOMEM"}: {adviceHole, adviceNoHugePage},
	{"madvise", "EFAULT"}: {adviceFault},
	{"madvise", "EACCES"}: {adviceRemove},
	{"madvise", "EAGAIN"}: {adviceBusy},
	{"", "ENOSYS"}:        {noSuchCall},
	{"", "SIGSEGV"}:       {noCanonicalAddress, guardPage, noMapping, noAccess},
	{"", "SIGBUS"}:        {busError},
}

// failure is a call that failed, with what is known of the process now.
type failure struct {
	Event
	kernel string
	p      *Process
	cmd    Command // of which the call is, or nil
}

// span is what the call was asked about, from its arguments as the kernel got them.
func (f failure) span() Span {
	var s Span
	for _, a := range slices.Backward(f.Args) {
		switch a.Kind {
		case ArgAddr:
			s.Addr = a.Value
		case ArgLen:
			s.Len = a.Value
		}
	}
	return s
}

// pages is the span rounded outwards to whole pages, as mlock does. Where it goes
// past the last address it ends with the last page.
func (f failure) pages() Span {
	s, ps := f.span(), uint64(f.p.PageSize)
	if ps == 0 || s.Len == 0 {
		return Span{}
	}
	lo := s.Addr - s.Addr%ps
	if f.wraps() || s.End() > math.MaxUint64-ps {
		return Span{lo, math.MaxUint64 - lo - ps + 1}
	}
	return Span{lo, (s.End()+ps-1)/ps*ps - lo}
}

// wraps reports whether the span goes past the last address.
func (f failure) wraps() bool {
	s := f.span()
	return s.Len > 0 && s.End()-1 < s.Addr
}

// find is the address of the first page of the span that satisfies is.
func (f failure) find(is func(Page) bool) (uint64, bool) {
	for rg, pg := range f.p.PagesIn(f.pages()) {
		if is(pg) {
			return uint64(rg.Lo) * uint64(f.p.PageSize), true
		}
	}
	return 0, false
}

// hole is the address of the first page of the span that no VMA covers. It goes by
// the list of VMAs, which is read after each command.
func (f failure) hole() (uint64, bool) {
	s := f.pages()
	at := s.Addr
	for _, v := range f.p.VMAsIn(s) {
		if v.Start > at {
			return at, true
		}
		at = v.End
	}
	return at, s.Len > 0 && at < s.End()
}

// firstVMA is the address of the first page of the span whose VMA satisfies is.
func (f failure) firstVMA(is func(VMA) bool) (uint64, VMA, bool) {
	s := f.pages()
	for _, v := range f.p.VMAsIn(s) {
		if is(v) {
			return max(v.Start, s.Addr), v, true
		}
	}
	return 0, VMA{}, false
}

// name is the page at an address, as the language names it.
func (f failure) name(addr uint64) string { return f.p.PageName(addr) }

// target is [lo, hi) as a target that can be typed.
func (f failure) target(lo, hi uint64) string {
	for i := range f.p.Regions {
		r := &f.p.Regions[i]
		ps := uint64(f.p.PageSize)
		if lo >= r.Base && hi > lo && hi <= r.Base+uint64(r.Pages.Len())*ps {
			return PagesOf(r, Range{int64((lo - r.Base) / ps), int64((hi - r.Base) / ps)}).String()
		}
	}
	return Target{Form: RawSpan, Off: lo, Len: hi - lo}.String()
}

// before says what is true of the pages of the span before addr: "were locked".
func (f failure) before(addr uint64, done, nothing string) string {
	s := f.pages()
	if addr <= s.Addr {
		return nothing
	}
	return fmt.Sprintf("Before it, %s %s.", f.target(s.Addr, addr), done)
}

// holeAt says that nothing is mapped at addr, and why that may be: one of the ranges
// that the call got (a copy has two) may begin in a region and end outside of it.
func (f failure) holeAt(addr uint64) string {
	n := f.span().Len
	for _, a := range f.Args {
		if a.Kind != ArgAddr || addr < a.Value || addr-a.Value >= n {
			continue
		}
		for i := range f.p.Regions {
			r := &f.p.Regions[i]
			end := r.Base + uint64(r.Pages.Len())*uint64(f.p.PageSize)
			if a.Value >= r.Base && a.Value < end && addr >= end {
				return fmt.Sprintf("The range reaches past the end of %s, which has %s; nothing is mapped at %#x.",
					r.Name, plural(r.Pages.Len(), "page"), addr)
			}
		}
	}
	return fmt.Sprintf("%s is a hole: no mapping covers it.", f.name(addr))
}

// since reports whether the running kernel is at least major.minor. Where its
// version is not known it is taken to be.
func (f failure) since(major, minor int) bool {
	var ma, mi int
	if n, _ := fmt.Sscanf(f.kernel, "%d.%d", &ma, &mi); n < 2 {
		return true
	}
	return ma > major || ma == major && mi >= minor
}

// Causes that several calls share.

func unaligned(f failure) (why, try string) {
	s, ps := f.span(), uint64(f.p.PageSize)
	if ps == 0 || s.Addr%ps == 0 {
		return "", ""
	}
	p := f.pages()
	why = fmt.Sprintf("The address %#x is not a multiple of the page size, %d. mlock and munlock round such an address down to its page; %s refuses it.",
		s.Addr, ps, f.Call)
	return why, fmt.Sprintf("Name whole pages: %s.", f.target(p.Addr, p.End()))
}

func lengthZero(f failure) (why, try string) {
	if f.span().Len != 0 {
		return "", ""
	}
	return fmt.Sprintf("The length is 0; %s needs at least one byte.", f.Call), "Give a size of 1 page or more."
}

func wrapsAround(f failure) (why, try string) {
	if !f.wraps() {
		return "", ""
	}
	s := f.span()
	return fmt.Sprintf("%#x plus %d bytes goes past the last address there is.", s.Addr, s.Len), "Give a shorter length."
}

// outsideAddressSpace is what is left where the address is aligned and the length not 0.
func outsideAddressSpace(f failure) (why, try string) {
	s := f.span()
	return fmt.Sprintf("The range from %#x, %d bytes, reaches out of the part of the address space that a process may use.", s.Addr, s.Len),
		"Give an address and a length within a region."
}

// tooManyVMAs cannot see vm.max_map_count; 65530 is what it is where nobody set it.
func tooManyVMAs(f failure) (why, try string) {
	const almostMax = 65_000
	if len(f.p.VMAs) < almostMax {
		return "", ""
	}
	return fmt.Sprintf("The process has %d VMAs, and this would split one more. vm.max_map_count, 65530 unless it was set, is the most it may have.", len(f.p.VMAs)),
		"Give neighbouring pages the same locks, protection and advice, so that their VMAs merge."
}

// callSince is the kernel version that brought a call (the man pages' HISTORY).
var callSince = map[string]string{"mlock2": "4.4", "memfd_create": "3.17"}

func noSuchCall(f failure) (why, try string) {
	came := ""
	if v := callSince[f.Call]; v != "" {
		came = " It came with Linux " + v + "."
	}
	return fmt.Sprintf("This kernel, %s, does not have %s, or a filter hides it (seccomp).%s", f.kernel, f.Call, came), ""
}
