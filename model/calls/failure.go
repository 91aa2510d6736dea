package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// failure is a call that failed, with what is known of the process now.
type failure struct {
	model.Event
	kernel string
	sys    model.System
	s      model.State
	p      *model.Process
	cmd    model.Command // of which the call is, or nil
}

func newFailure(e model.Event, s model.State) failure {
	p := s.Process(e.Proc)
	if p == nil {
		p = s.Main()
	}
	f := failure{Event: e, kernel: s.Kernel, sys: s.System, s: s, p: p}
	f.cmd = lang.Inner(e.Command)
	if raw, ok := f.cmd.(lang.Syscall); ok && p != nil {
		if plain, ok := raw.Plain(p); ok {
			f.cmd = plain
		}
	}
	return f
}

// span returns what the call was asked about, from its arguments as the kernel got them.
func (f failure) span() model.Span {
	var s model.Span
	for _, a := range slices.Backward(f.Args) {
		switch a.Kind {
		case model.ArgAddr:
			s.Addr = f.p.Limits.Meant(f.Call, a.Value)
		case model.ArgLen:
			s.Len = a.Value
		}
	}
	if length := ofCall(f.Call).length; length != nil {
		s.Len = length(f)
	}
	return s
}

// mapping returns the mapping that the command was to make.
func (f failure) mapping() (lang.Mmap, bool) {
	if mapping := ofCommand(f.cmd).mapping; mapping != nil {
		return mapping(f)
	}
	return lang.Mmap{}, false
}

// length returns the nth length among the arguments, from 0, in bytes: the new one of mremap is
// its second.
func (f failure) length(nth int) uint64 {
	for _, a := range f.Args {
		if a.Kind != model.ArgLen {
			continue
		}
		if nth == 0 {
			return a.Value
		}
		nth--
	}
	return 0
}

// rounded returns a length rounded up to a multiple of unit, or of a page where unit is 0. What
// 64 bits do not hold is as much as they do.
func (f failure) rounded(n, unit uint64) uint64 {
	if unit == 0 {
		unit = uint64(f.p.PageSize)
	}
	if unit == 0 || n%unit == 0 {
		return n
	}
	if n > math.MaxUint64-unit {
		return math.MaxUint64 - unit + 1
	}
	return n - n%unit + unit
}

// pages returns the span rounded outwards to whole pages, as mlock does. Where it goes
// past the last address it ends with the last page.
func (f failure) pages() model.Span {
	s, ps := f.span(), uint64(f.p.PageSize)
	if ps == 0 {
		return model.Span{}
	}
	lo := s.Addr - s.Addr%ps
	if s.Len == 0 {
		// mlock adds what it rounded the address down by, and so has a page even then
		// (mm/mlock.c, do_mlock).
		if f.locks() && lo != s.Addr {
			return model.Span{Addr: lo, Len: ps}
		}
		return model.Span{}
	}
	if s.End()-1 < s.Addr || s.End() > math.MaxUint64-ps {
		return model.Span{Addr: lo, Len: math.MaxUint64 - lo - ps + 1}
	}
	return model.Span{Addr: lo, Len: (s.End()+ps-1)/ps*ps - lo}
}

// locks reports whether the call is one that rounds an address down to its page.
func (f failure) locks() bool { return ofCall(f.Call).round == roundsOutward }

// hole returns the address of the first page of the span that no VMA covers. It goes by
// the list of VMAs, which is read after each command.
func (f failure) hole() (uint64, bool) {
	s := f.pages()
	at := s.Addr
	for _, v := range f.p.VMAsIn(s) {
		if v.Start > at || v.Path == "[vsyscall]" { // which no call finds: it is in no process's list
			return at, true
		}
		at = v.End
	}
	return at, s.Len > 0 && at < s.End()
}

// firstVMA returns the address of the first page of the span whose VMA satisfies is.
func (f failure) firstVMA(is func(model.VMA) bool) (uint64, model.VMA, bool) {
	s := f.pages()
	for _, v := range f.p.VMAsIn(s) {
		if is(v) {
			return max(v.Start, s.Addr), v, true
		}
	}
	return 0, model.VMA{}, false
}

// vmaAt returns the VMA that covers an address.
func (f failure) vmaAt(addr uint64) (model.VMA, bool) {
	if vs := f.p.VMAsIn(model.Span{Addr: addr, Len: 1}); len(vs) == 1 {
		return vs[0], true
	}
	return model.VMA{}, false
}

// regionAt returns the region that an address lies in, or nil.
func (f failure) regionAt(addr uint64) *model.Region {
	for _, r := range f.p.Regions {
		if addr >= r.Base && addr-r.Base < uint64(r.Pages.Len())*uint64(f.p.PageSize) && f.holds(r, addr) {
			return r
		}
	}
	return nil
}

// holds reports whether an address in the range of a region is of the region, and not in
// a hole of it, in which another may lie.
func (f failure) holds(r *model.Region, addr uint64) bool {
	return r.Pages.At(int64((addr - r.Base) / uint64(f.p.PageSize))).Has(model.InVMA)
}

// name returns the page at an address, as the language names it.
func (f failure) name(addr uint64) string {
	if g := f.goneRegion(addr); g != nil {
		return f.p.PageNameAs(addr, g.Name)
	}
	return f.p.PageName(addr)
}

// target is [lo, hi) as a target that can be typed.
func (f failure) target(lo, hi uint64) string {
	ps := uint64(f.p.PageSize)
	for _, r := range f.p.Regions {
		if lo < r.Base || hi <= lo || hi > r.Base+uint64(r.Pages.Len())*ps {
			continue
		}
		t := model.PagesOf(r, model.Range{Lo: int64((lo - r.Base) / ps), Hi: int64((hi - r.Base) / ps)})
		if t.Form == model.WholeRegion && r.Malloc != "" { // which is the bytes that malloc gave
			t = model.Target{Form: model.PageSpan, Region: r.Name, Last: r.Pages.Len() - 1}
		}
		return t.String()
	}
	return model.Target{Form: model.RawSpan, Off: lo, Len: hi - lo}.String()
}

// part returns what of the VMA lies in the span, from an address on, as a target.
func (f failure) part(at uint64, v model.VMA) string {
	return f.target(at, min(v.End, f.pages().End()))
}

// run returns a command as it has to be typed: one that names no process acts in the first.
func (f failure) run(format string, args ...any) string {
	line := fmt.Sprintf(format, args...)
	if f.p.Name == "" || f.p.Name == model.Main {
		return line
	}
	return "in " + f.p.Name + " " + line
}

// before says what is true of the pages of the span before addr: "were locked".
func (f failure) before(addr uint64, done, nothing string) string {
	s := f.pages()
	if addr <= s.Addr {
		return nothing
	}
	return fmt.Sprintf("Before it, %s %s.", f.target(s.Addr, addr), done)
}

// kernelHalf is where the kernel's addresses begin with 48 bits of them. What lies below it and above those of a
// process is nobody's.
const kernelHalf = 0xffff_8000_0000_0000

// holeAt says that nothing is mapped at addr, and why that may be: one of the ranges
// that the call got (a copy has two) may begin in a region and end outside of it.
func (f failure) holeAt(addr uint64) string {
	n := f.span().Len
	for _, a := range f.Args {
		if a.Kind != model.ArgAddr {
			continue
		}
		a.Value = f.p.Limits.Meant(f.Call, a.Value)
		if addr < a.Value || addr-a.Value >= n {
			continue
		}
		for _, r := range f.p.Regions {
			end := r.Base + uint64(r.Pages.Len())*uint64(f.p.PageSize)
			if a.Value >= r.Base && a.Value < end && addr >= end {
				return fmt.Sprintf("The range reaches past the end of %s, which has %s; nothing is mapped at %#x.",
					r.Name, model.Plural(r.Pages.Len(), "page"), addr)
			}
		}
	}
	if end := f.p.Limits.AddressEnd; end > 0 && addr >= end && addr < kernelHalf {
		return fmt.Sprintf("%#x lies past the addresses that a process can have: they end at %#x (TASK_SIZE).", addr, end)
	}
	from := f.leftOut(addr)
	if g := f.goneRegion(addr); from == "" && g != nil {
		from = g.Parent // what was done before is not remembered for ever
	}
	if from != "" {
		return fmt.Sprintf("%s is not mapped in %s: %s had it advised MADV_DONTFORK as it forked, so the child did not get it.", f.name(addr), f.p.Name, from)
	}
	if addr >= kernelHalf {
		return fmt.Sprintf("%#x lies in the part of the addresses that the kernel keeps for itself.", addr)
	}
	if g := f.goneRegion(addr); g != nil {
		return fmt.Sprintf("%s is a hole: %s, and nothing is mapped where it lay.", f.name(addr), g.Since())
	}
	return fmt.Sprintf("%s is a hole: no mapping covers it.", f.name(addr))
}

// leftOut returns the process that kept an address from this one, its child, by MADV_DONTFORK, or "".
// It goes by the calls that both have made.
func (f failure) leftOut(addr uint64) (parent string) {
	proc, forked := f.p.Name, false
	for _, e := range slices.Backward(f.s.Events) {
		if e.Errno != "" {
			continue
		}
		if e.Call == model.CallClone && e.Result == proc && !forked {
			proc, forked = e.Proc, true
			continue
		}
		if e.Proc != proc {
			continue
		}
		if e.Call == model.CallExecve {
			return ""
		}
		if covered := (failure{Event: e, p: f.p}).pages(); addr < covered.Addr || addr-covered.Addr >= covered.Len {
			continue
		}
		switch e.Call {
		case model.CallMunmap, model.CallMmap, model.CallMremap:
			return ""
		case model.CallMadvise:
			switch c, _ := lang.Inner(e.Command).(lang.Madvise); {
			case c.Advice == adviceDofork:
				return ""
			case c.Advice == adviceDontfork && forked:
				return proc
			}
		}
	}
	return ""
}

// since reports whether the running kernel is at least of that version. Where its
// version is not known it is taken to be.
func (f failure) since(v model.Version) bool {
	now, known := model.KernelVersion(f.kernel)
	return !known || !now.Before(v)
}
