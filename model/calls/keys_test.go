package calls_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/modeltest"
)

// keys gives the process protection keys, numbered from 1, on a processor that has 16.
func keys(list ...model.ProtectionKey) func(*world) {
	return func(w *world) {
		w.p.Limits.Known, w.p.Limits.ProtectionKeys = true, 16
		for i, k := range list {
			k.Number = i + 1
			w.p.Keys = append(w.p.Keys, k)
		}
	}
}

// keyed gives what lies at a the key of that number.
func keyed(number int) func(*world) {
	return func(w *world) {
		for i := range w.p.VMAs {
			if v := &w.p.VMAs[i]; v.Start >= modeltest.BaseA && v.Start < modeltest.BaseA+1<<20 {
				v.Key = number
			}
		}
	}
}

// denied is a signal that a protection key is the reason of.
func denied(number int) func(*world) {
	return func(w *world) {
		w.e.Signal.Code, w.e.Signal.Key, w.e.Signal.Addr = "SEGV_PKUERR", number, modeltest.BaseA
	}
}

var (
	openKey  = model.ProtectionKey{Name: "k"}
	freed    = model.ProtectionKey{Name: "k", Freed: true}
	noAccess = model.ProtectionKey{Name: "k", Rights: model.KeyNoAccess}
	noWrite  = model.ProtectionKey{Name: "k", Rights: model.KeyNoWrite}
	noKeys   = "This processor has no protection keys, or the kernel does not use them (no ospke in /proc/cpuinfo; on arm64 no poe)."
	tags     = func(w *world) { w.p.Limits.Known, w.p.Limits.TagBits = true, 8 }
)

// fifteen are all keys that a process can have.
func fifteen(but int) (list []model.ProtectionKey) {
	for i := range 15 - but {
		list = append(list, model.ProtectionKey{Name: fmt.Sprintf("k%d", i+1)})
	}
	return list
}

var keyCases = []explainCase{
	{"no keys", "pkey_alloc k", "pkey_alloc", "EINVAL", "", two, func(w *world) { w.p.Limits.Known = true },
		noKeys + " Linux on x86-64 says EINVAL the first time that an address space asks, and ENOSPC after that.", "Run it on a machine whose processor has them."},
	{"no keys on arm64", "pkey_alloc k", "pkey_alloc", "ENOSPC", "", two, tags, noKeys, "Run it on a machine whose processor has them."},
	{"an old kernel", "pkey_alloc k", "pkey_alloc", "ENOSYS", "4.8.0", two, nil, "pkey_alloc came with Linux 4.9; this is 4.8.0.", ""},
	{"a kernel without", "pkey_free k", "pkey_free", "ENOSYS", "", two, nil, "pkey_free came with Linux 4.9, and this is 6.18.44: a filter hides it (seccomp), or the kernel was built without it.", ""},
	{"hidden", "pkey_mprotect a r k", "pkey_mprotect", "ENOSYS", "", two, nil, "pkey_mprotect came with Linux 4.9, and this is 6.18.44: a filter hides it (seccomp), or the kernel was built without it.", ""},
	{"all taken", "pkey_alloc k", "pkey_alloc", "ENOSPC", "", two, keys(fifteen(0)...),
		"A process has 16 protection keys. Key 0 is the default one, and all others are taken: k1 k2 k3 k4 k5 k6 k7 k8 k9 k10 k11 k12 k13 k14 k15.", "pkey_free one of them."},
	{"one is the kernel's", "pkey_alloc k", "pkey_alloc", "ENOSPC", "", two, all(keys(fifteen(1)...), keyed(15)),
		"A process has 16 protection keys. Key 0 is the default one, and all others are taken: k1 k2 k3 k4 k5 k6 k7 k8 k9 k10 k11 k12 k13 k14, and one is the kernel's, for what may be executed alone.", "pkey_free one of them."},
	{"not all that are known", "pkey_alloc k", "pkey_alloc", "ENOSPC", "", two, keys(fifteen(1)...),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel has a key of its own for what may be executed alone.", ""},
	{"freed", "pkey_mprotect a r k", "pkey_mprotect", "EINVAL", "", two, keys(freed),
		"The protection key k, number 1, was freed, and no pkey_alloc has returned that number since. Nothing was changed.", "pkey_alloc k makes it anew."},
	{"freed, and the kernel's by then", "pkey_free k", "pkey_free", "EINVAL", "", two, all(keys(freed), func(w *world) {
		w.p.Keys = append(w.p.Keys, model.ProtectionKey{Number: 1, Rights: model.KeyNoAccess})
	}), "The protection key k, number 1, was freed, and the kernel has given that number to what may be executed alone. Nothing was changed.", "pkey_alloc k makes it anew."},
	{"freed twice", "in kid pkey_free k", "pkey_free", "EINVAL", "", two, keys(freed),
		"The protection key k, number 1, was freed, and no pkey_alloc has returned that number since. Nothing was changed.", "in kid pkey_alloc k makes it anew."},
	{"in the kernel's own", "pkey_mprotect 0x7ffff7fc0000,4096 r k", "pkey_mprotect", "EINVAL", "", two, nil, notKnownWords, ""},

	{"may not be accessed", "touch a[0] read", "touch", "SIGSEGV", "", two, all(keys(noAccess), keyed(1), denied(1)),
		"a[0] has key 1 (k, no_access), by which the thread may neither read nor write, and touch read from it. Its protection, rw, would allow that.",
		"pkey_mprotect a[0] rw with a key that was made without no_access."},
	{"may not be written", "memset a 1", "memset", "SIGSEGV", "", two, all(keys(noWrite), keyed(1), denied(1)),
		"a[0] has key 1 (k, no_write), by which the thread may read and not write, and memset wrote to it. Its protection, rw, would allow that.",
		"pkey_mprotect a[0] rw with a key that was made without no_write."},
	{"neither by key nor by protection", "touch a[0]", "touch", "SIGSEGV", "", []model.Page{modeltest.ReadOnlyPage}, all(keys(noWrite), keyed(1), denied(1)),
		"a[0] has key 1 (k, no_write), by which the thread may read and not write, and touch wrote to it. Its protection, r, would not allow that either.",
		"pkey_mprotect a rw with a key that was made without no_write."},
	{"executed alone", "touch a[0] read", "touch", "SIGSEGV", "", []model.Page{{Mapping: model.InVMA | model.Mapped, Prot: model.ProtExec}}, all(keys(), keyed(1), denied(1)),
		"a[0] has key 1 (the kernel's, for what may be executed alone), by which the thread may neither read nor write, and touch read from it.", "mprotect a rx."},
	{"locked, and not brought in", "mlock a", "mlock", "ENOMEM", "", []model.Page{modeltest.LockedPage}, all(keys(noAccess), keyed(1)),
		"a has key 1 (k, no_access), by which the thread may neither read nor write, so it could not be brought in. The whole range is locked all the same. It comes first, so nothing was brought in.",
		"mlock2 a onfault brings nothing in."},
	{"locked by flags, and not brought in", "mlock2 a", "mlock2", "ENOMEM", "", []model.Page{modeltest.LockedPage}, all(keys(noWrite), keyed(1)),
		"a has key 1 (k, no_write), by which the thread may read and not write, so it could not be brought in. The whole range is locked all the same. It comes first, so nothing was brought in.",
		"mlock2 a onfault brings nothing in."},
	{"populated", "madvise a populate_write", "madvise", "EINVAL", "", two, all(keys(noWrite), keyed(1)),
		"a has key 1 (k, no_write), by which the thread may read and not write. It comes first, so nothing was brought in.", ""},
	{"a call", "read a", "read", "EFAULT", "", two, all(keys(noWrite), keyed(1)),
		"a[0] has key 1 (k, no_write), by which the thread may read and not write, and the kernel was to access it for the process. A touch that did the same would be SIGSEGV; a call ends with EFAULT. No byte of it was written to.",
		"Name pages that are mapped and may be written."},
}

const notKnownWords = "The cause is not known: nothing that incore can look at refuses this."

// keyedCases are those of mprotect, as pkey_mprotect has them.
func keyedCases() (cases []explainCase) {
	for _, tt := range slices.Concat(protectCases, kernelCases, commitCases, knownCases) {
		if !strings.HasPrefix(tt.line, "mprotect ") {
			continue
		}
		change := tt.change
		tt.name, tt.line, tt.call = tt.name+", with a key", "pkey_"+tt.line+" k", "pkey_mprotect"
		tt.change = func(w *world) {
			keys(openKey)(w)
			w.p.Limits.Known = false
			if change != nil {
				change(w)
			}
		}
		for _, s := range []string{": mprotect would", "; mprotect refuses", ": mprotect takes"} {
			tt.why = strings.ReplaceAll(tt.why, s, strings.Replace(s, "mprotect", "pkey_mprotect", 1))
		}
		cases = append(cases, tt)
	}
	return cases
}

func TestExplainKeys(t *testing.T) {
	runExplain(t, keyCases)
	runExplain(t, keyedCases())
}

// What a command would come to by the protection keys that there are.
func TestForeseeKeys(t *testing.T) {
	for _, tt := range []struct {
		line        string
		change      func(*world)
		answer, why string
		effect      string
	}{
		{"pkey_alloc j no_write", keys(openKey), "", "", "a protection key, by which the thread may read and not write"},
		{"pkey_alloc k", keys(openKey), "", "there is a protection key k already: take another name, or pkey_free it", ""},
		{"pkey_alloc k", keys(freed), "", "", "a protection key, by which the thread may read and write"},
		{"pkey_alloc k", keys(fifteen(0)...), "ENOSPC", "all 15 keys are taken", ""},
		{"pkey_free k", keys(freed), "EINVAL", "the protection key k was freed", ""},
		{"pkey_free j", keys(freed), "", "there is no protection key j: pkey_alloc makes one, where the processor has them", ""},
		{"pkey_free k", keys(openKey), "", "", "key 1 may be another one's from now on"},
		{"pkey_mprotect a r k", keys(freed), "EINVAL", "the protection key k was freed", ""},
		{"pkey_mprotect a+0,0 r k", keys(freed), "", "", "a range of no bytes: nothing"},
		{"pkey_mprotect a+1,1 r k", keys(freed), "EINVAL", "not the start of a page: name a[0]", ""},
		{"pkey_mprotect a r j", keys(freed), "", "there is no protection key j: pkey_alloc makes one, where the processor has them", ""},
		{"pkey_mprotect a r k", keys(noAccess), "", "", "2 pages (8K) with protection r and key 1 (k, no_access)"},
		{"touch a read", all(keys(noAccess), keyed(1)), "SIGSEGV", "a[0] has key 1 (k, no_access), by which the thread may neither read nor write", ""},
		{"touch a read", all(keys(noWrite), keyed(1)), "", "", ""},
		{"touch a", all(keys(noWrite), keyed(1)), "SIGSEGV", "a[0] has key 1 (k, no_write), by which the thread may read and not write", ""},
		{"touch a exec", all(keys(noAccess), keyed(1)), "SIGSEGV", "a[0] has protection rw", ""},
		{"read a", all(keys(noWrite), keyed(1)), "EFAULT", "a[0] has key 1 (k, no_write), by which the thread may read and not write", ""},
		{"mlock a", all(keys(noWrite), keyed(1)), "ENOMEM", "a[0] has key 1 (k, no_write): locked, and not brought in", ""},
		{"mlock2 a onfault", all(keys(noWrite), keyed(1)), "", "", ""},
		{"madvise a populate_read", all(keys(noAccess), keyed(1)), "EINVAL", "a[0] has key 1 (k, no_access)", ""},
	} {
		w := world{s: model.State{Kernel: "6.18.44", Procs: modeltest.Procs(two...)}}
		w.p = w.s.Main()
		tt.change(&w)
		c, err := lang.Parse(tt.line)
		if err != nil {
			t.Fatal(err)
		}
		r := calls.Foresee(c, w.s)
		if r.Answer != tt.answer || !strings.HasPrefix(r.Why, tt.why) || tt.why == "" && r.Why != "" || !strings.HasPrefix(r.Effect, tt.effect) {
			t.Errorf("%s: %q because %q, effect %q; want %q because %q, effect %q", tt.line, r.Answer, r.Why, r.Effect, tt.answer, tt.why, tt.effect)
		}
	}
	w := world{s: model.State{Kernel: "6.18.44", Procs: modeltest.Procs(two...)}}
	w.p = w.s.Main()
	w.p.Limits.Known = true
	if r := calls.Foresee(lang.PkeyAlloc{Name: "k"}, w.s); r.Note != "it will fail: this processor has no protection keys, or the kernel does not use them (no ospke in /proc/cpuinfo; on arm64 no poe)" {
		t.Errorf("without keys: %+v", r)
	}
}
