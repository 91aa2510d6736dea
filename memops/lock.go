//go:build linux && (amd64 || arm64)

package memops

import (
	"cmp"
	"slices"

	"golang.org/x/sys/unix"

	"incore/model"
	"incore/model/lang"
)

// lockVerbs keep pages in memory.
var lockVerbs = family{
	verbOf((*process).mlock, (*process).mlockShortfall),
	verbOf((*process).mlock2, (*process).mlock2Shortfall),
	verbOf((*process).munlock, (*process).unlockShortfall),
	verbOf((*process).mlockall, (*process).lockallShortfall),
	verbOf((*process).munlockall),
}

// mlockOnFault is the flag of mlock2(2).
const mlockOnFault = 1

// future is what mlockall asked for mappings to come. It ends with munlockall, and with the
// next mlockall that does not name MCL_FUTURE; a child does not inherit it, and exec forgets
// it (mm/mlock.c, apply_mlockall_flags; mlockall(2)).
type future struct{ locked, onFault bool }

// populates reports whether a new mapping is resident at once.
func (f future) populates() bool { return f.locked && !f.onFault }

func (p *process) mlock(c lang.Mlock) (model.Event, error) {
	if err := p.affordLock(c.T, "mlock"); err != nil {
		return model.Event{}, err
	}
	return p.onSpan("mlock", unix.SYS_MLOCK, c.T)
}

func (p *process) mlock2(c lang.Mlock2) (model.Event, error) {
	var flags uint64
	if c.OnFault {
		flags = mlockOnFault
	} else if err := p.affordLock(c.T, "mlock2"); err != nil {
		return model.Event{}, err
	}
	return p.onSpan("mlock2", unix.SYS_MLOCK2, c.T, model.MlockFlags.Arg(flags))
}

func (p *process) munlock(c lang.Munlock) (model.Event, error) {
	return p.onSpan("munlock", unix.SYS_MUNLOCK, c.T)
}

func (p *process) mlockall(c lang.Mlockall) (model.Event, error) {
	var v uint64
	for _, f := range []struct {
		set bool
		bit uint64
	}{{c.Current, unix.MCL_CURRENT}, {c.Future, unix.MCL_FUTURE}, {c.OnFault, unix.MCL_ONFAULT}} {
		if f.set {
			v |= f.bit
		}
	}
	if c.Current && !c.OnFault {
		if err := p.affordAll(); err != nil {
			return model.Event{}, err
		}
	}
	e, err := p.syscall("mlockall", unix.SYS_MLOCKALL, model.MlockallFlags.Arg(v))
	if err == nil && e.OK() {
		p.future = future{locked: c.Future, onFault: c.OnFault}
	}
	return e, err
}

// affordAll is affordLock for the whole address space. Its limit is that of VmSize: what is
// locked already counts again (mm/mlock.c, mlockall).
func (p *process) affordAll() error {
	stat, _ := p.proc.Stat()
	tables := p.lab.tablesOfNew(stat.VmSize) + int64(len(p.here().Regions))*2*p.lab.tablesOfNew(p.lab.pageSize)
	if p.overLimit(uint64(stat.VmSize)) || p.lab.account.take(stat.VmSize+tables) {
		return nil
	}
	var spans []model.Span
	for _, r := range p.here().Regions {
		spans = append(spans, r.Span())
	}
	slices.SortFunc(spans, func(a, b model.Span) int { return cmp.Compare(a.Addr, b.Addr) })
	return p.affordSpans("mlockall", locking, 1, spans...)
}

func (p *process) munlockall(lang.Munlockall) (model.Event, error) {
	e, err := p.syscall("munlockall", unix.SYS_MUNLOCKALL)
	if err == nil && e.OK() {
		p.future = future{}
	}
	return e, err
}
