//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"testing"

	"incore/memops"
	"incore/model"
)

// Bytes of a page are those from where the page begins: the same as counted from the region's beginning, whatever the size of a page.
func TestPageBytes(t *testing.T) {
	l := opened(t, memops.Options{})
	at := func(page, off int64) string { return fmt.Sprintf("%d", page*pageBytes+off) }
	ok(t, l, "mmap a 4", "memset a[1]+16,32 0x41", "memset a[2]+0,32 0x41",
		"memcmp a+"+at(1, 16)+",32 a[2]+0,32", "expect return 0",
		"memcmp a+"+at(1, 15)+",1 a[2]+0,1", "expect return != 0",
		"memcmp a+"+at(1, 48)+",1 a[2]+0,1", "expect return != 0",
		"munmap a", "mmap a 4", "touch a[1]+16,32", "expect return 1", "expect all a[1] resident", "expect count a resident 1")
	// From one page into the next, and past the region, as they are written.
	ok(t, l, "touch a[1]+"+at(1, -16)+",32", "expect return 2", "expect count a resident 2", "expect all a[2]+0,1 resident")
	region := l.State().Main().Region("a")
	for _, row := range []struct {
		line  string
		errno string
		args  [2]uint64 // from where the region begins, and the length
	}{
		{"munmap a[1]+16,32", "EINVAL", [2]uint64{uint64(pageBytes) + 16, 32}},
		{"madvise a[3]+1,1 dontneed", "EINVAL", [2]uint64{3*uint64(pageBytes) + 1, 1}},
		{"madvise a[1]+0,0 dontneed", "", [2]uint64{uint64(pageBytes), 0}},
		{"madvise a[0]+" + at(2, 0) + ",1 normal", "", [2]uint64{2 * uint64(pageBytes), 1}},
	} {
		e := do(t, l, row.line)
		if e.Errno != row.errno || len(e.Args) < 2 || e.Args[0].Value != region.Base+row.args[0] || e.Args[1].Value != row.args[1] {
			t.Errorf("%s: %s %s", row.line, e.Strace(), e.Errno)
		}
	}
	// The pages of a block are those that it lies on, and its bytes begin within the first.
	ok(t, l, "malloc blk 200000B", "memset blk 0")
	blk := l.State().Main().Region("blk")
	if head := blk.Start - blk.Base; blk.Malloc != model.FromMmap || head == 0 {
		t.Fatalf("%+v", blk.RegionInfo)
	} else {
		ok(t, l, fmt.Sprintf("memset blk[0]+%d,1 7", head), "memcmp blk+0,1 blk+1,1", "expect return 7")
	}
}

// A part of two secrets' page is locked and unlocked by page and byte: the lock is the page's.
func TestLockOfPageBytes(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap key 2", "mlock key[1]+16,32", "expect all key[1] locked", "expect no key[0] locked", "expect vmlck 1",
		"munlock key[1]+100,32", "expect no key locked", "expect vmlck 0")
}
