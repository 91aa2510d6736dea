//go:build linux && (amd64 || arm64)

package memops

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/memops/sampler"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// shmVerbs are those of System V shared memory.
var shmVerbs = family{
	verbOf((*process).shmget),
	verbOf((*process).shmat),
	verbOf((*process).shmdt, (*process).shmdtShortfall),
	verbOf((*process).shmctl, (*process).shmctlShortfall),
}

// shmSegment is a System V shared memory segment that a command made. It belongs to the
// system and not to a process: it is there until it is removed, whoever has it attached.
type shmSegment struct {
	name, proc string // as shmget called it, and where
	id         int
	size       uint64 // bytes, as it was asked for
	release    func() // of the will that removes it
	removed    bool   // it is gone, or goes with its last attachment
}

// What sys/ipc.h and sys/shm.h call these.
const (
	ipcRmid   = 0
	shmLock   = 11
	shmUnlock = 12

	shmRdonly = 0o10000
	shmRnd    = 0o20000
	shmRemap  = 0o40000
	shmExec   = 0o100000
)

var shmOps = map[lang.ShmOp]model.Arg{
	"lock": strace.Word(shmLock, "SHM_LOCK"), "unlock": strace.Word(shmUnlock, "SHM_UNLOCK"), "rmid": strace.Word(ipcRmid, "IPC_RMID"),
	"stat": strace.Word(unix.IPC_STAT, "IPC_STAT"),
}

// shmget makes a segment and attaches it. Its own call is shmat where shmget succeeds.
func (p *process) shmget(c lang.Shmget) (model.Event, error) {
	if err := p.nameIsFree(c.Name); err != nil {
		return model.Event{}, err
	}
	size := c.Size.Bytes(p.lab.pageSize)
	if err := p.affordGrowth("shmat", int64(min(size, most))); err != nil {
		return model.Event{}, err
	}
	key, err := freeKey()
	if err != nil {
		return model.Event{}, err
	}
	release, err := p.lab.will(subject.WillRemoveShm(key))
	if err != nil {
		return model.Event{}, err
	}
	e, err := p.syscall("shmget", unix.SYS_SHMGET, strace.Word(uint64(uint32(key)), fmt.Sprintf("%#x", uint32(key))), strace.Len(size),
		model.ShmgetFlags.Arg(unix.IPC_CREAT|unix.IPC_EXCL|0o600))
	if err != nil {
		// The subject is dead, and may have made the segment, or be about to: the will stays.
		if id, found := unix.SysvShmGet(int(key), 0, 0); found == nil {
			p.lab.segments = append(p.lab.segments, &shmSegment{id: id, release: release})
		}
		return e, err
	}
	if !e.OK() {
		release()
		return e, nil
	}
	p.aside(e)
	s := &shmSegment{name: c.Name, proc: p.name, id: int(e.Ret), size: size, release: release}
	p.lab.segments = append(p.lab.segments, s)
	e, err = p.attach(c.Name, s, 0, 0)
	if err == nil && !e.OK() {
		p.afterwards(func() (model.Event, error) { return p.control(s, "rmid") })
	}
	return e, err
}

// freeKey is a random key that no segment has.
func freeKey() (int32, error) {
	for {
		var b [4]byte
		_, _ = rand.Read(b[:]) // does not fail
		key := int32(binary.NativeEndian.Uint32(b[:]))
		if key == 0 { // IPC_PRIVATE
			continue
		}
		_, err := unix.SysvShmGet(int(key), 0, 0)
		switch {
		case errors.Is(err, unix.ENOENT):
			return key, nil
		case err != nil && !errors.Is(err, unix.EACCES):
			return 0, fmt.Errorf("shmget(%#x, 0, 0), to see that the key is free: %w", uint32(key), err)
		}
	}
}

// attach attaches a segment, at an address or where the kernel likes (0).
func (p *process) attach(region string, s *shmSegment, at, flags uint64) (model.Event, error) {
	addr := strace.Word(0, "NULL")
	if at != 0 {
		addr = strace.Addr(at)
	}
	e, err := p.syscall("shmat", unix.SYS_SHMAT, strace.Word(uint64(s.id), fmt.Sprint(s.id)), addr, model.ShmatFlags.Arg(flags))
	if err != nil || !e.OK() {
		return e, err
	}
	e.RetHex = true
	e.Mapped = &model.RegionInfo{
		Name: region, Base: uint64(e.Ret), Len: p.lab.roundUp(s.size, 0), Backing: model.Shm, Shared: true, ShmID: s.id,
		FileLen: s.size, Sized: true,
	}
	return e, nil
}

// shmat attaches a segment once more. Unlike MAP_FIXED it takes the place of nothing (shmat(2): SHM_REMAP does, and is what
// mmap alias at is).
func (p *process) shmat(c lang.Shmat) (model.Event, error) {
	s, err := p.namedSegment(c.Of)
	if err := firstOf(p.nameIsFree(c.Name), err); err != nil {
		return model.Event{}, err
	}
	var at, flags uint64
	if c.ReadOnly {
		flags |= shmRdonly
	}
	if c.Round {
		flags |= shmRnd
	}
	if c.At != nil {
		span, err := p.span(*c.At)
		at = span.Addr
		own := model.Span{Addr: at &^ (uint64(p.lab.pageSize) - 1), Len: p.lab.roundUp(s.size, 0)}
		if err := firstOf(err, p.notOwn(own, true)); err != nil {
			return model.Event{}, err
		}
	}
	if err := p.affordGrowth("shmat", int64(min(s.size, most))); err != nil {
		return model.Event{}, err
	}
	return p.attach(c.Name, s, at, flags)
}

// shmdt hands the kernel the address where a region begins. It looks from there on for what is left of an attachment that began
// there, and unmaps all of it (ipc/shm.c, ksys_shmdt). That can be another region's, whose first pages a mapping has replaced.
func (p *process) shmdt(c lang.Shmdt) (model.Event, error) {
	s, err := p.span(wholeRegion(c.Name))
	if err != nil {
		return model.Event{}, err
	}
	e, err := p.syscall("shmdt", unix.SYS_SHMDT, strace.Addr(s.Addr))
	if err == nil && e.OK() {
		e.Gone = p.torn(model.Span{Addr: s.Addr, Len: p.longestSegment(s)})
	}
	return e, err
}

// longestSegment is how long an attachment from where a span begins can be: as the longest segment, or as mremap has made it.
func (p *process) longestSegment(s model.Span) uint64 {
	longest := s.Len
	for _, s := range p.lab.segments {
		longest = max(longest, p.lab.roundUp(s.size, 0))
	}
	return longest
}

// shmdtShortfall: what is sealed stays attached, and shmdt does not say so (ipc/shm.c, ksys_shmdt drops the answer of
// do_vmi_align_munmap).
func (p *process) shmdtShortfall(c lang.Shmdt, e model.Event, _ future) string {
	r := p.here().Region(c.Name)
	if r == nil || slices.Contains(e.Gone, c.Name) {
		return ""
	}
	var sealed uint64
	for _, v := range p.here().VMAsIn(r.Span()) {
		if v.Sealed {
			sealed += v.End - v.Start
		}
	}
	if sealed == 0 {
		return ""
	}
	return fmt.Sprintf("sealed, and attached still: %s of %s", pagesWord(int64(sealed)/p.lab.pageSize), c.Name)
}

// wholeRegion is the target that a name alone is.
func wholeRegion(name string) model.Target {
	return model.Target{Form: model.WholeRegion, Region: name}
}

// attachAgain attaches a segment at a second place, or again after its last region is gone.
func (p *process) attachAgain(c lang.Mmap, s *shmSegment) (model.Event, error) {
	prots := map[model.Prot]uint64{
		model.ProtRead | model.ProtWrite: 0, model.ProtRead: shmRdonly,
		model.ProtRead | model.ProtWrite | model.ProtExec: shmExec, model.ProtRead | model.ProtExec: shmRdonly | shmExec,
	}
	flags, ok := prots[c.Prot]
	size := c.Size.Bytes(p.lab.pageSize)
	switch {
	case c.Private:
		return model.Event{}, fmt.Errorf("%s is a segment, and shmat attaches it shared: leave out private", s.name)
	case p.lab.roundUp(size, 0) != p.lab.roundUp(s.size, 0):
		return model.Event{}, fmt.Errorf("shmat attaches a segment as a whole: %s has %d pages", s.name, p.lab.roundUp(s.size, 0)/uint64(p.lab.pageSize))
	case !ok || c.Locked || c.Populate || c.Noreserve || c.HugeTLB || c.GrowsDown || c.Noreplace || c.Near != nil || c.Low32 || c.Offset.N > 0 || c.Droppable || c.Stack:
		return model.Event{}, fmt.Errorf("%s is a segment, and shmat knows no protection but r, rw, rx and rwx, and none of mmap's flags", s.name)
	}
	span := model.Span{Len: size}
	if c.At != nil {
		at, err := p.span(*c.At)
		span.Addr = at.Addr
		if err := firstOf(err, p.notOwn(span, true)); err != nil {
			return model.Event{}, err
		}
		flags |= shmRemap
	}
	if err := p.affordGrowth("shmat", int64(min(size, most))); err != nil {
		return model.Event{}, err
	}
	e, err := p.attach(c.Name, s, span.Addr, flags)
	if err == nil && e.OK() && c.Tidy {
		p.tidy(*e.Mapped)
	}
	if err != nil || c.At == nil {
		return e, err
	}
	if e.OK() {
		e.Gone = p.unmapped(p.here(), model.Span{Addr: e.Mapped.Base, Len: e.Mapped.Len}, "")
	} else {
		e.Gone = p.torn(span)
	}
	return e, nil
}

// segmentOf is the segment that a region has, or else the last one that shmget gave that
// name in this process, or in another; nil where there is none.
func (p *process) segmentOf(name string) *shmSegment {
	if name == "" || len(p.lab.segments) == 0 {
		return nil
	}
	p.lab.dropSegments()
	r := p.here().Region(name)
	if r != nil && r.Backing != model.Shm {
		return nil
	}
	var found *shmSegment
	for _, s := range p.lab.segments {
		switch {
		case r != nil:
			if s.id == r.ShmID {
				return s
			}
		case s.name == name && (found == nil || s.proc == p.name || found.proc != p.name):
			found = s
		}
	}
	return found
}

func (p *process) shmctl(c lang.Shmctl) (model.Event, error) {
	s, err := p.namedSegment(c.Name)
	if err != nil {
		return model.Event{}, err
	}
	return p.control(s, c.Op)
}

// namedSegment is segmentOf where there has to be one.
func (p *process) namedSegment(name string) (*shmSegment, error) {
	if s := p.segmentOf(name); s != nil {
		return s, nil
	}
	if p.here().Region(name) != nil {
		return nil, fmt.Errorf("%s is no segment: shmget makes one", name)
	}
	return nil, fmt.Errorf("%s: %w, and no segment that shmget called so", name, model.ErrNoRegion)
}

// control makes the shmctl(2) of a segment.
func (p *process) control(s *shmSegment, op lang.ShmOp) (model.Event, error) {
	buf := strace.Word(0, "NULL")
	if op == "stat" { // where a path lies else
		clear(p.sub.StampArea[:unsafe.Sizeof(unix.SysvShmDesc{})])
		buf = strace.Word(subject.StampsAddr, fmt.Sprintf("%#x", uint64(subject.StampsAddr)))
	}
	e, err := p.syscall("shmctl", unix.SYS_SHMCTL, strace.Word(uint64(s.id), fmt.Sprint(s.id)), shmOps[op], buf)
	if err == nil && e.OK() && op == "stat" {
		seen := sampler.SegmentOf((*unix.SysvShmDesc)(unsafe.Pointer(&p.sub.StampArea[0])))
		e.Segment, e.Result = &seen, seen.String()
	}
	if err == nil && e.OK() && op == "rmid" {
		s.removed = true
		s.release()
	}
	return e, err
}

// dropSegments forgets the segments that were removed and that no process has attached any more,
// once their IDs are those of somebody else's. Until then the kernel answers for them: EINVAL.
func (l *Lab) dropSegments() {
	if !slices.ContainsFunc(l.segments, func(s *shmSegment) bool { return s.removed }) {
		return
	}
	state := l.State()
	attached := map[int]bool{}
	for _, p := range l.processes() {
		if here := state.Process(p.name); here != nil && p.lives() {
			for _, r := range here.Regions {
				attached[r.ShmID] = attached[r.ShmID] || r.Backing == model.Shm
			}
		}
	}
	l.segments = slices.DeleteFunc(l.segments, func(s *shmSegment) bool { return s.removed && !attached[s.id] && isTaken(s.id) })
}

// isTaken reports whether there is a segment of that ID, be it one that this user may not ask about.
func isTaken(id int) bool {
	var d unix.SysvShmDesc
	_, err := unix.SysvShmCtl(id, unix.IPC_STAT, &d)
	return err == nil || errors.Is(err, unix.EACCES)
}

// removeSegments removes the segments that are still there, from incore itself, which is
// their owner too. The lane must be held.
func (l *Lab) removeSegments() (err error) {
	for _, s := range l.segments {
		if s.removed {
			continue
		}
		_, e := unix.SysvShmCtl(s.id, ipcRmid, nil)
		if e == nil || errors.Is(e, unix.EINVAL) || errors.Is(e, unix.EIDRM) { // it may have been removed before
			s.release()
		} else {
			err = errors.Join(err, fmt.Errorf("shmctl(%d, IPC_RMID): %w", s.id, e))
		}
	}
	l.segments = nil
	return err
}
