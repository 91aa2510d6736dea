package model

import (
	"math/bits"
	"time"
)

// FaultKind says what an access came to.
type FaultKind uint8

// The kinds of FaultKind. Minor and major are the kernel's own (getrusage(2), ru_minflt and
// ru_majflt): a major one had to wait for I/O.
const (
	NoFault FaultKind = iota
	MinorFault
	MajorFault
	FaultKinds int = iota
)

// LatencyBuckets is how many classes of time a [Latencies] has: two an octave, from 8 ns on.
const LatencyBuckets = 48

// Latencies counts accesses by what they came to and by how long they took.
type Latencies [FaultKinds][LatencyBuckets]int64

// LatencyBucket is the class that an access of that length counts in.
func LatencyBucket(d time.Duration) int {
	const first = 3 // 2^3 ns
	n := uint64(max(d, 1<<first))
	octave := bits.Len64(n) - 1
	half := int(n>>(octave-1)) & 1
	return min(2*(octave-first)+half, LatencyBuckets-1)
}

// LatencyOf is the shortest time that counts in a class.
func LatencyOf(bucket int) time.Duration {
	octave := bucket/2 + 3
	return time.Duration(1)<<octave + time.Duration(bucket%2)<<(octave-1)
}

// Accessed tells, while a touch goes on or when it has ended, which accesses it has made since
// the one before. It is told where somebody watches, and not in the log of a script.
type Accessed struct {
	Time      time.Duration
	Proc      string
	Runs      []AccessRun // by address, not overlapping
	Latencies Latencies
}

func (Accessed) item() {}

// AccessRun is Count accesses, Stride bytes apart, that came to the same.
type AccessRun struct {
	Addr   uint64 // of the first, bytes
	Stride uint64 // bytes; 0 where Count is 1
	Count  int64
	Fault  FaultKind
}

// Heat is what touches did to one page.
type Heat struct {
	Last         time.Duration // of the session; 0 where no touch reached it
	Minor, Major uint32        // faults that touches took on it
}
