//go:build linux && (amd64 || arm64)

package proc_test

import (
	"testing"

	"incore/memops/proc"
)

func TestSegmentsHold(t *testing.T) {
	const text = "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n" +
		"1 7 1600 20971520 17 17 0 0 0 0 0 1 0 1 4096 8192\n2 8 600 20971520 17 17 0 0 0 0 0 1 0 1 100 100\n"
	if n := proc.SegmentsHold([]byte(text), map[int]bool{7: true, 9: true}); n != 12288 {
		t.Errorf("got %d", n)
	}
}
