//go:build linux && (amd64 || arm64)

package memops_test

import (
	"encoding/binary"
	"math"
	"math/bits"

	"incore/model"
	"incore/model/lang"
)

// The walk has blocks of malloc that have a mapping each, since mallopt says so first of all: what
// glibc makes of its heap besides is held against glibc in memops/malloc.

// blockHead is how many bytes of its mapping lie before a block, and the flag that its length has there.
const (
	blockHead     = 16
	blockIsMapped = 2 // IS_MMAPPED (malloc/malloc.c)
)

// blockPages are how many pages a block of so many bytes has a mapping of, and how many of them the block
// reaches. The chunk is a word longer than the block, and a multiple of 16; behind it the mapping has one more
// word (malloc/malloc.c, request2size and sysmalloc_mmap).
func (r *reference) blockPages(size uint64) (mapped, reached int64) {
	chunk := max(32, (size+8+15)&^15)
	ps := uint64(r.pageSize)
	return int64(r.roundUp(chunk+8) / ps), int64(r.roundUp(blockHead+max(size, 1)) / ps)
}

// malloc maps a block, and writes its header. Small blocks are looked for in the tcache first, which never has any.
func (r *reference) malloc(p *refProcess, name string, size uint64, seen observed) refOutcome {
	if size > math.MaxInt64 {
		return refOutcome{errno: "ENOMEM"}
	}
	if !r.startCache(p, seen.aside) {
		return refOutcome{errno: "ENOMEM"}
	}
	if at, small := r.countOf(p, size); small {
		if out, ok := r.reach(p, at, lang.Read); !ok {
			return out
		}
	}
	return r.mapBlock(p, name, size, seen.addr)
}

// mapBlock is malloc where the tcache has no block.
func (r *reference) mapBlock(p *refProcess, name string, size, chosen uint64) refOutcome {
	pages, _ := r.blockPages(size)
	lo := chosen / uint64(r.pageSize)
	if !r.mapNew(p, lo, pages) {
		return refOutcome{errno: "ENOMEM"}
	}
	r.name(p, name, lo, size, pages)
	r.putHead(p, lo, pages)
	return refOutcome{}
}

// mapNew maps pages for malloc, if it may: brk, which is tried then, would take more.
func (r *reference) mapNew(p *refProcess, lo uint64, pages int64) bool {
	if p.future != model.Unlocked && !r.within(p, r.locked(p)+pages) || !r.mayExpand(p, pages, true) {
		return false
	}
	for i := range uint64(pages) {
		p.pages[lo+i] = &refPage{refVMA: refVMA{prot: model.ProtRead | model.ProtWrite, lock: p.future}}
	}
	if p.future != model.Unlocked {
		p.populate(lo, lo+uint64(pages), true)
	}
	return true
}

// startCache maps the tcache, if it is not there (tcache_init).
func (r *reference) startCache(p *refProcess, chosen uint64) bool {
	if p.cache > 0 {
		return true
	}
	lo := chosen / uint64(r.pageSize)
	if !r.mapNew(p, lo, 1) {
		return false
	}
	r.putHead(p, lo, 1)
	p.cache = lo
	return true
}

// countOf is where the tcache says how many blocks of a size it has; of larger ones it has none.
func (r *reference) countOf(p *refProcess, size uint64) (at uint64, small bool) {
	chunk := max(32, (size+8+15)&^15)
	return p.cache*uint64(r.pageSize) + blockHead + (chunk-32)/16/4*8, size <= 1032
}

// admitsCache is admits for malloc: the counts of the tcache are there as they were written, or cannot be read.
func (r *reference) admitsCache(p *refProcess, size uint64) bool {
	at, small := r.countOf(p, size)
	head := p.pages[p.cache]
	if !small || p.cache == 0 || head == nil || !head.accessible(lang.Read) || head.guard || head.beyond() {
		return true
	}
	data, doubt := head.store()
	at %= uint64(r.pageSize)
	return !*doubt && (*data == nil || binary.LittleEndian.Uint64((*data)[at:]) == 0)
}

// name has a block lie at a page: the last page of its mapping may be none of the region's.
func (r *reference) name(p *refProcess, name string, base, size uint64, mapped int64) {
	_, reached := r.blockPages(size)
	reached = min(reached, mapped)
	p.regions[name] = refRegion{base: base, pages: reached, block: mapped, size: size}
	for i := range mapped {
		p.pages[base+uint64(i)].region = when(i < reached, name)
	}
}

// putHead writes how long the mapping of a block is.
func (r *reference) putHead(p *refProcess, base uint64, pages int64) {
	head := p.pages[base]
	head.bringIn(true)
	head.put(r.pageSize, false, func(b []byte) { binary.LittleEndian.PutUint64(b[8:], r.headOf(pages)) })
}

// headOf is what stands before a block.
func (r *reference) headOf(pages int64) uint64 { return uint64(pages*r.pageSize) | blockIsMapped }

// calloc is malloc of memory that the kernel brings as zeros: nothing of it is written. The tcache is not looked into.
func (r *reference) calloc(p *refProcess, c lang.Calloc, seen observed) refOutcome {
	over, size := bits.Mul64(uint64(c.N), c.Size.Bytes(r.pageSize))
	if over > 0 || size > math.MaxInt64 || !r.startCache(p, seen.aside) {
		return refOutcome{errno: "ENOMEM"}
	}
	return r.mapBlock(p, c.Name, size, seen.addr)
}

// free reads the header, and unmaps all of the mapping, whatever lies there by now.
func (r *reference) free(p *refProcess, name string) refOutcome {
	reg := p.regions[name]
	if out, ok := r.reach(p, reg.base*uint64(r.pageSize)+8, lang.Read); !ok {
		return out
	}
	p.unmap(reg.base, reg.base+uint64(reg.block))
	return refOutcome{}
}

// realloc gives a block another length: by mremap, and where that cannot be by a new block that
// it is copied to.
func (r *reference) realloc(p *refProcess, c lang.Realloc, seen observed) refOutcome {
	size, reg := c.Size.Bytes(r.pageSize), p.regions[c.Name]
	if size == 0 {
		return r.free(p, c.Name)
	}
	ps := uint64(r.pageSize)
	if out, ok := r.reach(p, reg.base*ps+8, lang.Read); !ok {
		return out
	}
	if size > math.MaxInt64 {
		return refOutcome{errno: "ENOMEM"}
	}
	pages, _ := r.blockPages(size)
	if pages == reg.block {
		r.name(p, c.Name, reg.base, size, pages)
		return refOutcome{}
	}
	for i := range reg.block {
		p.pages[reg.base+uint64(i)].region = c.Name
	}
	p.regions[c.Name] = refRegion{base: reg.base, pages: reg.block}
	remap := lang.Mremap{T: model.Target{Region: c.Name}, Size: model.Size{N: uint64(pages), Unit: model.Pages}}
	if out := r.mremap(p, remap, seen.vmaEnd, seen.addr/ps); out.errno == "" {
		to := p.regions[c.Name].base
		r.name(p, c.Name, to, size, pages)
		r.putHead(p, to, pages)
		return refOutcome{}
	}
	r.name(p, c.Name, reg.base, reg.size, reg.block)
	if out := r.malloc(p, c.Name, size, seen); out.errno != "" {
		return out
	}
	r.copyBytes(p, seen.addr&^(ps-1)+blockHead, reg.base*ps+blockHead, uint64(reg.block)*ps-blockHead)
	p.unmap(reg.base, reg.base+uint64(reg.block))
	return refOutcome{}
}

// admitsBlock is admits for a new block: its name is free, and it will have a mapping of its own.
func (p *refProcess) admitsBlock(name string) bool {
	_, taken := p.regions[name]
	return !taken && p.maps
}

// admitsFree is admits for what gives a block back: incore refuses one whose header is overwritten, where glibc
// would end the process. A mapping that is sealed stays, and is nobody's.
func (r *reference) admitsFree(p *refProcess, name string) bool {
	reg := p.regions[name]
	for i := range uint64(reg.block) {
		if pg := p.pages[reg.base+i]; pg != nil && pg.sealed {
			return false
		}
	}
	return reg.block > 0 && (r.headless(p, reg) || r.headed(p, reg))
}

// headless reports whether the header cannot be read.
func (r *reference) headless(p *refProcess, reg refRegion) bool {
	head := p.pages[reg.base]
	return head == nil || !head.accessible(lang.Read) || head.guard || head.beyond()
}

// headed reports whether the header is there as it was written: how far into its mapping the chunk begins, and its length.
func (r *reference) headed(p *refProcess, reg refRegion) bool {
	data, doubt := p.pages[reg.base].store()
	return !*doubt && *data != nil && binary.LittleEndian.Uint64(*data) == 0 && binary.LittleEndian.Uint64((*data)[8:]) == r.headOf(reg.block)
}

// admitsRealloc is admits for realloc: the block is whole, as what a signal in the middle of it leaves behind is for no
// program to go on with.
func (r *reference) admitsRealloc(p *refProcess, c lang.Realloc) bool {
	reg := p.regions[c.Name]
	if !r.admitsFree(p, c.Name) || c.Size.N == 0 || r.headless(p, reg) {
		return r.admitsFree(p, c.Name)
	}
	for i := range uint64(reg.block) {
		pg := p.pages[reg.base+i]
		if pg == nil || pg.region != c.Name && pg.region != "" || !pg.accessible(lang.Read) || pg.guard || pg.back != nil {
			return false
		}
	}
	return p.pages[reg.base].accessible(lang.Write)
}
