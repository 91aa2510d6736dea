//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/strace"
	"incore/model"
	"incore/model/lang"
)

// protectVerbs say what may be done to pages.
var protectVerbs = family{
	verbOf((*process).mprotect, (*process).executeAlone),
	verbOf((*process).pkeyAlloc),
	verbOf((*process).pkeyMprotect),
	verbOf((*process).pkeyFree, (*process).keyStays),
	verbOf((*process).mseal),
}

func (p *process) mprotect(c lang.Mprotect) (model.Event, error) {
	if err := firstOf(p.targetNotOwn(c.T), p.affordCopies(c)); err != nil {
		return model.Event{}, err
	}
	e, err := p.onSpan("mprotect", unix.SYS_MPROTECT, c.T, model.ProtFlags.Arg(uint64(c.Prot)))
	if err == nil && e.OK() && c.Prot == model.ProtExec {
		e.Key = p.ownKeyAt(e.Args[0].Value)
	}
	return e, err
}

// pkeyAlloc makes a protection key. What it says of the rights by that key is the actor's, which makes all accesses; the observer
// gets to read by it, since it shows what memory holds and is not the program.
func (p *process) pkeyAlloc(c lang.PkeyAlloc) (model.Event, error) {
	if k := p.here().Key(c.Name); k != nil && !k.Freed {
		return model.Event{}, fmt.Errorf("there is a protection key %s already: take another name, or pkey_free it", c.Name)
	}
	e, err := p.syscall("pkey_alloc", unix.SYS_PKEY_ALLOC, strace.Word(0, "0"), keyRights[c.Rights])
	if err != nil || !e.OK() {
		return e, err
	}
	e.Key = &model.ProtectionKey{Name: c.Name, Number: int(e.Ret), Rights: c.Rights}
	return e, p.sampler.OpenKeys()
}

// The rights of pkey_alloc(2) (asm-generic/mman-common.h).
const (
	pkeyDisableAccess = 1
	pkeyDisableWrite  = 2
)

// keyRights are the rights by a key as the kernel takes them.
var keyRights = map[model.KeyRights]model.Arg{
	"":                strace.Word(0, "0"),
	model.KeyNoAccess: strace.Word(pkeyDisableAccess, "PKEY_DISABLE_ACCESS"),
	model.KeyNoWrite:  strace.Word(pkeyDisableWrite, "PKEY_DISABLE_WRITE"),
}

// key is a protection key by its name, one that was freed with them: then the kernel answers.
func (p *process) key(name string) (*model.ProtectionKey, error) {
	here := p.here()
	if k := here.Key(name); k != nil {
		return k, nil
	}
	return nil, here.NoKey(name)
}

func (p *process) pkeyMprotect(c lang.PkeyMprotect) (model.Event, error) {
	k, err := p.key(c.Key)
	if err := firstOf(err, p.targetNotOwn(c.T), p.affordCopies(lang.Mprotect{T: c.T, Prot: c.Prot})); err != nil {
		return model.Event{}, err
	}
	return p.onSpan("pkey_mprotect", unix.SYS_PKEY_MPROTECT, c.T, model.ProtFlags.Arg(uint64(c.Prot)), keyArg(k))
}

func (p *process) pkeyFree(c lang.PkeyFree) (model.Event, error) {
	k, err := p.key(c.Name)
	if err != nil {
		return model.Event{}, err
	}
	e, err := p.syscall("pkey_free", unix.SYS_PKEY_FREE, keyArg(k))
	if err == nil && e.OK() {
		freed := *k
		freed.Freed = true
		e.Key = &freed
	}
	return e, err
}

// keyStays says what has a key that was freed: the next pkey_alloc can return it (pkeys(7)).
func (p *process) keyStays(_ lang.PkeyFree, e model.Event, _ future) string {
	var bytes int64
	for _, v := range p.observe(false).VMAs {
		if v.Key == e.Key.Number {
			bytes += int64(v.End - v.Start)
		}
	}
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf("%s still %s key %d, which the next pkey_alloc can return", model.Plural(bytes/p.lab.pageSize, "page"), has(bytes/p.lab.pageSize), e.Key.Number)
}

func has(pages int64) string {
	if pages == 1 {
		return "has"
	}
	return "have"
}

// ownKeyAt looks for the key of its own that the kernel gives to what may be executed alone, and keeps others from reading by
// (arch/x86/mm/pkeys.c, __execute_only_pkey). Where all keys are taken there is none.
func (p *process) ownKeyAt(addr uint64) *model.ProtectionKey {
	if kernel.ProtectionKeys() == 0 {
		return nil
	}
	p.observe(false)
	here := p.here()
	v := here.VMAsIn(model.Span{Addr: kernel.Reached(model.Span{Addr: addr, Len: 1}).Addr, Len: 1})
	if len(v) != 1 || v[0].Key == 0 || here.KeyTaken(v[0].Key) {
		return nil
	}
	return &model.ProtectionKey{Number: v[0].Key, Rights: model.KeyNoAccess}
}

// executeAlone says of what may be executed alone that it has got a key.
func (p *process) executeAlone(_ lang.Mprotect, e model.Event, _ future) string { return ownKey(e) }

// ownKey says what the key is that the kernel gave.
func ownKey(e model.Event) string {
	if e.Key == nil {
		return ""
	}
	return fmt.Sprintf("the kernel gave it protection key %d, by which the thread %s", e.Key.Number, e.Key.Rights.Words())
}

func keyArg(k *model.ProtectionKey) model.Arg {
	return strace.Word(uint64(k.Number), strconv.Itoa(k.Number))
}

// hasKeys reports whether a VMA of a span has a protection key.
func (p *process) hasKeys(s model.Span) bool {
	return slices.ContainsFunc(p.here().VMAsIn(s), func(v model.VMA) bool { return v.Key != 0 })
}

// affordCopies refuses to make more locked private memory writable than may become
// resident: the kernel then gives each page its own frame at once, where it is absent, the
// zero page or the file's (mm/mprotect.c, mprotect_fixup).
func (p *process) affordCopies(c lang.Mprotect) error {
	s, err := p.span(c.T)
	if err != nil || c.Prot&model.ProtWrite == 0 {
		return err
	}
	stat, _ := p.proc.Stat()
	if stat.VmLck == 0 || p.afford("mprotect", need{pages: int64(min(s.Len, uint64(stat.VmLck))), tables: p.lab.tablesOf(s, math.MaxInt64)}) == nil {
		return nil
	}
	p.observe(false)
	here := p.here()
	var pages int64
	made := kernel.NewTables(p.lab.pageSize)
	for _, v := range here.VMAsIn(s) {
		if v.Lock != model.Locked || v.Shared || v.Prot&model.ProtWrite != 0 {
			continue
		}
		part := clip(s, v)
		for run, page := range here.PagesIn(part) {
			p.lab.count(made, run, page, run.Len())
			if own := page.Has(model.Mapped) && !page.Has(model.ZeroPage) && !page.Has(model.File); !own {
				pages += run.Len()
			}
		}
	}
	return p.afford("mprotect", need{pages: p.lab.bytesOf(pages), tables: made.Bytes()})
}

// mseal seals pages: what changes them then fails with EPERM (Linux 6.10).
func (p *process) mseal(c lang.Mseal) (model.Event, error) {
	if err := p.targetNotOwn(c.T); err != nil {
		return model.Event{}, err
	}
	return p.onSpan("mseal", unix.SYS_MSEAL, c.T, strace.Word(0, "0"))
}
