// Package course takes lessons through a Lab: it finds out what the machine has of what they need, runs them by themselves to
// check that the kernel agrees with them, keeps how far somebody has come, and writes reports. It draws nothing.
package course
