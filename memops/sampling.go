//go:build linux && (amd64 || arm64)

package memops

import (
	"time"

	"incore/model"
)

// host is a Lab as its samplers see it.
type host struct{ lab *Lab }

func (h host) Now() time.Duration   { return h.lab.now() }
func (h host) State() model.State   { return h.lab.State() }
func (h host) Tell(item model.Item) { h.lab.emit(item) }

// Living is how many processes have not ended.
func (h host) Living() int64 { return h.lab.living() }

// Commands is how many events there were so far.
func (h host) Commands() int {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	return h.lab.seq
}
