package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// Nearly all that a screen can have much of in memory are lists of pages: tens of megabytes where a large region is touched at random,
// and new ones with each sample. They have no pointers to be followed, so that collecting them is cheap, and what is kept
// beside them is bounded. Little is left to the runtime's own pace, at which it is collected once a second or less.
const (
	usesMuch       = 16 << 20 // bytes in use
	garbagePercent = 25       // of what is in use, where that is much
	memoryLeast    = 40 << 20 // bytes that the runtime may have in any case; the program's own text takes some 15 MB beside
	garbageMost    = 8 << 20  // bytes beside what is in use, and an eighth of that
)

// keepGarbageSmall has garbage collected soon and given back to the kernel where much is in use, until the function that it returns is
// called. It looks with each collection; no clock runs for it.
func keepGarbageSmall() (stop func()) {
	percent := debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	var over atomic.Bool
	much := false
	var look func(*[64]byte)
	look = func(*[64]byte) {
		if over.Load() {
			return
		}
		used := liveBytes()
		debug.SetMemoryLimit(max(memoryLeast, used+used/8+garbageMost))
		if used > usesMuch {
			if !much {
				much = true
				debug.SetGCPercent(garbagePercent)
			}
		} else if much && used < usesMuch/2 {
			much = false
			debug.SetGCPercent(percent)
		}
		runtime.SetFinalizer(new([64]byte), look) // of what the next collection finds unused
	}
	look(nil)
	return func() {
		over.Store(true)
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(percent)
	}
}

// liveBytes returns how many bytes the last collection found in use.
func liveBytes() int64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	if metrics.Read(live); live[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(live[0].Value.Uint64())
}
