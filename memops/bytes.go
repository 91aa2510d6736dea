//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"runtime"

	"incore/memops/faults"
	"incore/memops/kernel"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
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
	err = p.measured(e, func() error {
		r, err = p.loop(e, number, args...)
		return err
	})
	return r, err
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
