//go:build linux && (amd64 || arm64)

package subject

// The tests are of this package, since most need its inside. What drives a subject is of drive_test.go; the tests of
// package subject_test, which need nothing else, drive one too.
var (
	Started  = started
	Call     = call
	Mapped   = mapped
	PageSize = pageSize
)
