//go:build linux && (amd64 || arm64)

package kernel

import (
	"golang.org/x/sys/unix"

	"incore/model/lang"
)

// Advices are the values of madvise(2)'s advices.
var Advices = map[lang.Advice]uint64{
	"normal": unix.MADV_NORMAL, "random": unix.MADV_RANDOM, "sequential": unix.MADV_SEQUENTIAL,
	"willneed": unix.MADV_WILLNEED, "dontneed": unix.MADV_DONTNEED, "free": unix.MADV_FREE,
	"remove": unix.MADV_REMOVE, "dontfork": unix.MADV_DONTFORK, "dofork": unix.MADV_DOFORK,
	"mergeable": unix.MADV_MERGEABLE, "unmergeable": unix.MADV_UNMERGEABLE,
	"hugepage": unix.MADV_HUGEPAGE, "nohugepage": unix.MADV_NOHUGEPAGE,
	"wipeonfork": unix.MADV_WIPEONFORK, "keeponfork": unix.MADV_KEEPONFORK,
	"cold": unix.MADV_COLD, "pageout": unix.MADV_PAGEOUT,
	"populate_read": unix.MADV_POPULATE_READ, "populate_write": unix.MADV_POPULATE_WRITE,
	"dontneed_locked": unix.MADV_DONTNEED_LOCKED, "collapse": unix.MADV_COLLAPSE,
	"dontdump": unix.MADV_DONTDUMP, "dodump": unix.MADV_DODUMP,
	"guard_install": unix.MADV_GUARD_INSTALL, "guard_remove": unix.MADV_GUARD_REMOVE,
}
