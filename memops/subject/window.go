package subject

// The window is a small memory file that is mapped at a fixed address in the
// subject and wherever the kernel likes in incore. It holds the subject's stacks
// and messages, and what a call needs in memory: structs, strings, vectors. The
// subject maps it below its text, so that the room above, where brk grows, is free.
const (
	WindowAddr = 0x200000 // in the subject, bytes
	WindowSize = 0x20000  // bytes; a multiple of 64 KiB, the largest page of an arm64 kernel
	textAddr   = 0x400000 // where the ELF file puts the code

	// Offsets in the window. Each thread has a block of 16 KiB: its messages and its
	// stack in the first 4 KiB, then the signal stack. Pages that are never used cost
	// the subject nothing, so what is used together lies together.
	actorBlock    = 0x0000
	observerBlock = 0x4000
	argsOffset    = actorBlock + 0x400
	stampsOffset  = 0x8000
	vectorOffset  = 0xc000 // what one mincore(2) of 4096 pages fills
	bitsOffset    = 0xd000 // what is made of it: two buffers
	// Behind them lie 44 KiB that no Go code writes to; an executed instruction
	// finds their middle behind all its registers (0x218000 in puppet_amd64.s).
	scratchOffset = ScratchAddr - WindowAddr

	stackTop     = 0x0ff0 // in a block: the loop's stack grows down from here; not a byte of the signal stack
	sigStack     = 0x1000 // in a block
	sigStackSize = 0x3000 // bytes
	sigFrame     = 0x1000 // bytes that a signal frame takes with AVX-512; with AMX it would be under 12 KiB
)

// OwnStart and OwnEnd bound the addresses of the window and the program in the subject,
// in bytes; nothing else lies between them.
const (
	OwnStart = WindowAddr
	OwnEnd   = textAddr + 0x10000
)

// ArgsSize is how many bytes there are for what a call of the actor needs in memory.
const ArgsSize = 0x800

// Stamps is how many per-page time stamps fit into the window.
const Stamps = 1024

// BitsPages is how many pages one of the two buffers of mincore's answers holds, a bit each.
const BitsPages = 8 * bitsSize

const bitsSize = 0x2000 // bytes

// ArgsAddr is where in the subject the ArgsSize bytes lie that Go reaches as
// [Subject.Args].
const ArgsAddr = WindowAddr + argsOffset

// StampsAddr is where the subject writes a touch's per-page time stamps. Between
// touches it is free for an answer of up to 4*Stamps bytes.
const StampsAddr = WindowAddr + stampsOffset

// ScratchAddr is where in the subject the memory lies that an executed instruction works on. It may be
// written, not executed, and begins with what TouchWrite stores.
const ScratchAddr = WindowAddr + 0x18000
