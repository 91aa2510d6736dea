//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
)

// mincoreStep is how many pages one call of the actor asks for: as many as fit where
// its stamps lie.
const mincoreStep = 4 * subject.Stamps

// mincore asks in the actor. A range too long for one vector is asked in several calls;
// the event tells the first, and the count of all.
func (l *Lab) mincore(ctx context.Context, c model.Mincore) (model.Event, error) {
	s, err := l.span(c.T)
	if err != nil {
		return model.Event{}, err
	}
	ps := uint64(l.pageSize)
	var asked, resident int64
	var e model.Event
	for ctx.Err() == nil {
		n := min(s.Len, mincoreStep*ps)
		step, err := l.syscall("mincore", unix.SYS_MINCORE, addrArg(s.Addr), lenArg(n), addrArg(subject.StampsAddr))
		if e.Call == "" {
			e = step
		} else {
			if !step.OK() {
				e.Args = step.Args // the call that failed
			}
			e.Ret, e.Errno, e.ErrText, e.Elapsed = step.Ret, step.Errno, step.ErrText, e.Elapsed+step.Elapsed
			e.Watched = e.Watched || step.Watched
			e.Minor, e.Major = e.Minor+step.Minor, e.Major+step.Major
		}
		if err != nil || !e.OK() {
			return e, err
		}
		pages := int64((n + ps - 1) / ps)
		for _, b := range l.cur.sub.StampArea[:pages] {
			resident += int64(b & 1)
		}
		asked += pages
		s.Addr, s.Len = s.Addr+n, s.Len-n
		if s.Len == 0 {
			break
		}
	}
	if asked > mincoreStep {
		e.Args[1] = lenArg(uint64(asked) * ps)
	}
	e.Result = fmt.Sprintf("%d of %d resident", resident, asked)
	if l.unknowable(c.T) {
		e.Result += ", which means nothing: of a file that you neither own nor may write mincore says so of every page"
	}
	return e, nil
}

// unknowable reports whether a target is of a region about which mincore tells nothing.
func (l *Lab) unknowable(t model.Target) bool {
	r := l.here().Region(t.Region)
	return r != nil && r.Unknowable
}
