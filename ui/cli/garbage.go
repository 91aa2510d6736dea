package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// Nearly all that a screen has in memory are lists of pages: tens of megabytes where a large region is touched at random, and new ones with each
// sample. They have no pointers to be followed, so that collecting them is cheap. What is kept beside them is bounded.
const (
	garbagePercent = 25      // of what is in use, where that is little
	garbageMost    = 6 << 20 // bytes beside what is in use, and a part of that
)

// keepGarbageSmall has garbage collected soon and given back to the kernel, until the function that it returns is called. What may be in
// memory follows what is in use, collection by collection: no clock runs for it.
func keepGarbageSmall() (stop func()) {
	percent := debug.SetGCPercent(garbagePercent)
	var over atomic.Bool
	var again func(*[64]byte)
	again = func(*[64]byte) {
		if over.Load() {
			return
		}
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			used := int64(live[0].Value.Uint64())
			debug.SetMemoryLimit(used + used/8 + garbageMost)
		}
		runtime.SetFinalizer(new([64]byte), again) // of what the next collection finds unused
	}
	again(nil)
	return func() {
		over.Store(true)
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(percent)
	}
}
