//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"runtime"
	"strings"

	"incore/model"
)

// walkRow is a kind of command that a walk may make.
type walkRow struct {
	weight int // how often, against the others
	// line writes the command for a process, or "" where there is none now.
	line  func(d *dice, r *reference, p *refProcess) string
	needs func(r *reference) bool // of the machine; nil: nothing
	// notInC says that the walk of programs in C leaves it out: they have a heap of their own, with glibc's buffers and what came before
	// main, say of a limit of all that is mapped that it is left out, and do not follow what a raw call before theirs has locked.
	notInC bool
}

// walkRows is the table of the walk: a further verb is a row here, its rule in
// reference.run, and what keeps it from being drawn in reference.admits.
var walkRows = []walkRow{
	{weight: 30, line: mmapLine},
	{weight: 4, line: onTarget("munmap")},
	{weight: 12, line: onTarget("mlock")},
	{weight: 8, line: onTarget("mlock2", "", " onfault", " onfault"), needs: func(r *reference) bool { return r.mlock2 }},
	{weight: 12, line: onTarget("munlock")},
	{weight: 8, line: mlockallLine},
	{weight: 2, line: func(*dice, *reference, *refProcess) string { return "munlockall" }},
	{weight: 16, line: onTarget("mprotect", " none", " none", " r", " w", " rw", " rw", " rw", " rx", " rwx")},
	{weight: 16, line: adviseLine("dontneed", "dontneed", "dontneed_locked", "free", "remove")},
	{weight: 8, line: adviseLine("populate_read", "populate_write")},
	{weight: 6, line: adviseLine("guard_install", "guard_install", "guard_remove")},
	{weight: 6, line: adviseLine("normal", "random", "sequential", "willneed", "nohugepage", "cold", "pageout")},
	{weight: 8, line: adviseLine("dontfork", "dofork", "wipeonfork", "keeponfork", "dontdump", "dodump")},
	{weight: 24, line: touchLine},
	{weight: 6, line: memsetLine},
	{weight: 4, line: bytesLine("memcpy")},
	{weight: 4, line: bytesLine("memmove")},
	{weight: 6, line: bytesLine("memcmp")},
	{weight: 4, line: onTarget("mincore")},
	{weight: 3, line: onTarget("msync", " sync", " async", " invalidate", " sync,invalidate", " async,invalidate", " sync,async")},
	{weight: 6, line: onTarget("read")},
	{weight: 6, line: onTarget("write")},
	{weight: 6, line: rawLine, notInC: true},
	{weight: 2, line: prctlLine},
	{weight: 12, line: brkLine, notInC: true},
	{weight: 8, line: shmgetLine},
	{weight: 6, line: shmatLine},
	{weight: 6, line: shmdtLine},
	{weight: 8, line: shmctlLine},
	{weight: 16, line: mremapLine},
	{weight: 16, line: truncateLine},
	{weight: 10, line: mallocLine},
	{weight: 24, line: heapLine, notInC: true},
	{weight: 16, line: reallocLine},
	{weight: 4, line: freeLine},
	{weight: 2, line: onTarget("mseal"), needs: canSeal},
	{weight: 4, line: setrlimitLine},
	{weight: 6, line: limitLine, notInC: true},
	{weight: 2, line: func(*dice, *reference, *refProcess) string { return "capset -ipc_lock" }, needs: (*reference).hasIPCLock},
	{weight: 8, line: forkLine},
	{weight: 1, line: endLine("exec")},
	{weight: 2, line: endLine("exit", "exit 3", "kill SIGTERM", "kill SIGKILL")},
}

// rowAt has each row's number as often as its weight says, and rowBits is how many bits
// choose among them with next to no favor.
var rowAt = func() (rows []int) {
	for i, row := range walkRows {
		for range row.weight {
			rows = append(rows, i)
		}
	}
	return rows
}()

const rowBits = 12

// canSeal reports whether mseal is here, and asked about VMA by VMA: Linux 6.10 and 6.11
// asked about the whole range first, so that a call failed with no effect at all.
func canSeal(r *reference) bool { return r.kernel.atLeast(6, 12) }

// hasIPCLock reports whether the limit of locked memory means nothing to begin with.
func (r *reference) hasIPCLock() bool { return r.limits.IPCLock }

// when is text where it holds.
func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

// onTarget is a verb with a target, and one of several endings.
func onTarget(verb string, endings ...string) func(*dice, *reference, *refProcess) string {
	return func(d *dice, r *reference, p *refProcess) string {
		end := ""
		if len(endings) > 0 {
			end = of(d, endings...)
		}
		t := d.target(r, p)
		return when(t != "", verb+" "+t+end)
	}
}

// adviseLine is madvise with one of several advices. One that this kernel does not know
// is drawn all the same: it has to be EINVAL.
func adviseLine(advices ...string) func(*dice, *reference, *refProcess) string {
	return func(d *dice, r *reference, p *refProcess) string {
		a := of(d, advices...)
		t := d.target(r, p)
		return when(t != "", "madvise "+t+" "+a)
	}
}

func mmapLine(d *dice, r *reference, p *refProcess) string {
	name := of(d, walkRegions...)
	if _, taken := p.regions[name]; taken {
		return ""
	}
	size := fmt.Sprint(1 + d.below(maxRegion))
	if d.oneIn(16) {
		size = fmt.Sprintf("%dB", d.below(256)*int(r.pageSize)/64)
	}
	backing := of(d, "", "", "shared", "memfd", "memfd shared", "memfd shared", scratch(d, r), alias(d, p), alias(d, p), of(d, "droppable", "droppable", "memfd droppable"))
	words := []string{"mmap", name, size, backing,
		of(d, "", "", "", "", "none", "r", "w", "rx", "rwx")}
	offset := ""
	if d.oneIn(4) && !strings.Contains(backing, "droppable") && backing != "" && backing != "shared" {
		offset = "offset " + of(d, "1", "3", "8", "100B")
	}
	extra := d.below(16)
	words = append(words, when(extra == 1 || extra == 2, "locked"), when(extra == 2 || extra == 3, "populate"), when(extra == 4, "noreserve"), when(extra == 5, "stack"), when(d.oneIn(2), "tidy"), offset)
	switch where := d.below(8); {
	case where == 1:
		words = append(words, "at "+strings.TrimSpace(d.place(r)))
	case where == 2:
		if on := d.region(p); on != "" {
			words = append(words, fmt.Sprintf("at %s[%d]", on, d.below(int(p.regions[on].pages))))
		}
	case where == 3 && runtime.GOARCH == "amd64":
		words = append(words, when(d.oneIn(2), "low32"))
	}
	if last := len(words) - 1; strings.HasPrefix(words[last], "at ") {
		words[last] = of(d, words[last], words[last], words[last]+" noreplace", "near "+strings.TrimPrefix(words[last], "at "))
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// alias maps a region's memfd a second time, where there is one.
func alias(d *dice, p *refProcess) string {
	name := d.region(p)
	if reg := p.regions[name]; name == "" || reg.file == nil {
		return ""
	}
	return of(d, "shared ", "shared ", "private ") + "alias " + name
}

// scratch is a file of a disk, where there is one.
func scratch(d *dice, r *reference) string {
	if !r.scratch {
		return "memfd"
	}
	return "scratch" + of(d, "", " shared", " shared")
}

// mallocLine makes a block; before the first, malloc is told to map each.
func mallocLine(d *dice, r *reference, p *refProcess) string {
	if !p.maps {
		return when(p.arena == nil, "mallopt mmap_threshold 0")
	}
	name := of(d, walkRegions...)
	_, taken := p.regions[name]
	call := d.below(8)
	switch {
	case taken:
		return ""
	case call < 4:
		return "malloc " + name + " " + blockSize(d, r)
	case call < 7:
		return fmt.Sprintf("calloc %s %d %dB", name, 1+d.below(40), d.below(256)*int(r.pageSize)/256)
	}
	return "calloc " + name + of(d, " 0 1", " 1 0", " 9223372036854775807 3B", " 9223372036854775807 1", " 3 2796203T")
}

// blockSize is any length of a block: of pages, about where the mapping becomes a page longer, of a part of
// one, and more than there can be.
func blockSize(d *dice, r *reference) string {
	switch form := d.below(16); {
	case form < 6:
		return fmt.Sprint(1 + d.below(maxRegion))
	case form < 11:
		return fmt.Sprintf("%dB", (1+d.below(maxRegion))*int(r.pageSize)-of(d, 1, 8, 15, 16, 17, 23, 24, 25, 32, 100))
	case form < 15:
		return fmt.Sprintf("%dB", 1+d.below(256)*int(r.pageSize)/64)
	}
	return "8388608T"
}

// reallocLine gives a block another length, or none.
func reallocLine(d *dice, r *reference, p *refProcess) string {
	name, free := d.region(p), d.oneIn(12)
	size := blockSize(d, r)
	if free {
		size = "0"
	}
	return when(p.regions[name].block > 0, "realloc "+name+" "+size)
}

func freeLine(d *dice, _ *reference, p *refProcess) string {
	name := d.region(p)
	return when(p.regions[name].block > 0, "free "+name)
}

// truncateLine gives a file any length: of pages, of none, of parts of one, about its own, and such that no
// disk has.
func truncateLine(d *dice, r *reference, p *refProcess) string {
	name, form := d.region(p), d.below(16)
	o := p.regions[name].file
	if o == nil {
		return ""
	}
	size := ""
	switch {
	case form < 8:
		size = fmt.Sprint(d.below(maxRegion + 8))
	case form < 12:
		size = fmt.Sprintf("%dB", d.below(maxRegion+1)*int(r.pageSize)+d.below(256)*int(r.pageSize)/256)
	case form < 13:
		size = fmt.Sprintf("%dB", o.size+of[uint64](d, 0, 1, 100))
	case form < 14:
		size = fmt.Sprintf("%dB", o.size-min(o.size, of[uint64](d, 1, 100)))
	case form < 15:
		size = "0"
	default:
		size = of(d, "1T", "8388607T", "8388608T")
	}
	return "truncate " + name + " " + size
}

func mlockallLine(d *dice, _ *reference, _ *refProcess) string {
	flags := d.below(8)
	return strings.TrimSpace("mlockall " + when(flags&1 != 0, "current ") + when(flags&2 != 0, "future ") + when(flags&4 != 0, "onfault"))
}

func touchLine(d *dice, r *reference, p *refProcess) string {
	how := of(d, "", "", "", " read", " read", " read", " exec") + of(d, "", "", "", " every 2", " every 5", " random", " every 3 random")
	t := d.target(r, p)
	return when(t != "", "touch "+t+how)
}

func memsetLine(d *dice, r *reference, p *refProcess) string {
	value := d.below(256)
	t := d.target(r, p)
	return when(t != "", fmt.Sprintf("memset %s %d", t, value))
}

// bytesLine is a verb with two targets of one length.
func bytesLine(verb string) func(*dice, *reference, *refProcess) string {
	return func(d *dice, r *reference, p *refProcess) string {
		a, b := d.region(p), d.region(p)
		if a == "" || b == "" {
			return ""
		}
		ps := int(r.pageSize)
		at := func(region string) int {
			return d.below(int(p.regions[region].pages))*ps + of(d, 0, 1, 7, 100, ps-1)
		}
		n := of(d, 1, 9, 300, ps, ps+100, 3*ps)
		return fmt.Sprintf("%s %s+%d,%d %s+%d,%d", verb, a, at(a), n, b, at(b), n)
	}
}

// setrlimitLine sets a limit that locks of a walk can reach; the hard one seldom, since it
// does not come up again.
func setrlimitLine(d *dice, r *reference, p *refProcess) string {
	soft := of(d, "unlimited", "0", "8M", "64", "160", "10000B", fmt.Sprint(d.below(256)))
	hard := when(d.oneIn(12), of(d, " 300", " unlimited", " 8M"))
	return "setrlimit memlock " + soft + hard
}

// forkLine makes a child, while there are not too many and each has another name.
func forkLine(d *dice, r *reference, _ *refProcess) string {
	name := of(d, walkChildren...)
	return when(r.procs[name] == nil, "fork "+name)
}

// endLine ends a child, or what it runs: the first process stays, and seldom has to begin
// anew, so that a walk can go on.
func endLine(lines ...string) func(*dice, *reference, *refProcess) string {
	return func(d *dice, _ *reference, p *refProcess) string {
		line := of(d, lines...)
		return when(p.name != model.Main || line == "exec" && d.oneIn(4), line)
	}
}
