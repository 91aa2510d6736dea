//go:build linux && (amd64 || arm64)

package doctor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"incore/memops/proc"
	"incore/model"
	"incore/model/lang"
)

// locking looks at what limits locks, and tries one.
func (d *doctor) locking() {
	d.group = "locking"
	eff := proc.ParseStatus(proc.ReadText("/proc/self/status")).Caps
	if d.lab != nil {
		limits := d.main().Limits
		found := fmt.Sprintf("%s, and up to %s by setrlimit", model.FormatLimit(limits.MemlockSoft), model.FormatLimit(limits.MemlockHard))
		d.hasIf(limits.MemlockSoft != 0, "RLIMIT_MEMLOCK", found, found, "nothing can be locked without CAP_IPC_LOCK: raise it (ulimit -l)")
		e := d.do("mmap doctor_lock 1")
		if e.OK() {
			e = d.do("mlock doctor_lock")
		}
		d.hasIf(e.OK(), "mlock", "a page was locked", why(e), "locks fail: only that can be shown")
		d.do("munmap doctor_lock")
	}
	for _, c := range []struct{ name, has, means string }{
		{"ipc_lock", "locks without limit; capset -ipc_lock drops it", "RLIMIT_MEMLOCK holds"},
		{"sys_resource", "the hard limit of RLIMIT_MEMLOCK can be raised", "the hard limit of RLIMIT_MEMLOCK can only be lowered"},
		{"sys_admin", "frame numbers can be read", "no frame numbers"},
	} {
		bit := slices.Index(lang.Capabilities(), c.name)
		switch {
		case eff>>bit&1 == 0:
			d.lacks(capName(c.name), "this user does not have it", c.means)
		case !proc.CapsCount():
			d.lacks(capName(c.name), "it counts in this user namespace alone, as in a rootless container", c.means)
		default:
			d.has(capName(c.name), c.has, "")
		}
	}
}

// overcommitModes is what vm.overcommit_memory says (proc_sys_vm(5)).
var overcommitModes = []string{"0, heuristic", "1, always", "2, never"}

// memory looks at how much there is, and how much of it may be asked for.
func (d *doctor) memory() {
	d.group = "memory"
	s := proc.ReadSystem()
	size := model.FormatBytes
	d.has("RAM", fmt.Sprintf("%s, of which %s are available", size(s.MemTotal), size(s.MemAvailable)),
		fmt.Sprintf("a session may fill %s; --memory allows more", size(s.MemAvailable/2)))
	mode := fmt.Sprint(s.Overcommit)
	if s.Overcommit >= 0 && s.Overcommit < len(overcommitModes) {
		mode = overcommitModes[s.Overcommit]
	}
	found := fmt.Sprintf("mode %s; CommitLimit %s, Committed_AS %s", mode, size(s.CommitLimit), size(s.Committed))
	switch s.Overcommit {
	case 1:
		d.has("overcommit", found, "no mmap is refused for its size")
	case 2:
		d.has("overcommit", found, fmt.Sprintf("what is mapped counts, touched or not: %s more can be", size(max(0, s.CommitLimit-s.Committed))))
	default:
		d.has("overcommit", found, "only a mapping that alone is larger than RAM and swap is refused")
	}
	d.has("vm.max_map_count", fmt.Sprintf("%d VMAs a process", s.MaxMapCount), "")
	if d.lab != nil {
		d.shm()
		d.memcg()
	}
}

// shm tries a System V segment, and tells its limits (sysvipc(7), proc_sys_kernel(5)).
func (d *doctor) shm() {
	e := d.do("shmget doctor_shm 1")
	if !e.OK() {
		d.lacks("shared memory", why(e), "no shmget and no SHM_LOCK")
		return
	}
	d.do("shmctl doctor_shm rmid")
	d.do("munmap doctor_shm")
	unlimited := func(path string, unit int64) string {
		n := proc.ReadUint(path)
		if n >= 1<<62/uint64(unit) {
			return "any"
		}
		return model.FormatBytes(int64(n) * unit)
	}
	d.has("shared memory", fmt.Sprintf("System V; a segment may have %s, all together %s",
		unlimited("/proc/sys/kernel/shmmax", 1), unlimited("/proc/sys/kernel/shmall", int64(os.Getpagesize()))), "")
}

// memcg tries a memory cgroup.
func (d *doctor) memcg() {
	const name, means = "memory cgroup", "the OOM killer cannot be shown (memcg)"
	if e := d.do("memcg max"); !e.OK() {
		d.lacks(name, why(e), means)
		return
	}
	version := "1"
	if h, _ := proc.FindHierarchy(proc.ReadText("/proc/self/mountinfo"), proc.ReadText("/proc/self/cgroup")); h.V2 {
		version = "2"
	}
	d.has(name, "one could be made, of version "+version, "")
}

// swap looks where pages can go that leave memory.
func (d *doctor) swap() {
	d.group = "swap"
	const means = "no anonymous page leaves memory: no swapped pages, and no major faults but those of files (scratch)"
	areas := proc.SwapAreas(proc.ReadText("/proc/swaps"))
	if len(areas) == 0 {
		d.lacks("swap", "none is on (swapon, as root)", means)
		return
	}
	found := strings.Join(areas, ", ")
	if bytes.HasPrefix(proc.ReadText("/sys/module/zswap/parameters/enabled"), []byte("Y")) {
		found += "; before it zswap, in memory"
	}
	if strings.Contains(found, "zram") {
		d.has("swap", found, "zram is memory: a page is out at once, and a major fault is short")
	} else {
		d.has("swap", found, "")
	}
}

// pageKinds looks at the pages that are not just pages.
func (d *doctor) pageKinds() {
	d.group = "pages"
	s := proc.ReadSystem()
	switch s.THP {
	case "":
		d.lacks("huge pages", "this kernel has no transparent ones", "madvise hugepage fails")
	case "never":
		d.lacks("huge pages", "transparent_hugepage/enabled is never", "madvise hugepage has no effect; collapse has")
	case "always":
		d.has("huge pages", "transparent_hugepage/enabled is always", "incore turns them off for its regions, so that one touch is one page")
	default:
		d.has("huge pages", "transparent_hugepage/enabled is "+s.THP, "")
	}
	more := proc.ReadNumber("/proc/sys/vm/nr_overcommit_hugepages")
	d.hasIf(s.HugeTotal+more > 0, "hugetlb", fmt.Sprintf("%d of %d pages of %s are free, and %d more may be made", s.HugeFree, s.HugeTotal,
		model.FormatBytes(s.HugeSize), more), "the pool is empty (vm.nr_hugepages, as root)", "mmap hugetlb fails with ENOMEM")
	switch run := proc.ReadText("/sys/kernel/mm/ksm/run"); {
	case len(run) == 0:
		d.lacks("KSM", "this kernel does not have it", "pages of equal content are not merged")
	default:
		d.hasIf(proc.Number(run) == 1, "KSM", "it runs", "it does not run (/sys/kernel/mm/ksm/run, as root)", "madvise mergeable merges nothing")
	}
}

// places tries a scratch file.
func (d *doctor) places() {
	if d.lab == nil {
		return
	}
	d.group = "files"
	e := d.do("mmap doctor_scratch 1 shared scratch")
	if !e.OK() {
		d.lacks("scratch", why(e), "no region with a disk behind it: no major faults without swap")
		return
	}
	dir := "a directory on a disk"
	for _, v := range d.lab.Refresh(d.ctx, model.Main).VMAs {
		if e.Mapped != nil && v.Start == e.Mapped.Base && v.Path != "" {
			dir = filepath.Dir(v.Path)
		}
	}
	d.has("scratch", "files without a name in "+dir, "")
	d.do("munmap doctor_scratch")
}

// capName is a capability as the kernel's headers write it: CAP_IPC_LOCK.
func capName(name string) string { return "CAP_" + strings.ToUpper(name) }
