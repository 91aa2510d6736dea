package cli_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
	"incore/ui"
	"incore/ui/cli"
)

// fakeLab answers commands from a table, and anything else with success. What it
// holds of kernels is only what a test put in.
type fakeLab struct {
	answers map[string][]model.Item // by the command's text
	blocks  string                  // the command that runs until the lab is interrupted or closed
	reached chan struct{}           // closed when that command runs

	mu          sync.Mutex
	state       model.State
	ran         []string
	interrupted bool
	closed      chan struct{}
	once        sync.Once
	deaf        bool       // does not heed Interrupt
	page        model.Page // what Refresh sees at every page
	release     chan struct{}
}

func newFakeLab(answers map[string][]model.Item) *fakeLab {
	l := &fakeLab{
		answers: answers, closed: make(chan struct{}), reached: make(chan struct{}), release: make(chan struct{}, 1),
	}
	l.state = l.state.Apply(model.Started{
		Proc: "main", PID: 4711, PageSize: 4096, Kernel: "6.18.0", User: "uid 1000",
		Limits:  model.Limits{MemlockSoft: 8 << 20, MemlockHard: model.Unlimited},
		Missing: []string{"PAGEMAP_SCAN needs Linux 6.7; pagemap is read instead"},
	})
	return l
}

func (l *fakeLab) Do(_ context.Context, c model.Command) []model.Item {
	text := c.String()
	if text == l.blocks {
		close(l.reached)
		select {
		case <-l.release:
		case <-l.closed:
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ran = append(l.ran, text)
	items, ok := l.answers[text]
	if !ok {
		items = []model.Item{l.success(c)}
	}
	for _, it := range items {
		l.state = l.state.Apply(it)
	}
	return items
}

func (l *fakeLab) success(c model.Command) model.Item {
	switch c := c.(type) {
	case lang.Expect:
		return model.Checked{Expect: c.String(), OK: true}
	case lang.Say:
		return model.Event{Command: c, Note: c.Text}
	}
	return model.Event{Seq: len(l.ran), Proc: model.Main, Command: c, Call: c.Verb(), Elapsed: time.Microsecond}
}

func (l *fakeLab) Refresh(context.Context, string) model.Sample {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := model.Sample{Time: l.state.Time + 1, Proc: model.Main}
	for _, r := range l.state.Main().Regions {
		s.Regions = append(s.Regions, model.RegionSample{
			Name:  r.Name,
			Pages: model.Runs[model.Page]{}.Add(r.Pages.Len(), l.page),
		})
	}
	l.state = l.state.Apply(s)
	return s
}

func (l *fakeLab) State() model.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

func (l *fakeLab) Interrupt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.interrupted = true
	if !l.deaf {
		select {
		case l.release <- struct{}{}:
		default:
		}
	}
}

func (l *fakeLab) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *fakeLab) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

func (l *fakeLab) Submit(c model.Command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ran = append(l.ran, c.String())
}
func (l *fakeLab) Look(model.View) {}
func (l *fakeLab) Next(context.Context) ([]model.Item, error) {
	return nil, io.EOF
}

func (l *fakeLab) commands() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.ran)
}

// fakeApp is the program over a fake lab, and where its output goes.
type fakeApp struct {
	cli.App
	out, errs *strings.Builder
	opened    []cli.LabOptions
}

func newFakeApp(t *testing.T, l cli.Lab, stdin string) *fakeApp {
	t.Helper()
	f := &fakeApp{out: new(strings.Builder), errs: new(strings.Builder)}
	f.App = cli.App{
		Stdin: strings.NewReader(stdin), Stdout: f.out, Stderr: f.errs,
		Getenv: func(string) string { return "" },
		Open: func(_ context.Context, o cli.LabOptions) (cli.Lab, error) {
			f.opened = append(f.opened, o)
			return l, nil
		},
		Screen: func(context.Context, model.Lab, ui.Options) error { return nil },
	}
	return f
}

// parsed is the command of a line of the language.
var parsed = modeltest.Parsed
