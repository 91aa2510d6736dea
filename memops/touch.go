//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/faults"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// accessVerbs access pages, and ask which are there.
var accessVerbs = family{
	interruptible((*process).touch),
	verbOf((*process).read, (*process).readShortfall),
	verbOf((*process).write, (*process).writeShortfall),
	verbOf((*process).memset),
	verbOf((*process).memcpy),
	verbOf((*process).memmove),
	verbOf((*process).memcmp),
	interruptible((*process).mincore),
}

var touchLoop = map[lang.Access]uint64{
	lang.Read: subject.TouchRead, lang.Write: subject.TouchWrite, lang.Exec: subject.TouchExec,
}

// A paced touch sleeps for leastTick at least, and a long one for longTick; faster paces take several pages at once. No screen shows more
// steps a second (ui/redraw.go), and each costs as much as many touches.
const (
	leastTick = 4 * time.Millisecond
	longTick  = time.Second / 30
)

// touching is a touch on its way.
type touching struct {
	in      *process
	e       model.Event
	loop    uint64
	span    model.Span
	stride  uint64 // bytes
	count   int64  // pages to touch
	order   model.Order
	random  bool
	times   faults.Histogram
	stamps  [subject.Stamps]time.Duration // of a step
	made    faults.Accesses
	fetches proc.Fetches // of a touch exec, once it has begun
	odd     string       // what executed instructions were answered with, if not with a trap
}

// touch accesses one byte a page. It goes in steps, of up to subject.Stamps pages, so
// that it can be watched, paced and interrupted; its time is the sum of the steps'.
func (p *process) touch(ctx context.Context, c lang.Touch) (model.Event, error) {
	if c.Access == lang.Write {
		c.T = p.here().BehindHeader(c.T)
	}
	span, err := p.span(c.T)
	if err != nil {
		return model.Event{}, err
	}
	if err := firstOf(p.forLoop(span, c.Access != lang.Read), p.affordTouch(c)); err != nil {
		return model.Event{}, err
	}
	ps := uint64(p.lab.pageSize)
	t := &touching{in: p, loop: touchLoop[c.Access], span: span, stride: ps * uint64(max(c.Every, 1)), random: c.Random}
	if span.Len > 0 {
		// From the page the span begins on to the one its last byte lies on.
		first := span.Addr &^ (ps - 1)
		t.count = int64((span.Addr+(span.Len-1)-first)/t.stride) + 1
	}
	t.order = model.NewOrder(uint64(t.count))
	t.made = faults.New(accessing{p}, t.stride, p.lab.opts.Sampling)
	how := string(c.Access)
	if c.Every > 1 {
		how += fmt.Sprintf(", every %d", c.Every)
	}
	if c.Random {
		how += ", random"
	}
	t.e = model.Event{Call: "touch", Args: []model.Arg{strace.Addr(span.Addr), strace.Len(span.Len), strace.Word(t.loop, how)}}
	rate := c.Rate
	if !c.Paced {
		rate = p.lab.speed
	}
	if rate > 0 {
		err = t.paced(ctx, rate)
	} else {
		near := p.nearby(t.stride, span)
		err = t.stretch(ctx, &t.e, 0, t.count)
		near.came(&t.e, err)
	}
	t.e.Latency = t.made.Close()
	t.e.Result = t.result(ctx)
	return t.e, err
}

// accessing is a process as the one that makes accesses.
type accessing struct{ p *process }

func (a accessing) Faults() (minor, major int64) { return a.p.proc.Faults() }
func (a accessing) Now() time.Duration           { return a.p.lab.now() }

// Tell tells of accesses in the process.
func (a accessing) Tell(x model.Accessed) {
	x.Proc = a.p.name
	a.p.lab.emit(x)
}

// paced touches at rate pages a second and holds sampling only while it touches.
func (t *touching) paced(ctx context.Context, rate lang.Rate) error {
	begin := t.in.lab.now()
	in := func(t time.Duration) int64 { return int64(t) * int64(rate) / int64(time.Second) } // pages
	const steps = 8                                                                          // that a short touch has at least
	per := max(min(in(longTick), max(t.count/steps, in(leastTick))), 1)
	timer := time.NewTimer(0)
	defer timer.Stop()
	first := time.Duration(0)
	for at := int64(0); at < t.count && t.e.Signal == nil; at += per {
		due := begin + time.Duration(float64(at)/float64(rate)*float64(time.Second))
		timer.Reset(max(0, due-t.in.lab.now()))
		select {
		case <-ctx.Done():
		case <-t.in.sub.Gone(): // told by the step below
		case <-timer.C:
		}
		if ctx.Err() != nil {
			break
		}
		step := model.Event{Elapsed: t.e.Elapsed}
		if err := t.stretch(ctx, &step, at, min(at+per, t.count)); err != nil {
			return err
		}
		t.made.Tell(false)
		if at == 0 {
			first = step.Time
		} else {
			t.e.Paced = t.in.lab.now() - first
		}
		t.e.Minor, t.e.Major, t.e.RSS, t.e.VmLck = t.e.Minor+step.Minor, t.e.Major+step.Major, t.e.RSS+step.RSS, t.e.VmLck+step.VmLck
		t.e.Watched, t.e.RSSLate = t.e.Watched || step.Watched, step.RSSLate
		t.in.sampler.Stir()
	}
	t.e.Time = begin
	return nil
}

// stretch is run with what it cost measured in e.
func (t *touching) stretch(ctx context.Context, e *model.Event, lo, hi int64) error {
	err := t.in.measured(e, func() error { return t.run(ctx, lo, hi) })
	if err != nil {
		t.made.Drop()
		return err
	}
	t.made.End(e.Minor, e.Major)
	return nil
}

// run touches the pages from number lo to before number hi, in the touch's order.
func (t *touching) run(ctx context.Context, lo, hi int64) error {
	single := t.random || t.loop == subject.TouchExec
	long := hi-lo > subject.Stamps || single && hi-lo > faults.CountAfterSteps
	t.made.Begin(long)
	for lo < hi && t.e.Signal == nil && ctx.Err() == nil {
		n := min(hi-lo, subject.Stamps)
		number := lo
		if t.random {
			n, number = 1, int64(t.order.At(uint64(lo)))
		}
		if t.loop == subject.TouchExec {
			n = 1 // an instruction may change the page behind it
		}
		addr := t.span.Addr
		if number > 0 {
			// Only the first page is reached where the span begins; the others at their start.
			addr = addr&^uint64(t.in.lab.pageSize-1) + uint64(number)*t.stride
		} else if addr%uint64(t.in.lab.pageSize) != 0 {
			n = 1
		}
		done, err := t.step(addr, n)
		t.e.Ret += done
		lo += done
		if err != nil {
			return err
		}
		if long {
			t.made.Count()
		}
	}
	return nil
}

// step makes the subject touch n pages from addr on and returns how many it did.
func (t *touching) step(addr uint64, n int64) (done int64, err error) {
	unread := uint64(0)
	if t.loop == subject.TouchExec {
		fails, err := t.harmless(addr)
		if err != nil {
			return 0, err
		}
		if fails {
			unread = 1
		}
	}
	r, err := t.in.loop(&t.e, t.loop, addr, t.stride, uint64(n), subject.StampsAddr, unread)
	if err != nil {
		return 0, err
	}
	done = int64(r.Done)
	times := t.stamps[:done]
	const some = 1 << 30
	tick := float64(subject.Ticks(some)) / some // ns; asking for each costs as much as an access
	for i := range times {
		times[i] = time.Duration(float64(binary.LittleEndian.Uint32(t.in.sub.StampArea[4*i:])) * tick)
		t.times.Add(times[i])
	}
	t.made.Made(addr, times...)
	if r.Signal == int32(unix.SIGILL) && r.Code == 0 { // arm64: it was not jumped to
		t.e.Signal = nil
		return done, fmt.Errorf("%#x: %w", r.Addr, errNotRun)
	}
	if s := t.e.Signal; s != nil && t.loop == subject.TouchExec && !fetchFailed(r, addr+r.Done*t.stride) {
		// The page was executed; it is the instruction that was answered.
		t.odd = fmt.Sprintf("the instruction at %#x was answered with %s %s", addr+r.Done*t.stride, s.Name, s.Code)
		t.e.Signal = nil
		t.made.Made(addr, r.Elapsed()) // it goes page by page: there was no other
		done++
	}
	return done, nil
}

// fetchFailed tells an address that may not be executed from an instruction that ran
// and raised a signal itself.
func fetchFailed(r subject.Reply, addr uint64) bool {
	// An address that is not canonical is a general protection fault without an address on x86-64.
	canonical := uint64(int64(addr<<16)>>16) == addr
	same := kernel.Untagged(r.Addr, runtime.GOARCH) == kernel.Untagged(addr, runtime.GOARCH)
	return (r.Signal == int32(unix.SIGSEGV) || r.Signal == int32(unix.SIGBUS)) &&
		(same || r.Code == strace.SIKernel && !canonical)
}

// result says what the return value, the number of pages, does not.
func (t *touching) result(ctx context.Context) string {
	text := fmt.Sprintf("%d of %d pages", t.e.Ret, t.count)
	switch {
	case t.e.Ret < t.count:
	case t.times.N < 2:
		text = "" // its time is the call's
	default:
		text = fmt.Sprintf("median %s, slowest %s a page", model.FormatElapsed(t.times.Median()), model.FormatElapsed(t.times.Slowest))
	}
	if ctx.Err() != nil && t.e.Ret < t.count {
		text += ", interrupted"
	}
	if t.odd != "" {
		text = strings.TrimPrefix(text+"; "+t.odd, "; ")
	}
	return text
}
