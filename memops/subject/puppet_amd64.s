//go:build linux

#include "textflag.h"

// The subject's whole program. It is never run in this process: image copies the
// bytes from here to the end mark into an ELF file, so everything is relative to
// the instruction pointer or at the fixed addresses of window.go.
//
// Each thread works in a block of 16 KiB of the window. Its stack and its signal
// stack both lie in the block, so "stack pointer, low 14 bits cleared" is the block,
// in the loop, in a new thread and in a signal handler alike, whatever the
// executed instruction did to the other registers. A block begins with:
//
//	0x00 fd     0x08 1 while touch exec runs    0x10 time stamp at the start
//	0x20 next address  0x28 stride  0x30 left  0x38 where stamps go (touch exec)
//	0x40 request: number, six arguments, tag
//	0x80 reply: return, stamp before, stamp after, signal|si_pkey<<16|code<<32, si_addr, pc, done, tag
//	0xc0 time stamp before the instruction (touch exec)
//	0xc8 address of the will, or 0 (keeper.go)   0xd0 PID of the last child

#define BLOCK \
	MOVQ SP, BX; \
	ANDQ $-0x4000, BX

// STAMP leaves the time-stamp counter in AX. The fences keep it from being read
// before or after its place in the program.
#define STAMP \
	LFENCE; \
	RDTSC; \
	LFENCE; \
	SHLQ $32, DX; \
	ORQ  DX, AX

TEXT ·puppet(SB),NOSPLIT|NOFRAME,$0-0
	JMP start
	JMP handler // code finds the handler right behind the first jump

start:
	MOVL $4, R8 // the window's descriptor
	XORL R13, R13 // not a child
window:
	// mmap(window, size, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, R8, 0)
	MOVL $0x200000, DI
	MOVL $0x20000, SI
	MOVL $3, DX
	MOVL $0x11, R10
	XORL R9, R9
	MOVL $9, AX
	SYSCALL
	CMPQ AX, $0x200000
	JNE  quit
	MOVQ $0x200ff0, SP
	TESTQ R13, R13
	JNZ  forked

loop:
	BLOCK
	XORL AX, AX // read(fd, request, 64)
	MOVQ (BX), DI
	LEAQ 0x40(BX), SI
	MOVL $64, DX
	SYSCALL
	CMPQ AX, $-4 // EINTR
	JEQ  loop
	CMPQ AX, $64
	JNE  odd
	XORL AX, AX
	MOVQ AX, 0x98(BX)
	MOVQ AX, 0xa0(BX)
	MOVQ AX, 0xa8(BX)
	MOVQ AX, 0xb0(BX)
	MOVQ 0x78(BX), AX
	MOVQ AX, 0xb8(BX)
	MOVL 0x44(BX), AX
	TESTL AX, AX
	JNE  own

	// A system call. A new thread comes back from clone here too, with its own
	// stack pointer and so its own block. The stamp is in memory already when the call
	// is made: an execve that works comes back nowhere, and Go reads it there.
	STAMP
	MOVQ AX, 0x88(BX)
	MOVQ 0x40(BX), AX
	MOVQ 0x48(BX), DI
	MOVQ 0x50(BX), SI
	MOVQ 0x58(BX), DX
	MOVQ 0x60(BX), R10
	MOVQ 0x68(BX), R8
	MOVQ 0x70(BX), R9
	SYSCALL
	BLOCK
	MOVQ AX, 0x80(BX)
	STAMP
	MOVQ AX, 0x90(BX)

send:
	MOVL $1, AX // write(fd, reply, 64)
	MOVQ (BX), DI
	LEAQ 0x80(BX), SI
	MOVL $64, DX
	SYSCALL
	CMPQ AX, $-4 // EINTR
	JEQ  send
	LEAQ 0xff0(BX), SP
	JMP  loop

odd:
	// A packet that is no message, such as one with descriptors for a recvmsg that a
	// signal ended, is dropped.
	TESTQ AX, AX
	JGT  loop

gone:
	// Incore is gone, or does not answer any more. A keeper runs its will, a table of
	// 1024 words that say how many calls an entry has, and behind it 8 KiB an entry,
	// which begin with the calls: number, six arguments, and 1 where the first argument
	// is the result of the call before. Registers: R12 the will, R13 rounds left, R14
	// entries that were busy, R15 the entry, BX the call, BP calls left.
	MOVQ  0xc8(BX), R12
	TESTQ R12, R12
	JZ    quit
	MOVL  $1800, R13 // of 16.8 ms each: half a minute
round:
	XORL R14, R14
	XORL R15, R15
entry:
	MOVQ  (R12)(R15*8), BP
	TESTQ BP, BP
	JZ    nextentry
	LEAQ  1(R15), BX
	SHLQ  $13, BX
	ADDQ  R12, BX
	XORL  AX, AX
willcall:
	MOVQ AX, DI
	CMPQ 0x38(BX), $0
	JNE  willprev
	MOVQ 0x08(BX), DI
willprev:
	MOVQ (BX), AX
	MOVQ 0x10(BX), SI
	MOVQ 0x18(BX), DX
	MOVQ 0x20(BX), R10
	MOVQ 0x28(BX), R8
	MOVQ 0x30(BX), R9
	SYSCALL
	CMPQ AX, $-16 // EBUSY: a cgroup whose processes are still dying
	JEQ  busy
	CMPQ AX, $-39 // ENOTEMPTY: what is in it may be a later entry
	JEQ  busy
	ADDQ $64, BX
	DECQ BP
	JNZ  willcall
	MOVQ BP, (R12)(R15*8) // done: not in the next round
	JMP  nextentry
busy:
	INCL R14
nextentry:
	INCL  R15
	CMPL  R15, $1024
	JNE   entry
	TESTL R14, R14
	JZ    quit
	DECL  R13
	JZ    quit
	MOVL  $0x1000000, AX // nanosleep({0, 16.8 ms}, 0)
	PUSHQ AX
	PUSHQ $0
	MOVQ  SP, DI
	XORL  SI, SI
	MOVL  $35, AX
	SYSCALL
	ADDQ  $16, SP
	JMP   round

quit:
	MOVL $231, AX // exit_group
	XORL DI, DI
	SYSCALL

own:
	// The loops of its own: the number's low half tells which. A signal that ends
	// one finds the time it began at 0x10 and the pages done in the reply.
	STAMP
	MOVQ AX, 0x10(BX)
	MOVL 0x40(BX), AX
	MOVQ 0x48(BX), DI
	MOVQ 0x50(BX), SI
	MOVQ 0x58(BX), CX
	MOVQ 0x60(BX), R14
	CMPL AX, $0
	JEQ  read
	CMPL AX, $1
	JEQ  write
	CMPL AX, $2
	JEQ  exec
	CMPL AX, $3
	JEQ  fill
	CMPL AX, $4
	JEQ  copyup
	CMPL AX, $5
	JEQ  copydown
	CMPL AX, $6
	JEQ  compare
	CMPL AX, $7
	JEQ  mincore
	CMPL AX, $8
	JEQ  fork
	CMPL AX, $9
	JEQ  rights
	MOVQ $-38, AX // ENOSYS
	JMP  answer

read: // DI address, SI stride, CX count, R14 stamps or 0
	TESTQ CX, CX
	JZ    touched
	TESTQ R14, R14
	JZ    readplain
	STAMP
	MOVL  AX, R15
	MOVB  (DI), AX
	STAMP
	SUBL  R15, AX
	MOVL  AX, (R14)
	ADDQ  $4, R14
	JMP   readnext
readplain:
	MOVB (DI), AX
readnext:
	INCQ 0xb0(BX)
	ADDQ SI, DI
	DECQ CX
	JMP  read

write:
	TESTQ CX, CX
	JZ    touched
	TESTQ R14, R14
	JZ    writeplain
	STAMP
	MOVL  AX, R15
	MOVB  $0xc3, (DI) // Touched
	STAMP
	SUBL  R15, AX
	MOVL  AX, (R14)
	ADDQ  $4, R14
	JMP   writenext
writeplain:
	MOVB $0xc3, (DI)
writenext:
	INCQ 0xb0(BX)
	ADDQ SI, DI
	DECQ CX
	JMP  write

exec:
	MOVQ DI, 0x20(BX)
	MOVQ SI, 0x28(BX)
	MOVQ CX, 0x30(BX)
	MOVQ R14, 0x38(BX)
execnext:
	MOVQ  0x30(BX), CX
	TESTQ CX, CX
	JZ    touched
	MOVQ  $1, 0x08(BX)

	// iretq takes over the trap flag together with the new instruction pointer, so
	// exactly one instruction of the page runs before SIGTRAP; with popfq it would
	// be the jump. All registers point into scratch memory: most instructions find
	// something to work on there, and as a system call number it is ENOSYS.
	LEAQ  0xff0(BX), SP
	MOVL  $0x2b, AX
	PUSHQ AX
	MOVL  $0x218000, AX
	PUSHQ AX
	MOVL  $0x302, AX
	PUSHQ AX
	MOVL  $0x33, AX
	PUSHQ AX
	MOVQ  0x20(BX), AX
	PUSHQ AX
	STAMP
	MOVQ  AX, 0xc0(BX)
	MOVL  $0x218000, AX
	MOVQ  AX, BX
	MOVQ  AX, CX
	MOVQ  AX, DX
	MOVQ  AX, SI
	MOVQ  AX, DI
	MOVQ  AX, BP
	MOVQ  AX, R8
	MOVQ  AX, R9
	MOVQ  AX, R10
	MOVQ  AX, R11
	MOVQ  AX, R12
	MOVQ  AX, R13
	MOVQ  AX, R14
	MOVQ  AX, R15
	BYTE  $0x48; BYTE $0xcf // iretq

fill: // DI address, SI byte, CX length
	MOVL SI, AX
	CLD
	REP; STOSB
	XORL AX, AX
	JMP  answer

copyup: // DI destination, SI source, CX length
	CLD
	REP; MOVSB
	XORL AX, AX
	JMP  answer

copydown:
	LEAQ -1(DI)(CX*1), DI
	LEAQ -1(SI)(CX*1), SI
	STD
	REP; MOVSB
	CLD
	XORL AX, AX
	JMP  answer

compare:
	XORL AX, AX
comparenext:
	TESTQ CX, CX
	JZ    answer
	MOVBLZX (DI), AX
	MOVBLZX (SI), DX
	INCQ  DI
	INCQ  SI
	DECQ  CX
	SUBL  DX, AX
	JZ    compareequal
	MOVLQSX AX, AX
	JMP   answer
compareequal:
	INCQ 0xb0(BX)
	JMP  comparenext

mincore: // DI address, SI pages, CX vector, R14 bits, the page size's logarithm at 0x68
	MOVQ DI, R12
	MOVQ SI, R13
	MOVQ CX, R15
mincorenext:
	TESTQ R13, R13
	JZ    touched
	MOVQ  R13, R8
	CMPQ  R8, $4096
	JLS   mincorecall
	MOVQ  $4096, R8
mincorecall:
	MOVQ  R12, DI
	MOVQ  R8, SI
	MOVQ  0x68(BX), CX
	SHLQ  CX, SI
	MOVQ  R15, DX
	MOVL  $27, AX // mincore(address, length, vector)
	SYSCALL
	TESTQ AX, AX
	JNE   answer
	MOVQ  R15, SI
	LEAQ  15(R8), CX
	SHRQ  $4, CX
mincorepack: // the lowest bit of each of 16 bytes becomes its highest, and those a word
	MOVOU    (SI), X0
	PSLLW    $7, X0
	PMOVMSKB X0, AX
	MOVW     AX, (R14)
	ADDQ     $16, SI
	ADDQ     $2, R14
	DECQ     CX
	JNZ      mincorepack
	ADDQ     R8, 0xb0(BX)
	SUBQ     R8, R13
	MOVQ     0x68(BX), CX
	SHLQ     CX, R8
	ADDQ     R8, R12
	JMP      mincorenext

fork: // DI flags, SI the child's window, CX its actor's socket, R14 its observer's
	MOVQ SI, R12
	MOVQ CX, R13
	XORL SI, SI
	LEAQ 0xd0(BX), DX
	XORL R10, R10
	XORL R8, R8
	MOVL $56, AX // clone(flags, 0, where the PID goes, 0, 0)
	SYSCALL
	TESTQ AX, AX
	JNE  answer

	// The child. Until it has its own window, stack and messages are the parent's, which
	// goes on meanwhile: nothing is written there, all is in registers.
	MOVQ R12, R8
	JMP  window
forked:
	MOVQ R13, DI
	MOVL $3, SI
	XORL DX, DX
	MOVL $292, AX // dup3(actor's socket, 3, 0)
	SYSCALL
	CMPQ AX, $3
	JNE  quit
	MOVQ R14, DI
	MOVL $5, SI
	MOVL $292, AX // dup3(observer's socket, 5, 0)
	SYSCALL
	CMPQ AX, $5
	JNE  quit
	XORL AX, AX
	JMP  answer

rights: // DI what the thread may do by which protection key, as PKRU has it
	MOVL DI, AX
	XORL CX, CX
	XORL DX, DX
	BYTE $0x0f; BYTE $0x01; BYTE $0xef // wrpkru
	XORL AX, AX
	JMP  answer

touched:
	MOVQ 0xb0(BX), AX
answer: // AX is the return value of an own loop
	MOVQ AX, 0x80(BX)
	STAMP
	MOVQ AX, 0x90(BX)
answered:
	XORL AX, AX
	MOVQ AX, 0x08(BX)
	MOVQ 0x10(BX), AX
	MOVQ AX, 0x88(BX)
	JMP  send

	// DI signal, SI siginfo, DX ucontext, on the signal stack of the block. All caught
	// signals are blocked, so that there is never a second frame on it: it may have room for one.
handler:
	BLOCK
	MOVL  $0x202, AX
	PUSHQ AX
	POPFQ // the executed instruction may have left AC set
	MOVQ  DX, R12
	CMPL  8(SI), $0 // si_code: SI_USER, SI_QUEUE, SI_TKILL
	JLE   sent
	CMPQ  0x08(BX), $1
	JNE   caught
	CMPL  DI, $5 // SIGTRAP: the instruction ran
	JNE   caught
	MOVQ  0x38(BX), R14
	TESTQ R14, R14
	JZ    execdone
	STAMP
	SUBQ  0xc0(BX), AX
	MOVL  AX, (R14)
	ADDQ  $4, 0x38(BX)
execdone:
	INCQ 0xb0(BX)
	MOVQ 0x28(BX), AX
	ADDQ AX, 0x20(BX)
	DECQ 0x30(BX)
	MOVL $1, R13
	JMP  resume

caught:
	MOVQ 0x78(BX), AX // one that was read, and struck before it began, is answered too
	MOVQ AX, 0xb8(BX)
	MOVWLZX 32(SI), AX // si_pkey, where the code is SEGV_PKUERR
	SHLL $16, AX
	ORL  DI, AX
	MOVL AX, 0x98(BX)
	MOVL 8(SI), AX // si_code
	MOVL AX, 0x9c(BX)
	MOVQ 16(SI), AX // si_addr
	MOVQ AX, 0xa0(BX)
	MOVQ 168(DX), AX // uc_mcontext.gregs[REG_RIP]
	MOVQ AX, 0xa8(BX)
	MOVQ $-1, 0x80(BX)
	STAMP
	MOVQ AX, 0x90(BX)
	XORL R13, R13

resume:
	// Returns from the signal by rt_sigreturn, with the loop's stack: R12 is the ucontext, and R13 1 where touch exec goes on.
	// A plain jump would leave the thread with the rights of a handler: PKRU is set anew for each, and what the thread had is
	// in the frame (arch/x86/kernel/signal.c, handle_signal). An instruction that was executed may have changed flags and
	// segments. The call is of what follows it, whose address is where the kernel goes on, with a 0 in R12.
	MOVQ R13, 80(R12) // uc_mcontext.gregs[REG_R13]
	XORL AX, AX
	MOVQ AX, 72(R12) // REG_R12
	BYTE $0xe8; BYTE $0; BYTE $0; BYTE $0; BYTE $0
	TESTQ R12, R12
	JZ   resumed
	POPQ AX
	MOVQ AX, 168(R12) // REG_RIP
	LEAQ 0xff0(BX), AX
	MOVQ AX, 160(R12) // REG_RSP
	MOVQ BX, 128(R12) // REG_RBX
	MOVL $0x202, AX
	MOVQ AX, 176(R12) // REG_EFL
	MOVL $0x33, AX
	MOVW AX, 184(R12) // cs
	MOVL $0x2b, AX
	MOVW AX, 190(R12) // ss
	MOVQ R12, SP // behind the return address, as where a handler has returned
	MOVL $15, AX // rt_sigreturn
	SYSCALL
resumed:
	TESTQ R13, R13
	JNZ   execnext
	JMP   answered

sent:
	// Somebody sent it. That is told in a message of its own, which is no reply, and what
	// it struck goes on. Were the socket full of such messages, it would be dropped.
	PUSHQ $-1 // the tag: sentTag
	PUSHQ $0
	PUSHQ 168(DX)
	PUSHQ 16(SI) // si_pid, si_uid
	MOVL  8(SI), AX
	SHLQ  $32, AX
	ORQ   DI, AX
	PUSHQ AX
	PUSHQ $0
	PUSHQ $0
	PUSHQ $0
	MOVQ  (BX), DI
	MOVQ  SP, SI
	MOVL  $64, DX
	MOVL  $0x4040, R10 // MSG_DONTWAIT|MSG_NOSIGNAL
	XORL  R8, R8
	XORL  R9, R9
	MOVL  $44, AX // sendto
	SYSCALL
	ADDQ  $72, SP // the frame, and the return address that a handler would return to
	MOVL  $15, AX // rt_sigreturn
	SYSCALL

	// The end mark that code looks for.
	BYTE $'i'; BYTE $'n'; BYTE $'c'; BYTE $'o'; BYTE $'r'; BYTE $'e'; BYTE $'/'; BYTE $'s'
	BYTE $'u'; BYTE $'b'; BYTE $'j'; BYTE $'e'; BYTE $'c'; BYTE $'t'; BYTE $'\n'; BYTE $0

// func puppetStart() uintptr
TEXT ·puppetStart(SB),NOSPLIT,$0-8
	LEAQ ·puppet(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// func ticks() uint64
TEXT ·ticks(SB),NOSPLIT,$0-8
	STAMP
	MOVQ AX, ret+0(FP)
	RET
