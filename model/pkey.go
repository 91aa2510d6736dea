package model

import (
	"fmt"
	"slices"
)

// ProtectionKey is a protection key of a process (pkeys(7)). A VMA has the number of one, and each thread its own rights by it.
type ProtectionKey struct {
	Name   string    // as commands call it; "" is the kernel's own, which it gives to what may be executed alone
	Number int       // what pkey_alloc(2) returned
	Rights KeyRights // what the thread that makes the calls may do by it
	Freed  bool      // pkey_free(2) was called: the number stays with the VMAs, and the next pkey_alloc can return it
}

// KeyRights says what a thread may do to memory by its key, besides what the protection of the memory allows. The zero value
// forbids nothing.
type KeyRights string

// The rights that are less than all.
const (
	KeyNoAccess KeyRights = "no_access" // PKEY_DISABLE_ACCESS: neither reads nor writes
	KeyNoWrite  KeyRights = "no_write"  // PKEY_DISABLE_WRITE
)

// Denies reports whether an access that needs one of these rights of a page is forbidden. To execute never is.
func (r KeyRights) Denies(need Prot) bool {
	switch r {
	case KeyNoAccess:
		return need != ProtExec
	case KeyNoWrite:
		return need == ProtWrite
	}
	return false
}

// Words says what cannot be done: "neither reads nor writes", "does not write".
func (r KeyRights) Words() string {
	switch r {
	case KeyNoAccess:
		return "may neither read nor write"
	case KeyNoWrite:
		return "may read and not write"
	}
	return "may read and write"
}

// KeysKept is how many freed protection keys a State remembers of each process.
const KeysKept = 256

// Key returns what a name stands for: a protection key, or one that was freed, or nil.
func (p *Process) Key(name string) *ProtectionKey {
	for i := range p.Keys {
		if p.Keys[i].Name == name {
			return &p.Keys[i]
		}
	}
	return nil
}

// NoKey is the error of a name that is no protection key's.
func (p *Process) NoKey(name string) error {
	return fmt.Errorf("there is no protection key %s: pkey_alloc makes one, where the processor has them", name)
}

// KeyOf returns the protection key that last had a number, freed or not, or nil where no command made it.
func (p *Process) KeyOf(number int) *ProtectionKey {
	for i := range slices.Backward(p.Keys) {
		if p.Keys[i].Number == number {
			return &p.Keys[i]
		}
	}
	return nil
}

// KeyRights returns what the thread that makes the calls may do by the key of that number. By one that it was not given anything for
// it may not access memory (pkeys(7)).
func (p *Process) KeyRights(number int) KeyRights {
	if k := p.KeyOf(number); k != nil {
		return k.Rights
	}
	if number == 0 {
		return ""
	}
	return KeyNoAccess
}

// KeyWords names a key by its number: "key 1 (k, no_write)". Linux keeps a key of its own for what may be executed
// alone (arch/x86/mm/pkeys.c, __execute_only_pkey).
func (p *Process) KeyWords(number int) string {
	k := p.KeyOf(number)
	switch {
	case k == nil || k.Name == "":
		return fmt.Sprintf("key %d (the kernel's, for what may be executed alone)", number)
	case k.Freed:
		return fmt.Sprintf("key %d (%s, freed)", number, k.Name)
	case k.Rights == "":
		return fmt.Sprintf("key %d (%s)", number, k.Name)
	}
	return fmt.Sprintf("key %d (%s, %s)", number, k.Name, k.Rights)
}

// KeyTaken reports whether the number is that of a key that was made and not freed. The kernel's own is nobody's to use.
func (p *Process) KeyTaken(number int) bool {
	k := p.KeyOf(number)
	return k != nil && !k.Freed && k.Name != ""
}

// KernelsKey reports whether the number is that of the key that the kernel gives to what may be executed alone: a VMA has it, or had it.
func (p *Process) KernelsKey(number int) bool {
	k := p.KeyOf(number)
	return number != 0 && (k == nil || k.Name == "")
}

// applyKey notes a key that was made or freed. Nil stands for an exec, which ends all keys.
func (p *Process) applyKey(k *ProtectionKey) {
	switch {
	case k == nil:
		p.Keys = nil
	case k.Freed:
		p.Keys = slices.Clone(p.Keys)
		for i := range p.Keys {
			p.Keys[i].Freed = p.Keys[i].Freed || p.Keys[i].Number == k.Number
		}
	default:
		keys := slices.DeleteFunc(slices.Clone(p.Keys), func(old ProtectionKey) bool { return old.Name == k.Name })
		if i := slices.IndexFunc(keys, func(old ProtectionKey) bool { return old.Freed }); i >= 0 && len(keys) >= KeysKept {
			keys = slices.Delete(keys, i, i+1)
		}
		p.Keys = append(keys, *k)
	}
}
