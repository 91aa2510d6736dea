//go:build !linux

package cli

import (
	"context"
	"fmt"
	"runtime"

	"incore/model"
)

// openLive answers that there is no subject here.
func openLive(context.Context, labOptions) (lab, error) {
	return nil, fmt.Errorf("the live subject needs Linux; this is %s", runtime.GOOS)
}

// kernelCheckups says that there is no subject here.
func kernelCheckups(context.Context) []model.Checkup {
	return []model.Checkup{{
		Group: "system", Name: "Linux", Needs: true,
		Found: "this is " + runtime.GOOS + "/" + runtime.GOARCH,
		Means: "incore cannot run here: the live subject needs Linux on x86-64 or arm64",
	}}
}
