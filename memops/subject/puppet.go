//go:build linux && (amd64 || arm64)

package subject

import (
	"bytes"
	"errors"
	"unsafe"
)

// puppet is the subject's program. It must never be called.
//
//lint:ignore U1000 puppetStart refers to it, in assembly
func puppet()

// puppetStart returns the address of puppet's first byte. Taking it in Go would
// give the address of a wrapper between Go's two calling conventions.
func puppetStart() uintptr

// ticks reads the counter that the subject stamps its replies with.
func ticks() uint64

var endMark = []byte("incore/subject\n\x00")

// maxCode bounds the search for the end mark, in bytes: one page on any kernel.
const maxCode = 4096

// code returns the subject's machine code and where in it the signal handler begins.
func code() (text []byte, handler int, err error) {
	text = unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(nil), puppetStart())), maxCode)
	end := bytes.Index(text, endMark)
	if end < 0 {
		return nil, 0, errors.New("the end mark of the subject's code is missing from this build")
	}
	handler, err = firstJump(text)
	return text[:end], handler, err
}

// program is the subject's executable.
type program struct {
	content []byte // an ELF file
	handler uint64 // address of the signal handler
}

func newProgram() (program, error) {
	text, handler, err := code()
	if err != nil {
		return program{}, err
	}
	return program{image(text, elfMachine()), entryAddr + uint64(handler)}, nil
}
