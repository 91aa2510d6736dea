// Package sampler observes a process: which of its pages are in memory, in its page table, locked, and what it may do
// with them. It asks mincore through the subject's observer, and reads all else from outside.
//
// It knows of a session what [Session] has, and makes no call that changes anything in the process.
package sampler
