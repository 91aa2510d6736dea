//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"
	"time"

	"incore/memops/proc"
	"incore/model"
)

// A sample says what the machine has, a screen's as of the last second; that more or less is
// available is no news.
func TestSampleSystem(t *testing.T) {
	l := opened(t, Options{})
	s := l.Refresh(t.Context(), model.Main)
	if s.System != l.State().System {
		t.Errorf("the sample says %+v, the state %+v", s.System, l.State().System)
	}
	now := proc.ReadSystem()
	now.MemAvailable, now.Committed, now.SwapFree = s.System.MemAvailable, s.System.Committed, s.System.SwapFree
	now.HugeTotal, now.HugeFree = s.System.HugeTotal, s.System.HugeFree
	if s.System != now || now.MemTotal < now.MemAvailable || now.MemAvailable <= 0 || now.MaxMapCount <= 0 {
		t.Errorf("the sample says %+v, the files %+v", s.System, now)
	}
	other := s
	other.System.MemAvailable--
	other.System.Committed++
	if !same(s, other) {
		t.Error("a change of what is available is told as news")
	}
}

func TestSystemReader(t *testing.T) {
	var r systemReader
	first := r.read(false)
	if first.MemTotal == 0 {
		t.Fatalf("nothing was read: %+v", first)
	}
	r.last.MemTotal = -1 // so that it shows whether it is read again
	if got := r.read(false); got.MemTotal != -1 && time.Now().Before(r.from) {
		t.Error("within a second it was read again")
	}
	if got := r.read(true); got.MemTotal != first.MemTotal {
		t.Errorf("asked for what is now it says %+v", got)
	}
	r.last.MemTotal, r.from = -1, time.Now()
	if got := r.read(false); got.MemTotal != first.MemTotal {
		t.Errorf("after its time it says %+v", got)
	}
}
