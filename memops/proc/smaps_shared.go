package proc

import (
	"bytes"
)

// SharedAnon is a part of shared anonymous memory that a process has mapped. The kernel keeps such memory as a file
// without a name (mm/shmem.c, shmem_zero_setup).
type SharedAnon struct {
	Inode      uint64 // of that file
	Start, End uint64 // addresses, End exclusive
	Offset     uint64 // in the file, bytes
	Swap       int64  // bytes of it that are swapped out
}

// SharedAnons finds shared anonymous memory in the text of smaps. Pieces that lie behind each other, as mprotect and
// mlock leave them, are one.
func SharedAnons(smaps []byte) (list []SharedAnon) {
	inside := false
	for line := range bytes.Lines(smaps) {
		if swap, ok := bytes.CutPrefix(line, []byte("Swap:")); ok && inside {
			list[len(list)-1].Swap += kibibytes(swap)
		}
		header, ok := parseVMA(line, nil)
		if !ok {
			continue
		}
		// shmem_zero_setup has given it that name in every kernel.
		if inside = header.Shared && header.Path == "/dev/zero (deleted)"; !inside {
			continue
		}
		fields := bytes.Fields(line) // addresses, rights, offset, device, inode
		v := SharedAnon{Start: header.Start, End: header.End}
		v.Offset, _ = hexNumber(fields[2])
		v.Inode, _ = decimal(fields[4])
		if n := len(list); n > 0 {
			if last := &list[n-1]; last.Inode == v.Inode && last.End == v.Start && last.Offset+last.End-last.Start == v.Offset {
				last.End = v.End
				continue
			}
		}
		list = append(list, v)
	}
	return list
}
