//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"incore/memops/kernel"
	"incore/memops/subject"
	"incore/model"
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
