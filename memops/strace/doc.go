// Package strace says arguments and answers of system calls as strace(1) prints them.
package strace
