package cli_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
)

// BenchmarkStart is the time from right before the process is started to what it draws in a
// pseudoterminal of 200x50: to its first frame, and to the first one with the pages of its region
// as the kernel tells of them. Beside it, in turn, what is no start of a screen: the same program that
// only prints its version, and true(1), each until its end. Medians, in milliseconds.
func BenchmarkStart(b *testing.B) {
	const starts = 31
	needSubject(b)
	program := programBinary(b)
	nothing, err := exec.LookPath("true")
	if err != nil {
		b.Skipf("no true(1): %v", err)
	}
	for range b.N {
		var floor, version, frame, grid []time.Duration
		for range starts {
			floor = append(floor, untilEnd(b, nothing))
			version = append(version, untilEnd(b, program, "--version"))
			f, g := untilFrames(b, program)
			frame, grid = append(frame, f), append(grid, g)
		}
		b.ReportMetric(ms(quantile(floor, 0.5)), "true-ms")
		b.ReportMetric(ms(quantile(version, 0.5)), "version-ms")
		b.ReportMetric(ms(quantile(frame, 0.5)), "frame-ms")
		b.ReportMetric(ms(quantile(grid, 0.5)), "grid-ms")
		b.ReportMetric(ms(quantile(grid, 1)), "grid-max-ms")
		b.ReportMetric(0, "ns/op")
	}
}

func untilEnd(b *testing.B, path string, args ...string) time.Duration {
	b.Helper()
	r := record(b, 200, 50, path, args...)
	if err := r.cmd.Wait(); err != nil {
		b.Fatalf("%s: %v", r.cmd, err)
	}
	took := time.Since(r.begin)
	r.stop()
	return took
}

// untilFrames is when the first frame was whole, and the first with the region's pages.
func untilFrames(b *testing.B, path string) (frame, grid time.Duration) {
	b.Helper()
	r := record(b, 200, 50, path)
	defer r.stop()
	// The program is let finish before anything is drawn here, which would take its processor.
	<-time.After(200 * time.Millisecond)
	v := r.viewer()
	v.wait("the region's pages", func(emu *vt.Emulator) bool {
		at, screen := r.sofar()[v.next-1].at.Sub(r.begin), emu.String()
		// The keys stand in the last line, so a frame is whole when they are there.
		if !strings.Contains(screen, "quit") {
			return false
		}
		if frame == 0 {
			frame = at
		}
		grid = at
		return strings.Contains(screen, "REGION a") && strings.Count(screen, "··") >= 64
	})
	return frame, grid
}
