//go:build !unix

package cli

import "incore/ui"

// windowChanges does nothing: no signal tells of a new size.
func windowChanges(*ui.Options) (stop func()) { return func() {} }
