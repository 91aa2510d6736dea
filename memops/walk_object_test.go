//go:build linux && (amd64 || arm64)

package memops_test

import (
	"math"

	"incore/model"
	"incore/model/lang"
)

// refObject is what lies behind pages that can be mapped twice: a memfd, a scratch file, or the memory
// of a shared anonymous mapping.
type refObject struct {
	size     uint64           // bytes: where the last page ends in part, there is all of it
	pages    []*refObjectPage // as far as something was asked of them
	pageSize uint64           // bytes
	disk     bool             // a page cache, with a disk behind it
	huge     bool             // its pages may come many at a time
	segment  *refSegment      // what it is the memory of
	guarded  bool             // it has had guard pages somewhere
}

// refObjectPage is a page of an object. Linux says shmem of the objects that are of no disk.
type refObjectPage struct {
	frame   refFrame // nothing, filled or unsure
	written bool
	data    content
	doubt   bool
}

// end is the number of the first page that the object has not.
func (o *refObject) end() uint64 { return o.size/o.pageSize + min(1, o.size%o.pageSize) }

// page is a page of the object, or nil behind its end.
func (o *refObject) page(index int64) *refObjectPage {
	if uint64(index) >= o.end() {
		return nil
	}
	for int64(len(o.pages)) <= index {
		pg := &refObjectPage{}
		if o.huge {
			pg.frame = unsure
		}
		o.pages = append(o.pages, pg)
	}
	return o.pages[index]
}

// mayBeRead is a reading of the disk of which nobody knows how far it went.
func (o *refObject) mayBeRead() {
	for index := range min(o.end(), 2*maxRegion) {
		if pg := o.page(int64(index)); pg.frame == nothing {
			pg.frame = unsure
		}
	}
}

// writtenBehind reports whether there are bytes on the page behind the end of the object that
// are not zero. What becomes of them is not defined (mmap(2)): a page that is written to a disk is
// rid of them, and shmem shows them once the object is longer.
func (o *refObject) writtenBehind(index int64) bool {
	last := o.page(index)
	if o.size%o.pageSize == 0 || uint64(index) != o.size/o.pageSize || last.data == nil {
		return false
	}
	for _, b := range last.data[o.size%o.pageSize:] {
		if b != 0 {
			return true
		}
	}
	return false
}

// resize gives the object another length. The page that it ends in stays, and is zero behind the new end. A
// disk may be asked for it.
func (o *refObject) resize(size uint64) {
	ends := min(o.size, size)
	if part, index := ends%o.pageSize, int64(ends/o.pageSize); part != 0 && index < 2*maxRegion { // no mapping reaches farther
		last := o.page(index)
		switch {
		case size > o.size:
			last.doubt = last.doubt || o.writtenBehind(index)
		case last.data != nil:
			last.data = last.data.with(int64(o.pageSize), func(b []byte) { clear(b[part:]) })
		}
		if o.disk && last.frame == nothing {
			last.frame = unsure
		}
	}
	o.size = size
	o.pages = o.pages[:min(uint64(len(o.pages)), o.end())]
}

// truncate gives the file behind a region another length. All that map it lose what lies behind the
// new end: locked pages too, and the copies of private mappings (mm/truncate.c, truncate_pagecache,
// unmaps with even_cows).
func (r *reference) truncate(p *refProcess, c lang.Truncate) refOutcome {
	o, size := p.regions[c.Name].file, c.Size.Bytes(r.pageSize)
	if size > math.MaxInt64 {
		return refOutcome{errno: "EINVAL"}
	}
	o.resize(size)
	for _, any := range r.procs {
		for _, pg := range any.pages {
			if pg.back == o && pg.beyond() && r.wrong != truncateLeavesCopies {
				pg.drop()
			}
		}
	}
	return refOutcome{}
}

// admitsTruncate is admits for a file: that of a disk must have room there.
func (p *refProcess) admitsTruncate(c lang.Truncate, pageSize int64) bool {
	o := p.regions[c.Name].file
	return o != nil && (!o.disk || c.Size.Bytes(pageSize) <= uint64(8*maxRegion*pageSize))
}

// object is what lies behind a new region.
func (r *reference) object(p *refProcess, c lang.Mmap) *refObject {
	if c.Alias != "" {
		return p.regions[c.Alias].file
	}
	if c.Backing == model.Anon && !c.Shared {
		return nil
	}
	o := &refObject{size: c.Offset.Bytes(r.pageSize) + c.Size.Bytes(r.pageSize), pageSize: uint64(r.pageSize), disk: c.Backing == model.Scratch}
	o.huge = r.hugeShm && !o.disk
	r.disk = r.disk || o.disk
	return o
}
