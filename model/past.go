package model

import (
	"slices"
	"sort"
)

// Past is what a session did before a call: what the answer of the call can depend on.
type Past struct {
	Events []Event // of all processes since the session began, oldest first
	Cut    bool    // there were older ones, which are not kept
	Limits Limits  // of the first process, as it began
}

// Past is what is kept of the session that an event was in, from before it. The events before
// a reset are of another session.
func (s State) Past(e Event) Past {
	at, ok := slices.BinarySearchFunc(s.Events, e.Seq, func(x Event, seq int) int { return x.Seq - seq })
	if !ok {
		return Past{Cut: len(s.Events) > 0, Limits: s.Began}
	}
	p := Past{Events: s.Events[:at:at], Cut: s.Events[0].Seq > 1, Limits: s.Began}
	for i := at - 1; i >= 0; i-- {
		if was := &p.Events[i]; was.Command == (Reset{}).String() && was.Refused == "" {
			p.Events, p.Cut = p.Events[i+1:], false
			break
		}
	}
	return p
}

// cStep is a command of the past of a call, in the process of the call or in one that forked it.
type cStep struct {
	event   *Event
	command Command
	forked  string // a fork after which it is the child, of this name, whose commands follow

	own   []Span // the addresses that it was about
	makes Span   // the addresses that are new with it, whatever was there before
	frees Span   // those that are gone with it
	out   []bool // which of own reach past the region that they are said of, or lie in none
	in    []int  // for each of own, the region that it lies in as a whole, by its number, or -1
	names []int  // the regions that it names
	made  int    // the region that is new or moved with it, or -1
	laid  bool   // the kernel put it where a hole of another region was
	self  int64  // of mlockall: how many bytes are locked that are of no region, but of the subject itself
}

// lineage are the events of a process, and of those that forked it from before they did.
func (p Past) lineage(proc string) []cStep {
	if proc == "" {
		proc = Main
	}
	var steps []cStep
	for i := len(p.Events) - 1; i >= 0; i-- {
		e := &p.Events[i]
		c := commandOf(*e)
		if f, ok := c.(Fork); ok && f.Name == proc && e.Call == "clone" && e.Errno == "" && e.Refused == "" {
			steps = append(steps, cStep{event: e, command: c, forked: proc, made: -1})
			proc = e.Proc
			continue
		}
		if e.Proc == proc && e.Call != "" && c != nil {
			steps = append(steps, cStep{event: e, command: c, made: -1})
		}
	}
	slices.Reverse(steps)
	return steps
}

// cSpace is the address space of a process as the past tells of it: its regions, each with a
// number, since a name is taken again, and which addresses are mapped and which locked.
type cSpace struct {
	pageSize uint64
	regions  []RegionInfo
	number   []int // of each
	count    int   // of all regions so far
	mapped   spans
	locked   spans       // at most: a lock that failed halfway counts as a whole
	unforked spans       // MADV_DONTFORK
	future   bool        // mlockall future
	self     int64       // bytes of the subject itself that are locked
	file     map[int]int // the region that a region is an alias of, by their numbers
}

// put adds a region, or gives one of that name another place and length.
func (s *cSpace) put(r RegionInfo, anew bool) int {
	if i := s.index(r.Name); i >= 0 && !anew {
		s.regions[i] = r
		return s.number[i]
	}
	s.drop(r.Name)
	s.regions, s.number = append(s.regions, r), append(s.number, s.count)
	s.count++
	return s.count - 1
}

// fileOf is the first region of what lies behind a region.
func (s *cSpace) fileOf(number int) int {
	if of, ok := s.file[number]; ok {
		return of
	}
	return number
}

func (s *cSpace) index(name string) int {
	return slices.IndexFunc(s.regions, func(r RegionInfo) bool { return r.Name == name })
}

func (s *cSpace) drop(name string) {
	if i := s.index(name); i >= 0 {
		s.regions, s.number = slices.Delete(s.regions, i, i+1), slices.Delete(s.number, i, i+1)
	}
}

// pages is a span rounded outwards to pages. One that runs past the last address ends there.
func (s *cSpace) pages(at Span) Span {
	lo := at.Addr &^ (s.pageSize - 1)
	hi := at.End() + s.pageSize - 1
	if at.End() < at.Addr || hi < at.End() {
		hi = ^uint64(0)
	}
	return Span{lo, hi&^(s.pageSize-1) - lo}
}

// resolve fills in what a step is about, as it was before it.
func (s *cSpace) resolve(st *cStep) {
	e := st.event
	for i := 0; i+1 < len(e.Args); i++ {
		if e.Args[i].Kind == ArgAddr && e.Args[i+1].Kind == ArgLen {
			st.own = append(st.own, s.pages(Span{e.Args[i].Value, e.Args[i+1].Value}))
		}
	}
	switch st.command.(type) { // the length is the last argument
	case Memset, Memcpy, Memmove, Memcmp:
		st.own = nil
		if n := len(e.Args); n > 0 {
			for _, a := range e.Args[:n-1] {
				if a.Kind == ArgAddr {
					st.own = append(st.own, s.pages(Span{a.Value, e.Args[n-1].Value}))
				}
			}
		}
	}
	for _, name := range namesIn(st.command) {
		if i := s.index(name); i >= 0 {
			st.names = append(st.names, s.number[i])
			if _, maps := st.command.(Mmap); len(st.own) == 0 && !maps {
				st.own = append(st.own, Span{s.regions[i].Base, s.regions[i].Len})
			}
		}
	}
	said := targetsOf(st.command)
	if c, ok := st.command.(Mmap); ok && c.At != nil {
		said = []Target{*c.At}
	}
	for i, at := range st.own {
		in := s.inside(at)
		out := in < 0
		if i < len(said) && said[i].Form != RawSpan {
			k := s.index(said[i].Region)
			out = k < 0 || !s.regions[k].has(at)
			if !out {
				in = s.number[k]
			}
		}
		st.in, st.out = append(st.in, in), append(st.out, out)
	}
}

// inside is the number of the youngest region that a span lies in as a whole, or -1.
func (s *cSpace) inside(at Span) int {
	for i := len(s.regions) - 1; i >= 0; i-- {
		if s.regions[i].has(at) {
			return s.number[i]
		}
	}
	return -1
}

// has reports whether a span lies in the region as a whole.
func (r *RegionInfo) has(at Span) bool {
	return at.Addr >= r.Base && at.Addr-r.Base <= r.Len && at.Len <= r.Len-(at.Addr-r.Base)
}

// namesIn are the regions that a command names.
func namesIn(c Command) []string {
	var list []Target
	switch c := c.(type) {
	case Mmap:
		list = append(list, Target{Region: c.Alias})
		if c.At != nil {
			list = append(list, *c.At)
		}
	case Mremap:
		list = append(list, Target{Region: c.Name})
	case Free:
		list = append(list, Target{Region: c.Name})
	case Shmctl:
		list = append(list, Target{Region: c.Name})
	default:
		list = targetsOf(c)
	}
	var names []string
	for _, t := range list {
		if t.Form != RawSpan && t.Region != "" && !slices.Contains(names, t.Region) {
			names = append(names, t.Region)
		}
	}
	return names
}

// targetsOf are the targets of a command about pages that are there.
func targetsOf(c Command) []Target {
	switch c := c.(type) {
	case Munmap:
		return []Target{c.T}
	case Mseal:
		return []Target{c.T}
	case Mlock:
		return []Target{c.T}
	case Mlock2:
		return []Target{c.T}
	case Munlock:
		return []Target{c.T}
	case Mprotect:
		return []Target{c.T}
	case Madvise:
		return []Target{c.T}
	case PosixFadvise:
		return []Target{c.T}
	case Msync:
		return []Target{c.T}
	case Mincore:
		return []Target{c.T}
	case Touch:
		return []Target{c.T}
	case Memset:
		return []Target{c.T}
	case Memcpy:
		return []Target{c.Dst, c.Src}
	case Memmove:
		return []Target{c.Dst, c.Src}
	case Memcmp:
		return []Target{c.A, c.B}
	}
	return nil
}

// apply makes the change of a step.
func (s *cSpace) apply(st *cStep) {
	e := st.event
	if st.forked != "" {
		for _, at := range s.unforked {
			s.mapped.remove(at)
		}
		s.locked, s.future, s.self = nil, false, 0
		return
	}
	if e.Errno != "" {
		switch st.command.(type) {
		case Mlock, Mlock2:
			s.lock(st.own)
		}
	}
	if e.OK() {
		s.succeed(st)
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
		if c, ok := st.command.(Mmap); ok && c.Alias != "" && s.index(c.Alias) >= 0 {
			of = s.number[s.index(c.Alias)]
		}
		_, moved := st.command.(Mremap)
		st.made = s.put(*m, !moved && m.Backing != Heap || m.Malloc != "")
		if of >= 0 {
			s.file[st.made] = s.fileOf(of)
		}
	}
}

// succeed is apply of a call that did what it was asked.
func (s *cSpace) succeed(st *cStep) {
	e, m := st.event, st.event.Mapped
	switch e.Call {
	case "mmap", "shmat":
		if at := (Span{uint64(e.Ret), 0}); e.RetHex {
			if m != nil {
				at = Span{m.Base, m.Len}
			} else if e.Call == "mmap" && len(e.Args) > 1 {
				at = s.pages(Span{uint64(e.Ret), e.Args[1].Value})
			}
			s.new(st, at)
		}
	case "munmap":
		for _, at := range st.own {
			st.frees = at
			s.unmap(at)
		}
	case "mremap":
		if m != nil && len(e.Args) > 1 {
			old := s.pages(Span{e.Args[0].Value, e.Args[1].Value})
			locked := s.locked.hits(old) || s.future
			s.unmap(old)
			s.new(st, Span{m.Base, m.Len})
			if locked {
				s.locked.add(Span{m.Base, m.Len})
			}
			st.own = []Span{old}
		}
	case "brk":
		if m != nil && m.Backing == Heap {
			s.new(st, Span{m.Base, m.Len})
		}
	case "execve":
		*s = cSpace{pageSize: s.pageSize, count: s.count, file: s.file}
	case "mlockall":
		if c, ok := st.command.(Mlockall); ok {
			s.future = c.Future
			if c.Current {
				if s.self == 0 { // else they were locked before
					s.self = max(0, e.VmLck+int64(s.locked.sum())-int64(s.mapped.sum()))
				}
				st.self = s.self
				s.locked = slices.Clone(s.mapped)
			}
		}
	case "munlockall":
		s.locked, s.future, s.self = nil, false, 0
	case "mlock", "mlock2":
		s.lock(st.own)
	case "munlock":
		for _, at := range st.own {
			s.locked.remove(at)
		}
	case "madvise":
		c, _ := st.command.(Madvise)
		for _, at := range st.own {
			switch c.Advice {
			case "dontfork":
				s.unforked.add(at)
			case "dofork":
				s.unforked.remove(at)
			}
		}
	}
}

// new notes that addresses are mapped anew.
func (s *cSpace) new(st *cStep, at Span) {
	st.makes = at
	s.mapped.add(at)
	s.locked.remove(at)
	s.unforked.remove(at)
	if c, ok := st.command.(Mmap); ok && c.Locked || s.future {
		s.locked.add(at)
	}
}

func (s *cSpace) unmap(at Span) {
	s.mapped.remove(at)
	s.locked.remove(at)
	s.unforked.remove(at)
}

// lock notes that what is mapped of some spans is locked.
func (s *cSpace) lock(list []Span) {
	for _, at := range list {
		for _, part := range s.mapped.within(at) {
			s.locked.add(part)
		}
	}
}

// spans are stretches of addresses, in order and apart.
type spans []Span

// from is the first stretch that ends behind an address.
func (s spans) from(addr uint64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].End() > addr })
}

// add adds a stretch.
func (s *spans) add(at Span) {
	if at.Len == 0 {
		return
	}
	lo, hi := at.Addr, at.End()
	i := s.from(lo)
	if i > 0 && (*s)[i-1].End() == lo {
		i--
	}
	j := i
	for ; j < len(*s) && (*s)[j].Addr <= hi; j++ {
		lo, hi = min(lo, (*s)[j].Addr), max(hi, (*s)[j].End())
	}
	*s = slices.Replace(*s, i, j, Span{lo, hi - lo})
}

// remove takes a stretch away.
func (s *spans) remove(at Span) {
	i := s.from(at.Addr)
	var left []Span
	j := i
	for ; j < len(*s) && (*s)[j].Addr < at.End(); j++ {
		x := (*s)[j]
		if x.Addr < at.Addr {
			left = append(left, Span{x.Addr, at.Addr - x.Addr})
		}
		if x.End() > at.End() {
			left = append(left, Span{at.End(), x.End() - at.End()})
		}
	}
	*s = slices.Replace(*s, i, j, left...)
}

// hits reports whether a part of a stretch is in s.
func (s spans) hits(at Span) bool {
	i := s.from(at.Addr)
	return at.Len > 0 && i < len(s) && s[i].Addr < at.End()
}

// within are the parts of a stretch that are in s.
func (s spans) within(at Span) (parts []Span) {
	for _, x := range s[s.from(at.Addr):] {
		lo, hi := max(x.Addr, at.Addr), min(x.End(), at.End())
		if lo >= hi {
			break
		}
		parts = append(parts, Span{lo, hi - lo})
	}
	return parts
}

// sum is how many bytes they are.
func (s spans) sum() (n uint64) {
	for _, x := range s {
		n += x.Len
	}
	return n
}
