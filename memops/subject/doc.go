// Package subject starts and drives the subject: a process that owns the memory
// that incore shows, with as good as nothing else in it. It is one page of machine
// code (puppet_amd64.s, puppet_arm64.s), wrapped into an ELF file in memory, that
// reads 64-byte messages from a socket, makes the system call each one names and
// answers with the return value and the time stamps right before and after it.
//
// It works on Linux on amd64 and arm64. On other systems the package builds, and
// Start says that it cannot.
package subject
