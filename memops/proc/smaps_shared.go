package proc

import (
	"bytes"
)

// SharedAnon is a part of shared memory that a process has mapped and of which stat tells nothing. The kernel keeps shared anonymous memory as
// a file without a name (mm/shmem.c, shmem_zero_setup), and counts no blocks of secret memory (mm/secretmem.c).
type SharedAnon struct {
	Dev, Inode uint64 // of that file; of Dev major and minor number, 32 bits each
	Start, End uint64 // addresses, End exclusive
	Offset     uint64 // in the file, bytes
	Swap       int64  // bytes of it that are swapped out
	RSS, Pss   int64  // of secret memory: bytes of it that are mapped, and the process's share of those. It is no part of RssShmem
}

// SharedAnons finds shared anonymous memory and secret memory in the text of smaps. Pieces that lie behind each other, as mprotect and
// mlock leave them, are one.
func SharedAnons(smaps []byte) (list []SharedAnon) {
	inside, secret := false, false
	for line := range bytes.Lines(smaps) {
		if swap, ok := bytes.CutPrefix(line, []byte("Swap:")); ok && inside {
			list[len(list)-1].Swap += kibibytes(swap)
		}
		if rss, ok := bytes.CutPrefix(line, []byte("Rss:")); ok && secret {
			list[len(list)-1].RSS += kibibytes(rss)
		}
		if pss, ok := bytes.CutPrefix(line, []byte("Pss:")); ok && secret {
			list[len(list)-1].Pss += kibibytes(pss)
		}
		header, ok := parseVMA(line, nil)
		if !ok {
			continue
		}
		// shmem_zero_setup has given it that name in every kernel.
		secret = header.Secret()
		if inside = secret || header.Shared && header.Path == "/dev/zero (deleted)"; !inside {
			continue
		}
		v := SharedAnon{Dev: header.Dev, Inode: header.Inode, Start: header.Start, End: header.End, Offset: header.Offset}
		if n := len(list); n > 0 {
			if last := &list[n-1]; last.Dev == v.Dev && last.Inode == v.Inode && last.End == v.Start && last.Offset+last.End-last.Start == v.Offset {
				last.End = v.End
				continue
			}
		}
		list = append(list, v)
	}
	return list
}
