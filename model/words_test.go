package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

func TestWords(t *testing.T) {
	anon := model.RegionInfo{Name: "a", Backing: model.Anon}
	shared := model.RegionInfo{Name: "a", Backing: model.Anon, Shared: true}
	memfd := model.RegionInfo{Name: "a", Backing: model.Memfd, Shared: true}
	secret := model.RegionInfo{Name: "a", Backing: model.Secret, Shared: true}
	file := model.RegionInfo{Name: "a", Backing: model.FileOf}
	shm := model.RegionInfo{Name: "a", Backing: model.Shm, Shared: true}
	heap := model.RegionInfo{Name: "heap", Backing: model.Heap}
	block := model.RegionInfo{Name: "p", Backing: model.Heap, Malloc: model.FromBrk}
	scratch := model.RegionInfo{Name: "a", Backing: model.Scratch, Shared: true}
	in := func(m model.Mapping, r model.Residency, p model.Prot, l model.Lock) model.Page {
		return model.Page{Mapping: model.InVMA | m, Residency: r, Prot: p, Lock: l}
	}
	const mapped = model.Mapped
	const nothing = "a read or write costs nothing"
	for _, tt := range []struct {
		name   string
		page   model.Page
		region model.RegionInfo
		want   []string
	}{
		{"hole", modeltest.HolePage, anon, []string{"a hole: nothing is mapped here", "any access is SIGSEGV (SEGV_MAPERR)"}},
		{"guard", modeltest.GuardPage, anon, []string{"a guard page", "any access is SIGSEGV (SEGV_MAPERR)"}},
		{"not sampled", in(0, model.NotAsked, modeltest.RW, 0), anon, []string{"not sampled yet", "not locked"}},
		{"absent", modeltest.AbsentPage, anon, []string{"absent: nothing is in memory", "not locked", "a read or write is a minor fault"}},
		{"absent of a memfd", modeltest.AbsentPage, memfd, []string{"absent: nothing is in memory", "not locked",
			"a read or write is a minor fault, a major one if it was swapped out"}},
		{"absent of secret memory", in(0, model.Absent, modeltest.RW, model.Locked), secret, []string{"absent: nothing is in memory", "to be in memory and locked once it is touched, and munlock leaves that so: it is secret",
			"a read or write is a minor fault"}},
		{"secret", in(mapped|model.File|model.Exclusive, model.Resident, modeltest.RW, model.Locked), secret,
			[]string{"resident, of secret memory, mapped by this process alone", "locked, and munlock leaves it so: it is secret", nothing}},
		{"secret in a child", in(0, model.Resident, modeltest.RW, 0), secret,
			[]string{"resident, but not mapped here", "not locked here, and never taken out of memory: it is secret", "a read or write is a minor fault"}},
		{"secret after mlockall onfault", in(0, model.Absent, modeltest.RW, model.OnFault), secret,
			[]string{"absent: nothing is in memory", "to be locked when it is touched (on fault)", "a read or write is a minor fault"}},
		{"absent of a file", in(0, model.Absent, model.ProtRead, 0), file, []string{"absent: nothing is in memory", "not locked",
			"a read is a major fault, or SIGBUS past the file's end; a write is SIGSEGV (SEGV_ACCERR)"}},
		{"absent of no region", modeltest.AbsentPage, model.RegionInfo{}, []string{"absent: nothing is in memory", "not locked",
			"a read or write is a fault"}},
		{"written", in(mapped|model.Exclusive, model.Resident, modeltest.RW, 0), anon,
			[]string{"resident, anonymous, mapped by this process alone", "not locked", nothing}},
		{"sharing not read", in(mapped, model.Resident, modeltest.RW, 0), anon, []string{"resident, anonymous", "not locked",
			"a read costs nothing; a write costs nothing, unless it is shared copy-on-write"}},
		{"copy on write", in(mapped|model.Shared, model.Resident, modeltest.RW, model.Locked), anon,
			[]string{"resident, anonymous, shared with others copy-on-write", "locked", "a read costs nothing; a write copies it, a minor fault"}},
		{"zero page", in(mapped|model.ZeroPage|model.Shared, model.Resident, modeltest.RW, 0), anon,
			[]string{"resident, the zero page that all share: no memory of its own", "not locked",
				"a read costs nothing; a write is a minor fault, which gives it memory of its own"}},
		{"huge", in(mapped|model.Huge|model.Exclusive, model.Resident, modeltest.RW, 0), anon,
			[]string{"resident, anonymous, part of a huge page, mapped by this process alone", "not locked", nothing}},
		{"shared memory", in(mapped|model.File, model.Resident, modeltest.RW, 0), shared, []string{"resident, shared memory", "not locked", nothing}},
		{"memfd", in(mapped|model.File, model.Resident, modeltest.RW, 0), memfd, []string{"resident, of a memfd", "not locked", nothing}},
		{"private file", in(mapped|model.File, model.Resident, modeltest.RW, 0), file, []string{"resident, of a file", "not locked",
			"a read costs nothing; a write is a minor fault, which copies it"}},
		{"shared file", in(mapped|model.File, model.Resident, modeltest.RW, 0), scratch, []string{"resident, of a file", "not locked",
			"a read costs nothing; a write costs nothing, or a minor fault where the file system wants to know"}},
		{"file of no region", in(mapped|model.File, model.Resident, modeltest.RW, 0), model.RegionInfo{},
			[]string{"resident, of a file", "not locked", "a read costs nothing"}},
		{"cached", in(0, model.Resident, modeltest.RW, 0), memfd, []string{"resident, but not mapped here", "not locked", "a read or write is a minor fault"}},
		{"swapped", in(model.Swapped, model.Absent, modeltest.RW, 0), anon, []string{"swapped out", "not locked", "a read or write is a major fault"}},
		{"swap cache", in(model.Swapped, model.Resident, modeltest.RW, 0), anon,
			[]string{"swapped out, and still in memory (the swap cache has it)", "not locked", "a read or write is a minor fault"}},
		{"unknowable", in(0, model.Unknowable, model.ProtRead, 0), file,
			[]string{"unknowable: of this file mincore says resident of every page", "not locked",
				"a read is a fault, minor or major; a write is SIGSEGV (SEGV_ACCERR)"}},
		{"PROT_NONE", in(mapped|model.Exclusive, model.Resident, 0, model.Locked), anon,
			[]string{"resident, anonymous, mapped by this process alone", "locked", "PROT_NONE: any access is SIGSEGV (SEGV_ACCERR)"}},
		{"read only", modeltest.ReadOnlyPage, anon, []string{"resident, anonymous", "not locked", "a read costs nothing; a write is SIGSEGV (SEGV_ACCERR)"}},
		{"locked and absent", in(0, model.Absent, modeltest.RW, model.Locked), anon,
			[]string{"absent: nothing is in memory", "locked, yet not in memory", "a read or write is a minor fault"}},
		{"on fault", in(0, model.Absent, modeltest.RW, model.OnFault), anon,
			[]string{"absent: nothing is in memory", "to be locked when it is touched (on fault)", "a read or write is a minor fault"}},
		{"on fault, touched", in(mapped|model.Exclusive, model.Resident, modeltest.RW, model.OnFault), anon,
			[]string{"resident, anonymous, mapped by this process alone", "locked (on fault)", nothing}},
		{"execute only", in(mapped, model.Resident, model.ProtExec, 0), anon,
			[]string{"resident, anonymous", "not locked", "may be executed; a write is SIGSEGV (SEGV_ACCERR)"}},
		{"SHM_LOCK", in(mapped|model.File|model.Shared, model.Resident, modeltest.RW, model.ShmLocked), shm,
			[]string{"resident, of a shared memory segment, others may map it too",
				"locked by SHM_LOCK (no lo, no VmLck)", nothing}},
		{"SHM_LOCK, not mapped", in(0, model.Resident, modeltest.RW, model.ShmLocked), shm,
			[]string{"resident, but not mapped here", "locked by SHM_LOCK (no lo, no VmLck)",
				"a read or write is a minor fault"}},
		{"SHM_LOCK, absent", in(0, model.Absent, modeltest.RW, model.ShmLocked), shm,
			[]string{"absent: nothing is in memory", "to be locked when it is touched (SHM_LOCK)",
				"a read or write is a minor fault, a major one if it was swapped out"}},
		{"heap", in(mapped|model.Exclusive, model.Resident, modeltest.RW, 0), heap,
			[]string{"resident, anonymous, of the heap, mapped by this process alone", "not locked", nothing}},
		{"heap, untouched", modeltest.AbsentPage, heap,
			[]string{"absent: nothing is in memory", "not locked", "a read or write is a minor fault"}},
		{"a block of the heap", in(mapped|model.Exclusive, model.Resident, modeltest.RW, model.Locked), block,
			[]string{"resident, anonymous, of the heap, mapped by this process alone", "locked", nothing}},
		{"read only, not sampled", in(0, model.NotAsked, model.ProtRead, 0), anon,
			[]string{"not sampled yet", "not locked", "a write is SIGSEGV (SEGV_ACCERR)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.page.Words(tt.region, false)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A page that a process has alone after a fork may still be write-protected: its first
// write is then a fault, which copies nothing (mm/memory.c, do_wp_page).
func TestWordsAfterAFork(t *testing.T) {
	anon := model.RegionInfo{Name: "a", Backing: model.Anon}
	alone := model.Page{Mapping: model.InVMA | model.Mapped | model.Exclusive, Residency: model.Resident, Prot: modeltest.RW}
	readOnly, shared := alone, alone
	readOnly.Prot = model.ProtRead
	shared.Mapping = model.InVMA | model.Mapped | model.Shared
	for _, tt := range []struct {
		page model.Page
		want string
	}{
		{alone, "a read costs nothing; a write may be a minor fault if first since the fork"},
		{readOnly, "a read costs nothing; a write is SIGSEGV (SEGV_ACCERR)"},
		{shared, "a read costs nothing; a write copies it, a minor fault"},
	} {
		if got := tt.page.Words(anon, true)[2]; got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.page, got, tt.want)
		}
	}
}

// Behind the end of a file nothing is there but what it has grown by since.
func TestWordsPastEnd(t *testing.T) {
	scratch := model.RegionInfo{Name: "a", Backing: model.Scratch, Shared: true, FileLen: 8192, Sized: true}
	file := model.RegionInfo{Name: "a", Backing: model.FileOf, FileLen: 8193, Sized: true}
	for page, want := range map[int64]bool{0: false, 1: false, 2: true, 1 << 40: true} {
		if got := scratch.PastEnd(page, 4096); got != want {
			t.Errorf("page %d: %v", page, got)
		}
	}
	if file.PastEnd(2, 4096) || !file.PastEnd(3, 4096) || (model.RegionInfo{}).PastEnd(0, 4096) {
		t.Error("a part of a page is a page, and what is not known has no end")
	}
	past := func(r model.Residency, p model.Prot) model.Page {
		return model.Page{Mapping: model.InVMA, Residency: r, Prot: p}
	}
	const nothing, notLocked = "past the end of the file: nothing is there", "not locked"
	for _, tt := range []struct {
		page   model.Page
		region model.RegionInfo
		want   []string
	}{
		{past(model.Absent, modeltest.RW), scratch, []string{nothing, notLocked, "a read or write is SIGBUS: the file ends before this page"}},
		{past(model.Unknowable, model.ProtRead), file, []string{nothing, notLocked,
			"a read is SIGBUS: the file ended before this page when it was mapped; a write is SIGSEGV (SEGV_ACCERR)"}},
		{past(model.Absent, model.ProtNone), file, []string{nothing, notLocked, "PROT_NONE: any access is SIGSEGV (SEGV_ACCERR)"}},
		{modeltest.HolePage, scratch, modeltest.HolePage.Words(scratch, false)},
		{past(model.Resident, model.ProtRead), file, past(model.Resident, model.ProtRead).Words(file, false)},
	} {
		if diff := cmp.Diff(tt.want, tt.page.WordsPastEnd(tt.region)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// Whatever the axes say together, the words hold together: never empty, and no cost
// is promised where an access is a signal.
func TestWordsOfAnyPage(t *testing.T) { rapid.Check(t, wordsHoldTogether) }

func FuzzWords(f *testing.F) { f.Fuzz(rapid.MakeFuzz(wordsHoldTogether)) }

func wordsHoldTogether(t *rapid.T) {
	backings := []model.Backing{"", model.Anon, model.Memfd, model.Secret, model.Scratch, model.FileOf, model.Heap, model.Shm}
	p := model.Page{
		Residency: model.Residency(rapid.IntRange(0, 3).Draw(t, "residency")),
		Lock:      model.Lock(rapid.IntRange(0, 3).Draw(t, "lock")),
		Prot:      model.Prot(rapid.IntRange(0, 7).Draw(t, "prot")),
		Mapping:   model.Mapping(rapid.IntRange(0, 1<<9-1).Draw(t, "mapping")),
	}
	r := model.RegionInfo{
		Name: rapid.SampledFrom([]string{"", "a"}).Draw(t, "name"), Shared: rapid.Bool().Draw(t, "shared"),
		Backing: rapid.SampledFrom(backings).Draw(t, "backing"),
	}
	words := p.Words(r, rapid.Bool().Draw(t, "forked"))
	if len(words) < 2 || len(words) > 3 {
		t.Fatalf("%+v: %q", p, words)
	}
	for _, w := range words {
		if w == "" {
			t.Fatalf("%+v: %q", p, words)
		}
	}
	if p.Has(model.InVMA) && p.Prot == model.ProtNone && !p.Has(model.Guard) &&
		words[2] != "PROT_NONE: any access is SIGSEGV (SEGV_ACCERR)" {
		t.Fatalf("%+v: %q", p, words)
	}
	for _, s := range lang.PageStates() {
		p.Is(s)
	}
}

// Where there is no swap, nothing was swapped out.
func TestWordsWithoutSwap(t *testing.T) {
	memfd := model.RegionInfo{Backing: model.Memfd, Shared: true}
	for swap, want := range map[model.System]string{
		{MemTotal: 1 << 30}:                     "a read or write is a minor fault",
		{MemTotal: 1 << 30, SwapTotal: 1 << 20}: "a read or write is a minor fault, a major one if it was swapped out",
		{}:                                      "a read or write is a minor fault, a major one if it was swapped out",
	} {
		if words := modeltest.AbsentPage.WordsOn(model.State{Kernel: "6.18.44", System: swap}, memfd, false); words[2] != want {
			t.Errorf("%+v: %q, want %q", swap, words[2], want)
		}
	}
}

// What a kernel counts for the first write through a shared mapping is said where that is known.
func TestWordsOfAFirstWrite(t *testing.T) {
	shared := model.RegionInfo{Backing: model.Memfd, Shared: true}
	private := model.RegionInfo{Backing: model.Memfd}
	const once = "a read or write is a minor fault"
	for _, tt := range []struct {
		kernel string
		region model.RegionInfo
		want   string
	}{
		{"6.18.44", shared, once}, {"6.0.1-1-amd64", shared, once}, {"5.10.0-26-amd64", private, once}, {"", private, once},
		{"5.10.0-26-amd64", shared, "a read is a minor fault; a write is counted as a major fault"},
		{"5.19.17", shared, "a read is a minor fault; a write is counted as a major fault"},
		{"5.8.0", shared, "a read is a minor fault; a write is a fault, minor or major"},
		{"", shared, "a read is a minor fault; a write is a fault, minor or major"},
	} {
		s := model.State{Kernel: tt.kernel, System: model.System{MemTotal: 1 << 30}}
		if words := modeltest.AbsentPage.WordsOn(s, tt.region, false); words[2] != tt.want {
			t.Errorf("%q, %+v: %q, want %q", tt.kernel, tt.region, words[2], tt.want)
		}
	}
}
