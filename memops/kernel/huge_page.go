//go:build linux && (amd64 || arm64)

package kernel

import (
	"bytes"
	"sync"

	"incore/memops/proc"
)

// HugePage is the size of a transparent huge page, bytes; 0 where there are none.
var HugePage = sync.OnceValue(func() int64 { return proc.ReadNumber("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size") })

// HugeAlways reports whether transparent huge pages come unasked (Documentation/admin-guide/mm/transhuge.rst).
func HugeAlways() bool {
	return bytes.Contains(proc.ReadText("/sys/kernel/mm/transparent_hugepage/enabled"), []byte("[always]"))
}
