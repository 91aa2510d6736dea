package calls

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// mprotect, mincore.

func protectHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " " + f.before(at, "has the new protection; nothing after it has",
		"It is the first page of the range, so nothing was changed."), "Name pages that are mapped."
}

// protectReadOnlyFile: a shared mapping of a file that is not open for writing may never be
// made writable. incore opens the user's files so.
func protectReadOnlyFile(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mprotect)
	if !ok || c.Prot&model.ProtWrite == 0 {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		r := f.regionAt(max(v.Start, f.pages().Addr))
		return v.Shared && r != nil && r.Backing == model.FileOf
	})
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is a shared mapping of a file, which incore opens for reading alone, so that nothing can change it. %s",
		f.part(at, v), strings.TrimSpace(f.protectedBefore(at))), "Map the file private: a write then makes a copy of the page."
}

// protectNoExec: the file behind a mapping may lie on a mount where nothing may be executed.
func protectNoExec(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mprotect)
	if !ok || c.Prot&model.ProtExec == 0 {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		r := f.regionAt(max(v.Start, f.pages().Addr))
		if r == nil {
			return false
		}
		file, looked := f.Looked.File(r.Name)
		return looked && file.NoExec && !privateAnon(v)
	})
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("The file behind %s lies where nothing may be executed (a noexec mount).%s", f.part(at, v), f.protectedBefore(at)),
		"Leave out x, or map a copy of the file in a directory of another file system."
}

func protectForbidden(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Mprotect)
	if !ok || c.Prot&model.ProtExec == 0 {
		return unknown(securityModule), ""
	}
	return unknown(securityModule, "the process itself (PR_SET_MDWE) forbids to make such memory executable"), "Leave out x."
}

func mincoreHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " mincore answers only for ranges that are mapped throughout.", "Name pages that are mapped."
}
