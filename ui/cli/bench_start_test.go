package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// BenchmarkLessonStart is the time from right before the process is started until the text of a lesson stands whole in a
// pseudoterminal of 200x50. Beside it, in turn, the same program that only prints its version. Medians, in milliseconds, and how
// many times as long the lesson takes. Asked for are 50 ms.
func BenchmarkLessonStart(b *testing.B) {
	const starts = 21
	needSubject(b)
	program := programBinary(b)
	b.Setenv("XDG_STATE_HOME", b.TempDir())
	for range b.N {
		var version, lesson []time.Duration
		for range starts {
			version = append(version, untilEnd(b, program, "--version"))
			lesson = append(lesson, untilLesson(b, program))
		}
		v, l := quantile(version, 0.5), quantile(lesson, 0.5)
		b.ReportMetric(ms(v), "version-ms")
		b.ReportMetric(ms(l), "lesson-ms")
		b.ReportMetric(ms(quantile(lesson, 1)), "lesson-max-ms")
		b.ReportMetric(float64(l)/float64(v), "times-version")
		b.ReportMetric(0, "ns/op")
	}
}

func untilLesson(b *testing.B, path string) (at time.Duration) {
	b.Helper()
	r := record(b, 200, 50, path, "lesson", "6")
	defer r.stop()
	<-time.After(200 * time.Millisecond) // as untilFrames
	v := r.viewer()
	v.wait("the lesson's text", func(emu *vt.Emulator) bool {
		at = r.sofar()[v.next-1].at.Sub(r.begin)
		screen := emu.String()
		return strings.Contains(screen, "A program keeps two keys") && strings.Contains(screen, "space go on")
	})
	return at
}

// BenchmarkLessonBack is the time from write(2) of a backspace in a lesson, with 20 steps behind, until the screen shows that the
// lesson waits at the step before: a fresh subject was started and 19 steps run in it. Median and maximum, in milliseconds. Asked
// for are 300 ms.
func BenchmarkLessonBack(b *testing.B) {
	const steps, times = 20, 11
	needSubject(b)
	program := programBinary(b)
	b.Setenv("XDG_STATE_HOME", b.TempDir())
	file := filepath.Join(b.TempDir(), "long.md")
	var text strings.Builder
	text.WriteString("---\ntitle: Long\nsummary: Many steps.\nminutes: 1\n---\n\n# Long\n\n```incore\nmmap a 64\n```\n")
	for i := range steps {
		fmt.Fprintf(&text, "\nStep %d.\n\n```incore\ntouch a[%d]\n```\n", i, i)
	}
	text.WriteString("\n```goal\nexpect all a[60] resident\n```\n\n<!-- solution:\ntouch a[60]\n-->\n")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	for range b.N {
		var took []time.Duration
		for range times {
			r := record(b, 200, 50, program, "lesson", file)
			v := r.viewer()
			at := func(n int) func(*vt.Emulator) bool {
				return func(emu *vt.Emulator) bool {
					screen := emu.String()
					return strings.Contains(screen, fmt.Sprintf(" %d of %d", n, steps+3)) && strings.Contains(screen, "space runs it")
				}
			}
			v.wait("the first step", at(1))
			for n := range steps {
				r.keys(" ")
				v.wait("the next step", at(n+2))
			}
			begin := time.Now()
			r.keys("\x7f")
			v.wait("the step before", at(steps))
			took = append(took, r.sofar()[v.next-1].at.Sub(begin))
			r.stop()
		}
		b.ReportMetric(ms(quantile(took, 0.5)), "back-ms")
		b.ReportMetric(ms(quantile(took, 1)), "back-max-ms")
		b.ReportMetric(0, "ns/op")
	}
}
