//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/subject"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// errOwn is wrapped where a command would change the memory that the subject itself runs in.
var errOwn = errors.New("the subject's own memory, which holds its program and stacks")

// notOwn refuses to change the subject's program, stacks and messages: a file of commands
// could write machine code there, and is to reach nothing but the memory of regions.
// Locking it, asking about it and reading it do no harm.
func (p *process) notOwn(s model.Span, changes bool) error {
	lo, hi := uint64(subject.OwnStart), p.heap.ownEnd()
	s = kernel.Reached(s)
	if !changes || s.Len == 0 || s.Addr >= hi {
		return nil
	}
	// The kernel rounds a length up to pages; a span that wraps around ends at the top.
	if s.End() > s.Addr && s.End() <= lo-uint64(p.lab.pageSize) {
		return nil
	}
	return fmt.Errorf("%#x to %#x is %w", lo, hi, errOwn)
}

// errWraps is what the subject's loops are refused with where the kernel is not there to
// answer EINVAL: past the last address they would go on with the first.
var errWraps = errors.New("the range goes past the last address there is")

// forLoop refuses a span that a loop of the subject must not be handed.
func (p *process) forLoop(s model.Span, changes bool) error {
	if kernel.Wraps(s, runtime.GOARCH) {
		return errWraps
	}
	return p.notOwn(s, changes)
}

// targetNotOwn is notOwn for a target that is not resolved yet.
func (p *process) targetNotOwn(t model.Target) error {
	s, err := p.span(t)
	return firstOf(err, p.notOwn(s, true))
}

// firstOf is the first of the errors that is one. What is refused is refused for one reason: of a target that
// there is none of, every check says the same.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// OneLine is an error as a line. Errors that were joined, of what failed and of what could then not be given
// back, have a line each.
func OneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// rawVerbs make a call with its arguments as they stand, behind the same walls as the verbs.
var rawVerbs = family{interruptible((*process).rawCall, (*process).rawShortfall)}

// rawNumbers are the calls that no verb stands for where it is told what no verb writes.
var rawNumbers = map[string]uint64{
	"mmap": unix.SYS_MMAP, "mremap": unix.SYS_MREMAP, "mprotect": unix.SYS_MPROTECT, "mlock2": unix.SYS_MLOCK2, "mlockall": unix.SYS_MLOCKALL,
	"madvise": unix.SYS_MADVISE, "msync": unix.SYS_MSYNC, "mincore": unix.SYS_MINCORE, "mseal": unix.SYS_MSEAL,
}

// rawCall makes the call that is named. Where a verb makes the very call, it is that verb.
func (p *process) rawCall(ctx context.Context, c lang.Syscall) (model.Event, error) {
	words, err := calls.RawWords(c, p.here())
	if err != nil {
		return model.Event{}, err
	}
	if plain, ok := c.Plain(p.here()); ok {
		return verbs[plain.Verb()].run(ctx, p, plain)
	}
	if err := p.rawWall(c.Name, words); err != nil {
		return model.Event{}, err
	}
	e, err := p.syscall(c.Name, rawNumbers[c.Name], calls.RawArgs(c.Name, words)...)
	p.sampler.ChangesVMAs() // what such a call did is not told by its arguments
	if flags := uint32(words[0]); err == nil && e.OK() && c.Name == "mlockall" {
		p.future = future{locked: flags&unix.MCL_FUTURE != 0, onFault: flags&unix.MCL_ONFAULT != 0}
	}
	return e, err
}

// rawShortfall is what the verb says that makes the very call.
func (p *process) rawShortfall(c lang.Syscall, e model.Event, was future) string {
	if plain, ok := c.Plain(p.here()); ok && verbs[plain.Verb()].left != nil {
		return verbs[plain.Verb()].left(p, plain, e, was)
	}
	return ""
}

// softOffline is MADV_SOFT_OFFLINE (asm-generic/mman-common.h).
const softOffline = 101

// advicesNearby is how far around the advices that incore knows another one may come to be: what a later Linux does by such a number
// is not known, and some advices are about frames that others have.
const advicesNearby = 255

// rawWall refuses what the walls of the verbs would refuse of a call with such arguments, whatever a kernel makes of them.
func (p *process) rawWall(call string, words []uint64) error {
	if call == "mmap" || call == "mremap" {
		if errno, _ := calls.RawRefused(call, words, uint64(p.lab.pageSize)); errno == "" {
			return errors.New(calls.RawNeedsName(call))
		}
		return nil
	}
	if call == "mlockall" {
		return p.affordAll()
	}
	s := model.Span{Addr: words[0], Len: words[1]}
	t := model.Target{Form: model.RawSpan, Off: s.Addr, Len: s.Len}
	switch call {
	case "mlock2":
		return p.affordLock(t, call)
	case "mseal":
		return p.notOwn(s, true)
	case "mprotect":
		return firstOf(p.notOwn(s, true), p.affordCopies(lang.Mprotect{T: p.fromStart(t, words[2]), Prot: model.Prot(words[2] & 7)}))
	case "mincore":
		return p.rawVector(model.Span{Addr: words[2], Len: s.Len/uint64(p.lab.pageSize) + min(1, s.Len%uint64(p.lab.pageSize))})
	case "madvise":
		switch advice := int32(words[2]); {
		case advice == unix.MADV_HWPOISON || advice == softOffline:
			return errors.New("MADV_HWPOISON and MADV_SOFT_OFFLINE take frames from the whole machine: incore does not give them")
		case advice >= 0 && advice <= advicesNearby:
			return fmt.Errorf("%d is no advice that incore knows, and what a later Linux does by it is not known: a number above %d, or below 0, is none of any", advice, advicesNearby)
		}
		return firstOf(p.notOwn(s, true), p.affordable(t, call))
	}
	return nil
}

// fromStart is a target that PROT_GROWSDOWN makes begin where its mapping does (mm/mprotect.c, do_mprotect_pkey).
func (p *process) fromStart(t model.Target, prot uint64) model.Target {
	if prot&unix.PROT_GROWSDOWN == 0 {
		return t
	}
	for _, v := range p.observe(false).VMAs {
		if v.Start <= t.Off && t.Off < v.End && t.Len <= math.MaxUint64-(t.Off-v.Start) {
			t.Off, t.Len = v.Start, t.Len+(t.Off-v.Start)
			break
		}
	}
	return t
}

// rawVector refuses to have the kernel write answers where it may not: to the subject's own memory, or to more than may become resident.
func (p *process) rawVector(s model.Span) error {
	t := model.Target{Form: model.RawSpan, Off: s.Addr, Len: s.Len}
	return firstOf(p.forLoop(s, true), p.affordable(t, "mincore"))
}
