//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"incore/memops"
	"incore/memops/proc"
	"incore/model"
)

// A sample says what the machine has, a screen's as of the last second; that more or less is
// available is no news.
func TestSampleSystem(t *testing.T) {
	l := opened(t, memops.Options{})
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
}
