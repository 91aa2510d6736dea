//go:build linux && (amd64 || arm64)

package memops

import (
	"golang.org/x/sys/unix"

	"incore/model"
)

func (l *Lab) mprotect(c model.Mprotect) (model.Event, error) {
	if err := l.targetNotOwn(c.T); err != nil {
		return model.Event{}, err
	}
	return l.onSpan("mprotect", unix.SYS_MPROTECT, c.T, protArg(c.Prot))
}

func (l *Lab) madvise(c model.Madvise) (model.Event, error) {
	if err := l.targetNotOwn(c.T); err != nil {
		return model.Event{}, err
	}
	if c.Advice == "populate_write" || c.Advice == "populate_read" {
		if err := l.affordable(c.T, "madvise"); err != nil {
			return model.Event{}, err
		}
	}
	return l.onSpan("madvise", unix.SYS_MADVISE, c.T, adviceArg(c.Advice))
}
