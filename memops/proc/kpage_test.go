//go:build linux && (amd64 || arm64)

package proc

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/model"
)

func TestFrameWhy(t *testing.T) {
	var files Frames
	files.once.Do(func() { files.flags, files.count, files.err = -1, -1, fmt.Errorf("/proc/kpageflags: %w", unix.EACCES) })
	for _, c := range []struct {
		entry uint64
		why   string
	}{
		{0, "no frame: nothing is mapped here"},
		{EntrySwapped | 5<<5, "no frame: the page table has a place in swap"},
		{EntrySwapped | EntryGuard, "no frame: a guard marker"},
		{EntryPresent | EntryExclusive, "frame numbers need CAP_SYS_ADMIN (pagemap shows 0)"},
		{EntryPresent | 77, "/proc/kpageflags: permission denied"},
	} {
		f := model.Frame{Entry: c.entry}
		if files.Describe(&f); f.Why != c.why {
			t.Errorf("of entry %#x it says %q, not %q", c.entry, f.Why, c.why)
		}
	}
	if files.IsZero(77) {
		t.Error("a frame that cannot be asked about is the zero page")
	}
	if _, err := openFrames("/proc/nothing"); !errors.Is(err, unix.ENOENT) || !strings.HasPrefix(err.Error(), "/proc/nothing: ") {
		t.Errorf("open of what is not there: %v", err)
	}
}
