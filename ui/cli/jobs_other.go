//go:build !unix

package cli

import "incore/ui"

// signals does nothing: there is no job control.
func signals(*ui.Options, uintptr, func()) (stop func()) { return func() {} }
