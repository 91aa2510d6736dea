//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"incore/model"
)

// errBudget is wrapped where a command would take more memory than it may.
var errBudget = errors.New("more memory than one command may take")

// unasked is how many bytes are not worth asking for.
const unasked = 64 << 20

// affordable refuses a command that would make more memory resident than it may. A
// subject goes first where memory runs out, but on a lecturer's laptop that comes after
// minutes of swapping.
func (l *Lab) affordable(t model.Target, call string) error {
	return l.affordEvery(t, call, 1)
}

// affordEvery is affordable for a touch of every nth page.
func (l *Lab) affordEvery(t model.Target, call string, nth int64) error {
	span, err := l.span(t)
	if err != nil || span.Len <= unasked {
		return err
	}
	err = l.affordBytes(call, l.absent(span)/nth)
	if err != nil {
		l.observe(false) // what a script has not looked at for long may be resident by now
		err = l.affordBytes(call, l.absent(span)/nth)
	}
	return err
}

// affordLock is affordable for a call that RLIMIT_MEMLOCK may refuse: then nothing gets
// resident, and the kernel's answer is the lesson.
func (l *Lab) affordLock(t model.Target, call string) error {
	span, err := l.span(t)
	if err != nil || l.overLimit(span.Len) {
		return err
	}
	return l.affordable(t, call)
}

// overLimit tells whether locking so many bytes is over RLIMIT_MEMLOCK.
func (l *Lab) overLimit(bytes uint64) bool {
	stat, ipcLock := l.live.proc.readStatus()
	limits := readLimits(l.live.sub.PID, ipcLock)
	return !ipcLock && limits.MemlockSoft != model.Unlimited && bytes > uint64(max(0, limits.MemlockSoft-stat.VmLck))
}

// absent is how many bytes of a span are mapped and not known to be resident.
func (l *Lab) absent(span model.Span) int64 {
	const most = 1 << 50 // a raw span may be anything
	s := l.State()
	var pages int64
	for run, p := range s.Proc.PagesIn(span) {
		if p.Residency != model.Resident && p.Has(model.InVMA) {
			pages = min(pages+run.Len(), most)
		}
	}
	return min(pages, most/l.pageSize) * l.pageSize
}

// affordBytes refuses bytes, of which none are resident yet, where they are too many.
func (l *Lab) affordBytes(call string, bytes int64) error {
	if bytes <= unasked {
		return nil
	}
	budget, what := l.opts.Memory, "as was allowed"
	if budget == 0 {
		budget, what = memAvailable()/2, "half of what is available"
	}
	if bytes > budget {
		return fmt.Errorf("%s of up to %s is %w: %s, %s. Name fewer pages, or start incore with --memory to allow more", call,
			model.FormatBytes(bytes), errBudget, model.FormatBytes(budget), what)
	}
	return nil
}

// memAvailable reads MemAvailable of /proc/meminfo (proc_meminfo(5)), in bytes; 0
// where it cannot.
func memAvailable() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("MemAvailable:")); ok {
			return kibibytes(rest)
		}
	}
	return 0
}
