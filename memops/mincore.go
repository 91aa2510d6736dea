//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// mincoreStep is how many pages one call of the actor asks for. The vector lies where its stamps do,
// in 4*subject.Stamps bytes.
const mincoreStep = calls.MincorePages

// mincoreTold is how many calls of one command are told each by itself: a terabyte takes 65,536.
const mincoreTold = 64

// mincore asks in the actor. A range too long for one vector is asked in several calls. The last of
// them, or the one that failed, is the command's own; those before it are told as calls made aside.
func (p *process) mincore(ctx context.Context, c lang.Mincore) (model.Event, error) {
	s, err := p.span(c.T)
	if err != nil {
		return model.Event{}, err
	}
	ps := uint64(p.lab.pageSize)
	var all, unlisted mincoreCount
	var held model.Event // the last that is listed
	for {
		n := min(s.Len, mincoreStep*ps)
		e, err := p.syscall("mincore", unix.SYS_MINCORE, strace.Addr(s.Addr), strace.Len(n), strace.Addr(subject.StampsAddr))
		answered := err == nil && e.OK()
		var one mincoreCount
		if answered {
			one = mincoreCount{calls: 1, pages: int64((n + ps - 1) / ps), took: e.Elapsed}
			for _, b := range p.sub.StampArea[:one.pages] {
				one.resident += int64(b & 1)
			}
			e.Result = one.String()
			all.add(one)
		}
		s.Addr, s.Len = s.Addr+n, s.Len-n
		switch {
		case !answered || s.Len == 0 || ctx.Err() != nil:
			if held.Call != "" {
				held.Result += unlisted.behind()
				p.aside(held)
			}
			if answered {
				e.Result = p.mincoreResult(c.T, all, s.Len > 0)
			}
			return e, err
		case all.calls < mincoreTold:
			p.aside(e)
		case all.calls == mincoreTold:
			held = e
		default:
			unlisted.add(one)
		}
	}
}

// mincoreResult is what a mincore that was answered came to.
func (p *process) mincoreResult(t model.Target, all mincoreCount, interrupted bool) string {
	text := all.String()
	if all.calls > 1 {
		text += fmt.Sprintf(", in %d calls that took %s", all.calls, model.FormatElapsed(all.took))
	}
	if interrupted {
		text += ", interrupted"
	}
	if p.unknowable(t) {
		text += ", which means nothing: of a file that you neither own nor may write mincore says so of every page"
	}
	return text
}

// mincoreCount is what calls of mincore were answered.
type mincoreCount struct {
	calls, pages, resident int64
	took                   time.Duration
}

func (c *mincoreCount) add(o mincoreCount) {
	c.calls, c.pages, c.resident, c.took = c.calls+o.calls, c.pages+o.pages, c.resident+o.resident, c.took+o.took
}

func (c mincoreCount) String() string { return fmt.Sprintf("%d of %d resident", c.resident, c.pages) }

// behind is what a listed call says of those behind it that are not listed.
func (c mincoreCount) behind() string {
	if c.calls == 0 {
		return ""
	}
	return fmt.Sprintf("; %d calls more, of the pages behind, are not listed: they returned 0 too, %s, and took %s", c.calls, c, model.FormatElapsed(c.took))
}

// unknowable reports whether a target is of a region about which mincore tells nothing.
func (p *process) unknowable(t model.Target) bool {
	r := p.here().Region(t.Region)
	return r != nil && r.Unknowable
}
