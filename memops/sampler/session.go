//go:build linux && (amd64 || arm64)

package sampler

import (
	"sync/atomic"
	"time"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// Session is what the samplers of a session have in common.
type Session struct {
	PageSize int64           // bytes
	Features kernel.Features // what the kernel has
	Host     Host            // the session

	Gate   gate                       // held by a timed call, or by a look that a sampler takes at its own pace
	Shares atomic.Bool                // a page of one process may be another's too: after fork, or with KSM
	Lazy   atomic.Bool                // MADV_FREE was advised
	Frames proc.Frames                // of all page frames, /proc/kpageflags and /proc/kpagecount
	View   atomic.Pointer[model.View] // what the screen shows, of a process that may be yet to come
}

// Host is the session as its samplers see it.
type Host interface {
	Now() time.Duration   // since the session began
	State() model.State   // the fold of what was told
	Tell(item model.Item) // folds an item, and puts it where readers find it
	Living() int64        // how many processes have not ended, each of which is sampled
	Commands() int        // how many have ended so far
}
