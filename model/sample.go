package model

import "time"

// VMA is one line of /proc/PID/maps with the lock flags of smaps.
type VMA struct {
	Start, End uint64 // bytes, End exclusive
	Prot       Prot
	Shared     bool   // s rather than p
	Lock       Lock   // smaps VmFlags lo, lf
	Path       string // as maps shows it, "" for anonymous memory
}

// ProcStat is what /proc/PID says of a process as a whole.
type ProcStat struct {
	RSS, VmLck, Swap, VmSize int64 // bytes, from /proc/PID/status
	Minor, Major             int64 // faults of the actor's thread since the subject was ready, from /proc/PID/task/TID/stat
}

// RegionSample is what one sample saw of one region.
type RegionSample struct {
	Name  string
	Pages Runs[Page] // all pages of the region
}

// Sample is one observation of a process and all its regions. Once sent it is
// not changed, so it may be kept and shared.
type Sample struct {
	Time    time.Duration
	Proc    string
	Stat    ProcStat
	Limits  Limits
	Regions []RegionSample
	VMAs    []VMA // the process's whole address space, sorted by Start
}
