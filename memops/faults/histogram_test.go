package faults_test

import (
	"testing"
	"time"

	"incore/memops/faults"
)

func TestHistogram(t *testing.T) {
	var h faults.Histogram
	for i := range 1001 {
		h.Add(time.Duration(i) * time.Microsecond)
	}
	if m := h.Median(); m < 470*time.Microsecond || m > 530*time.Microsecond {
		t.Errorf("the median of 0 to 1000 µs is %v", m)
	}
	if h.Slowest != time.Millisecond {
		t.Errorf("the slowest is %v", h.Slowest)
	}
}
