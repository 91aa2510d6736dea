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

// LatencyBucket returns the class that an access of that length counts in.
func LatencyBucket(d time.Duration) int {
	const first = 3 // 2^3 ns
	n := uint64(max(d, 1<<first))
	octave := bits.Len64(n) - 1
	half := int(n>>(octave-1)) & 1
	return min(2*(octave-first)+half, LatencyBuckets-1)
}

// LatencyOf returns the shortest time that counts in a class. What is shorter than that of the
// first class (8 ns) counts there too, and all that is longer than that of the last (101 ms) there.
func LatencyOf(bucket int) time.Duration {
	octave := bucket/2 + 3
	return time.Duration(1)<<octave + time.Duration(bucket%2)<<(octave-1)
}

// Add counts one access.
func (l *Latencies) Add(kind FaultKind, d time.Duration) { l[kind][LatencyBucket(d)]++ }

// Join counts what another has counted.
func (l *Latencies) Join(o *Latencies) {
	for kind := range l {
		for class := range l[kind] {
			l[kind][class] += o[kind][class]
		}
	}
}

// Count returns how many accesses of that kind were counted.
func (l *Latencies) Count(kind FaultKind) (n int64) {
	for _, of := range l[kind] {
		n += of
	}
	return n
}

// Accessed tells of accesses that the subject's own loops have made since the Accessed before:
// of a touch while it goes on and when it has ended, of memset, memcpy, memmove and memcmp when
// they have. It is told where somebody watches, and not in the log of a script.
type Accessed struct {
	Time time.Duration // since the session began; the accesses were made shortly before it
	Proc string        // the process whose loop made them
	Runs []AccessRun   // by address, not overlapping; of a page that was reached more than once, once
	// Latencies are of a touch's accesses: of the other loops single accesses are not timed.
	Latencies Latencies
}

func (Accessed) item() {}

// AccessRun is Count accesses, Stride bytes apart, that came to the same.
type AccessRun struct {
	Addr   uint64    // of the first, bytes
	Stride uint64    // bytes; 0 where Count is 1
	Count  int64     // accesses, 1 or more; of memset and its like the pages that were reached
	Fault  FaultKind // what each came to; of memset and its like NoFault also where the counts do not tell which pages faulted
}

// Last returns the address of the last access, or of the last that has one. Count must not be 0.
func (r AccessRun) Last() uint64 {
	n := uint64(r.Count - 1)
	if r.Stride > 0 {
		n = min(n, (^uint64(0)-r.Addr)/r.Stride)
	}
	return r.Addr + n*r.Stride
}

// Heat is what the subject's own loops did to one page, as far as it was told by [Accessed].
type Heat struct {
	Last         time.Duration // of the Accessed that last told of it, of the session; 0 where none did
	Minor, Major uint32        // faults that these accesses took on it
}
