//go:build linux && (amd64 || arm64)

package sampler

import (
	"testing"
	"time"

	"incore/memops/proc"
	"incore/model"
)

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

// That more or less is available is no news.
func TestAvailableIsNoNews(t *testing.T) {
	s := model.Sample{System: proc.ReadSystem()}
	other := s
	other.System.MemAvailable--
	other.System.Committed++
	if !same(s, other) {
		t.Error("a change of what is available is told as news")
	}
	other.Stat.RSS++
	if same(s, other) {
		t.Error("a change of RSS is none")
	}
}
