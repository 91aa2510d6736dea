//go:build linux && (amd64 || arm64)

package kernel_test

import (
	"math"
	"testing"

	"incore/memops/kernel"
	"incore/model"
)

// How many tables a span needs follows from the size of a page alone.
func TestTables(t *testing.T) {
	const k, m, g = 1 << 10, 1 << 20, 1 << 30
	for _, c := range []struct {
		pageSize int64
		span     model.Span
		accesses int64
		want     int64 // tables, of all levels but the uppermost
	}{
		{4 * k, model.Span{Addr: 0, Len: 1}, 1, 3},
		{4 * k, model.Span{Addr: 0, Len: 0}, 1, 0},
		{4 * k, model.Span{Addr: 0, Len: 2 * m}, 512, 3},
		{4 * k, model.Span{Addr: 2*m - 1, Len: 2}, 2, 4},
		{4 * k, model.Span{Addr: 0, Len: 1024 * g}, math.MaxInt64, 512*1024 + 1024 + 2},
		{4 * k, model.Span{Addr: 0, Len: 1024 * g}, 100, 100 + 100 + 2},
		{4 * k, model.Span{Addr: math.MaxUint64 - 1, Len: 9}, 9, 3},
		{16 * k, model.Span{Addr: 0, Len: 64 * g}, math.MaxInt64, 2048 + 1},
		{64 * k, model.Span{Addr: 0, Len: 64 * g}, math.MaxInt64, 128 + 1},
	} {
		made := kernel.NewTables(c.pageSize)
		made.Add(c.span, c.accesses)
		if got := made.Bytes() / c.pageSize; got != c.want {
			t.Errorf("pages of %d, %#x, %d accesses: %d tables, want %d", c.pageSize, c.span, c.accesses, got, c.want)
		}
	}
	made := kernel.NewTables(4 * k)
	made.Add(model.Span{Addr: 0, Len: m}, 9)
	made.Add(model.Span{Addr: m, Len: 2 * m}, 9) // begins in the same table
	made.Exist(model.Span{Addr: 4 * k, Len: 4 * k})
	made.Exist(model.Span{Addr: 8 * k, Len: 4 * k})
	if got := made.Bytes() / (4 * k); got != 1 {
		t.Errorf("of two tables one is there: %d are to be made", got)
	}
}
