package model

import "fmt"

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
	c, ok := f.cmd.(Mprotect)
	if !ok || c.Prot&ProtWrite == 0 {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v VMA) bool {
		r := f.regionAt(v.Start)
		return v.Shared && r != nil && r.Backing == FileOf
	})
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is a shared mapping of a file, which incore opens for reading alone, so that nothing can change it. %s",
		f.part(at, v), f.before(at, "has the new protection; nothing after it has", "Nothing was changed.")), "Map the file private: a write then makes a copy of the page."
}

func protectForbidden(f failure) (why, try string) {
	c, ok := f.cmd.(Mprotect)
	if !ok {
		return "", ""
	}
	if c.Prot&ProtExec == 0 {
		return "A security module (SELinux) does not allow this process such access to it.", ""
	}
	if at, v, ok := f.firstVMA(func(v VMA) bool { return !v.privateAnon() }); ok {
		return fmt.Sprintf("The file behind %s lies where nothing may be executed (a noexec mount), or a security module (SELinux) forbids it.", f.part(at, v)), "Leave out x."
	}
	return "A security module (SELinux, execmem) or the process itself (PR_SET_MDWE) forbids to make such memory executable.", "Leave out x."
}

func mincoreHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " mincore answers only for ranges that are mapped throughout.", "Name pages that are mapped."
}
