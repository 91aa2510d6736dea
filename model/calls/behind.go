package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// pastFile says, as the end of a sentence, that what lies behind an address ends before it, as
// a look at its length tells.
func (f failure) pastFile(addr uint64) (why string, past bool) {
	r := f.regionAt(addr)
	if r == nil {
		return "", false
	}
	file, looked := f.fileBehind(r)
	if !looked || f.inFile(r, addr) < uint64(max(0, file.Len)) {
		return "", false
	}
	switch size := exact(uint64(file.Len)); r.Backing {
	case model.Anon:
		return fmt.Sprintf("shared anonymous memory stays as long as it was mapped first, %s, and mremap made the mapping longer", size), true
	case model.Shm:
		return fmt.Sprintf("the segment has %s, and the page begins behind its end", size), true
	case model.Secret:
		return fmt.Sprintf("the secret memory has %s, and the page begins behind its end", size), true
	case model.Memfd:
		return fmt.Sprintf("the memory file has %s, and the page begins behind its end", size), true
	default:
		return fmt.Sprintf("the file has %s, and the page begins behind its end", size), true
	}
}

// fileBehind returns what was seen of the file behind a region. That of shared anonymous memory, a segment
// and secret memory stay as long as they were made.
func (f failure) fileBehind(r *model.Region) (model.FileLook, bool) {
	if file, ok := f.Looked.File(r.Name); ok {
		return file, true
	}
	if r.Sized && (r.Backing == model.Anon || r.Backing == model.Shm || r.Backing == model.Secret) {
		return model.FileLook{Region: r.Name, Len: int64(r.FileLen)}, true
	}
	return model.FileLook{}, false
}

// inFile returns how far into its file the page at an address lies, in bytes.
func (f failure) inFile(r *model.Region, addr uint64) uint64 {
	ps := uint64(f.p.PageSize)
	page := addr - addr%ps
	if v, ok := f.vmaAt(addr); ok && v.Inode != 0 {
		return v.Offset + (page - v.Start)
	}
	return r.Offset + page - r.Base
}

// behindPage says why a mapped page could not be brought in, as the end of a sentence.
func (f failure) behindPage(addr uint64) string {
	if why, past := f.pastFile(addr); past {
		return why
	}
	r := f.regionAt(addr)
	if r == nil {
		return "why is not known"
	}
	file, looked := f.fileBehind(r)
	need, _ := f.access()
	switch left := f.sys.CommitLimit - f.sys.Committed; {
	case !looked:
		return "whether what is behind it ends before it is not known"
	case r.Backing == model.Scratch && need == model.ProtWrite && file.Disk && file.Room < f.p.PageSize:
		return "the disk has no room for it"
	case r.Backing == model.Memfd && f.sys.Overcommit == 2 && left < f.p.PageSize:
		return "the kernel does not promise the memory (vm.overcommit_memory is 2)"
	case r.Backing == model.Secret && f.p.Limits.Secrets == model.SecretsTouched && f.p.Limits.MemlockSoft != model.Unlimited:
		if why := f.secretsFull(); why != "" {
			return why
		}
		return "it lies within what is behind it, and why the kernel could not bring it in is not known; possible is RLIMIT_MEMLOCK, to which the kernel counts what secret memory and more the user's other processes have"
	case r.Backing == model.FileOf, r.Backing == model.Scratch:
		return "it lies within the file, and why the kernel could not bring it in is not known; possible is an error of the disk"
	}
	return "it lies within what is behind it, and why the kernel could not bring it in is not known"
}

// Secret memory, of memfd_secret(2). Its pages are taken out of the kernel's own map of memory, and no code of the kernel gets
// at them by way of the page tables of a process either (mm/gup.c, check_vma_flags): neither mlock nor MADV_POPULATE brings them in.
// copy_from_user does, since it uses the process's own addresses: write(2) from them works. What a mapping has of a
// lock munlock leaves so (mm/mlock.c, mlock_fixup); fork and MREMAP_DONTUNMAP leave mappings without one; no page is ever taken out of memory. Kernels differ in how RLIMIT_MEMLOCK holds
// (model.SecretRule): mappings are VM_LOCKED as they are made, which the limit allows or not (Linux 6.1.0-50 of Debian, 6.18.44), or have no lock, and each page counts from its first touch on
// (6.12.117, 7.3.4).

// secretStaysLocked is said where something may not be done with locked pages.
const secretStaysLocked = " It is secret memory: munlock leaves its lock as it is."

// secretOff explains ENOSYS of memfd_secret, which can be switched off (mm/secretmem.c, secretmem_enable).
func secretOff(f failure) (why, try string) {
	since := ofCall(f.Call).since
	built, looked := f.Looked.Setting("CONFIG_SECRETMEM")
	enabled, told := f.Looked.Setting("secretmem.enable")
	asks := "Start the kernel with secretmem.enable=1."
	switch {
	case !f.since(since): // what is too old is so whatever is said
		return "", ""
	case looked && built == 0:
		return fmt.Sprintf("memfd_secret came with Linux %v, and this kernel, %s, was built without it (CONFIG_SECRETMEM): there is no /sys/module/secretmem.", since, f.kernel), ""
	case told && enabled == 0 && f.since(sinceSecretOn):
		return "memfd_secret is switched off: the kernel was started with secretmem.enable=0.", asks
	case told && enabled <= 0 && !f.since(sinceSecretOn):
		return fmt.Sprintf("Before Linux %v memfd_secret is off unless the kernel is started with secretmem.enable=1; this is %s, and it is off.", sinceSecretOn, f.kernel), asks
	}
	return "", ""
}

// mapsSecret returns the mapping of secret memory that an mmap was to make.
func (f failure) mapsSecret() (c lang.Mmap, ok bool) {
	c, ok = f.mapping()
	return c, ok && f.behind(c) == model.Secret
}

// sharedMap reports whether an mmap is shared: an alias is where the region is.
func (f failure) sharedMap(c lang.Mmap) bool {
	of := f.p.Region(c.Alias)
	return c.Shared || c.Alias != "" && !c.Private && of != nil && of.Shared
}

// goneWithIt says that MAP_FIXED has taken away what lay there before the file was asked (mm/vma.c, mmap_region).
func (f failure) goneWithIt() string {
	c, _ := f.mapping()
	if _, hole := f.hole(); !c.Replaces() || f.Looked == nil || f.Looked.Before == 0 || f.Looked.Same || !hole {
		return ""
	}
	return " That is asked when what lay there, which MAP_FIXED takes the place of, is already unmapped: a hole is left."
}

// mapSecretPrivate explains a private mapping of secret memory.
func mapSecretPrivate(f failure) (why, try string) {
	c, ok := f.mapsSecret()
	if !ok || f.sharedMap(c) && !c.Droppable {
		return "", ""
	}
	return "Secret memory is mapped shared or not at all: a private mapping would copy a page as it is written, and for that the kernel would have to read it." + f.goneWithIt(),
		f.run("%s.", sharedSecret(c))
}

// sharedSecret is the mapping as it can be made.
func sharedSecret(c lang.Mmap) model.Command {
	c.Private, c.Shared, c.Droppable = false, true, false
	return c
}

// mapSecretExec explains PROT_EXEC: the files lie on a file system of the kernel's from which nothing may be executed (SB_I_NOEXEC).
func mapSecretExec(f failure) (why, try string) {
	if c, ok := f.mapsSecret(); !ok || c.Prot&model.ProtExec == 0 {
		return "", ""
	}
	return "What memfd_secret makes may not be executed.", "Map it without x."
}

// mapSecretOverLimit explains RLIMIT_MEMLOCK, which some kernels ask of secret memory whether locked is said or not; with a limit of 0 it is EAGAIN
// too, where a lock is EPERM.
func mapSecretOverLimit(f failure) (why, try string) {
	c, ok := f.mapsSecret()
	more := f.asked()
	charge := f.charge(more)
	if future, _ := f.future(); !ok || c.Locked || future || charge == "" || f.p.Limits.Secrets == model.SecretsTouched {
		return "", ""
	}
	before, _, _ := f.lockBudget()
	return "Secret memory has to fit into what may be locked as it is mapped, touched or not. " + charge + " Nothing was mapped." + f.goneWithIt(),
		"Map less. " + f.raise(uint64(before)+more)
}

// secretsLeft returns how many pages of secret memory the process may at most still touch first, where the kernel counts them from then on
// (mm/secretmem.c, secretmem_account_folio): what is seen of the session's counts, and more of the user's may, which nothing tells. left is below 0
// where the limit fell below what there is.
func (f failure) secretsLeft() (has, left int64, known bool) {
	l, ps := f.p.Limits, f.p.PageSize
	if l.Secrets != model.SecretsTouched || l.MemlockSoft == model.Unlimited || ps <= 0 {
		return 0, 0, false
	}
	const most = 1 << 16 // pages: this is asked at each key
	type page struct{ inode, at uint64 }
	seen := map[page]bool{}
	for i := range f.s.Procs {
		p := &f.s.Procs[i]
		if p.Death != nil {
			continue
		}
		for _, v := range p.VMAs {
			if !v.Secret() {
				continue
			}
			for rg, pg := range p.PagesIn(model.Span{Addr: v.Start, Len: v.End - v.Start}) {
				for at := rg.Lo; pg.Residency == model.Resident && at < rg.Hi; at++ {
					if len(seen) >= most {
						return 0, 0, false
					}
					seen[page{v.Inode, v.Offset + uint64(at*ps) - v.Start}] = true
				}
			}
		}
	}
	has = int64(len(seen))
	return has, l.MemlockSoft/ps - has, true
}

// secretsFull says, as the end of a sentence, that the session's own secret memory is as much as the limit allows.
func (f failure) secretsFull() string {
	has, left, known := f.secretsLeft()
	if !known || left > 0 {
		return ""
	}
	return fmt.Sprintf("a page of secret memory counts from its first touch on, whoever maps it and whatever capabilities the process has; RLIMIT_MEMLOCK is %s, and the session has %s", f.memlock(), model.Plural(has, "page"))
}

// secretOverTouched explains a page of secret memory that the limit does not allow.
func secretOverTouched(f failure) (why, try string) {
	v, ok := f.vmaAt(f.Signal.Addr)
	if !ok || !v.Secret() || f.Signal.Code != "BUS_ADRERR" {
		return "", ""
	}
	full := f.secretsFull()
	if full == "" {
		return "", ""
	}
	return fmt.Sprintf("%s is mapped, and the kernel could not bring it in: %s.", f.name(f.Signal.Addr), full), f.secretsRoom()
}

// secretsRoom returns how the process comes to one page more.
func (f failure) secretsRoom() string {
	has, _, _ := f.secretsLeft()
	need, hard := uint64((has+1)*f.p.PageSize), f.p.Limits.MemlockHard
	if hard == model.Unlimited || need <= uint64(hard) {
		return "munmap secret memory, all that maps it; " + f.run("setrlimit memlock %s allows one page more.", sizeWord(need))
	}
	return "munmap secret memory, all that maps it, or start incore with a higher limit (ulimit -l)."
}

// secretHasLength explains a second length (mm/secretmem.c, secretmem_setattr).
func secretHasLength(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Truncate)
	r := f.p.Region(c.Name)
	if !ok || r == nil || r.Backing != model.Secret {
		return "", ""
	}
	has := ""
	if file, looked := f.fileBehind(r); looked && file.Len > 0 {
		has = fmt.Sprintf(", and it has %s", exact(uint64(file.Len)))
	}
	return fmt.Sprintf("Secret memory is given its length once, before it is mapped%s.", has), "Map another, shared secret, of the size that is needed."
}

// firstSecret returns the first page of the span that is of secret memory.
func (f failure) firstSecret() (at uint64, v model.VMA, ok bool) { return f.firstVMA(model.VMA.Secret) }

// lockSecret explains what mlock and mlock2 answer of secret memory: they set nothing there, and what they are to bring in by then they cannot
// (mm/mlock.c, mlock_fixup; mm/gup.c, populate_vma_page_range). Mappings that mlockall future onfault locked are not brought in.
func lockSecret(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return v.Secret() && v.Lock != model.OnFault })
	if !ok {
		return "", ""
	}
	name := f.part(at, v)
	why = fmt.Sprintf("%s is secret memory, on which %s sets no lock. It then is to bring the pages in, and the kernel's own code cannot get at them, whether they are there or not.", name, f.Call)
	if v.Lock == model.Unlocked {
		why += " This mapping has no lock, and its pages are never taken out of memory all the same."
	} else {
		why += " It is locked all the same: it was locked as it was mapped."
	}
	if before := f.before(at, "was locked and brought in", ""); before != "" {
		why += " " + before
	}
	if v.End < f.pages().End() {
		why += " What lies behind it is locked, where it is not secret, and was not brought in."
	}
	return why, f.run("touch %s brings it in.", name)
}

// adviceSecret explains the advices for which the kernel itself would have to get at the pages.
func adviceSecret(f failure) (why, try string) {
	a := f.advice()
	if !advices[a].populates() && a != adviceCollapse {
		return "", ""
	}
	at, v, ok := f.firstSecret()
	switch {
	case !ok:
		return "", ""
	case a == adviceCollapse:
		return fmt.Sprintf("%s is secret memory, which is of single pages: the kernel could not copy them to a huge one. %s", f.part(at, v), f.advised(at)), ""
	}
	return fmt.Sprintf("%s is secret memory, and the kernel's own code, which would bring its pages in, cannot get at them. %s", f.part(at, v),
		f.before(at, "was brought in; nothing after it was", "It comes first, so nothing was brought in.")), f.run("touch %s brings them in.", f.part(at, v))
}

// syncSecret explains MS_SYNC of what has nothing to be written to (mm/msync.c; fs/sync.c, vfs_fsync_range).
func syncSecret(f failure) (why, try string) {
	at, v, ok := f.firstSecret()
	if !ok || !f.syncMode().Has(syncSync) {
		return "", ""
	}
	return fmt.Sprintf("%s is secret memory, which has no disk: there is nothing that MS_SYNC could have written. %s", f.part(at, v),
		f.before(at, "was written; nothing after it was", "It comes first, so nothing was written.")), ""
}

// protectSecret explains PROT_EXEC of secret memory, which its mapping never may get.
func protectSecret(f failure) (why, try string) {
	prot, ok := protects(f.cmd)
	if !ok || prot&model.ProtExec == 0 {
		return "", ""
	}
	at, v, ok := f.firstSecret()
	if !ok {
		return "", ""
	}
	return fmt.Sprintf("%s is secret memory, and what memfd_secret makes may not be executed.%s", f.part(at, v), f.protectedBefore(at)), "Leave out x."
}
