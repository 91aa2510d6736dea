//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"time"

	"incore/model"
	"incore/model/lang"
)

// patience is how long an expect about something that takes the kernel a moment is
// asked again (LANGUAGE: up to 2 s).
const patience = 2 * time.Second

// check observes, and reports whether an expect holds. name is the process that is asked, or "".
func (l *Lab) check(ctx context.Context, x lang.Expect, name string) {
	sharing, looks := false, false
	switch x.Kind {
	case lang.ExpectAll, lang.ExpectNo, lang.ExpectCount, lang.ExpectVMAs, lang.ExpectVmLck,
		lang.ExpectRSS, lang.ExpectSwap, lang.ExpectRlimit:
		looks = true // the others are about the last call
	}
	patient := x.MayTakeAMoment() || x.Kind == lang.ExpectDead
	for _, s := range x.States {
		sharing = sharing || s == "exclusive" || s == "shared"
	}
	deadline := time.Now().Add(patience)
	asked := l.process(name)
	if name == "" {
		asked = l.process(model.Main)
	}
	for {
		if looks && asked != nil && asked.lives() {
			if l.rssLags && (x.Kind == lang.ExpectRSS || x.Kind == lang.ExpectSwap) {
				asked.observeSizes()
			} else {
				asked.observe(sharing)
			}
		}
		checked := x.Check(l.State(), name)
		if checked.OK || !patient || time.Now().After(deadline) || ctx.Err() != nil {
			checked.Time = l.now()
			l.emit(checked)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}
