package cli

import (
	"context"

	"incore/memops"
	"incore/memops/doctor"
	"incore/model"
)

// openLive starts the real subject.
func openLive(ctx context.Context, o labOptions) (lab, error) {
	l, err := memops.Open(ctx, memops.Options{Sampling: o.Sampling, Sharing: o.Sharing, Memory: o.Memory})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// kernelCheckups is what the kernel and the user allow.
func kernelCheckups(ctx context.Context) []model.Checkup { return doctor.Examine(ctx) }
