//go:build linux && (amd64 || arm64)

package faults_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"incore/memops/faults"
	"incore/model"
)

func TestReachedPages(t *testing.T) {
	at := func(page, pages uint64) model.Span { return model.Span{Addr: page*4096 + 10, Len: pages*4096 - 20} }
	run := func(page uint64, n int64, kind model.FaultKind) model.AccessRun {
		r := model.AccessRun{Addr: page * 4096, Stride: 4096, Count: n, Fault: kind}
		if n == 1 {
			r.Stride = 0
		}
		return r
	}
	for _, tt := range []struct {
		name         string
		minor, major int64
		spans        []model.Span
		want         []model.AccessRun
	}{
		{"none", 0, 0, []model.Span{{Addr: 5}}, nil},
		{"two, the higher first", 0, 0, []model.Span{at(7, 2), at(2, 1)}, []model.AccessRun{run(2, 1, 0), run(7, 2, 0)}},
		{"neighbors", 3, 0, []model.Span{at(2, 2), at(4, 1)}, []model.AccessRun{run(2, 3, model.MinorFault)}},
		{"on one page in part", 3, 0, []model.Span{at(2, 2), at(3, 2)}, []model.AccessRun{run(2, 3, 0)}},
		{"within", 3, 0, []model.Span{at(2, 3), at(3, 1)}, []model.AccessRun{run(2, 3, 0)}},
		{"all major", 0, 3, []model.Span{at(2, 3)}, []model.AccessRun{run(2, 3, model.MajorFault)}},
		{"some of each", 2, 1, []model.Span{at(2, 3)}, []model.AccessRun{run(2, 3, 0)}},
	} {
		if diff := gocmp.Diff(tt.want, faults.Pages(tt.minor, tt.major, 4096, tt.spans...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
