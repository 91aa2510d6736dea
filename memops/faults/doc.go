// Package faults tells of accesses to pages which of them faulted, and how long they took.
package faults
