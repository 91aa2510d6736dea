package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// mremap to another place, or of a part: what is foreseen, and why the new forms of it fail. The order is that of
// mm/mremap.c: check_mremap_params, check_prep_vma, mremap_to.

// flag reports whether the call got a flag.
func (f failure) flag(x model.Flag) bool { return len(f.Args) > 3 && f.Args[3].Has(x) }

// toPlace reports whether mremap is told where the mapping is to lie.
func (f failure) toPlace() bool { return f.flag(model.MremapFixed) && len(f.Args) > 4 }

// newPlace returns where mremap is told to put the mapping.
func (f failure) newPlace() model.Span {
	if !f.toPlace() {
		return model.Span{}
	}
	return model.Span{Addr: f.Args[4].Value, Len: f.rounded(f.length(1), 0)}
}

func remapCannotStay(f failure) (why, try string) {
	if f.flag(model.MremapMayMove) || !f.flag(model.MremapFixed) && !f.flag(model.MremapDontUnmap) {
		return "", ""
	}
	c, _ := f.cmd.(lang.Mremap)
	c.Stay = false
	return "stay leaves MREMAP_MAYMOVE away, and what goes to another place has to be allowed to move.", f.run("%s.", c)
}

func remapKeepsLength(f failure) (why, try string) {
	old, size := f.rounded(f.length(0), 0), f.rounded(f.length(1), 0)
	if !f.flag(model.MremapDontUnmap) || old == size {
		return "", ""
	}
	return fmt.Sprintf("With MREMAP_DONTUNMAP the length stays what it is: %s, and not %s.", model.FormatSize(old), model.FormatSize(size)),
		"Give the size that it has."
}

func remapOverlaps(f failure) (why, try string) {
	to, from := f.newPlace(), f.pages()
	if to.Len == 0 || from.Len == 0 || to.Addr >= from.End() || from.Addr >= to.End() {
		return "", ""
	}
	return fmt.Sprintf("The new place, %s, and the old one, %s, overlap.", f.target(to.Addr, to.End()), f.target(from.Addr, from.End())),
		"Give an address where none of it lies."
}

func remapToUnaligned(f failure) (why, try string) {
	to, ps := f.newPlace(), uint64(f.p.PageSize)
	if to.Len == 0 || ps == 0 || to.Addr%ps == 0 {
		return "", ""
	}
	return fmt.Sprintf("A mapping begins at a page, and %#x is not a multiple of the page size, %d.", to.Addr, ps),
		fmt.Sprintf("Name a page: at %s.", f.target(to.Addr-to.Addr%ps, to.Addr-to.Addr%ps+ps))
}

// remapCopies explains a range of no bytes, which maps shared pages a second time. Private ones could not be shared then
// (mremap(2); mm/mremap.c, check_prep_vma).
func remapCopies(f failure) (why, try string) {
	v, ok := f.vmaAt(f.span().Addr)
	if f.length(0) != 0 || !ok || v.Shared {
		return "", ""
	}
	return "An old size of 0 maps the pages a second time, and only shared pages can be at two places: these are private.", "Map it shared."
}

// remapDontUnmapNew explains MREMAP_DONTUNMAP on a kernel that does not know it, or not of such memory.
func remapDontUnmapNew(f failure) (why, try string) {
	v, ok := f.vmaAt(f.span().Addr)
	switch {
	case !f.flag(model.MremapDontUnmap):
	case !f.since(sinceDontUnmap):
		return fmt.Sprintf("MREMAP_DONTUNMAP came with Linux %v; this is %s.", sinceDontUnmap, f.kernel), ""
	case !f.since(sinceDontUnmapFile) && ok && !privateAnon(v):
		return fmt.Sprintf("Before Linux %v MREMAP_DONTUNMAP is for private anonymous memory alone; this is %s.", sinceDontUnmapFile, f.kernel), ""
	}
	return "", ""
}

// remapPastEnd explains a new place that reaches past the addresses that a process can have.
func remapPastEnd(f failure) (why, try string) {
	to, end := f.newPlace(), f.p.Limits.AddressEnd
	if to.Len == 0 || end == 0 || to.Addr <= end && to.Len <= end-to.Addr {
		return "", ""
	}
	return fmt.Sprintf("The addresses that a process can have end at %#x (TASK_SIZE), and %s from %#x on would reach past that.%s",
		end, model.FormatSize(to.Len), to.Addr, f.unchanged("Nothing was changed.")), "Give an address within a region."
}

// remapStays explains what cannot grow where it is: something lies behind it, or it is not the end of its mapping (mm/mremap.c,
// vma_expandable).
func remapStays(f failure) (why, try string) {
	if len(f.Args) < 4 || f.flag(model.MremapMayMove) {
		return "", ""
	}
	why = f.cannotGrow()
	if why == "" {
		return "", ""
	}
	c, _ := f.cmd.(lang.Mremap)
	c.Stay = false
	return "It may not move (stay), and " + why + "." + f.unchanged("Nothing was changed."), f.run("%s", c) + " lets it move."
}

// cannotGrow says why a mapping cannot become longer where it is, or "".
func (f failure) cannotGrow() string {
	from, size := f.pages(), f.rounded(f.length(1), 0)
	v, ok := f.vmaAt(f.span().Addr)
	switch {
	case !ok:
		return ""
	case f.length(0) == 0:
		return "a second mapping of the same pages lies elsewhere"
	case size <= from.Len:
		return ""
	case v.End > from.End():
		return "the mapping goes on behind it, at " + f.name(from.End())
	}
	for _, next := range f.p.VMAsIn(model.Span{Addr: from.End(), Len: size - from.Len}) {
		return fmt.Sprintf("%s lies behind it", f.name(max(next.Start, from.End())))
	}
	return ""
}

// remapOntoSealed explains a seal at the new place, from which a mapping would be taken away.
func remapOntoSealed(f failure) (why, try string) {
	to := f.newPlace()
	for _, v := range f.p.VMAsIn(to) {
		if v.Sealed {
			return fmt.Sprintf("%s is sealed, and the mapping was to take its place: mseal forbids to unmap it.%s",
				f.target(max(v.Start, to.Addr), min(v.End, to.End())), f.unchanged("Nothing was changed.")), "Give another address."
		}
	}
	return "", ""
}

// remaps is mremap.
func (r *reacher) remaps(c lang.Mremap) {
	s, ok := r.resolve(c.T)
	if !ok {
		return
	}
	reg := r.regionAt(s.Addr)
	if reg == nil && c.T.Form != model.RawSpan {
		reg = r.p.Region(c.T.Region)
	}
	_, mapped := r.vmaAt(s.Addr)
	gone := reg == nil && !mapped && c.T.Form != model.RawSpan && r.p.GoneRegion(c.T.Region) != nil // the kernel answers
	switch {
	case gone:
	case reg == nil:
		r.refuse(fmt.Sprintf("at %#x is no region", s.Addr))
		return
	case reg.Malloc != "" || reg.Backing == model.Heap:
		r.refuse(reg.Name + " is of the heap, which belongs to malloc and brk")
		return
	}
	args := []model.Arg{addrOf(s.Addr), lenOf(s.Len), lenOf(c.Size.Bytes(r.p.PageSize)), remapFlags(c)}
	if c.At != nil {
		at, ok := r.resolve(*c.At)
		if !ok {
			return
		}
		args = append(args, addrOf(at.Addr))
	} else if c.DontUnmap {
		args = append(args, wordOf("NULL"))
	}
	r.call(model.CallMremap, args...)
	if v, mapped := r.vmaAt(s.Addr); mapped && (v.HugeTLB || v.Sealed) || r.length(1) > 0 && r.up(r.length(1)) == 0 {
		return // these have rules of their own
	}
	if r.remapArguments() && r.remapMapping() && !gone {
		r.remapped(c, reg)
	}
}

// remapFlags are the flags that mremap is handed.
func remapFlags(c lang.Mremap) model.Arg {
	a := model.MremapFlags.Arg(0)
	for flag, set := range map[model.Flag]bool{model.MremapMayMove: !c.Stay, model.MremapFixed: c.At != nil, model.MremapDontUnmap: c.DontUnmap} {
		if set {
			a.Value |= flag.Bits()
		}
	}
	return a
}

// remapArguments says what of the arguments alone is certain to fail.
func (r *reacher) remapArguments() bool {
	from, to, ps := r.pages(), r.newPlace(), uint64(r.p.PageSize)
	old, size := r.up(r.length(0)), r.up(r.length(1))
	moves := r.toPlace() || r.flag(model.MremapDontUnmap)
	switch {
	case r.span().Addr%ps != 0:
		r.fails("EINVAL", "%s", r.notAligned(r.span()))
	case size == 0:
		r.fails("EINVAL", "a length of 0")
	case r.toPlace() && to.Addr%ps != 0:
		r.fails("EINVAL", "the new place is not the start of a page")
	case moves && !r.flag(model.MremapMayMove):
		r.fails("EINVAL", "what goes to another place may not stay")
	case r.flag(model.MremapDontUnmap) && old != size:
		r.fails("EINVAL", "with dontunmap the length stays what it is, %s", r.pagesOf(old))
	case to.Len > 0 && from.Len > 0 && to.Addr < from.End() && from.Addr < to.End():
		r.fails("EINVAL", "the new place and the old one overlap")
	default:
		return true
	}
	return false
}

// remapMapping says what of the mapping is certain to make the call fail.
func (r *reacher) remapMapping() bool {
	s := r.span()
	old, size := r.up(s.Len), r.up(r.length(1))
	v, mapped := r.vmaAt(s.Addr)
	moves := r.toPlace() || r.flag(model.MremapDontUnmap)
	before, limit, limited := r.lockBudget()
	switch {
	case !mapped && !moves && size <= old:
	case !mapped:
		r.fails("EFAULT", "%s", r.holeIs(s.Addr))
		return false
	case old == 0 && !v.Shared:
		r.fails("EINVAL", "a range of no bytes, of private pages")
		return false
	case size <= old && !moves, r.toPlace() && size == old && r.since(sinceMoveSeveral):
	case v.End < s.Addr+min(old, max(size, 1)) || size > old && v.End < s.Addr+old:
		what := "begins another mapping"
		if _, ok := r.vmaAt(v.End); !ok {
			what = "is a hole"
		}
		r.fails("EFAULT", "%s %s, and mremap takes one", r.name(v.End), what)
		return false
	case size > old && v.Lock != model.Unlocked && limited && uint64(max(0, before))+size-old > uint64(limit):
		r.fails("EAGAIN", "would be %s of %s locked", model.FormatSize(uint64(max(0, before))+size-old), model.FormatLimit(r.p.Limits.MemlockSoft))
		return false
	case !r.flag(model.MremapMayMove):
		if why := r.cannotGrow(); why != "" {
			r.fails("ENOMEM", "%s, and it may not move", why)
			return false
		}
	}
	return r.toPlace() || !r.overProcessLimit(remapProcessLimit)
}

// remapped says what comes of an mremap that nothing is known to stop.
func (r *reacher) remapped(c lang.Mremap, reg *model.Region) {
	from, size := r.pages(), r.up(r.length(1))
	whole := from.Addr == reg.Base && from.Len == reg.Len
	name := r.p.NextName(reg.Name)
	moves := r.toPlace() || c.DontUnmap || from.Len == 0
	if r.reaches(r.p, from); r.toPlace() {
		r.reaches(r.p, r.newPlace())
	}
	sizes := fmt.Sprintf("%s → %s", r.pagesOf(from.Len), r.pagesOf(size))
	switch {
	case from.Len == 0:
		r.out.Effect = r.pagesOf(size) + " are mapped a second time: " + name
	case c.DontUnmap:
		r.out.Effect = fmt.Sprintf("%s move to %s; %s stays, empty", r.pagesOf(size), name, r.target(from.Addr, from.End()))
	case r.toPlace() && whole:
		r.out.Effect = sizes + ", at another place"
	case r.toPlace():
		r.out.Effect = sizes + ", at another place, as " + name
	case size == from.Len:
		r.out.Parts, r.out.Effect = nil, "has that length already"
	case size < from.Len:
		r.out.Parts, r.out.Effect = nil, sizes+": what lies behind is unmapped"
		r.reaches(r.p, model.Span{Addr: from.Addr + size, Len: from.Len - size})
	case c.Stay:
		r.out.Effect = sizes + ", where it is"
	case whole:
		r.out.Effect = sizes + "; it may move"
	default:
		r.out.Effect = sizes + "; it may move, and is " + name + " then"
	}
	if moves && r.toPlace() {
		r.out.Note = "what lies at the new place is unmapped"
	}
}
