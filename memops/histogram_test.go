package memops

import (
	"testing"
	"time"
)

func TestHistogram(t *testing.T) {
	var h histogram
	for i := range 1001 {
		h.add(time.Duration(i) * time.Microsecond)
	}
	if m := h.median(); m < 470*time.Microsecond || m > 530*time.Microsecond {
		t.Errorf("the median of 0 to 1000 µs is %v", m)
	}
	if h.slowest != time.Millisecond {
		t.Errorf("the slowest is %v", h.slowest)
	}
}
