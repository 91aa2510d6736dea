package sampler

import (
	"time"

	"incore/memops/proc"
	"incore/model"
)

// systemPause is how often a screen's samples ask the machine about its memory.
const systemPause = time.Second

// systemReader reads what the machine says of its memory, and remembers it for the samples
// that do not need it exact.
type systemReader struct {
	last model.System
	from time.Time // when last is too old
}

// read is the machine's memory now, or as of the last second where now is not needed.
func (r *systemReader) read(now bool) model.System {
	if now || time.Now().After(r.from) {
		r.last, r.from = proc.ReadSystem(), time.Now().Add(systemPause)
	}
	return r.last
}
