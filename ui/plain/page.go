package plain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"incore/model"
)

// page tells one page: in words first, then what they come from.
func (p *Conversation) page(ctx context.Context, rest string) ([]string, error) {
	p.look(ctx)
	proc, r, rg, err := p.target("page", rest)
	if err != nil {
		return nil, err
	}
	if rg.Len() > 1 && strings.Contains(rest, "[") {
		return nil, errors.New("page tells one page; for more: show" + rest)
	}
	n := rg.Lo
	p.cfg.Lab.Look(model.View{Proc: proc.Name, Region: r.Name, Pages: model.Range{Lo: n, Hi: n + 1}, Cursor: n})
	p.cfg.Lab.Refresh(ctx, proc.Name)
	p.cfg.Lab.Look(model.View{})
	if proc, err = p.here(); err != nil {
		return nil, err
	}
	if r = proc.Region(r.Name); r == nil {
		return nil, errors.New("the region has gone meanwhile")
	}
	pg := r.Pages.At(n)
	words := pg.WordsOn(p.cfg.Lab.State(), r.RegionInfo, r.MayFault(n))
	if r.PastEnd(n, proc.PageSize) {
		words = pg.WordsPastEnd(r.RegionInfo)
	}
	lines := append(lastSeen(proc), fmt.Sprintf("%s[%d]: %s.", r.Name, n, strings.Join(words, "; ")))
	if last := r.Pages.Len() - 1; last > 0 {
		lines[len(lines)-1] += fmt.Sprintf(" The region's pages are 0 to %d.", last)
	}
	addr := r.Base + uint64(n*proc.PageSize)
	lines = append(lines, fmt.Sprintf("Address %#x.", addr), vmaOfPage(proc, r, addr), "Kernel: "+axisWords(pg)+".")
	lines = append(lines, frameWords(proc.Frame)...)
	if at := r.Changed.At(n); at > 0 && r.ChangedBlock <= 1 {
		lines = append(lines, fmt.Sprintf("Last seen to change %s ago.", model.FormatElapsed(p.cfg.Lab.State().Time-at)))
	}
	if h := r.Heat.At(n); h.Last > 0 && r.HeatBlock <= 1 {
		lines = append(lines, fmt.Sprintf("Touches took %d minor and %d major faults on it.", h.Minor, h.Major))
	}
	return lines, nil
}

// vmaOfPage returns the line of /proc/PID/maps that covers an address.
func vmaOfPage(proc *model.Process, r *model.Region, addr uint64) string {
	vmas := proc.VMAsIn(model.Span{Addr: addr, Len: 1})
	if len(vmas) == 0 {
		return "No VMA covers it."
	}
	s := "VMA " + vmaWords(proc, &vmas[0])
	if all := len(proc.VMAsIn(r.Span())); all > 1 {
		s += fmt.Sprintf(" One of %d of the region.", all)
	}
	return s
}

// vmaWords returns a VMA in a line: where it lies, what may be done there, and what lies behind it.
func vmaWords(proc *model.Process, v *model.VMA) string {
	parts := []string{fmt.Sprintf("%#x to %#x", v.Start, v.End), model.FormatBytes(int64(v.End - v.Start)), v.Prot.Words()}
	if v.Shared {
		parts = append(parts, "shared")
	} else {
		parts = append(parts, "private")
	}
	switch v.Lock {
	case model.Locked:
		parts = append(parts, "locked")
	case model.OnFault:
		parts = append(parts, "locked on fault")
	}
	if v.Key != 0 {
		parts = append(parts, proc.KeyWords(v.Key))
	}
	for _, flag := range []struct {
		set  bool
		word string
	}{{v.Sealed, "sealed"}, {v.GrowsDown, "grows down"}, {v.HugeTLB, "hugetlb"}, {v.Path != "", v.Path}} {
		if flag.set {
			parts = append(parts, flag.word)
		}
	}
	var names []string
	for _, r := range proc.Regions {
		lo, hi := max(v.Start, r.Base), min(v.End, r.Base+r.Len)
		if ps := uint64(proc.PageSize); lo < hi && ps > 0 {
			rg := model.Range{Lo: int64((lo - r.Base) / ps), Hi: int64((hi - r.Base + ps - 1) / ps)}
			names = append(names, model.PagesOf(r, rg).String())
		}
	}
	if len(names) > 0 {
		parts[0] = strings.Join(names, " and ") + ", " + parts[0]
	}
	return strings.Join(parts, ", ") + "."
}

// axisWords returns what mincore and the page table say, word by word.
func axisWords(p model.Page) string {
	if !p.Has(model.InVMA) {
		return "nothing is mapped there"
	}
	words := []string{[...]string{"mincore was not asked", "mincore says 0", "mincore says 1", "mincore's answer means nothing"}[p.Residency&3]}
	for _, w := range []struct {
		bit  model.Mapping
		word string
	}{
		{model.Mapped, "mapped"}, {model.Swapped, "swap entry"}, {model.ZeroPage, "zero page"}, {model.Huge, "huge"},
		{model.Guard, "guard marker"}, {model.File, "file or shared memory"}, {model.Exclusive, "exclusive"}, {model.Shared, "not exclusive"},
		{model.MaybeHuge, "huge or not"}, {model.MaybeZero, "zero page or not"}, {model.MaybeGuard, "guard marker or not"}, {model.Unread, "page table not read"},
	} {
		if p.Has(w.bit) {
			words = append(words, w.word)
		}
	}
	if p.Mapping&(model.Mapped|model.Swapped|model.Guard|model.Unread) == 0 {
		words = append(words, "not in the page table")
	}
	return strings.Join(words, ", ")
}

// frameWords returns the frame behind the page and the page table's entry, or why they are not told.
func frameWords(f *model.Frame) (lines []string) {
	if f == nil {
		return nil
	}
	switch {
	case f.PFN != 0:
		line := fmt.Sprintf("Frame number %#x", f.PFN)
		if f.Why != "" {
			lines = append(lines, line+"; "+f.Why+".")
			break
		}
		line += ", " + mappedTimes(f.Count)
		if flags := f.FlagNames(); len(flags) > 0 {
			line += ", flags " + strings.Join(flags, " ")
		}
		lines = append(lines, line+".")
	case f.Why != "":
		lines = append(lines, "Frame: "+f.Why+".")
	}
	if up := f.GivenUp(); up != "" {
		lines = append(lines, "Lazily freed: "+up+".")
	}
	entry := fmt.Sprintf("Page table entry %#x", f.Entry)
	if bits := f.Bits(); len(bits) > 0 {
		entry += ": " + strings.Join(bits, ", ")
	}
	lines = append(lines, entry+".")
	switch {
	case f.Bytes != "":
		lines = append(lines, fmt.Sprintf("First bytes in hex: % x.", f.Bytes[:min(len(f.Bytes), 16)]))
	case f.BytesWhy != "":
		lines = append(lines, "Bytes: "+f.BytesWhy+".")
	}
	return lines
}

// mappedTimes returns /proc/kpagecount in words; the zero page is not counted.
func mappedTimes(n uint64) string {
	switch n {
	case 0:
		return "not counted"
	case 1:
		return "mapped once"
	}
	return fmt.Sprintf("mapped %d times", n)
}

// space tells the VMAs of the process, or those of a part of it.
func (p *Conversation) space(ctx context.Context, rest string) ([]string, error) {
	p.look(ctx)
	proc, err := p.here()
	if err != nil {
		return nil, err
	}
	vmas := proc.VMAs
	if strings.TrimSpace(rest) != "" {
		of, r, rg, err := p.target("space", rest)
		if err != nil {
			return nil, err
		}
		ps := uint64(of.PageSize)
		vmas = of.VMAsIn(model.Span{Addr: r.Base + uint64(rg.Lo)*ps, Len: uint64(rg.Len()) * ps})
	}
	lines := []string{fmt.Sprintf("%d %s, by address.", len(vmas), Plural(len(vmas), "VMA"))}
	for i := range vmas[:min(len(vmas), mostVMAs)] {
		lines = append(lines, vmaWords(proc, &vmas[i]))
	}
	if more := len(vmas) - mostVMAs; more > 0 {
		lines = append(lines, fmt.Sprintf("And %d more: space a[8..15] tells a part.", more))
	}
	return lines, nil
}

// mostVMAs is how many VMAs one answer has: those of a subject with a few regions.
const mostVMAs = 2 * mostLines

// meters tells what the process as a whole has, and the machine.
func (p *Conversation) meters(ctx context.Context, rest string) ([]string, error) {
	if err := noArgs("meters", rest); err != nil {
		return nil, err
	}
	p.look(ctx)
	proc, err := p.here()
	if err != nil {
		return nil, err
	}
	s, m := proc.Stat, p.cfg.Lab.State().System
	lines := []string{
		fmt.Sprintf("RSS %s of %s mapped.%s", model.FormatBytes(s.RSS), model.FormatBytes(s.VmSize), pssWords(s)),
		fmt.Sprintf("Locked (VmLck) %s; limit: %s.", model.FormatBytes(s.VmLck), limitWords(proc.Limits)),
		fmt.Sprintf("Swap %s.", model.FormatBytes(s.Swap)),
		fmt.Sprintf("Faults: %d minor, %d major.", s.Minor, s.Major),
	}
	lines = append(lines, latencyWords(proc.Latencies)...)
	if m.MemTotal > 0 {
		lines = append(lines, fmt.Sprintf("Machine: %s available of %s; swap %s free of %s; committed %s, limit %s, overcommit mode %d.",
			model.FormatBytes(m.MemAvailable), model.FormatBytes(m.MemTotal), model.FormatBytes(m.SwapFree), model.FormatBytes(m.SwapTotal),
			model.FormatBytes(m.Committed), model.FormatBytes(m.CommitLimit), m.Overcommit))
	}
	return lines, nil
}

// latencyWords returns how long touches took, by what they came to.
func latencyWords(l *model.Latencies) (lines []string) {
	if l == nil {
		return nil
	}
	for kind, name := range [model.FaultKinds]string{"without a fault", "with a minor fault", "with a major fault"} {
		var n int64
		for _, k := range l[kind] {
			n += k
		}
		if n == 0 {
			continue
		}
		median, seen := 0, int64(0)
		for seen = l[kind][0]; 2*seen < n; seen += l[kind][median] {
			median++
		}
		lines = append(lines, fmt.Sprintf("Accesses %s: %d, half of them under %s.", name, n, model.FormatElapsed(model.LatencyOf(median+1))))
	}
	return lines
}

// pssWords is the share of a process in what it has in memory, where that was asked for.
func pssWords(s model.ProcStat) string {
	if s.Pss == 0 {
		return ""
	}
	return fmt.Sprintf(" Pss %s: each page divided by how many map it.", model.FormatBytes(s.Pss))
}
