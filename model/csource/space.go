package csource

import (
	"slices"

	"incore/model"
	"incore/model/lang"
)

// cSpace is the address space of a process as the past tells of it: its regions, each with a
// number, since a name is taken again, and which addresses are mapped and which locked.
type cSpace struct {
	pageSize uint64
	regions  []model.RegionInfo
	number   []int // of each
	past     pastRegions
	count    int // of all regions so far
	mapped   spans
	locked   spans
	secret   spans       // of memfd_secret: locked as it is mapped, and neither mlock nor munlock changes that
	unforked spans       // MADV_DONTFORK
	future   bool        // mlockall future
	self     int64       // bytes of the subject itself that are locked
	file     map[int]int // the region that a region is an alias of, by their numbers
	tables   bool        // malloc maps its table of the tcache by itself: no block is too small for that
	freed    spans       // of blocks that had mappings of their own while tables is true: the table lies beside them
}

// cacheSize is the bytes of malloc's table of the tcache (malloc/malloc.c, tcache_perthread_struct).
const cacheSize = 0x290

// put adds a region, or gives one of that name another place and length.
func (s *cSpace) put(r model.RegionInfo, anew bool) int {
	if i := s.index(r.Name); i >= 0 && !anew {
		s.regions[i] = r
		return s.number[i]
	}
	s.drop(r.Name)
	s.regions, s.number = append(s.regions, r), append(s.number, s.count)
	s.count++
	return s.count - 1
}

// fileOf returns the first region of what lies behind a region.
func (s *cSpace) fileOf(number int) int {
	if of, ok := s.file[number]; ok {
		return of
	}
	return number
}

func (s *cSpace) index(name string) int {
	return slices.IndexFunc(s.regions, func(r model.RegionInfo) bool { return r.Name == name })
}

func (s *cSpace) drop(name string) {
	if i := s.index(name); i >= 0 {
		if r := &s.regions[i]; s.tables && r.Malloc == model.FromMmap {
			s.freed.add(model.Span{Addr: r.Base, Len: r.Len})
		}
		s.past.add(s.regions[i], s.number[i])
		s.regions, s.number = slices.Delete(s.regions, i, i+1), slices.Delete(s.number, i, i+1)
	}
}

// pages returns a span rounded outwards to pages. One that runs past the last address ends there.
func (s *cSpace) pages(at model.Span) model.Span {
	lo := at.Addr &^ (s.pageSize - 1)
	hi := at.End() + s.pageSize - 1
	if at.End() < at.Addr || hi < at.End() {
		hi = ^uint64(0)
	}
	return model.Span{Addr: lo, Len: hi&^(s.pageSize-1) - lo}
}

// resolve fills in what a step is about, as it was before it.
func (s *cSpace) resolve(st *cStep) {
	e := st.event
	st.held, st.future = s.locked.sum()+uint64(s.self), s.future
	for i := 0; i+1 < len(e.Args); i++ {
		if e.Args[i].Kind == model.ArgAddr && e.Args[i+1].Kind == model.ArgLen {
			st.own = append(st.own, s.pages(model.Span{Addr: e.Args[i].Value, Len: e.Args[i+1].Value}))
		}
	}
	if st.verb.lengthLast {
		st.own = nil
		if n := len(e.Args); n > 0 {
			for _, a := range e.Args[:n-1] {
				if a.Kind == model.ArgAddr {
					st.own = append(st.own, s.pages(model.Span{Addr: a.Value, Len: e.Args[n-1].Value}))
				}
			}
		}
	}
	for _, name := range namesIn(st.command) {
		if _, number, gone := s.named(name); gone {
			st.names, st.gone = append(st.names, number), append(st.gone, number)
		}
		if i := s.index(name); i >= 0 {
			st.names = append(st.names, s.number[i])
			if _, maps := st.command.(lang.Mmap); len(st.own) == 0 && !maps {
				st.own = append(st.own, model.Span{Addr: s.regions[i].Base, Len: s.regions[i].Len})
			}
		}
	}
	said := targetsOf(st.command)
	if c, ok := st.command.(lang.Mmap); ok && c.Where() != nil {
		said = []model.Target{*c.Where()}
	}
	for i, at := range st.own {
		in := s.inside(at)
		out := in < 0
		if i < len(said) && said[i].Form != model.RawSpan {
			r, number, gone := s.named(said[i].Region)
			out = r == nil || !has(r, at)
			if !out && gone {
				out = s.taken(r, at)
			}
			if !out {
				in = number
			}
		}
		if i < len(said) {
			st.stray = st.stray || s.strays(said[i], at, out)
		}
		if parts := s.mapped.within(at); len(parts) != 1 || parts[0] != at {
			st.holed = true
		}
		st.again = at.Len > 0 && s.allLocked(at)
		st.in, st.out = append(st.in, in), append(st.out, out)
	}
}

// strays reports whether the span of a target reaches out of a region near a block that has a mapping of its own, or into such
// a block from elsewhere: where the kernel puts those is another place each time.
func (s *cSpace) strays(said model.Target, at model.Span, out bool) bool {
	near := func(r model.Span) bool {
		return at.End() >= at.Addr && at.Addr <= r.End()+cNear && at.End()+cNear >= r.Addr
	}
	if out && slices.ContainsFunc(s.freed, near) {
		return true
	}
	return slices.ContainsFunc(s.regions, func(r model.RegionInfo) bool {
		if r.Malloc != model.FromMmap {
			return false
		}
		own, beside := said.Form != model.RawSpan && r.Name == said.Region, near(model.Span{Addr: r.Base, Len: r.Len})
		return out && (own || beside) || !own && spans{{Addr: r.Base, Len: r.Len}}.hits(at)
	})
}

// allLocked reports whether all that is mapped of a span is locked.
func (s *cSpace) allLocked(at model.Span) bool {
	parts := s.mapped.within(at)
	return len(parts) > 0 && slices.Equal(parts, s.locked.within(at))
}

// inside returns the number of the youngest region that a span lies in as a whole, or -1.
func (s *cSpace) inside(at model.Span) int {
	for i := len(s.regions) - 1; i >= 0; i-- {
		if has(&s.regions[i], at) {
			return s.number[i]
		}
	}
	return -1
}

// has reports whether a span lies in the region as a whole.
func has(r *model.RegionInfo, at model.Span) bool {
	return at.Addr >= r.Base && at.Addr-r.Base <= r.Len && at.Len <= r.Len-(at.Addr-r.Base)
}

// apply makes the change of a step.
func (s *cSpace) apply(st *cStep) {
	e := st.event
	if st.forked != "" {
		for _, at := range s.unforked {
			s.mapped.remove(at)
		}
		for _, r := range slices.Clone(s.regions) {
			if r.Len > 0 && !s.mapped.hits(model.Span{Addr: r.Base, Len: r.Len}) && s.unforked.hits(model.Span{Addr: r.Base, Len: r.Len}) {
				s.drop(r.Name) // the child has nothing of it
			}
		}
		s.locked, s.future, s.self = nil, false, 0
		return
	}
	if c, ok := st.command.(lang.Mallopt); ok && c.Option == "mmap_threshold" && c.Value.Bytes(int64(s.pageSize)) <= cacheSize {
		s.tables = true
	}
	if e.Errno != "" && st.verb.partly != nil {
		st.verb.partly(s, st)
	}
	if v := byCall[e.Call]; v != nil && e.OK() {
		v.done(s, st)
	}
	for _, name := range e.Gone {
		s.drop(name)
	}
	if m := e.Mapped; m != nil {
		for i := range s.regions {
			r := &s.regions[i]
			st.laid = st.laid || r.Name != m.Name && r.Base < m.Base+m.Len && m.Base < r.Base+r.Len
		}
		of := -1
		if c, ok := st.command.(lang.Mmap); ok && c.Alias != "" && s.index(c.Alias) >= 0 {
			of = s.number[s.index(c.Alias)]
		}
		if c, ok := st.command.(lang.Mremap); ok && s.index(m.Name) < 0 && s.index(c.T.Region) >= 0 { // a part of it
			of = s.number[s.index(c.T.Region)]
		}
		st.made = s.put(*m, !st.verb.moves && (m.Backing != model.Heap || m.Malloc != ""))
		if of >= 0 {
			s.file[st.made] = s.fileOf(of)
		}
	}
}

// remapped is mremap that did what it was asked.
func (s *cSpace) remapped(st *cStep) {
	e, m := st.event, st.event.Mapped
	if len(e.Args) < 3 {
		return
	}
	old := s.pages(model.Span{Addr: e.Args[0].Value, Len: e.Args[1].Value})
	to := s.pages(model.Span{Addr: uint64(e.Ret), Len: e.Args[2].Value}) // of a realloc, too
	if m != nil && m.Base == to.Addr {
		if i := s.index(m.Name); i < 0 || to.Addr != old.Addr || s.regions[i].Len == old.Len {
			to.Len = m.Len
		}
	}
	c, _ := st.command.(lang.Mremap)
	s.remap(st, old, to, c.DontUnmap || old.Len == 0)
}

// remap moves a mapping, or makes it longer or shorter; stays says that the old one is still there. What it is locked as, and what fork
// makes of it, it keeps: only one VMA can get another length (mm/mremap.c), so that what holds of a part holds of all.
func (s *cSpace) remap(st *cStep, old, at model.Span, stays bool) {
	from := old
	if old.Len == 0 {
		from.Len = s.pageSize
	}
	kept := func(was spans) (parts spans) {
		switch {
		case at.Len <= old.Len:
			for _, part := range was.within(model.Span{Addr: old.Addr, Len: at.Len}) {
				parts.add(model.Span{Addr: part.Addr - old.Addr + at.Addr, Len: part.Len})
			}
		case was.hits(from):
			parts.add(at)
		}
		return parts
	}
	mapped, locked, secret, unforked := kept(s.mapped), kept(s.locked), kept(s.secret), kept(s.unforked)
	if stays {
		s.locked.remove(old)
	} else {
		s.unmap(old)
	}
	s.unmap(at)
	for _, part := range mapped {
		s.mapped.add(part)
	}
	for _, part := range locked {
		s.locked.add(part)
	}
	for _, part := range secret {
		s.secret.add(part)
	}
	for _, part := range unforked {
		s.unforked.add(part)
	}
	st.makes, st.own = at, []model.Span{old}
}

// lockAll is mlockall.
func (s *cSpace) lockAll(st *cStep, c lang.Mlockall) {
	s.future = c.Future
	if !c.Current {
		return
	}
	if s.self == 0 { // else they were locked before
		s.self = max(0, st.event.VmLck+int64(s.locked.sum())-int64(s.mapped.sum()))
	}
	st.self = s.self
	st.all = slices.Clone(s.mapped)
	s.relock(func() { s.locked = slices.Clone(s.mapped) })
}

// advise notes what fork leaves out.
func (s *cSpace) advise(st *cStep) {
	c, _ := st.command.(lang.Madvise)
	for _, at := range st.own {
		switch c.Advice {
		case adviceDontfork:
			s.unforked.add(at)
		case adviceDofork:
			s.unforked.remove(at)
		}
	}
}

// new notes that addresses are mapped anew.
func (s *cSpace) new(st *cStep, at model.Span) {
	st.makes = at
	s.mapped.add(at)
	s.locked.remove(at)
	s.secret.remove(at)
	s.unforked.remove(at)
	secret := st.event.Mapped != nil && st.event.Mapped.Backing == model.Secret
	if secret {
		s.secret.add(at)
	}
	charged := secret && st.event.VmLck > 0 // not all kernels set a lock
	if c, ok := st.command.(lang.Mmap); ok && c.Locked || s.future || charged {
		s.locked.add(at)
	}
}

// relock changes what is locked, but for what is secret.
func (s *cSpace) relock(change func()) {
	var was spans
	for _, at := range s.secret {
		was = append(was, s.locked.within(at)...)
	}
	change()
	for _, at := range s.secret {
		s.locked.remove(at)
	}
	for _, at := range was {
		s.locked.add(at)
	}
}

// unlock notes that spans are not locked.
func (s *cSpace) unlock(list []model.Span) {
	s.relock(func() {
		for _, at := range list {
			s.locked.remove(at)
		}
	})
}

func (s *cSpace) unmap(at model.Span) {
	s.mapped.remove(at)
	s.locked.remove(at)
	s.secret.remove(at)
	s.unforked.remove(at)
}

// beforeHole returns what mlock and munlock have done when they meet a hole: they go from VMA to VMA, up to
// it (mm/mlock.c, apply_vma_lock_flags).
func (s *cSpace) beforeHole(list []model.Span) (done []model.Span) {
	for _, at := range list {
		if parts := s.mapped.within(at); len(parts) > 0 && parts[0].Addr == at.Addr {
			done = append(done, parts[0])
		}
	}
	return done
}

// lock notes that what is mapped of some spans is locked.
func (s *cSpace) lock(list []model.Span) {
	s.relock(func() {
		for _, at := range list {
			for _, part := range s.mapped.within(at) {
				s.locked.add(part)
			}
		}
	})
}
