//go:build !linux

package cli

import (
	"context"
	"fmt"
	"runtime"
)

// openLive answers that there is no subject here.
func openLive(context.Context, labOptions) (lab, error) {
	return nil, fmt.Errorf("the live subject needs Linux; this is %s", runtime.GOOS)
}
