package subject

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// image wraps machine code into the smallest static ELF executable that says what
// must be said: one segment to read and execute, and a stack that is not executable.
// The code begins right behind the headers.
func image(text []byte, machine elf.Machine) []byte {
	const headers = 64 + 2*56 // bytes: the file header and two program headers
	size := uint64(headers + len(text))
	var b bytes.Buffer
	write := func(v any) {
		// A bytes.Buffer does not fail, and both structs have a fixed size.
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	write(elf.Header64{
		Ident: [elf.EI_NIDENT]byte{
			0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT),
		},
		Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: uint32(elf.EV_CURRENT),
		Entry: textAddr + headers, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 2,
	})
	write(elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X),
		Vaddr: textAddr, Paddr: textAddr, Filesz: size, Memsz: size, Align: 0x10000,
	})
	write(elf.Prog64{Type: uint32(elf.PT_GNU_STACK), Flags: uint32(elf.PF_R | elf.PF_W), Align: 16})
	b.Write(text)
	return b.Bytes()
}

// entryAddr is the address of the code's first byte in the subject.
const entryAddr = textAddr + 64 + 2*56
