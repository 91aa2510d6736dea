//go:build linux && (amd64 || arm64)

package memops_test

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// Where no mallopt has each block mapped, malloc has a heap, and decides by glibc's rule what it asks of the kernel and which words it writes:
// that rule is package malloc's, held against glibc there. What comes of it in memory is the reference's here.

// refHeap is a process's memory as malloc's rule works on it.
type refHeap struct {
	r       *reference
	p       *refProcess
	maps    []uint64 // where the kernel put the mappings that malloc asks for, in order
	words   []refWord
	signal  refOutcome // that ended it
	unknown bool       // what comes of it is not known
}

// refWord is a store that is still to be made.
type refWord struct{ addr, value uint64 }

var (
	errHeapSignal  = errors.New("a signal")
	errHeapUnknown = errors.New("not known")
)

func (m *refHeap) reach(addr, length uint64, by lang.Access) error {
	for length > 0 {
		if out, ok := m.r.reach(m.p, addr, by); !ok {
			m.signal = out
			return errHeapSignal
		}
		n := m.r.rest(addr, length)
		addr, length = addr+n, length-n
	}
	return nil
}

func (m *refHeap) Store(addr, value uint64) {
	if i := slices.IndexFunc(m.words, func(w refWord) bool { return w.addr == addr }); i >= 0 {
		m.words[i].value = value
		return
	}
	m.words = append(m.words, refWord{addr, value})
}

func (m *refHeap) flush() error {
	for _, w := range m.words {
		if err := m.reach(w.addr, 8, lang.Write); err != nil {
			return err
		}
		ps := uint64(m.r.pageSize)
		m.p.pages[w.addr/ps].put(m.r.pageSize, false, func(b []byte) { binary.LittleEndian.PutUint64(b[w.addr%ps:], w.value) })
	}
	m.words = nil
	return nil
}

func (m *refHeap) Read(addr uint64) error {
	if err := m.flush(); err != nil {
		return err
	}
	return m.reach(addr, 8, lang.Read)
}

func (m *refHeap) Check(addr, stored uint64) error {
	if err := m.Read(addr); err != nil {
		return err
	}
	ps := uint64(m.r.pageSize)
	data, doubt := m.p.pages[addr/ps].store()
	found := uint64(0)
	if *data != nil {
		found = binary.LittleEndian.Uint64((*data)[addr%ps:])
	}
	if *doubt || found != stored { // which incore refuses, and glibc dies of
		return m.leave()
	}
	return nil
}

func (m *refHeap) leave() error {
	m.unknown = true
	return errHeapUnknown
}

func (m *refHeap) Room(uint64) error { return nil }

func (m *refHeap) Copy(to, from, length uint64) error {
	return m.loop(func() refOutcome { return m.r.copyBytes(m.p, to, from, length) })
}

func (m *refHeap) Clear(addr, length uint64) error {
	return m.loop(func() refOutcome { return m.r.memset(m.p, addr, length, 0) })
}

func (m *refHeap) loop(f func() refOutcome) error {
	if err := m.flush(); err != nil {
		return err
	}
	if out := f(); out.signal != nil {
		m.signal = out
		return errHeapSignal
	}
	return nil
}

func (m *refHeap) Brk() (uint64, error) { return m.p.brk.end, nil }

func (m *refHeap) Sbrk(delta int64) (old uint64, ok bool, err error) {
	old = m.p.brk.end
	to := old + uint64(delta)
	if delta > 0 && to < old {
		return 0, false, nil
	}
	if err := m.flush(); err != nil {
		return 0, false, err
	}
	return old, m.r.moveBreak(m.p, to) || delta < 0, nil
}

// next is where the next mapping lies.
func (m *refHeap) next() uint64 {
	if len(m.maps) == 0 {
		m.unknown = true
		return placeBase / 2
	}
	at := m.maps[0]
	m.maps = m.maps[1:]
	return at
}

func (m *refHeap) Mmap(length uint64) (addr uint64, ok bool, err error) {
	if err := m.flush(); err != nil {
		return 0, false, err
	}
	pages := int64(length) / m.r.pageSize
	p, r := m.p, m.r
	if length >= 1<<40 {
		return 0, false, m.leave() // whether so much is promised depends on the machine
	}
	if p.future != model.Unlocked && !r.within(p, r.locked(p)+pages) || !r.mayExpand(p, pages, true) {
		return 0, false, nil
	}
	addr = m.next()
	return addr, r.mapNew(p, addr/uint64(r.pageSize), pages), nil
}

func (m *refHeap) Mremap(addr, length, to uint64) (moved uint64, ok bool, err error) {
	if err := m.flush(); err != nil {
		return 0, false, err
	}
	ps := uint64(m.r.pageSize)
	lo, old, size := addr/ps, length/ps, to/ps
	first := m.p.pages[lo]
	if to >= 1<<40 || first == nil || m.p.hasHole(lo, lo+old) || m.p.sealedAny(lo, lo+old) || m.p.stretch(lo, lo+old) != lo+old || m.p.mayHaveEnds(lo, lo+old) {
		return 0, false, m.leave()
	}
	for n := lo; n < lo+old; n++ {
		if m.p.pages[n].region != "" {
			return 0, false, m.leave()
		}
	}
	if size <= old {
		if size < old {
			m.p.unmap(lo+size, lo+old)
		}
		return m.next(), true, nil
	}
	if first.lock != model.Unlocked && !m.r.within(m.p, m.r.locked(m.p)+int64(size-old)) || !m.r.mayExpand(m.p, int64(size-old), first.isData()) {
		return 0, false, nil
	}
	moved = m.next()
	pages := map[uint64]*refPage{}
	for i := range old {
		pages[moved/ps+i] = m.p.pages[lo+i]
	}
	if moved != addr {
		m.p.unmap(lo, lo+old)
	}
	maps.Copy(m.p.pages, pages)
	m.r.grow(m.p, pages, moved/ps, old, size, nil)
	if first.lock != model.Unlocked {
		m.p.populate(moved/ps+old, moved/ps+size, true)
	}
	return moved, true, nil
}

func (m *refHeap) Munmap(addr, length uint64) error {
	if err := m.flush(); err != nil {
		return err
	}
	lo, hi := m.r.cover(addr, length)
	if m.p.sealedAny(lo, hi) {
		return m.leave()
	}
	m.p.unmap(lo, hi)
	return nil
}

func (m *refHeap) Discard(addr, length uint64) error {
	if err := m.flush(); err != nil {
		return err
	}
	m.r.madvise(m.p, addr, length, "dontneed")
	return nil
}

// sealedAny is sealed for who only asks.
func (p *refProcess) sealedAny(lo, hi uint64) bool {
	for n := lo; n < hi; n++ {
		if pg := p.pages[n]; pg != nil && pg.sealed {
			return true
		}
	}
	return false
}

// mayHaveEnds reports whether a VMA may begin behind the first of some pages.
func (p *refProcess) mayHaveEnds(lo, hi uint64) bool {
	for n := lo + 1; n < hi; n++ {
		if pg := p.pages[n]; pg != nil && pg.split {
			return true
		}
	}
	return false
}
