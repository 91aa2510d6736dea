package model

import "time"

// VMA is one line of /proc/PID/maps with the flags of smaps that calls ask about.
type VMA struct {
	Start, End uint64 // bytes, End exclusive
	Prot       Prot   // the r, w and x of maps
	Shared     bool   // s rather than p
	Lock       Lock   // smaps VmFlags lo, lf
	Path       string // as maps shows it, "" for anonymous memory
	Sealed     bool   // smaps VmFlags sl: mseal(2), Linux 6.10
	GrowsDown  bool   // smaps VmFlags gd: MAP_GROWSDOWN, and the stack
	HugeTLB    bool   // smaps VmFlags ht: of hugetlb pages
	Key        int    // smaps ProtectionKey: the number of its protection key, 0 is the default one (pkeys(7))

	Offset     uint64   // of its first byte in the file, bytes
	Dev, Inode uint64   // of the file: major and minor number, 32 bits each; 0 of anonymous memory
	Flags      VMAFlags // all of smaps VmFlags; 0 where they were not told
}

// Secret reports whether the mapping is of memory of memfd_secret(2), whose files the kernel gives that name, on a file
// system that has no disk (mm/secretmem.c, secretmem_file_create).
func (v VMA) Secret() bool {
	return v.Shared && v.Path == "/secretmem (deleted)" && v.Dev>>32 == 0
}

// ProcStat is what /proc/PID says of a process as a whole.
type ProcStat struct {
	RSS, VmLck, Swap, VmSize int64 // bytes, from /proc/PID/status
	Pss                      int64 // bytes, from /proc/PID/smaps_rollup: RSS with each page divided by how many map it; 0 where it was not asked for
	VmData                   int64 // bytes: what RLIMIT_DATA counts, private writable memory
	Minor, Major             int64 // faults of the actor's thread since the subject was ready, from /proc/PID/task/TID/stat
}

// RegionSample is what one sample saw of one region.
type RegionSample struct {
	Name  string     // the region's, in the process of the sample
	Pages Runs[Page] // all pages of the region
	// Segment is what the system says of the segment that the region is of; zero of another region.
	Segment Segment
}

// Sample is one observation of a process and all its regions. Once sent it is
// not changed, so it may be kept and shared.
type Sample struct {
	Time    time.Duration  // since the session began, when all of it had been read
	Proc    string         // the process that was observed: main, or as fork named it
	Stat    ProcStat       // counts of the whole process
	Limits  Limits         // of the process
	Regions []RegionSample // in the order of Process.Regions
	VMAs    []VMA          // the process's whole address space, sorted by Start
	System  System         // the machine, as it was up to a second before
	Frame   *Frame         // of the page that Lab.Look named, or nil where it named none
}

// System is what the machine as a whole says of its memory (proc_meminfo(5),
// proc_sys_vm(5)), as far as a call's answer can depend on it. Sizes are in bytes; a
// zero System was not read.
type System struct {
	MemTotal, MemAvailable int64  // RAM, and what of it can be had without swapping; before Linux 3.14 incore estimates that
	SwapTotal, SwapFree    int64  // swap space, and what of it is unused
	CommitLimit, Committed int64  // CommitLimit, Committed_AS
	Overcommit             int    // vm.overcommit_memory: 0 heuristic, 1 always, 2 never
	MaxMapCount            int64  // vm.max_map_count: VMAs that a process may have
	HugeSize               int64  // of a hugetlb page: Hugepagesize
	HugeTotal, HugeFree    int64  // hugetlb pages in the pool, and those of them that are free
	HugeReserved           int64  // of those that are free: promised to mappings (HugePages_Rsvd)
	HugeSurplus            int64  // how many the pool may take beside its own (vm.nr_overcommit_hugepages)
	THP                    string // transparent_hugepage/enabled: always, madvise, never; "" where there is none
	KSM                    string // ksm/run: 0, 1, 2; "" where there is none
}

// Frame describes the page frame behind one page, and the page table's entry.
type Frame struct {
	Region string // the name of the region that the page is of
	Page   int64  // the page's index in the region, from 0
	Entry  uint64 // the /proc/PID/pagemap entry; its frame number is 0 without CAP_SYS_ADMIN
	PFN    uint64 // page frame number, or 0
	Flags  uint64 // /proc/kpageflags
	Count  uint64 // /proc/kpagecount: how often it is mapped
	// Why says why PFN, Flags and Count are not there: no right to read them, no frame
	// behind the page. It is "" where they are.
	Why string
	// Bytes are the first 16 bytes of the page, as they were when the cursor came to it, or when
	// a command last ended or the entry last changed. They are told only where looking faults
	// nothing in: the page is mapped and may be read. Where they are not there, BytesWhy says why.
	Bytes    string // raw
	BytesWhy string
	// LazyFree is how many bytes of the page's VMA were given up by MADV_FREE and not written since (smaps, LazyFree), as of
	// when Bytes were read; 0 too where the session has advised nothing of the kind.
	LazyFree int64
}
