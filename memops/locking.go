//go:build linux && (amd64 || arm64)

package memops

import (
	"golang.org/x/sys/unix"

	"incore/model"
)

// The flags of mlock2(2) and mlockall(2).
const mlockOnFault = 1

var mclFlags = []flag{{unix.MCL_CURRENT, "MCL_CURRENT"}, {unix.MCL_FUTURE, "MCL_FUTURE"}, {unix.MCL_ONFAULT, "MCL_ONFAULT"}}

func (l *Lab) mlock(c model.Mlock) (model.Event, error) {
	if err := l.affordLock(c.T, "mlock"); err != nil {
		return model.Event{}, err
	}
	return l.onSpan("mlock", unix.SYS_MLOCK, c.T)
}

func (l *Lab) mlock2(c model.Mlock2) (model.Event, error) {
	flags := wordArg(0, "0")
	if c.OnFault {
		flags = wordArg(mlockOnFault, "MLOCK_ONFAULT")
	} else if err := l.affordLock(c.T, "mlock2"); err != nil {
		return model.Event{}, err
	}
	return l.onSpan("mlock2", unix.SYS_MLOCK2, c.T, flags)
}

func (l *Lab) munlock(c model.Munlock) (model.Event, error) {
	return l.onSpan("munlock", unix.SYS_MUNLOCK, c.T)
}

func (l *Lab) mlockall(c model.Mlockall) (model.Event, error) {
	var v uint64
	for i, set := range []bool{c.Current, c.Future, c.OnFault} {
		if set {
			v |= mclFlags[i].bit
		}
	}
	if c.Current && !c.OnFault {
		s := l.State()
		for i := range s.Proc.Regions {
			if err := l.affordLock(model.Target{Region: s.Proc.Regions[i].Name}, "mlockall"); err != nil {
				return model.Event{}, err
			}
		}
	}
	return l.syscall("mlockall", unix.SYS_MLOCKALL, flagsArg(v, mclFlags, "0"))
}

func (l *Lab) munlockall() (model.Event, error) {
	return l.syscall("munlockall", unix.SYS_MUNLOCKALL)
}
