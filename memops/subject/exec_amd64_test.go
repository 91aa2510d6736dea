//go:build linux

package subject_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
)

// Instructions that try hard not to come back: they end in a signal, loop, jump
// away, replace the stack, clear the trap flag, or are system calls.
var hostile = map[string][]byte{
	"nop":           {0x90},
	"ud2":           {0x0f, 0x0b},
	"int3":          {0xcc},
	"int1":          {0xf1},
	"hlt":           {0xf4},
	"jmp self":      {0xeb, 0xfe},
	"jmp far":       {0xe9, 0x00, 0x00, 0x00, 0x70},
	"ret":           {0xc3},
	"call":          {0xe8, 0x00, 0x10, 0x00, 0x00},
	"syscall":       {0x0f, 0x05, 0x0f, 0x0b},
	"int 0x80":      {0xcd, 0x80, 0x0f, 0x0b},
	"sysenter":      {0x0f, 0x34},
	"xor rsp,rsp":   {0x48, 0x31, 0xe4},
	"mov rsp,-1":    {0x48, 0xc7, 0xc4, 0xff, 0xff, 0xff, 0xff},
	"push 0":        {0x6a, 0x00},
	"popfq":         {0x9d},
	"std":           {0xfd},
	"cli":           {0xfa},
	"div by zero":   {0x31, 0xc9, 0xf7, 0xf1},
	"mov ss":        {0x8e, 0xd0, 0x0f, 0x0b},
	"iretq":         {0x48, 0xcf},
	"rep stosb":     {0xf3, 0xaa},
	"wrfsbase rax":  {0xf3, 0x48, 0x0f, 0xae, 0xd0},
	"wrgsbase rax":  {0xf3, 0x48, 0x0f, 0xae, 0xd8},
	"prefixes only": {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66},
	"xsave":         {0x0f, 0xae, 0x20},
	"all ones":      {0xff, 0xff, 0xff, 0xff},
}

func TestExecComesBack(t *testing.T) {
	s := subject.Started(t)
	a := subject.Mapped(t, s, 2, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			copy(s.Args, text)
			subject.Call(t, s, subject.CopyUp, a, subject.ArgsAddr, uint64(len(text)))
			r := subject.Call(t, s, subject.TouchExec, a, subject.PageSize, 1, subject.StampsAddr)
			if r.Done != 1 && r.Signal == 0 {
				t.Errorf("neither ran nor was answered by a signal: %+v", r)
			}
			if r := subject.Call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID {
				t.Errorf("afterwards getpid = %d", r.Ret)
			}
			if r, err := s.Observer.Call(unix.SYS_GETTID); err != nil || int(r.Ret) != s.Observer.TID {
				t.Errorf("afterwards the observer says %+v, %v", r, err)
			}
			if r := subject.Call(t, s, subject.TouchWrite, a+subject.PageSize, subject.PageSize, 1, 0); r.Done != 1 {
				t.Errorf("afterwards touch = %+v", r)
			}
		})
	}
}

// One byte after the other as opcode, with the ModRM forms that reach memory.
func TestExecEveryOpcode(t *testing.T) {
	s := subject.Started(t)
	a := subject.Mapped(t, s, 1, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC)
	for op := range 256 {
		for _, text := range [][]byte{{byte(op), 0x00}, {byte(op), 0xc0}, {0x0f, byte(op), 0x00}, {0x48, byte(op), 0xc4}} {
			subject.Call(t, s, subject.Fill, a, 0x90, 16)
			copy(s.Args, text)
			subject.Call(t, s, subject.CopyUp, a, subject.ArgsAddr, uint64(len(text)))
			if r := subject.Call(t, s, subject.TouchExec, a, subject.PageSize, 1, 0); r.Done != 1 && r.Signal == 0 {
				t.Errorf("% x: neither ran nor was answered: %+v", text, r)
			}
		}
	}
	if r := subject.Call(t, s, unix.SYS_GETPID); int(r.Ret) != s.PID {
		t.Errorf("afterwards getpid = %d", r.Ret)
	}
}
