//go:build linux && (amd64 || arm64)

package memops

import (
	"sync"

	"incore/memops/proc"
)

// hugePage is the size of a transparent huge page, bytes; 0 where there are none.
var hugePage = sync.OnceValue(func() int64 { return proc.ReadNumber("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size") })
