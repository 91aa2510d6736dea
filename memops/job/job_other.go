//go:build !linux

package job

import "errors"

// Foreground reports true: it is not found out here.
func Foreground(uintptr) bool { return true }

// Background does nothing: what is written in the background is the terminal's matter.
func Background(uintptr) {}

// Stop fails: the live subject is on Linux alone, and nothing else opens a screen.
func Stop(func()) error { return errors.ErrUnsupported }
