package plain

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"incore/model"
)

// An answer has an end, however many regions there are.
func TestAnswersAreBounded(t *testing.T) {
	was, is := model.Process{Name: "main", PageSize: 4096}, model.Process{Name: "main", PageSize: 4096}
	for i := range 100 {
		info := model.RegionInfo{Name: "r" + strings.Repeat("x", i), Len: 4096, Backing: model.Anon}
		is.Regions = append(is.Regions, &model.Region{
			RegionInfo: info, Pages: model.Runs[model.Page]{}.Add(1, model.Page{Mapping: model.InVMA}), Changed: model.Runs[time.Duration]{}.Add(1, 0),
		})
	}
	p := New(Config{Lab: still{}, Typed: true})
	got := p.changes(model.State{Procs: []model.Process{was}}, model.State{Procs: []model.Process{is}})
	if len(got) != mostLines+1 || got[mostLines] != "And 88 more; show tells all." {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
	p = New(Config{Lab: still{state: model.State{Procs: []model.Process{is}}}, Typed: true})
	for _, look := range []func(context.Context, string) ([]string, error){p.show, p.regions} {
		lines, err := look(t.Context(), "")
		if err != nil || len(lines) != 4*mostLines+1 || !strings.HasPrefix(lines[4*mostLines], "And ") {
			t.Errorf("%d lines, %v", len(lines), err)
		}
	}
}

// A line of 64 KiB is broken in time that grows with its length, not with the square.
func TestWrappedLongLine(t *testing.T) {
	least := func(n int) time.Duration {
		line, took := strings.TrimSpace(strings.Repeat("wort ", n/5)), []time.Duration{}
		for range 200 { // the least of many: others use the machine too
			begin := time.Now()
			if got := strings.Join(wrapped(line, 40), " "); got != line {
				t.Fatalf("%d bytes are %d when they are broken", len(line), len(got))
			}
			took = append(took, time.Since(begin))
		}
		return slices.Min(took)
	}
	if short, long := least(4<<10), least(64<<10); long > 100*short { // sixteen times as long; the square is 256
		t.Errorf("4 KiB take %v, 64 KiB %v", short, long)
	}
}
