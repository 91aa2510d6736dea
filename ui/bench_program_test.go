package ui_test

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"incore/model"
	"incore/ui"
)

// BenchmarkBubbleTea is what a message cost before package terminal was, in Bubble Tea's own part of the program at
// 200x50: parsing the frame, comparing it with the one before and writing the difference, to a
// writer that only counts. Beside it, as incore-ns/op, what incore needs for the same message in
// the same run: Update, with the frame that it draws, and View. All are medians but of
// "unchanged", a message that changes nothing: there ns/op is the whole way through the program.
func BenchmarkBubbleTea(b *testing.B) {
	key := func(code rune) tea.Msg { return tea.KeyPressMsg{Code: code} }
	for _, bm := range []struct {
		name  string
		steps []tea.Msg // in turn
	}{
		{"cursor", []tea.Msg{key(tea.KeyRight), key(tea.KeyLeft)}},
		{"tenth", tenths(4096)},
		{"screen", []tea.Msg{key('?'), key(tea.KeyEscape)}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			p := startProgram(b)
			var ours, theirs []time.Duration
			var written int
			for i := 0; b.Loop(); i++ {
				f := p.step(bm.steps[i%len(bm.steps)])
				ours, written = append(ours, p.took), written+f.bytes
				if f.whole {
					theirs = append(theirs, f.took)
				}
			}
			b.ReportMetric(float64(median(theirs)), "ns/op")
			b.ReportMetric(float64(median(ours)), "incore-ns/op")
			b.ReportMetric(float64(written)/float64(len(ours)), "written-B/op")
		})
	}
	b.Run("unchanged", func(b *testing.B) {
		p := startProgram(b)
		before := p.out.written.Load()
		for b.Loop() {
			p.tea.Send(tea.FocusMsg{})
		}
		p.frames(3)
		// Told, not held: on a slow machine the first frame may come only now. That nothing is
		// written is TestE2EStill's to hold.
		b.ReportMetric(float64(p.out.written.Load()-before)/float64(b.N), "written-B/op")
	})
}

// tenths are samples of a region of so many pages, of which each has a tenth of the pages other
// than the one before, scattered.
func tenths(pages int64) []tea.Msg {
	in := make([]bool, pages)
	msgs := make([]tea.Msg, 20) // after which the first fits the last again
	for i := range msgs {
		var runs model.Runs[model.Page]
		for k := range in {
			if k%10 == i%10 {
				in[k] = !in[k]
			}
			p := model.Page{Mapping: model.InVMA, Prot: model.ProtRead | model.ProtWrite, Residency: model.Absent}
			if in[k] {
				p.Residency, p.Mapping = model.Resident, model.InVMA|model.Mapped|model.Exclusive
			}
			runs = runs.Add(1, p)
		}
		sample := model.Sample{Proc: model.Main, Regions: []model.RegionSample{{Name: "a", Pages: runs}}}
		msgs[i] = ui.ItemsMsg([]model.Item{sample}, time.Time{})
	}
	return msgs
}

// program is a running Bubble Tea program over the real Model, and the clocks around it.
type program struct {
	*ui.Model
	b    testing.TB
	tea  *tea.Program
	out  *counter
	took time.Duration // what the last step took incore
}

// stepMsg is a message for the Model whose way through it is timed.
type stepMsg struct{ tea.Msg }

// syncMsg is answered once everything sent before it has been dealt with.
type syncMsg struct{ done chan<- struct{} }

func (p *program) Init() tea.Cmd { return nil } // the lab has told everything already

// View is the screen as a string, as it was handed to Bubble Tea.
func (p *program) View() tea.View {
	v := tea.NewView(p.Picture())
	v.AltScreen = true
	return v
}

func (p *program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case stepMsg:
		begin := time.Now()
		p.Model.Update(msg.Msg) // its command would only wait for the lab
		p.View()
		done := time.Now()
		p.took = done.Sub(begin)
		p.out.drawn.Store(done.UnixNano())
	case syncMsg:
		close(msg.done)
	default:
		p.Model.Update(msg)
	}
	return p, nil
}

// mark is written by Bubble Tea itself at the beginning of a flush, before it looks at the frame:
// what a tea.RawMsg brought goes out first. It is nothing that a frame could be.
const mark = "\x00"

// counter is the terminal: it counts bytes, and takes the time from a mark to the frame behind it.
type counter struct {
	written atomic.Int64
	drawn   atomic.Int64 // when the frame was ready, in ns since 1970
	flushed chan flushed

	mu     sync.Mutex
	marked time.Time
}

// flushed is a frame that Bubble Tea wrote.
type flushed struct {
	took  time.Duration // from the beginning of the flush
	bytes int
	whole bool // the frame was ready when the flush began, so took is all of it
}

func (c *counter) Write(p []byte) (int, error) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if string(p) == mark {
		c.marked = now
		return len(p), nil
	}
	c.written.Add(int64(len(p)))
	if !c.marked.IsZero() {
		c.flushed <- flushed{now.Sub(c.marked), len(p), c.marked.UnixNano() > c.drawn.Load()}
		c.marked = time.Time{}
	}
	return len(p), nil
}

func startProgram(b *testing.B) *program {
	b.Helper()
	s := newScreen(b, 200, 50, ui.Options{ReducedMotion: true}, "mmap a 4096")
	p := &program{Model: s.m, b: b, out: &counter{flushed: make(chan flushed, 1)}}
	p.tea = tea.NewProgram(p,
		tea.WithInput(nil), tea.WithOutput(p.out), tea.WithEnvironment([]string{"TERM=xterm-256color"}),
		tea.WithWindowSize(200, 50), tea.WithColorProfile(colorprofile.TrueColor),
		tea.WithoutSignalHandler(), tea.WithFPS(120), // so that a run has more frames; a flush costs the same
	)
	ended := make(chan error, 1)
	go func() {
		_, err := p.tea.Run()
		ended <- err
	}()
	b.Cleanup(func() {
		p.tea.Quit()
		if err := <-ended; err != nil && err != io.EOF {
			b.Error(err)
		}
	})
	for p.frames(3); p.out.written.Load() == 0; p.frames(1) { // until there is a first frame
	}
	return p
}

// frames waits until everything sent before has been drawn and so many flushes were made.
func (p *program) frames(n int) {
	done := make(chan struct{})
	p.tea.Send(syncMsg{done})
	<-done
	<-time.After(time.Duration(n) * time.Second / 120) // the program tells nobody of a flush that wrote nothing
}

// step hands the Model a message that changes the screen and waits until that was written.
func (p *program) step(msg tea.Msg) flushed {
	p.tea.Send(tea.RawMsg{Msg: mark})
	p.tea.Send(stepMsg{msg})
	select {
	case f := <-p.out.flushed:
		return f
	case <-time.After(time.Minute): // long, since a machine may have more to do
		p.b.Fatalf("%v changed nothing on the screen", msg)
	}
	return flushed{}
}

func median(of []time.Duration) time.Duration {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[len(of)/2]
}
