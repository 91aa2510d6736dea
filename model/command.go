package model

import "fmt"

// Command is one line of the command language. Its String is the line in its
// shortest form, and parses back to the same command.
type Command interface {
	// Verb is the first word of the line: the system call's own name where it is one.
	Verb() string
	fmt.Stringer
}

// Remark is a command that may be a remark, such as say and wait, of which an expect that stands
// behind it does not ask.
type Remark interface {
	Command
	// Remark reports whether it is one.
	Remark() bool
}

// lineOf returns a command's line, or "" of none.
func lineOf(c Command) string {
	if c == nil {
		return ""
	}
	return c.String()
}
