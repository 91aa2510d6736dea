package strace

import (
	"fmt"

	"incore/model"
)

// Addr is an address, in bytes.
func Addr(v uint64) model.Arg {
	return model.Arg{Kind: model.ArgAddr, Value: v, Text: fmt.Sprintf("%#x", v)}
}

// Len is a length, in bytes.
func Len(v uint64) model.Arg {
	return model.Arg{Kind: model.ArgLen, Value: v, Text: fmt.Sprintf("%d", v)}
}

// Word is any other argument, with the text that strace would print.
func Word(v uint64, text string) model.Arg { return model.Arg{Value: v, Text: text} }
