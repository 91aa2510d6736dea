//go:build linux && (amd64 || arm64)

package memops_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"incore/memops/malloc"
	"incore/model"
	"incore/model/lang"
)

// heapCall is a call of malloc's family in a process that has a heap.
func (r *reference) heapCall(p *refProcess, c model.Command, seen observed) (out refOutcome, known bool) {
	m := &refHeap{r: r, p: p, maps: seen.maps}
	if p.arena == nil {
		p.arena = malloc.New(r.pageSize)
	}
	addr, size, name, ok, err := uint64(0), uint64(0), "", true, error(nil)
	a := p.arena
	switch c := c.(type) {
	case lang.Malloc:
		name, size = c.Name, c.Size.Bytes(r.pageSize)
		addr, ok, err = a.Malloc(m, size)
	case lang.Calloc:
		name, size = c.Name, uint64(c.N)*c.Size.Bytes(r.pageSize)
		addr, _, ok, err = a.Calloc(m, uint64(c.N), c.Size.Bytes(r.pageSize))
	case lang.AlignedAlloc:
		name, size = c.Name, c.Size.Bytes(r.pageSize)
		addr, ok, err = a.AlignedAlloc(m, c.Align.Bytes(r.pageSize), size)
	case lang.Realloc:
		name, size = c.Name, c.Size.Bytes(r.pageSize)
		if was := p.regions[name].start; size == 0 {
			err = a.Free(m, was)
		} else {
			addr, ok, err = a.Realloc(m, was, size)
		}
	case lang.Free:
		name = c.Name
		err = a.Free(m, p.regions[name].start)
	case lang.MallocTrim:
		gave, failed := a.Trim(m, c.Pad.Bytes(r.pageSize))
		out.ret, err = map[bool]int64{true: 1}[gave], failed
	case lang.Mallopt:
		out.ret, err = 1, a.Mallopt(m, heapOptions[c.Option], c.Number(r.pageSize))
	}
	if err == nil {
		err = m.flush()
	}
	switch {
	case errors.Is(err, errHeapSignal):
		p.torn = true // what is in memory need not be what malloc thinks
		return m.signal, !m.unknown
	case err != nil:
		return out, false
	case !ok:
		return refOutcome{errno: "ENOMEM"}, !m.unknown
	case addr == 0 && name != "":
		if reg, there := p.regions[name]; there { // else its mapping went
			p.gone[name] = reg
			delete(p.regions, name)
		}
	case name != "":
		r.nameLoose(p, name, addr, size)
		out.addr, out.retUnsure = addr, true
	}
	return out, !m.unknown
}

var heapOptions = map[lang.MalloptOption]malloc.Option{
	"mmap_threshold": malloc.MmapThreshold, "trim_threshold": malloc.TrimThreshold, "top_pad": malloc.TopPad, lang.MmapMax: malloc.MmapMax,
}

// nameLoose has a block lie at an address, on pages that it has not for itself.
func (r *reference) nameLoose(p *refProcess, name string, addr, size uint64) {
	ps := uint64(r.pageSize)
	reg := refRegion{base: addr / ps, start: addr, size: size, loose: true, lost: map[uint64]bool{}}
	reg.pages = int64(r.roundUp(addr+max(size, 1))/ps - reg.base)
	if was, ok := p.regions[name]; ok && was.start == addr {
		for n := range was.lost {
			if n < reg.base+uint64(reg.pages) {
				reg.lost[n] = true
			}
		}
	}
	p.regions[name] = reg
}

// lose notes for the blocks on some pages that they are gone, and forgets those of which none is left.
func (p *refProcess) lose(lo, hi uint64) {
	for name, reg := range p.regions {
		if !reg.loose || lo >= reg.base+uint64(reg.pages) || hi <= reg.base {
			continue
		}
		for n := max(lo, reg.base); n < min(hi, reg.base+uint64(reg.pages)); n++ {
			reg.lost[n] = true
		}
		if len(reg.lost) == int(reg.pages) {
			p.gone[name] = reg
			delete(p.regions, name)
		}
	}
}

// looseOn reports whether a block lies on any of the pages, be it that something else has been mapped there before.
func (p *refProcess) looseOn(lo, hi uint64) bool {
	for _, reg := range p.regions {
		for n := max(lo, reg.base); reg.loose && n < min(hi, reg.base+uint64(reg.pages)); n++ {
			if !reg.lost[n] {
				return true
			}
		}
	}
	return false
}

// admitsHeap is admits for a call of malloc's family in a process with a heap: it is tried on a copy, at other addresses.
func (r *reference) admitsHeap(p *refProcess, c model.Command) bool {
	if p.torn {
		return false
	}
	free := func(name string) bool { _, taken := p.regions[name]; return !taken }
	switch c := c.(type) {
	case lang.Malloc:
		if !free(c.Name) {
			return false
		}
	case lang.Calloc:
		if !free(c.Name) {
			return false
		}
	case lang.AlignedAlloc:
		if !free(c.Name) {
			return false
		}
	case lang.Realloc:
		if !p.regions[c.Name].loose {
			return false
		}
	case lang.Free:
		if !p.regions[c.Name].loose {
			return false
		}
	}
	try := r.copyOf(p)
	seen := observed{brk: placeBase / 4}
	for i := range uint64(4) {
		seen.maps = append(seen.maps, placeBase/2+i<<32)
	}
	if try.arena == nil {
		try.arena = malloc.New(r.pageSize)
	}
	try.learnBreak(seen)
	_, known := r.heapCall(try, c, seen)
	return known
}

// copyOf is a process of its own with all that it has.
func (r *reference) copyOf(p *refProcess) *refProcess {
	c := *p
	c.pages, c.regions, c.gone = map[uint64]*refPage{}, map[string]refRegion{}, maps.Clone(p.gone)
	objects := map[*refObject]*refObject{}
	for n, pg := range p.pages {
		copied := *pg
		if o := pg.back; o != nil {
			if objects[o] == nil {
				twin := *o
				twin.pages = nil
				for _, op := range o.pages {
					at := *op
					twin.pages = append(twin.pages, &at)
				}
				objects[o] = &twin
			}
			copied.back, copied.maps = objects[o], nil
		}
		c.pages[n] = &copied
	}
	for name, reg := range p.regions {
		reg.lost = maps.Clone(reg.lost)
		c.regions[name] = reg
	}
	if p.arena != nil {
		c.arena = p.arena.Clone()
	}
	return &c
}

// heapLine is a call of malloc's family, where mallopt has not each block mapped.
func heapLine(d *dice, r *reference, p *refProcess) string {
	if p.maps {
		return ""
	}
	free := slices.DeleteFunc(slices.Clone(walkRegions), func(name string) bool { return p.regions[name].pages > 0 })
	var blocks []string
	for _, name := range walkRegions {
		if p.regions[name].loose {
			blocks = append(blocks, name)
		}
	}
	size := of(d, "0", "24B", "100B", "1000B", "1032B", "1040B", "5000B", "20000B", "64K", "130000B", "140000B", "200K", fmt.Sprintf("%dB", d.below(256)*300))
	form := d.below(20)
	switch {
	case form < 7 && len(free) > 0:
		return "malloc " + of(d, free...) + " " + size
	case form < 9 && len(free) > 0:
		return fmt.Sprintf("calloc %s %d %s", of(d, free...), 1+d.below(2), size)
	case form < 11 && len(free) > 0:
		return "aligned_alloc " + of(d, free...) + " " + of(d, "32B", "64B", "100B", "4K", "16K") + " " + size
	case form < 15 && len(blocks) > 0:
		return "free " + of(d, blocks...)
	case form < 18 && len(blocks) > 0:
		return "realloc " + of(d, blocks...) + " " + size
	case form < 19:
		return "malloc_trim " + of(d, "0", "4K", "100000B")
	}
	return "mallopt " + of(d, "mmap_threshold 64K", "trim_threshold 0", "trim_threshold 64K", "top_pad 0", "top_pad 4K", "mmap_max 0", "mmap_max 1")
}
