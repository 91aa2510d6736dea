package cli_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"

	"incore/model"
	"incore/ui"
	"incore/ui/cli"
)

// BenchmarkKey is the time from write(2) of an arrow key into a pseudoterminal of 200x50 until the
// bytes that show the cursor on its next cell have come back:
//
//   - still: nothing else changes;
//   - tenth: a lab that has a tenth of the pages in view change 30 times a second;
//   - tenth-glowing: the same with the afterglow, which has each of them change on for 0.7 s;
//   - touch: the real subject, touched through at 3000 pages a second, by turns with
//     madvise MADV_DONTNEED, and the afterglow.
//
// Median and 99th percentile of 400 keys in milliseconds; how many frames a second there were, and
// bytes each. Each is measured once more as incore wrote its screens before, by Bubble Tea's renderer. Beside them, between those keys, the same of a program that writes every byte back as
// it comes: what the machine takes by itself, with all else that goes on there.
func BenchmarkKey(b *testing.B) {
	needSubject(b)
	for _, way := range []struct{ name, program, busy string }{
		{"", programBinary(b), testCommand(b, "incore-busy")},
		{"-by-Bubble-Tea", testCommand(b, "incore-old"), testCommand(b, "busy-old")},
	} {
		b.Run("still"+way.name, func(b *testing.B) { benchKeys(b, way.program, manyPages) })
		b.Run("tenth"+way.name, func(b *testing.B) { benchKeys(b, way.busy, nil, "--reduced-motion") })
		b.Run("tenth-glowing"+way.name, func(b *testing.B) { benchKeys(b, way.busy, nil) })
		b.Run("touch"+way.name, func(b *testing.B) { benchKeys(b, way.program, keepTouching) })
	}
}

// manyPages maps a region whose pages are small on the screen.
func manyPages(r *recording, v *viewer) {
	v.wait("a region", showsRegion)
	r.keys(":munmap a\r:mmap a 4096\r")
	v.wait("its 16M", func(emu *vt.Emulator) bool { return showsRegion(emu) && strings.Contains(emu.String(), " 16M ") })
}

// keepTouching queues so many commands that the subject is busy for a minute.
func keepTouching(r *recording, v *viewer) {
	v.wait("a region", showsRegion)
	r.keys(":munmap a\r:mmap a 1024\r")
	for range 180 {
		r.keys(":touch a at 3000/s\r:madvise a dontneed\r")
	}
}

// right is the arrow key as a terminal sends it.
const right = "\x1b[C"

func benchKeys(b *testing.B, path string, before func(*recording, *viewer), args ...string) {
	const keys = 400
	for range b.N {
		r := record(b, 200, 50, path, args...)
		v := r.viewer()
		if before != nil {
			before(r, v)
		}
		// The first key's answer tells that all typed before it has been dealt with.
		r.keys(right)
		var was cursor
		v.wait("the cursor on the second page", func(emu *vt.Emulator) bool {
			was = cursorAt(emu)
			return was.page == 1
		})
		echo := record(b, 80, 24, testCommand(b, "echo"))
		echo.viewer().wait("that it is ready", func(emu *vt.Emulator) bool { return emu.CellAt(0, 0).Content == ">" })
		begin, first := time.Now(), len(r.sofar())
		var sent, echoed []time.Time
		random := rand.New(rand.NewPCG(4, 2))
		for range keys {
			// Spread evenly over what the screen does at a steady pace.
			<-time.After(15*time.Millisecond + time.Duration(random.Int64N(int64(33*time.Millisecond))))
			sent = append(sent, time.Now())
			r.keys(right)
			<-time.After(15 * time.Millisecond)
			echoed = append(echoed, time.Now())
			echo.keys("x")
		}
		took := time.Since(begin)
		waits := v.answers(was, sent) // of the program that runs: a slow machine's last answer is late
		r.stop()
		reads := r.sofar()[first:]
		b.ReportMetric(ms(quantile(waits, 0.5)), "median-ms")
		b.ReportMetric(ms(quantile(waits, 0.99)), "p99-ms")
		floor := echo.echoes(echoed)
		b.ReportMetric(ms(quantile(floor, 0.5)), "echo-median-ms")
		b.ReportMetric(ms(quantile(floor, 0.99)), "echo-p99-ms")
		b.ReportMetric(float64(frames(reads))/took.Seconds(), "frames/s")
		b.ReportMetric(float64(written(reads))/float64(frames(reads)), "B/frame")
		b.ReportMetric(0, "ns/op")
	}
}

// answers are how long it took until the cursor was seen on the page that each key moved it to. One
// frame can answer several.
func (v *viewer) answers(was cursor, sent []time.Time) (waits []time.Duration) {
	v.r.t.Helper()
	first := was.page
	for len(waits) < len(sent) {
		shown := v.wait(fmt.Sprintf("the answer to key %d of %d", len(waits)+1, len(sent)), func(emu *vt.Emulator) bool {
			now := cursorAt(emu)
			if now.page == was.page || now.x == was.x && now.y == was.y {
				return false
			}
			was = now
			return true
		})
		for len(waits) < min(was.page-first, len(sent)) {
			waits = append(waits, shown.Sub(sent[len(waits)]))
		}
	}
	return waits
}

// echoMain writes ">", and then every byte back that comes.
func echoMain() int {
	if _, err := term.MakeRaw(os.Stdin.Fd()); err != nil {
		return 1
	}
	fmt.Print(">")
	_, _ = io.Copy(os.Stdout, os.Stdin) // until the terminal goes
	return 0
}

// echoes are how long each byte took to come back from echoMain.
func (r *recording) echoes(sent []time.Time) (waits []time.Duration) {
	r.t.Helper()
	for end := time.Now().Add(longPatience); written(r.sofar()) <= len(sent) && time.Now().Before(end); {
		<-time.After(20 * time.Millisecond)
	}
	r.stop()
	n := -1 // the first byte is the prompt
	for _, x := range r.sofar() {
		for n += len(x.bytes); len(waits) < min(n, len(sent)); {
			waits = append(waits, x.at.Sub(sent[len(waits)]))
		}
	}
	if len(waits) < len(sent) {
		r.t.Fatalf("%d of %d bytes came back", len(waits), len(sent))
	}
	return waits
}

// showsRegion reports whether a region is on the screen, and its first page described.
func showsRegion(emu *vt.Emulator) bool { return cursorAt(emu).page == 0 }

// frames is how many frames were read: one is written at a time, and read in pieces.
func frames(reads []read) (n int) {
	for i, x := range reads {
		if i == 0 || x.at.Sub(reads[i-1].at) > 2*time.Millisecond {
			n++
		}
	}
	return n
}

// cursor is where the screen shows the cursor, and which page it names.
type cursor struct{ x, y, page int }

var pageName = regexp.MustCompile(`PAGE a\[(\d+)\]`)

// cursorAt finds the cursor's marks around a cell, and the page in words; -1 where there is none.
func cursorAt(emu *vt.Emulator) cursor {
	c := cursor{-1, -1, -1}
	if name := pageName.FindStringSubmatch(emu.String()); name != nil {
		c.page, _ = strconv.Atoi(name[1]) // digits
	}
	for y := range emu.Height() {
		for x := range emu.Width() - 3 {
			if l, r := emu.CellAt(x, y), emu.CellAt(x+3, y); l != nil && r != nil && l.Content == "▐" && r.Content == "▌" {
				c.x, c.y = x, y
				return c
			}
		}
	}
	return c
}

// busyMain is the screen over a lab whose pages change all the time.
func busyMain(show func(context.Context, model.Lab, ui.Options) error) int {
	return cli.MainOver(func(context.Context, cli.LabOptions) (cli.Lab, error) {
		l := &busyLab{fakeLab: newFakeLab(nil), tick: time.NewTicker(time.Second / 30), in: make([]bool, 4096)}
		return l, nil
	}, show)
}

// busyLab is a lab of one region of which a tenth of the pages in view changes 30 times a second,
// scattered.
type busyLab struct {
	*fakeLab
	tick *time.Ticker
	in   []bool // which pages are in core
	n    int    // samples told
	view model.Range
}

func (l *busyLab) Look(v model.View) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.view = v.Pages
}

func (l *busyLab) Next(ctx context.Context) ([]model.Item, error) {
	l.n++
	if l.n == 1 {
		pages := int64(len(l.in))
		return []model.Item{
			model.Started{Proc: model.Main, PID: 4711, PageSize: 4096, Kernel: "6.18.0"},
			model.Event{Seq: 1, Proc: model.Main, Command: parsed("mmap a 4096"), Call: "mmap",
				Mapped: &model.RegionInfo{Name: "a", Base: 0x7f0000000000, Len: uint64(pages * 4096), Backing: model.Anon}},
			l.sample(),
		}, nil
	}
	select {
	case <-l.tick.C:
	case <-l.closed:
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := l.view.Lo; p < min(l.view.Hi, int64(len(l.in))); p++ {
		if p%10 == int64(l.n%10) {
			l.in[p] = !l.in[p]
		}
	}
	return []model.Item{l.sample()}, nil
}

func (l *busyLab) sample() model.Sample {
	var runs model.Runs[model.Page]
	for _, in := range l.in {
		p := model.Page{Mapping: model.InVMA, Prot: model.ProtRead | model.ProtWrite, Residency: model.Absent}
		if in {
			p.Residency, p.Mapping = model.Resident, model.InVMA|model.Mapped|model.Exclusive
		}
		runs = runs.Add(1, p)
	}
	return model.Sample{Time: time.Duration(l.n) * time.Second / 30, Proc: model.Main,
		Regions: []model.RegionSample{{Name: "a", Pages: runs}}}
}
