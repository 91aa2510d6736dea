//go:build linux && (amd64 || arm64)

package memops_test

import (
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// touch accesses one byte a page, from the byte that the target begins with on, until one
// is answered with a signal. A write stores the byte Touched.
func (r *reference) touch(p *refProcess, addr, length uint64, c lang.Touch) refOutcome {
	if length == 0 {
		return refOutcome{}
	}
	pages := c.T.Form == model.PageSpan || c.T.Form == model.PageTail || c.T.Form == model.PageBytes
	if start := r.blockStart(p, c.T.Region); c.Access == lang.Write && pages && addr < start { // not to the header of the block
		addr, length = start, max(addr+length, start+1)-start
	}
	ps := uint64(r.pageSize)
	stride := uint64(max(c.Every, 1)) * ps
	first := addr - addr%ps
	count := (addr+length-1-first)/stride + 1
	order := model.NewOrder(count) // the same each time: the language promises it
	var faults model.Range
	for i := range count {
		k := i
		if c.Random {
			k = order.At(i)
		}
		at := first + k*stride
		if k == 0 {
			at = addr
		}
		faults.Hi++ // one access is one fault, if it is any
		if pg := p.pages[at/ps]; pg != nil && pg.mustFault(c.Access) {
			faults.Lo++
		}
		if out, ok := r.reach(p, at, c.Access); !ok {
			out.ret = int64(i)
			return out
		}
		if c.Access == lang.Write {
			p.pages[at/ps].put(r.pageSize, false, func(b []byte) { b[at%ps] = subject.Touched })
		}
	}
	return refOutcome{ret: int64(count), faults: faults}
}

// blockStart is the address of a block of malloc's; 0 of another region.
func (r *reference) blockStart(p *refProcess, name string) uint64 {
	switch reg := p.regions[name]; {
	case reg.loose:
		return reg.start
	case reg.block > 0:
		return reg.base*uint64(r.pageSize) + blockHead
	}
	return 0
}

// reach accesses a byte, and reports whether the access goes through.
func (r *reference) reach(p *refProcess, at uint64, by lang.Access) (refOutcome, bool) {
	signal, code := p.pages[at/uint64(r.pageSize)].access(by)
	if signal == "" {
		return refOutcome{}, true
	}
	return refOutcome{signal: &model.Signal{Name: signal, Code: code, Addr: at}, retUnsure: true}, false
}

// rest is how many of length bytes lie on the page of addr and behind it.
func (r *reference) rest(addr, length uint64) uint64 {
	return min(length, uint64(r.pageSize)-addr%uint64(r.pageSize))
}

func (r *reference) memset(p *refProcess, addr, length uint64, value byte) refOutcome {
	for length > 0 {
		n := r.rest(addr, length)
		if out, ok := r.reach(p, addr, lang.Write); !ok {
			return out
		}
		at := addr % uint64(r.pageSize)
		p.pages[addr/uint64(r.pageSize)].put(r.pageSize, n == uint64(r.pageSize), func(b []byte) {
			for i := range n {
				b[at+i] = value
			}
		})
		addr, length = addr+n, length-n
	}
	return refOutcome{}
}

// copyBytes is memcpy, byte by byte upwards: each byte is read before it is written.
func (r *reference) copyBytes(p *refProcess, dst, src, length uint64) refOutcome {
	for length > 0 {
		n := r.rest(dst, r.rest(src, length))
		if out, ok := r.reachTwo(p, dst, src); !ok {
			return out
		}
		r.copyWithin(p, dst, src, n, false)
		dst, src, length = dst+n, src+n, length-n
	}
	return refOutcome{}
}

// moveBytes is memmove: where the end of the source would be written before it is read,
// the bytes go downwards.
func (r *reference) moveBytes(p *refProcess, dst, src, length uint64) refOutcome {
	if dst <= src || dst-src >= length {
		return r.copyBytes(p, dst, src, length)
	}
	ps := uint64(r.pageSize)
	for length > 0 {
		d, s := dst+length-1, src+length-1 // the last bytes
		n := min(length, d%ps+1, s%ps+1)
		if out, ok := r.reachTwo(p, d, s); !ok {
			return out
		}
		r.copyWithin(p, d-n+1, s-n+1, n, true)
		length -= n
	}
	return refOutcome{}
}

// reachTwo reads a byte of the source and writes one of the destination.
func (r *reference) reachTwo(p *refProcess, dst, src uint64) (refOutcome, bool) {
	if out, ok := r.reach(p, src, lang.Read); !ok {
		return out, false
	}
	return r.reach(p, dst, lang.Write)
}

// copyWithin copies n bytes that lie on one page each, and were reached. The same page
// may be both, mapped at two places too: then what was written is read.
func (r *reference) copyWithin(p *refProcess, dst, src, n uint64, down bool) {
	ps := uint64(r.pageSize)
	to, from := p.pages[dst/ps], p.pages[src/ps]
	in, doubtful := from.store()
	known := !*doubtful
	one, _ := to.store()
	to.put(r.pageSize, n == ps, func(out []byte) {
		read := *in
		if one == in {
			read = out
		}
		for k := range n {
			i := k
			if down {
				i = n - 1 - k
			}
			out[dst%ps+i] = read.at(src%ps + i)
		}
	})
	// At two places the processor does not see that it is one page, and may read several bytes before it writes the first of them (rep movsb).
	if alias := one == in && to != from && dst%ps != src%ps; alias || !known {
		_, doubt := to.store()
		*doubt = true
	}
}

// compareBytes is memcmp, which ends at the first difference and returns it. All bytes
// must be known: the pages behind a difference are not reached.
func (r *reference) compareBytes(p *refProcess, a, b, length uint64) refOutcome {
	ps := uint64(r.pageSize)
	for length > 0 {
		n := r.rest(a, r.rest(b, length))
		for _, at := range []uint64{a, b} {
			if out, ok := r.reach(p, at, lang.Read); !ok {
				return out
			}
		}
		x, _ := p.pages[a/ps].store()
		y, _ := p.pages[b/ps].store()
		for i := range n {
			if d := int64(x.at(a%ps+i)) - int64(y.at(b%ps+i)); d != 0 {
				return refOutcome{ret: d}
			}
		}
		a, b, length = a+n, b+n, length-n
	}
	return refOutcome{}
}
