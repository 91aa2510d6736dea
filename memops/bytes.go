//go:build linux && (amd64 || arm64)

package memops

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"

	"incore/memops/faults"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// The calls of string.h are loops of the subject: byte by byte, so that what they
// touch is what the standard says, and not what a library's vector code reads beside it.

func (p *process) memset(c lang.Memset) (model.Event, error) {
	if err := p.affordable(c.T, "memset"); err != nil {
		return model.Event{}, err
	}
	s, err := p.span(c.T)
	if err = firstOf(err, p.forLoop(s, true)); err != nil {
		return model.Event{}, err
	}
	e := model.Event{Call: "memset", Args: []model.Arg{
		strace.Addr(s.Addr), strace.Word(uint64(c.Byte), fmt.Sprintf("%#x", c.Byte)), strace.Len(s.Len),
	}}
	_, err = p.bytesLoop(&e, subject.Fill, s.Addr, uint64(c.Byte), s.Len)
	p.reachedBytes(err, &e, s.Len, s.Addr)
	return e, err
}

func (p *process) memcpy(c lang.Memcpy) (model.Event, error) {
	dst, src, n, err := p.two(c.Dst, c.Src, "memcpy")
	if err != nil {
		return model.Event{}, err
	}
	e := model.Event{Call: "memcpy", Args: []model.Arg{strace.Addr(dst), strace.Addr(src), strace.Len(n)}}
	if dst < src+n && src < dst+n && dst != src {
		e.Result = "the ranges overlap, which memcpy does not allow: memmove does"
	}
	_, err = p.bytesLoop(&e, subject.CopyUp, dst, src, n)
	p.reachedBytes(err, &e, n, dst, src)
	return e, err
}

func (p *process) memmove(c lang.Memmove) (model.Event, error) {
	dst, src, n, err := p.two(c.Dst, c.Src, "memmove")
	if err != nil {
		return model.Event{}, err
	}
	e := model.Event{Call: "memmove", Args: []model.Arg{strace.Addr(dst), strace.Addr(src), strace.Len(n)}}
	loop := uint64(subject.CopyUp)
	if dst > src && dst-src < n {
		loop = subject.CopyDown // else the end of the source is written before it is read
	}
	_, err = p.bytesLoop(&e, loop, dst, src, n)
	if loop == subject.CopyUp || e.Signal == nil {
		p.reachedBytes(err, &e, n, dst, src)
	}
	return e, err
}

func (p *process) memcmp(c lang.Memcmp) (model.Event, error) {
	a, b, n, err := p.two(c.A, c.B, "memcmp")
	if err != nil {
		return model.Event{}, err
	}
	e := model.Event{Call: "memcmp", Args: []model.Arg{strace.Addr(a), strace.Addr(b), strace.Len(n)}}
	r, err := p.bytesLoop(&e, subject.Compare, a, b, n)
	if err == nil && e.Signal == nil {
		e.Ret = r.Ret
		if r.Done < n {
			e.Result = fmt.Sprintf("byte %d differs", r.Done)
		}
	}
	p.reachedBytes(err, &e, min(r.Done+1, n), a, b) // what is equal, and what differs
	return e, err
}

// bytesLoop runs a loop as one measured call.
func (p *process) bytesLoop(e *model.Event, number uint64, args ...uint64) (r subject.Reply, err error) {
	spans := []model.Span{{Addr: args[0], Len: args[2]}}
	if number != subject.Fill {
		spans = append(spans, model.Span{Addr: args[1], Len: args[2]})
	}
	near := p.nearby(uint64(p.lab.pageSize), spans...)
	err = p.measured(e, func() error {
		r, err = p.loop(e, number, args...)
		return err
	})
	near.came(e, err)
	return r, err
}

// The kernel brings more pages in than a fault is about: it reads a file ahead, maps around what the page cache has, and gives
// huge pages. nearPages is how far from an access they are looked for, and mostNear how many are looked at between accesses:
// a page takes 2 to 75 ns.
const (
	nearPages = 1 << 10
	mostNear  = 1 << 15
)

// nearby are the pages about what a command is going to access, as they are before it.
type nearby struct {
	look   proc.Nearby
	spans  []model.Span // what is accessed, in whole pages
	stride uint64       // bytes
}

// nearby looks at the pages about accesses to every page of spans, or to pages that are stride apart. It is nil where there
// is nothing to look at.
func (p *process) nearby(stride uint64, spans ...model.Span) *nearby {
	ps := uint64(p.lab.pageSize)
	far := max(nearPages*ps, uint64(kernel.HugePage()))
	n := &nearby{stride: max(stride, ps)}
	var windows []model.Span
	for _, s := range spans {
		lo := kernel.Untagged(s.Addr, runtime.GOARCH) &^ (ps - 1)
		hi := p.lab.roundUp(kernel.Untagged(s.Addr, runtime.GOARCH)+s.Len, 0)
		if hi <= lo || hi > math.MaxInt64 || n.stride > ps && hi-lo > mostNear*ps {
			return nil
		}
		n.spans = append(n.spans, model.Span{Addr: lo, Len: hi - lo})
		below := lo - min(lo, far)
		if n.stride > ps {
			windows = append(windows, model.Span{Addr: below, Len: hi + far - below})
		} else {
			windows = append(windows, model.Span{Addr: below, Len: lo - below}, model.Span{Addr: hi, Len: far})
		}
	}
	if p.scan == nil && p.lab.features.Scan {
		p.scan, _ = proc.NewScanner(p.proc) // without one huge pages are not told
	}
	n.look = proc.Nearby{Files: p.proc, Scan: p.scan, PageSize: ps, Mincore: p.mincoreAside}
	n.look.Look(p.pieces(windows))
	return n
}

// pieces are the parts of regions that lie in some windows, each page in one of them.
func (p *process) pieces(windows []model.Span) (list []proc.Piece) {
	here := p.here()
	for _, w := range windows {
		for _, r := range here.RegionsIn(w) {
			list = append(list, proc.Piece{
				Lo: max(w.Addr, r.Base), Hi: min(w.End(), r.Base+p.lab.roundUp(r.Len, 0)), Told: !r.Unknowable,
				Disk: r.Backing == model.FileOf || r.Backing == model.Scratch,
			})
		}
	}
	slices.SortFunc(list, func(a, b proc.Piece) int { return cmp.Compare(a.Lo, b.Lo) })
	var end uint64
	for i := range list {
		list[i].Lo = max(list[i].Lo, end)
		end = max(end, list[i].Hi)
	}
	return slices.DeleteFunc(list, func(at proc.Piece) bool { return at.Lo >= at.Hi })
}

// mincoreAside is mincore's vector, as the actor asks without being logged; nil where it does not tell.
func (p *process) mincoreAside(addr, bytes uint64) []byte {
	ps := uint64(p.lab.pageSize)
	vector := make([]byte, 0, bytes/ps)
	for end := addr + bytes; addr < end; {
		n := min(end-addr, mincoreStep*ps)
		r, err := p.sub.Actor.Call(unix.SYS_MINCORE, addr, n, subject.StampsAddr)
		if err != nil || r.Ret != 0 {
			return nil
		}
		vector = append(vector, p.sub.StampArea[:n/ps]...)
		addr += n
	}
	return vector
}

// came notes in the event of the accesses what came beside them. Without a fault nothing did.
func (n *nearby) came(e *model.Event, err error) {
	if n == nil || err != nil || e.Minor+e.Major == 0 {
		return
	}
	e.Unasked = n.look.Came(func(page uint64) bool {
		at := page * n.look.PageSize
		for _, s := range n.spans {
			if s.Addr <= at && at < s.End() && (at-s.Addr)%n.stride == 0 {
				return true
			}
		}
		return false
	})
}

// two resolves the targets of a copy or a comparison, which must be of one length.
func (p *process) two(first, second model.Target, call string) (a, b, n uint64, err error) {
	s, err := p.span(first)
	if err != nil {
		return 0, 0, 0, err
	}
	t, err := p.span(second)
	if err != nil {
		return 0, 0, 0, err
	}
	if s.Len != t.Len {
		return 0, 0, 0, fmt.Errorf("%s takes two targets of one length: %s has %d bytes, %s has %d", call, first, s.Len, second, t.Len)
	}
	afford := p.affordable
	if call == "memcmp" {
		afford = p.affordRead
	}
	return s.Addr, t.Addr, s.Len, firstOf(p.forLoop(s, call != "memcmp"), afford(first, call), p.affordRead(second, call))
}

// reachedBytes tells a screen of the pages that a loop over n bytes from each of the addresses
// has accessed. A loop that a signal ended has gone up to the address that the signal names.
func (p *process) reachedBytes(err error, e *model.Event, n uint64, addrs ...uint64) {
	if err != nil || !p.lab.opts.Sampling {
		return
	}
	if e.Signal != nil {
		stop := ^uint64(0)
		for _, addr := range addrs {
			stop = min(stop, kernel.Untagged(e.Signal.Addr, runtime.GOARCH)-kernel.Untagged(addr, runtime.GOARCH))
		}
		if stop >= n { // somebody sent the signal: it names no address
			return
		}
		n = stop
	}
	spans := make([]model.Span, 0, len(addrs))
	for _, addr := range addrs {
		spans = append(spans, model.Span{Addr: addr, Len: n})
	}
	runs := faults.Pages(e.Minor, e.Major, uint64(p.lab.pageSize), spans...)
	if len(runs) > 0 {
		p.lab.emit(model.Accessed{Time: p.lab.now(), Proc: p.name, Runs: runs})
	}
}

// read has the kernel write zeros to a target. They come from a memory file as long as that, of which no page is there: so nothing is
// read from a disk, and what the call takes is the target's (mm/shmem.c, shmem_file_read_iter).
func (p *process) read(c lang.ReadFile) (model.Event, error) {
	s, err := p.span(c.T)
	if err := firstOf(err, p.notOwn(s, true), p.affordable(c.T, "read")); err != nil {
		return model.Event{}, err
	}
	fd, e, err := p.transferFile(min(s.Len, mostOfCall))
	if err != nil || !e.OK() {
		return e, err
	}
	e, err = p.syscall("read", unix.SYS_READ, fdArg(fd), strace.Addr(s.Addr), strace.Len(s.Len))
	return p.transferred(e, err, fd)
}

// write has the kernel read a target and write it to a memory file, which goes with the call. /dev/null would not do: what is written there
// is not looked at (drivers/char/mem.c, write_null).
func (p *process) write(c lang.WriteFile) (model.Event, error) {
	s, err := p.span(c.T)
	if err := firstOf(err, p.affordRead(c.T, "write"), p.afford("write", need{pages: int64(min(s.Len, mostOfCall))})); err != nil {
		return model.Event{}, err
	}
	fd, e, err := p.transferFile(0)
	if err != nil || !e.OK() {
		return e, err
	}
	e, err = p.syscall("write", unix.SYS_WRITE, fdArg(fd), strace.Addr(s.Addr), strace.Len(s.Len))
	return p.transferred(e, err, fd)
}

// mostOfCall is how many bytes one read(2) or write(2) transfers at most with pages of 4 KiB: MAX_RW_COUNT (read(2)).
const mostOfCall = calls.TransferMost

// transferFile makes a memory file of so many bytes for one call. The event is the call that failed, where one did.
func (p *process) transferFile(size uint64) (fd uint64, e model.Event, err error) {
	label, err := p.textArg("incore")
	if err != nil {
		return noFD, e, err
	}
	e, err = p.syscall("memfd_create", unix.SYS_MEMFD_CREATE, label, model.MemfdFlags.Arg(unix.MFD_CLOEXEC))
	if err != nil || !e.OK() {
		return noFD, e, err
	}
	p.aside(e)
	if fd = uint64(e.Ret); size > 0 {
		e, err = p.truncate(fd, size)
	}
	return fd, e, err
}

// transferred ends a read or write, whose file goes.
func (p *process) transferred(e model.Event, err error, fd uint64) (model.Event, error) {
	p.closeLater(fd)
	if err == nil && e.OK() {
		p.reachedBytes(err, &e, uint64(e.Ret), e.Args[1].Value)
	}
	return e, err
}

// transferShortfall is why fewer bytes came through than were asked for: the kernel stops where it would have a signal, and
// says how far it came (read(2)).
func (p *process) transferShortfall(e model.Event) string {
	if len(e.Args) < 3 || uint64(e.Ret) >= e.Args[2].Value {
		return ""
	}
	done, left := uint64(e.Ret), e
	text := fmt.Sprintf("%d of %d bytes", done, e.Args[2].Value)
	if done >= mostOfCall&^(uint64(p.lab.pageSize)-1) {
		return text + ": one call transfers no more"
	}
	p.observe(false)
	left.Proc, left.Command, left.Ret, left.Errno = p.name, p.lab.command, -1, "EFAULT"
	left.Args = []model.Arg{e.Args[0], strace.Addr(e.Args[1].Value + done), strace.Len(e.Args[2].Value - done)}
	why, _ := calls.Explain(left, p.lab.State())
	return text + ". " + why
}

func (p *process) readShortfall(_ lang.ReadFile, e model.Event, _ future) string {
	return p.transferShortfall(e)
}

func (p *process) writeShortfall(_ lang.WriteFile, e model.Event, _ future) string {
	return p.transferShortfall(e)
}
