package sampler

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

// appendResidency says of every bit what a plain loop says, whatever comes before.
func TestAppendResidency(t *testing.T) {
	for n := range int64(200) {
		buf := make([]byte, 32)
		for i := range buf {
			buf[i] = byte(i*i*7/3) ^ byte(n)
		}
		for _, before := range []model.Residency{model.NotAsked, model.Absent, model.Resident} {
			want := model.Runs[model.Residency]{}.Add(3, before)
			got := want.Splice(3, nil)
			for i := range n {
				want = want.Add(1, model.Absent+model.Residency(buf[i/8]>>(i%8)&1))
			}
			if got = appendResidency(got, buf, n); !got.Equal(want) {
				t.Errorf("%d pages: got %v, want %v", n, got, want)
			}
		}
	}
}

func TestSegments(t *testing.T) {
	vmas := []model.VMA{{Start: 10, End: 20}, {Start: 20, End: 30}, {Start: 40, End: 50}}
	for _, c := range []struct {
		start, end uint64
		want       []segment
	}{
		{0, 60, []segment{{0, 10, nil}, {10, 20, &vmas[0]}, {20, 30, &vmas[1]}, {30, 40, nil}, {40, 50, &vmas[2]}, {50, 60, nil}}},
		{15, 25, []segment{{15, 20, &vmas[0]}, {20, 25, &vmas[1]}}},
		{30, 40, []segment{{30, 40, nil}}},
		{60, 70, []segment{{60, 70, nil}}},
		{10, 10, nil},
	} {
		got := Segments(nil, vmas, c.start, c.end)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(segment{})); diff != "" {
			t.Errorf("%d-%d: %s", c.start, c.end, diff)
		}
	}
}
