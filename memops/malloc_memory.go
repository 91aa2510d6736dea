//go:build linux && (amd64 || arm64)

package memops

import (
	"encoding/binary"
	"errors"
	"slices"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/malloc"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
)

// errSignalled: the subject was answered with a signal, which the event has.
var errSignalled = errors.New("a signal ended it")

// heapMemory is the process that malloc, or one of its like, works on. It adds up what its calls and
// stores cost in the event of the command.
type heapMemory struct {
	in      *process
	e       *model.Event
	words   []word // stores that are still to be made
	freeing string // the region that the command is about to take away or to move itself
	kept    bool   // a munmap failed
	copied  uint64 // bytes that went to another block

	// bytes of free chunks that went back to the kernel by madvise, and those that it refused
	discarded, undiscarded uint64
}

// word is a store.
type word struct{ addr, value uint64 }

// mostWords is how many stores are made in one go.
const mostWords = subject.ArgsSize / malloc.WordSize

func (m *heapMemory) Store(addr, value uint64) {
	if i := slices.IndexFunc(m.words, func(w word) bool { return w.addr == addr }); i >= 0 {
		m.words[i].value = value
		return
	}
	m.words = append(m.words, word{addr, value})
}

// flush makes the stores, in their order, those to neighboring words together.
func (m *heapMemory) flush() error {
	for len(m.words) > 0 {
		words := m.words[:min(len(m.words), mostWords)]
		m.words = m.words[len(words):]
		area := m.in.sub.Args[:]
		for i, w := range words {
			binary.LittleEndian.PutUint64(area[i*malloc.WordSize:], w.value)
		}
		_, err := m.measured(func(e *model.Event) error {
			for i, j := 0, 0; i < len(words) && e.Signal == nil; i = j {
				for j = i + 1; j < len(words) && words[j].addr == words[j-1].addr+malloc.WordSize; j++ {
				}
				_, err := m.in.loop(e, subject.CopyUp, words[i].addr, subject.ArgsAddr+uint64(i*malloc.WordSize), uint64(j-i)*malloc.WordSize)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if errors.Is(err, errSignalled) {
			m.in.heap.jumped = true
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// end makes the stores that are left when a call of the allocator is over, which may have failed, and reports whether a signal
// ended it.
func (m *heapMemory) end(failed error) (signalled bool, err error) {
	if err = failed; err == nil {
		err = m.flush()
	}
	if errors.Is(err, errSignalled) {
		return true, nil
	}
	return false, err
}

// Read reads a word as malloc would.
func (m *heapMemory) Read(addr uint64) error {
	if err := m.flush(); err != nil {
		return err
	}
	_, err := m.measured(func(e *model.Event) error {
		_, err := m.in.loop(e, subject.CopyUp, subject.ArgsAddr, addr, malloc.WordSize)
		return err
	})
	return err
}

// Check reads a word, and holds it against what malloc has stored.
func (m *heapMemory) Check(addr, stored uint64) error {
	if err := m.Read(addr); err != nil || m.in.heap.jumped {
		return err
	}
	if found := binary.LittleEndian.Uint64(m.in.sub.Args[:]); found != stored {
		return &malloc.CorruptError{Addr: addr, Stored: stored, Found: found}
	}
	return nil
}

func (m *heapMemory) Room(bytes uint64) error {
	return m.in.affordNew(m.e.Call, int64(min(bytes, most)))
}

func (m *heapMemory) Copy(to, from, length uint64) error {
	m.copied += length
	return m.reach(subject.CopyUp, length, to, from)
}

func (m *heapMemory) Clear(addr, length uint64) error {
	return m.reach(subject.Fill, length, addr, 0)
}

// reach runs a loop over bytes of blocks.
func (m *heapMemory) reach(loop, length uint64, args ...uint64) error {
	if err := m.flush(); err != nil {
		return err
	}
	step, err := m.measured(func(e *model.Event) error {
		_, err := m.in.loop(e, loop, append(args, length)...)
		return err
	})
	if loop == subject.Fill {
		args = args[:1]
	}
	if err == nil || step.Signal != nil {
		m.in.heap.jumped = m.in.heap.jumped || step.Signal != nil
		m.in.reachedBytes(nil, &step, length, args...)
	}
	return err
}

// measured runs loops of the subject, and adds what they cost, which is in step.
func (m *heapMemory) measured(f func(*model.Event) error) (step model.Event, err error) {
	err = m.in.measured(&step, func() error { return f(&step) })
	m.add(step)
	if err == nil && step.Signal != nil {
		m.e.Signal = step.Signal
		err = errSignalled
	}
	return step, err
}

// add adds what a part of the command cost.
func (m *heapMemory) add(part model.Event) {
	e := m.e
	e.Time = part.Time
	e.Elapsed += part.Elapsed
	e.Watched, e.RSSLate = e.Watched || part.Watched, e.RSSLate || part.RSSLate
	e.Minor, e.Major = e.Minor+part.Minor, e.Major+part.Major
	e.RSS, e.VmLck, e.Copied = e.RSS+part.RSS, e.VmLck+part.VmLck, e.Copied+part.Copied
}

func (m *heapMemory) Brk() (uint64, error) {
	err := m.in.findBreak()
	return m.in.heap.end, err
}

// sbrk is sbrk(3): its overflow is found before the call. As in glibc, a break that was to
// move down and did not is no failure: the wrapper of brk only looks whether it is below
// what was asked for.
func (m *heapMemory) Sbrk(delta int64) (old uint64, ok bool, err error) {
	if old, err = m.Brk(); err != nil {
		return 0, false, err
	}
	to := old + uint64(delta)
	if delta > 0 && to < old {
		return 0, false, nil
	}
	if err := m.flush(); err != nil {
		return 0, false, err
	}
	if err := firstOf(m.in.affordGrowth("malloc", max(delta, 0)), m.affordHead(uint64(max(delta, 0)))); err != nil {
		return 0, false, err
	}
	e, err := m.in.moveBreak(to)
	m.tell(e, err)
	return old, e.OK() || delta < 0, err
}

func (m *heapMemory) Mmap(length uint64) (addr uint64, ok bool, err error) {
	if err := m.flush(); err != nil {
		return 0, false, err
	}
	if err := firstOf(m.in.affordGrowth("malloc", int64(min(length, most))), m.affordHead(length)); err != nil {
		return 0, false, err
	}
	e, err := m.in.syscall("mmap", unix.SYS_MMAP, strace.Word(0, "NULL"), strace.Len(length), model.ProtFlags.Arg(uint64(model.ProtRead|model.ProtWrite)),
		model.MapFlags.Arg(unix.MAP_PRIVATE|unix.MAP_ANONYMOUS), fdArg(noFD), strace.Word(0, "0"))
	e.RetHex = e.OK()
	m.tell(e, err)
	return uint64(e.Ret), e.OK(), err
}

// affordHead refuses new memory where the header of a block in it, which is one store, may bring a huge page.
func (m *heapMemory) affordHead(length uint64) error {
	if !m.in.lab.huge {
		return nil
	}
	return m.in.affordNew(m.e.Call, min(int64(min(length, most)), kernel.HugePage()))
}

func (m *heapMemory) Mremap(addr, length, to uint64) (moved uint64, ok bool, err error) {
	p := m.in
	if err := m.flush(); err != nil {
		return 0, false, err
	}
	if to > length {
		grown := int64(min(to-length, most))
		if err := firstOf(p.affordMove(length, to), p.affordGrowth(m.e.Call, grown)); err != nil {
			return 0, false, err
		}
	}
	here := p.here()
	e, err := p.syscall("mremap", unix.SYS_MREMAP, strace.Addr(addr), strace.Len(length), strace.Len(to),
		model.MremapFlags.Arg(unix.MREMAP_MAYMOVE))
	e.RetHex = e.OK()
	switch moved = uint64(e.Ret); {
	case err != nil || !e.OK():
	case moved != addr:
		e.Gone = p.unmapped(here, model.Span{Addr: addr, Len: length}, m.freeing)
	case to < length:
		e.Gone = p.unmapped(here, model.Span{Addr: addr + to, Len: length - to}, m.freeing)
	}
	m.tell(e, err)
	return moved, e.OK(), err
}

func (m *heapMemory) Munmap(addr, length uint64) error {
	if err := m.flush(); err != nil {
		return err
	}
	here := m.in.here()
	e, err := m.in.syscall("munmap", unix.SYS_MUNMAP, strace.Addr(addr), strace.Len(length))
	if m.kept = !e.OK(); err == nil && e.OK() {
		e.Gone = m.in.unmapped(here, model.Span{Addr: addr, Len: length}, "")
	}
	m.tell(e, err)
	return err
}

func (m *heapMemory) Discard(addr, length uint64) error {
	if err := m.flush(); err != nil {
		return err
	}
	e, err := m.in.syscall("madvise", unix.SYS_MADVISE, strace.Addr(addr), strace.Len(length), adviceArg("dontneed"))
	m.tell(e, err)
	switch {
	case err != nil:
	case e.OK():
		m.discarded += length
	default:
		m.undiscarded += length
	}
	return err
}

// tell tells of a call. The region that is being freed is left to the event of free.
func (m *heapMemory) tell(e model.Event, err error) {
	if err != nil {
		return
	}
	e.Gone = slices.DeleteFunc(e.Gone, func(name string) bool { return name == m.freeing })
	m.add(e)
	m.in.asideOfHeap(e)
}
