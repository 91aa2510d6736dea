// Package memops is where incore meets the kernel: it turns commands into calls
// of a subject (package subject), and reads what the kernel says of the subject's
// pages afterwards. A [Lab] is what a screen or a script drives.
//
// It works on Linux on amd64 and arm64; elsewhere it builds, and Open says what is missing.
package memops
