//go:build !linux || !(amd64 || arm64)

package doctor

import (
	"context"
	"runtime"

	"incore/model"
)

// Examine says that there is no subject here.
func Examine(context.Context) []model.Checkup {
	return []model.Checkup{{
		Group: "system", Name: "Linux", Needs: true,
		Found: "this is " + runtime.GOOS + "/" + runtime.GOARCH,
		Means: "incore cannot run here: the live subject needs Linux on x86-64 or arm64",
	}}
}
