package cli

import (
	"context"

	"incore/memops"
)

// openLive starts the real subject.
func openLive(ctx context.Context, o labOptions) (lab, error) {
	l, err := memops.Open(ctx, memops.Options{Sampling: o.Sampling, Sharing: o.Sharing, Memory: o.Memory})
	if err != nil {
		return nil, err
	}
	return l, nil
}
