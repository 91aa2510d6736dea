// Package calls knows the system calls: their manual pages, arguments and constants, since which
// kernel there are, what a command would reach ([Foresee]), and why a call failed ([Explain]).
package calls
