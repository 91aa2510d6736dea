package calls

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// Why two neighbors are two VMAs. The kernel joins two where a call changes one of them, makes
// it or moves it, and they are alike (mm/vma.c, is_mergeable_vma, is_mergeable_anon_vma,
// can_vma_merge_before): the same flags, the same open file with offsets that go on, and an
// anon_vma that one has alone or that both share.

// apart says why two neighbors are not one VMA, and what to try.
func (f failure) apart(a, b model.VMA) (why, try string) {
	span := f.pages()
	both := f.target(span.Addr, span.End())
	if why, try = f.flagsApart(a, b, both); why != "" {
		return why, try
	}
	anew := f.run("munmap %s, and map it anew.", both)
	if a.Inode != 0 || b.Inode != 0 {
		if why = f.filesApart(a, b); why != "" {
			return why, anew
		}
	}
	if why = f.neverJoins(a); why != "" {
		return why, anew
	}
	if e := f.splitAt(b.Start); e != nil {
		return fmt.Sprintf("a call that failed has split them there, %s with %s, and nothing has joined them since", e.Call, e.Errno),
			f.run("madvise %s dontfork, then madvise %s dofork: the kernel joins what is alike where a call changes it.", both, both)
	}
	return f.ownPagesApart(a, b), anew
}

// flagsApart is about what is seen of the two: their locks, protection and flags.
func (f failure) flagsApart(a, b model.VMA, both string) (why, try string) {
	alike := "Give its pages the same locks, protection and advice, so that they are one mapping."
	switch {
	case a.Lock != b.Lock && (a.Lock == model.Unlocked || b.Lock == model.Unlocked):
		return "one of the two is locked", f.run("munlock %s first.", both)
	case a.Lock != b.Lock:
		return "one of the two is locked on fault", f.run("munlock %s first.", both)
	case a.Prot != b.Prot:
		return fmt.Sprintf("the protections are %s and %s", a.Prot, b.Prot), f.run("mprotect %s %s first.", both, atLeastRead((a.Prot | b.Prot)))
	case a.Key != b.Key:
		return "the two have different protection keys", f.run("pkey_mprotect %s with one key.", both)
	case a.Sealed != b.Sealed:
		return "one of the two is sealed", "exec ends a seal, with the whole address space; nothing less does."
	}
	if a.Flags == 0 || b.Flags == 0 { // they were not told
		return "", ""
	}
	differ := (a.Flags ^ b.Flags) &^ model.VMAFlag("sd") // which merging leaves out of account (VM_SOFTDIRTY)
	for _, k := range keptApart {
		if differ&model.VMAFlag(k.code) == 0 {
			continue
		}
		if k.undo == "" {
			return k.what, f.run("munmap %s, and map it anew.", both)
		}
		return k.what, f.run("madvise %s %s first.", both, k.undo)
	}
	if differ != 0 {
		return fmt.Sprintf("their flags in smaps differ: %s", differ), alike
	}
	return "", ""
}

// keptApart are the flags that an advice or the mapping gave, and the advice that takes them
// back.
var keptApart = []struct {
	code, what string
	undo       lang.Advice
}{
	{"dc", "one of the two is advised dontfork", "dofork"},
	{"wf", "one of the two is advised wipeonfork", "keeponfork"},
	{"dd", "one of the two is advised dontdump", "dodump"},
	{"rr", "one of the two is advised random", "normal"},
	{"sr", "one of the two is advised sequential", "normal"},
	{"hg", "one of the two is advised hugepage", "nohugepage"},
	{"nh", "one of the two is advised nohugepage", "nohugepage"},
	{"mg", "one of the two is advised mergeable", "unmergeable"},
	{"nr", "one of the two was mapped noreserve", ""},
	{"ac", "one of the two is counted as memory that is promised, as what was written once stays", ""},
	{"gd", "one of the two grows down", ""},
}

// filesApart is about the files behind two that are of one kind.
func (f failure) filesApart(a, b model.VMA) string {
	x, y := f.regionAt(a.End-1), f.regionAt(b.Start)
	switch {
	case a.Inode != b.Inode || a.Dev != b.Dev:
		return "different files lie behind the two"
	case a.Offset+(a.End-a.Start) != b.Offset:
		return "other parts of one file lie behind the two"
	case x == nil || y == nil || x == y:
		return ""
	case x.Backing == model.Shm:
		return "the segment was attached twice, and each attachment is a file of its own"
	case x.FD != 0 && y.FD != 0 && x.FD != y.FD:
		return fmt.Sprintf("it is one file, opened twice: %s has descriptor %d, %s %d (mmap … alias %s maps it by the one descriptor)", x.Name, x.FD, y.Name, y.FD, x.Name)
	}
	return ""
}

// neverJoins is about kinds of memory of which no two VMAs are joined: those of segments have a
// close of their own (ipc/shm.c, shm_vm_ops), those of hugetlb pages VM_DONTEXPAND (mm/vma.c,
// VM_SPECIAL).
func (f failure) neverJoins(v model.VMA) string {
	if r := f.regionAt(v.Start); r != nil && r.Backing == model.Shm {
		return "an attached segment that was split stays split"
	}
	if v.HugeTLB {
		return "mappings of hugetlb pages that were split stay split"
	}
	return ""
}

// splitAt returns the call that failed and, as a look before and after it told, left a VMA split at an
// address; nil where none did.
func (f failure) splitAt(addr uint64) *model.Event {
	for i := range slices.Backward(f.s.Events) {
		e := &f.s.Events[i]
		if e.Proc != f.p.Name || e.Errno == "" || e.Looked == nil || e.Looked.After <= e.Looked.Before {
			continue
		}
		if s := (failure{Event: *e, p: f.p}).pages(); s.Addr == addr || s.End() == addr {
			return e
		}
	}
	return nil
}

// ownPagesApart is about two that are alike in all that is seen of them.
func (f failure) ownPagesApart(a, b model.VMA) string {
	const alike = "the two are alike in all that smaps shows, "
	switch {
	case a.Flags == 0 || b.Flags == 0:
		return "why is not known, since the flags of their VMAs were not told"
	case a.Shared:
		return alike + "and why they are two is not known"
	case f.movedInto(a) != f.movedInto(b):
		return alike + "and one was moved there by mremap: its pages keep the places that they were first touched at, so the two do not go on from one to the other"
	case !f.hasOwnPages(a) || !f.hasOwnPages(b):
		return alike + "and why they are two is not known. Possible, and not checked: each has had pages of its own, first touched while the two still differed"
	case f.p.Parent != "":
		return alike + "but each has pages of its own, which were first touched while the two still differed, or before the fork while they were two. Each then has an anon_vma of its own, and such mappings never become one again"
	}
	return alike + "but each has pages of its own, which were first touched while the two still differed. Each then has an anon_vma of its own, and such mappings never become one again"
}

// hasOwnPages reports whether pages of a VMA are its own and not a file's: then it has an
// anon_vma.
func (f failure) hasOwnPages(v model.VMA) bool {
	for _, pg := range f.p.PagesIn(model.Span{Addr: v.Start, Len: v.End - v.Start}) {
		if pg.Has(model.Mapped) && !pg.Has(model.File) && !pg.Has(model.ZeroPage) || pg.Has(model.Swapped) && !pg.Has(model.Guard) {
			return true
		}
	}
	return false
}

// movedInto reports whether mremap has moved something to where a VMA lies.
func (f failure) movedInto(v model.VMA) bool {
	for _, e := range f.s.Events {
		if e.Call != model.CallMremap || e.Errno != "" || e.Proc != f.p.Name || len(e.Args) < 3 || uint64(e.Ret) == e.Args[0].Value {
			continue
		}
		if at := uint64(e.Ret); v.Start < at+e.Args[2].Value && at < v.End {
			return true
		}
	}
	return false
}
