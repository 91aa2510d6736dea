package cli

import (
	"context"

	"incore/memops/doctor"
	"incore/model"
)

// kernelCheckups is what the kernel and the user allow.
func kernelCheckups(ctx context.Context) []model.Checkup { return doctor.Examine(ctx) }
