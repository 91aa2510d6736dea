package cli

import (
	"context"

	"incore/memops"
)

// openLive starts the real subject.
func openLive(ctx context.Context, o labOptions) (lab, error) {
	l, err := memops.Open(ctx, memops.Options{Sampling: o.sampling, Sharing: o.sharing, Memory: o.memory})
	if err != nil {
		return nil, err
	}
	return l, nil
}
