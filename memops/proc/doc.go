// Package proc reads what the kernel tells in files: of a process in /proc/PID, of the machine in /proc and
// /sys, and of memory cgroups. It knows nothing of a session or of commands, and changes nothing.
//
// A file of the package is about one file of the kernel's, and is called as that is. What parses a text is
// apart from what reads it, and is the same on every system.
package proc
