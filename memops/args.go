package memops

import (
	"fmt"
	"strings"

	"incore/model"
)

// addrArg is an address, in bytes.
func addrArg(v uint64) model.Arg {
	return model.Arg{Kind: model.ArgAddr, Value: v, Text: fmt.Sprintf("%#x", v)}
}

// lenArg is a length, in bytes.
func lenArg(v uint64) model.Arg {
	return model.Arg{Kind: model.ArgLen, Value: v, Text: fmt.Sprintf("%d", v)}
}

// wordArg is any other argument, with the text that strace would print.
func wordArg(v uint64, text string) model.Arg { return model.Arg{Value: v, Text: text} }

// flag is one bit of a flags argument by its name.
type flag struct {
	bit  uint64
	name string
}

// flagsArg is the or of the flags whose condition holds.
func flagsArg(v uint64, names []flag, none string) model.Arg {
	var text []string
	rest := v
	for _, f := range names {
		if v&f.bit != 0 {
			text = append(text, f.name)
			rest &^= f.bit
		}
	}
	if rest != 0 {
		text = append(text, fmt.Sprintf("%#x", rest))
	}
	if len(text) == 0 {
		return wordArg(v, none)
	}
	return wordArg(v, strings.Join(text, "|"))
}

// protArg is the protection argument of mmap and mprotect.
func protArg(p model.Prot) model.Arg {
	return flagsArg(uint64(p), []flag{{1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}}, "PROT_NONE")
}
