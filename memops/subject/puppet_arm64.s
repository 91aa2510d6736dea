//go:build linux

#include "textflag.h"

// The subject's whole program, for arm64. See puppet_amd64.s for how it works; the
// block, the messages and the will are the same. Registers: R19 is the block; a signal
// handler gets R0 to R2 and its stack pointer anew.
//
// There is no trap flag that user code may set, so touch exec runs a page only
// where it begins with a permanently undefined instruction (UDF, high half zero:
// what untouched and zeroed memory holds) and SIGILL brings control back. Another
// first word is answered with SIGILL without having been jumped to. Where the fetch is
// known to fail whatever is there, a fifth argument has it tried unread.

#define BLOCK \
	MOVD RSP, R19; \
	AND  $~0x3fff, R19

// STAMP leaves the virtual counter in R0.
#define STAMP \
	ISB $15; \
	MRS CNTVCT_EL0, R0; \
	ISB $15

TEXT ·puppet(SB),NOSPLIT|NOFRAME,$0-0
	B start
	B handler

start:
	MOVD $4, R4 // the window's descriptor
	MOVD $0, R13 // not a child
window:
	// mmap(window, size, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, R4, 0)
	MOVD $0x200000, R0
	MOVD $0x20000, R1
	MOVD $3, R2
	MOVD $0x11, R3
	MOVD $0, R5
	MOVD $222, R8
	SVC
	MOVD $0x200000, R1
	CMP  R1, R0
	BNE  quit
	MOVD $0x200000, R0
	ADD  $0xff0, R0
	MOVD R0, RSP
	CBNZ R13, forked

loop:
	BLOCK
	MOVD (R19), R0 // read(fd, request, 64)
	ADD  $0x40, R19, R1
	MOVD $64, R2
	MOVD $63, R8
	SVC
	CMN  $4, R0 // EINTR
	BEQ  loop
	CMP  $64, R0
	BNE  odd
	MOVD ZR, 0x98(R19)
	MOVD ZR, 0xa0(R19)
	MOVD ZR, 0xa8(R19)
	MOVD ZR, 0xb0(R19)
	MOVD 0x78(R19), R0
	MOVD R0, 0xb8(R19)
	MOVWU 0x44(R19), R0
	CBNZ R0, own

	STAMP
	MOVD R0, 0x88(R19)
	MOVD 0x40(R19), R8
	MOVD 0x48(R19), R0
	MOVD 0x50(R19), R1
	MOVD 0x58(R19), R2
	MOVD 0x60(R19), R3
	MOVD 0x68(R19), R4
	MOVD 0x70(R19), R5
	SVC
	BLOCK
	MOVD R0, 0x80(R19)
	STAMP
	MOVD R0, 0x90(R19)

send:
	MOVD (R19), R0 // write(fd, reply, 64)
	ADD  $0x80, R19, R1
	MOVD $64, R2
	MOVD $64, R8
	SVC
	CMN  $4, R0 // EINTR
	BEQ  send
	ADD  $0xff0, R19, R0
	MOVD R0, RSP
	B    loop

odd:
	CMP  $0, R0
	BGT  loop

gone:
	// Registers: R20 the will, R21 rounds left, R22 entries that were busy, R23 the
	// entry, R24 the call, R25 calls left, R26 where the entry's calls are counted.
	MOVD 0xc8(R19), R20
	CBZ  R20, quit
	MOVD $1800, R21
round:
	MOVD $0, R22
	MOVD $0, R23
entry:
	ADD  R23<<3, R20, R26
	MOVD (R26), R25
	CBZ  R25, nextentry
	ADD  $1, R23, R24
	ADD  R24<<13, R20, R24
	MOVD $0, R0
willcall:
	MOVD 0x38(R24), R1
	CBNZ R1, willprev
	MOVD 0x08(R24), R0
willprev:
	MOVD (R24), R8
	MOVD 0x10(R24), R1
	MOVD 0x18(R24), R2
	MOVD 0x20(R24), R3
	MOVD 0x28(R24), R4
	MOVD 0x30(R24), R5
	SVC
	CMN  $16, R0 // EBUSY
	BEQ  busy
	CMN  $39, R0 // ENOTEMPTY
	BEQ  busy
	ADD  $64, R24
	SUB  $1, R25
	CBNZ R25, willcall
	MOVD ZR, (R26)
	B    nextentry
busy:
	ADD  $1, R22
nextentry:
	ADD  $1, R23
	CMP  $1024, R23
	BNE  entry
	CBZ  R22, quit
	SUB  $1, R21
	CBZ  R21, quit
	SUB  $16, RSP
	MOVD $0x1000000, R0 // nanosleep({0, 16.8 ms}, 0)
	MOVD ZR, (RSP)
	MOVD R0, 8(RSP)
	MOVD RSP, R0
	MOVD $0, R1
	MOVD $101, R8
	SVC
	ADD  $16, RSP
	B    round

quit:
	MOVD $0, R0
	MOVD $94, R8 // exit_group
	SVC

own:
	STAMP
	MOVD R0, 0x10(R19)
	MOVWU 0x40(R19), R0
	MOVD 0x48(R19), R1
	MOVD 0x50(R19), R2
	MOVD 0x58(R19), R3
	MOVD 0x60(R19), R4
	CMP  $0, R0
	BEQ  read
	CMP  $1, R0
	BEQ  write
	CMP  $2, R0
	BEQ  exec
	CMP  $3, R0
	BEQ  fill
	CMP  $4, R0
	BEQ  copyup
	CMP  $5, R0
	BEQ  copydown
	CMP  $6, R0
	BEQ  compare
	CMP  $7, R0
	BEQ  mincore
	CMP  $8, R0
	BEQ  fork
	CMP  $9, R0
	BEQ  rights
	MOVD $-38, R0 // ENOSYS
	B    answer

read: // R1 address, R2 stride, R3 count, R4 stamps or 0
	CBZ  R3, touched
	CBZ  R4, readplain
	STAMP
	MOVD R0, R6
	MOVBU (R1), R7
	STAMP
	SUB  R6, R0, R0
	MOVW R0, (R4)
	ADD  $4, R4
	B    readnext
readplain:
	MOVBU (R1), R7
readnext:
	MOVD 0xb0(R19), R0
	ADD  $1, R0
	MOVD R0, 0xb0(R19)
	ADD  R2, R1
	SUB  $1, R3
	B    read

write:
	CBZ  R3, touched
	MOVD $0xc3, R7 // Touched
	CBZ  R4, writeplain
	STAMP
	MOVD R0, R6
	MOVB R7, (R1)
	STAMP
	SUB  R6, R0, R0
	MOVW R0, (R4)
	ADD  $4, R4
	B    writenext
writeplain:
	MOVB R7, (R1)
writenext:
	MOVD 0xb0(R19), R0
	ADD  $1, R0
	MOVD R0, 0xb0(R19)
	ADD  R2, R1
	SUB  $1, R3
	B    write

exec:
	MOVD R1, 0x20(R19)
	MOVD R2, 0x28(R19)
	MOVD R3, 0x30(R19)
	MOVD R4, 0x38(R19)
execnext:
	MOVD 0x30(R19), R3
	CBZ  R3, touched
	MOVD $1, R0
	MOVD R0, 0x08(R19)
	STAMP
	MOVD R0, 0xc0(R19)
	MOVD 0x20(R19), R1
	MOVD 0x68(R19), R2
	CBNZ R2, fetch
	MOVWU (R1), R2
	LSR  $16, R2, R2
	CBNZ R2, refuse
fetch:
	B    (R1)

refuse: // a first word that is not UDF: SIGILL, code 0, not run
	MOVD $4, R0
	MOVD R0, 0x98(R19)
	MOVD R1, 0xa0(R19)
	MOVD $-1, R0
	B    answer

fill: // R1 address, R2 byte, R3 length
	CBZ  R3, filled
	MOVB R2, (R1)
	ADD  $1, R1
	SUB  $1, R3
	B    fill
filled:
	MOVD $0, R0
	B    answer

copyup: // R1 destination, R2 source, R3 length
	CBZ  R3, filled
	MOVBU (R2), R0
	MOVB R0, (R1)
	ADD  $1, R1
	ADD  $1, R2
	SUB  $1, R3
	B    copyup

copydown:
	ADD R3, R1
	ADD R3, R2
copydownnext:
	CBZ  R3, filled
	SUB  $1, R1
	SUB  $1, R2
	SUB  $1, R3
	MOVBU (R2), R0
	MOVB R0, (R1)
	B    copydownnext

compare:
	CBZ  R3, filled
	MOVBU (R1), R0
	MOVBU (R2), R4
	ADD  $1, R1
	ADD  $1, R2
	SUB  $1, R3
	SUB  R4, R0, R0
	CBNZ R0, answer
	MOVD 0xb0(R19), R0
	ADD  $1, R0
	MOVD R0, 0xb0(R19)
	B    compare

mincore: // R1 address, R2 pages, R3 vector, R4 bits, the page size's logarithm at 0x68, a factor at 0x70
	MOVD R1, R9
	MOVD R2, R10
	MOVD R3, R12
	MOVD R4, R11
	MOVD 0x68(R19), R13
	MOVD 0x70(R19), R14
mincorenext:
	CBZ  R10, touched
	MOVD $4096, R15
	CMP  R15, R10
	BHS  mincorecall
	MOVD R10, R15
mincorecall:
	MOVD R9, R0
	LSL  R13, R15, R1
	MOVD R12, R2
	MOVD $232, R8 // mincore(address, length, vector)
	SVC
	CBNZ R0, answer
	MOVD R12, R1
	ADD  $7, R15, R2
	LSR  $3, R2, R2
mincorepack: // one multiplication gathers the lowest bits of eight bytes in the highest byte
	MOVD (R1), R3
	AND  $0x0101010101010101, R3
	MUL  R14, R3, R3
	LSR  $56, R3, R3
	MOVB R3, (R11)
	ADD  $8, R1
	ADD  $1, R11
	SUB  $1, R2
	CBNZ R2, mincorepack
	MOVD 0xb0(R19), R0
	ADD  R15, R0
	MOVD R0, 0xb0(R19)
	SUB  R15, R10
	LSL  R13, R15, R0
	ADD  R0, R9
	B    mincorenext

fork: // R1 flags, R2 the child's window, R3 its actor's socket, R4 its observer's
	MOVD R2, R12
	MOVD R3, R13
	MOVD R4, R14
	MOVD R1, R0
	MOVD $0, R1
	ADD  $0xd0, R19, R2
	MOVD $0, R3
	MOVD $0, R4
	MOVD $220, R8 // clone(flags, 0, where the PID goes, 0, 0)
	SVC
	CBNZ R0, answer
	MOVD R12, R4
	B    window
forked:
	MOVD R13, R0
	MOVD $3, R1
	MOVD $0, R2
	MOVD $24, R8 // dup3(actor's socket, 3, 0)
	SVC
	CMP  $3, R0
	BNE  quit
	MOVD R14, R0
	MOVD $5, R1
	MOVD $24, R8 // dup3(observer's socket, 5, 0)
	SVC
	CMP  $5, R0
	BNE  quit
	MOVD $0, R0
	B    answer

rights: // R1 what the thread may do by which protection key, as POR_EL0 has it
	WORD $0xd51ba281 // msr por_el0, x1
	ISB  $15
	MOVD $0, R0
	B    answer

touched:
	MOVD 0xb0(R19), R0
answer:
	MOVD R0, 0x80(R19)
	STAMP
	MOVD R0, 0x90(R19)
answered:
	MOVD ZR, 0x08(R19)
	MOVD 0x10(R19), R0
	MOVD R0, 0x88(R19)
	B    send

handler: // R0 signal, R1 siginfo, R2 ucontext
	BLOCK
	MOVD R1, R10
	MOVD R2, R11
	MOVW 8(R1), R3 // si_code: SI_USER, SI_QUEUE, SI_TKILL
	CMP  $0, R3
	BLE  sent
	MOVD 0x08(R19), R3
	CBZ  R3, caught
	CMP  $4, R0 // SIGILL: the instruction was reached
	BNE  caught
	MOVD 0x38(R19), R4
	CBZ  R4, execdone
	STAMP
	MOVD 0xc0(R19), R6
	SUB  R6, R0, R0
	MOVW R0, (R4)
	ADD  $4, R4
	MOVD R4, 0x38(R19)
execdone:
	MOVD 0xb0(R19), R0
	ADD  $1, R0
	MOVD R0, 0xb0(R19)
	MOVD 0x20(R19), R1
	MOVD 0x28(R19), R2
	ADD  R2, R1
	MOVD R1, 0x20(R19)
	MOVD 0x30(R19), R3
	SUB  $1, R3
	MOVD R3, 0x30(R19)
	BL   resume
	B    execnext

caught:
	MOVD 0x78(R19), R3
	MOVD R3, 0xb8(R19)
	MOVHU 32(R1), R3 // si_pkey, where the code is SEGV_PKUERR
	LSL  $16, R3
	ORR  R0, R3
	MOVW R3, 0x98(R19)
	MOVWU 8(R1), R3 // si_code
	MOVW R3, 0x9c(R19)
	MOVD 16(R1), R3 // si_addr
	MOVD R3, 0xa0(R19)
	MOVD 440(R2), R3 // uc_mcontext.pc
	MOVD R3, 0xa8(R19)
	MOVD $-1, R0
	MOVD R0, 0x80(R19)
	STAMP
	MOVD R0, 0x90(R19)
	BL   resume
	B    answered

resume: // R19 the block, R10 siginfo, where the frame begins; R11 ucontext
	MOVD R30, 440(R11) // uc_mcontext.pc: the instruction behind the BL
	ADD  $0xff0, R19, R0
	MOVD R0, 432(R11) // sp
	MOVD R19, 336(R11) // regs[19]
	MOVD R10, RSP
	MOVD $139, R8 // rt_sigreturn
	SVC

sent: // R3 si_code
	SUB  $64, RSP
	MOVD ZR, (RSP)
	MOVD ZR, 8(RSP)
	MOVD ZR, 16(RSP)
	MOVW R0, 24(RSP)
	MOVW R3, 28(RSP)
	MOVD 16(R1), R3 // si_pid, si_uid
	MOVD R3, 32(RSP)
	MOVD 440(R2), R3 // uc_mcontext.pc
	MOVD R3, 40(RSP)
	MOVD ZR, 48(RSP)
	MOVD $-1, R3 // the tag: sentTag
	MOVD R3, 56(RSP)
	MOVD (R19), R0
	MOVD RSP, R1
	MOVD $64, R2
	MOVD $0x4040, R3 // MSG_DONTWAIT|MSG_NOSIGNAL
	MOVD $0, R4
	MOVD $0, R5
	MOVD $206, R8 // sendto
	SVC
	ADD  $64, RSP
	MOVD $139, R8 // rt_sigreturn
	SVC

	// The end mark that code looks for: "incore/subject\n\0".
	WORD $0x6f636e69
	WORD $0x732f6572
	WORD $0x656a6275
	WORD $0x000a7463

// func puppetStart() uintptr
TEXT ·puppetStart(SB),NOSPLIT,$0-8
	MOVD $·puppet(SB), R0
	MOVD R0, ret+0(FP)
	RET

// func ticks() uint64
TEXT ·ticks(SB),NOSPLIT,$0-8
	STAMP
	MOVD R0, ret+0(FP)
	RET
