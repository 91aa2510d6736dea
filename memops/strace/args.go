package strace

import (
	"fmt"
	"strings"

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

// Flag is one bit of a flags argument by its name.
type Flag = struct {
	Bit  uint64 // its value: 1, 2, 4
	Name string // as the C headers have it: PROT_READ
}

// Flags is the or of the flags whose condition holds.
func Flags(v uint64, names []Flag, none string) model.Arg {
	var text []string
	rest := v
	for _, f := range names {
		if v&f.Bit != 0 {
			text = append(text, f.Name)
			rest &^= f.Bit
		}
	}
	if rest != 0 {
		text = append(text, fmt.Sprintf("%#x", rest))
	}
	if len(text) == 0 {
		return Word(v, none)
	}
	return Word(v, strings.Join(text, "|"))
}

// Prot is the protection argument of mmap and mprotect.
func Prot(p model.Prot) model.Arg {
	return Flags(uint64(p), []Flag{{1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}}, "PROT_NONE")
}
