package calls

import (
	"fmt"

	"incore/model"
)

// pastFile says, as the end of a sentence, that what lies behind an address ends before it, as
// a look at its length tells.
func (f failure) pastFile(addr uint64) (why string, past bool) {
	r := f.regionAt(addr)
	if r == nil {
		return "", false
	}
	file, looked := f.fileBehind(r)
	if !looked || f.inFile(r, addr) < uint64(max(0, file.Len)) {
		return "", false
	}
	switch size := exact(uint64(file.Len)); r.Backing {
	case model.Anon:
		return fmt.Sprintf("shared anonymous memory stays as long as it was mapped first, %s, and mremap made the mapping longer", size), true
	case model.Shm:
		return fmt.Sprintf("the segment has %s, and the page begins behind its end", size), true
	case model.Memfd:
		return fmt.Sprintf("the memory file has %s, and the page begins behind its end", size), true
	default:
		return fmt.Sprintf("the file has %s, and the page begins behind its end", size), true
	}
}

// fileBehind returns what was seen of the file behind a region. That of shared anonymous memory, and a
// segment, stay as long as they were made.
func (f failure) fileBehind(r *model.Region) (model.FileLook, bool) {
	if file, ok := f.Looked.File(r.Name); ok {
		return file, true
	}
	if r.Sized && (r.Backing == model.Anon || r.Backing == model.Shm) {
		return model.FileLook{Region: r.Name, Len: int64(r.FileLen)}, true
	}
	return model.FileLook{}, false
}

// inFile returns how far into its file the page at an address lies, in bytes.
func (f failure) inFile(r *model.Region, addr uint64) uint64 {
	ps := uint64(f.p.PageSize)
	page := addr - addr%ps
	if v, ok := f.vmaAt(addr); ok && v.Inode != 0 {
		return v.Offset + (page - v.Start)
	}
	return r.Offset + page - r.Base
}

// behindPage says why a mapped page could not be brought in, as the end of a sentence.
func (f failure) behindPage(addr uint64) string {
	if why, past := f.pastFile(addr); past {
		return why
	}
	r := f.regionAt(addr)
	if r == nil {
		return "why is not known"
	}
	file, looked := f.fileBehind(r)
	need, _ := f.access()
	switch left := f.sys.CommitLimit - f.sys.Committed; {
	case !looked:
		return "whether what is behind it ends before it is not known"
	case r.Backing == model.Scratch && need == model.ProtWrite && file.Disk && file.Room < f.p.PageSize:
		return "the disk has no room for it"
	case r.Backing == model.Memfd && f.sys.Overcommit == 2 && left < f.p.PageSize:
		return "the kernel does not promise the memory (vm.overcommit_memory is 2)"
	case r.Backing == model.FileOf, r.Backing == model.Scratch:
		return "it lies within the file, and why the kernel could not bring it in is not known; possible is an error of the disk"
	}
	return "it lies within what is behind it, and why the kernel could not bring it in is not known"
}
