package model

import (
	"fmt"
	"slices"
	"strings"
)

// adviceSince is the kernel version that brought an advice (madvise(2)). Those
// before 3.0 are left out.
var adviceSince = map[Advice][2]int{
	"free": {4, 5}, "wipeonfork": {4, 14}, "keeponfork": {4, 14}, "cold": {5, 4}, "pageout": {5, 4},
	"populate_read": {5, 14}, "populate_write": {5, 14}, "dontneed_locked": {5, 18}, "collapse": {6, 1},
	"guard_install": {6, 13}, "guard_remove": {6, 13},
}

// advice is the advice that was given, or "".
func (f failure) advice() Advice {
	c, _ := f.cmd.(Madvise)
	return c.Advice
}

// is reports whether the advice that was given is one of list.
func (a Advice) is(list ...Advice) bool { return slices.Contains(list, a) }

// constant is the advice as C writes it: MADV_DONTNEED.
func (a Advice) constant() string { return "MADV_" + strings.ToUpper(string(a)) }

func adviceTooNew(f failure) (why, try string) {
	a := f.advice()
	v, ok := adviceSince[a]
	if !ok || f.since(v[0], v[1]) {
		return "", ""
	}
	return fmt.Sprintf("%s came with Linux %d.%d; this is %s.", a.constant(), v[0], v[1], f.kernel), ""
}

// done says what became of the range before the page on which the advice failed.
func (f failure) done(at uint64) string {
	return f.before(at, "was advised; nothing after it was", "It comes first, so nothing was done.")
}

func adviceOnLocked(f failure) (why, try string) {
	a := f.advice()
	if !a.is("dontneed", "free", "cold", "pageout", "remove", "guard_install") {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v VMA) bool { return v.Lock != Unlocked })
	if !ok {
		return "", ""
	}
	name := f.target(at, min(v.End, f.pages().End()))
	try = fmt.Sprintf("munlock %s first.", name)
	if a == "dontneed" && f.since(5, 18) {
		try = fmt.Sprintf("munlock %s first, or madvise %s dontneed_locked.", name, name)
	}
	return fmt.Sprintf("%s is locked, and %s may not take locked pages away. %s", name, a.constant(), f.done(at)), try
}

func adviceAnonymousOnly(f failure) (why, try string) {
	a := f.advice()
	if !a.is("free", "wipeonfork") {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v VMA) bool { return !v.privateAnon() })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is for private anonymous memory, and %s is not. %s", a.constant(),
		f.target(at, min(v.End, f.pages().End())), f.done(at)), "Map it private anon."
}

// adviceGuardOnFile: until 6.15 guard pages were for private anonymous memory alone.
func adviceGuardOnFile(f failure) (why, try string) {
	if f.advice() != "guard_install" || f.since(6, 15) {
		return "", ""
	}
	at, _, ok := f.firstVMA(func(v VMA) bool { return !v.privateAnon() })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("Before Linux 6.15 guard pages are for private anonymous memory, and %s is not; this is %s. %s",
		f.name(at), f.kernel, f.done(at)), "Map it private anon."
}

// adviceRemove: EINVAL without a file behind the pages, EACCES where the mapping is not
// a shared one that may be written.
func adviceRemove(f failure) (why, try string) {
	if f.advice() != "remove" {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v VMA) bool { return !v.Shared })
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("MADV_REMOVE punches a hole in shared memory or a file, and %s is private. %s",
		f.target(at, min(v.End, f.pages().End())), f.done(at)), "Map it shared, or use dontneed."
}

func adviceAccess(f failure) (why, try string) {
	a, need, word := f.advice(), ProtRead, "read"
	if a == "populate_write" {
		need, word = ProtWrite, "write"
	}
	if !a.is("populate_read", "populate_write") {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v VMA) bool { return v.Prot&need == 0 })
	if !ok {
		return "", ""
	}
	name := f.target(at, min(v.End, f.pages().End()))
	return fmt.Sprintf("%s has protection %s, and %s needs a page that it may %s. %s", name, v.Prot, a.constant(), word,
			f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")),
		fmt.Sprintf("mprotect %s %s first.", name, (v.Prot | need).atLeastRead())
}

func adviceCollapse(f failure) (why, try string) {
	if f.advice() != "collapse" {
		return "", ""
	}
	return "No part of the range could become a huge page: it needs a stretch of that size (2M on x86-64 and most arm64), aligned to it, with some page of it touched, and not advised nohugepage.",
		"Map at least twice that size, advise hugepage, touch it, and collapse all of it."
}

func adviceNotBuiltIn(f failure) (why, try string) {
	switch a := f.advice(); {
	case a.is("hugepage", "nohugepage"):
		return "This kernel was built without transparent huge pages, or what is mapped there cannot have them.", ""
	case a.is("mergeable", "unmergeable"):
		return "This kernel was built without KSM, the merging of equal pages.", ""
	}
	return "", ""
}

func adviceHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	if f.advice().is("populate_read", "populate_write") {
		return f.holeAt(at) + " " + f.before(at, "was brought in; nothing after it was",
			"It is the first page of the range, so nothing was brought in."), "Name pages that are mapped."
	}
	return f.holeAt(at) + " The advice skips holes: what is mapped in the range, before and after, was advised all the same.",
		"Name pages that are mapped."
}

func adviceNoHugePage(f failure) (why, try string) {
	if f.advice() != "collapse" {
		return "", ""
	}
	return "No huge page was to be had: memory of that size in one piece is short.", "Try again when more memory is free."
}

// adviceFault: populating stops at a page that answers an access with a signal.
func adviceFault(f failure) (why, try string) {
	if !f.advice().is("populate_read", "populate_write") {
		return "", ""
	}
	if at, ok := f.find(func(p Page) bool { return p.Has(Guard) }); ok {
		return fmt.Sprintf("%s is a guard page: an access would be SIGSEGV. %s", f.name(at),
				f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")),
			fmt.Sprintf("madvise %s guard_remove first, or populate what lies around it.", f.name(at))
	}
	return "An access to a page of the range would be SIGBUS: it lies past the end of its file, or the file could not be read.",
		"Populate only as much as the file is long."
}

func adviceBusy(f failure) (why, try string) {
	return "The kernel was short of something for a moment, or the pages were busy.", "Try again."
}
