package subject

import (
	"encoding/binary"
	"fmt"
)

// MessageSize is the size of a request and of a reply, in bytes. Both are eight
// machine words in little-endian order.
const MessageSize = 64

// The numbers of the loops that the subject runs itself. They lie above all
// system call numbers. All addresses and lengths are in bytes.
const (
	TouchRead  = 1<<32 + iota // address, stride, count, address for a stamp a page (uint32 ticks) or 0
	TouchWrite                // as TouchRead; stores the byte Touched
	TouchExec                 // as TouchRead; runs one instruction. On arm64 it is read before, unless a fifth argument is not 0
	Fill                      // address, byte, length
	CopyUp                    // destination, source, length; lowest byte first
	CopyDown                  // as CopyUp; highest byte first
	Compare                   // address, address, length; Ret is the difference of the first bytes that differ, Done how many were equal
	mincore                   // see Thread.SendMincore
	fork                      // clone flags, window, actor's socket, observer's socket: see Subject.Fork
	rights                    // the register of rights by protection keys: see Subject.OpenKeys
)

// Touched is the byte that TouchWrite stores. It is harmless to execute: on x86-64 it is ret, all of a
// function; on arm64 it makes a word of zeros another undefined instruction, UDF #0xc3 (Arm ARM, C6.2).
const Touched = 0xc3

// Request is what the subject is told to do: a system call number, or one of the
// loops above, with up to six arguments.
type Request struct {
	Number uint64    // of a system call of this processor, or of a loop
	Args   [6]uint64 // a machine word each, 0 where it takes fewer
	Tag    uint64    // comes back in the reply
}

// sentTag is the tag of a message that is no reply, but tells of a signal that somebody
// sent. See Thread.ReceiveSignal.
const sentTag = ^uint64(0)

// Reply is the subject's answer.
type Reply struct {
	Ret    int64  // what the kernel returned: a negative errno where the call failed; -1 where a signal ended a loop
	Before uint64 // time stamp counter right before, in ticks
	After  uint64 // and right after
	Signal int32  // the signal that ended it, or 0
	Key    int    // si_pkey, of SIGSEGV with SEGV_PKUERR
	Code   int32  // si_code
	Addr   uint64 // si_addr; for a signal that somebody sent, si_pid in the low half and si_uid in the high one
	PC     uint64 // the program counter where the signal struck
	Done   uint64 // pages touched, bytes equal
	Tag    uint64 // of the request
}

// SIGSEGV, and its code SEGV_PKUERR: a protection key forbids the access (asm-generic/siginfo.h).
const (
	sigsegv   = 11
	keyDenied = 4
)

func (r Request) encode(b *[MessageSize]byte) {
	binary.LittleEndian.PutUint64(b[0:], r.Number)
	for i, a := range r.Args {
		binary.LittleEndian.PutUint64(b[8+8*i:], a)
	}
	binary.LittleEndian.PutUint64(b[56:], r.Tag)
}

// decodeReply reads a reply; it fails where b is not MessageSize bytes long.
func decodeReply(b []byte) (Reply, error) {
	if len(b) != MessageSize {
		return Reply{}, fmt.Errorf("a reply of %d bytes, not %d", len(b), MessageSize)
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	r := Reply{
		Ret: int64(word(0)), Before: word(1), After: word(2),
		Signal: int32(word(3) & 0xffff), Code: int32(word(3) >> 32),
		Addr: word(4), PC: word(5), Done: word(6), Tag: word(7),
	}
	if r.Signal == sigsegv && r.Code == keyDenied { // else something else lies there
		r.Key = int(word(3) >> 16 & 0xffff)
	}
	return r, nil
}
