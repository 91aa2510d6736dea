//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"errors"
	"slices"
	"time"

	"incore/memops/proc"
	"incore/model"
	"incore/model/lang"
)

// patience is how long an expect about something that takes the kernel a moment is
// asked again (LANGUAGE: up to 2 s).
const patience = 2 * time.Second

// check observes, and reports whether an expect holds. name is the process that is asked, or "".
func (l *Lab) check(ctx context.Context, x lang.Expect, name string) {
	patient := x.MayTakeAMoment() || x.Kind == lang.ExpectDead
	var checked model.Checked
	again(ctx, patient, func() bool {
		checked = l.checkNow(x, name)
		return checked.OK
	})
	checked.Time = l.now()
	l.emit(checked)
}

// again calls f until it reports that there is nothing more to wait for. Only who is patient waits, and that for patience at most.
func again(ctx context.Context, patient bool, f func() bool) {
	deadline := time.Now().Add(patience)
	for !f() && patient && time.Now().Before(deadline) && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// checkNow observes what an expect is about, and asks it once.
func (l *Lab) checkNow(x lang.Expect, name string) model.Checked {
	sharing, looks, frames := false, false, false
	switch x.Kind {
	case lang.ExpectAll, lang.ExpectNo, lang.ExpectCount, lang.ExpectVMAs, lang.ExpectVmLck,
		lang.ExpectRSS, lang.ExpectPss, lang.ExpectSwap, lang.ExpectRlimit:
		looks = x.Sign == 0 // the others are about the last call
	}
	for _, s := range x.States {
		sharing = sharing || s == "exclusive" || s == "shared"
		frames = frames || s.OfFrame()
	}
	asked := l.process(name)
	if name == "" {
		asked = l.process(model.Main)
	}
	state, untold := l.State, ""
	if looks && asked != nil && asked.lives() {
		if l.rssLags && (x.Kind == lang.ExpectRSS || x.Kind == lang.ExpectSwap) {
			asked.observeSizes()
		} else if x.Kind == lang.ExpectPss {
			state, untold = asked.observeShare()
		} else if frames {
			state, untold = asked.observeFrames(x.T, sharing)
		} else {
			asked.observe(sharing)
		}
	}
	checked := x.Check(state(), name)
	if untold != "" {
		checked.OK, checked.Got = false, untold
	}
	return checked
}

// answer asks sets of expects together. See [lang.Ask].
func (l *Lab) answer(ctx context.Context, a lang.Ask) {
	asked := model.Asked{ID: a.ID}
	again(ctx, a.Patient(), func() bool {
		asked.Sets = make([]model.AskedSet, len(a.Sets))
		hold := 0
		for i, set := range a.Sets {
			s := model.AskedSet{Holds: true}
			for _, c := range set {
				x, name := lang.Inner(c).(lang.Expect), ""
				if in, ok := c.(lang.In); ok {
					name = in.Proc
				}
				checked := l.checkNow(x, name)
				checked.Time = l.now()
				s.Checks = append(s.Checks, checked)
				s.Holds = s.Holds && checked.OK
			}
			if asked.Sets[i] = s; s.Holds {
				hold++
			}
		}
		return a.For == lang.OneHolds && hold == 1 || a.For == lang.AllHold && hold == len(a.Sets)
	})
	asked.Time = l.now()
	l.emit(asked)
}

// observeFrames is observe for an expect about the frames of a target: where those cannot be asked it says why. They are
// asked for nobody else, since that takes a read of two files for each page that is mapped. What a screen is told is a
// sample as any other: those that follow it would not tell what the frames say by then. The lane must be held.
func (p *process) observeFrames(t model.Target, sharing bool) (state func() model.State, untold string) {
	state = p.lab.State
	s, err := p.sampler.Sample(sharing)
	if err != nil {
		return state, ""
	}
	span, err := p.span(t)
	if err == nil {
		told := s
		if told.Regions, err = p.framesIn(span, s.Regions); err != nil {
			untold = "ksm and dirty are told by the flags of frames, and to root alone: " + err.Error()
		} else if p.lab.opts.Sampling {
			seen := state().Apply(told)
			state = func() model.State { return seen }
		} else {
			s = told
		}
	}
	p.lab.emit(s)
	return state, untold
}

// observeShare is observe for an expect about Pss, with observeFrames' ways. The lane must be held.
func (p *process) observeShare() (state func() model.State, untold string) {
	state = p.lab.State
	s, err := p.sampler.Sample(false)
	if err != nil {
		return state, ""
	}
	share, err := proc.Share(p.sub.PID)
	told := s
	told.Stat.Pss = share
	switch {
	case !p.sub.OwnsPID(): // it may be another's, which got its PID
		return state, ""
	case err != nil:
		untold = "Pss is not known: " + err.Error()
	case p.lab.opts.Sampling:
		seen := state().Apply(told)
		state = func() model.State { return seen }
	default:
		s = told
	}
	p.lab.emit(s)
	return state, untold
}

// framesIn is what a sample has of the regions, with what the flags of their frames within a span say.
func (p *process) framesIn(span model.Span, regions []model.RegionSample) ([]model.RegionSample, error) {
	ps := uint64(p.lab.pageSize)
	here, out := p.here(), slices.Clone(regions)
	for i, seen := range out {
		r := here.Region(seen.Name)
		if r == nil || r.Pages.Len() != seen.Pages.Len() {
			continue
		}
		lo, hi := max(span.Addr, r.Base), min(max(span.End(), span.Addr), r.Base+r.Len)
		if lo >= hi {
			continue
		}
		in := model.Range{Lo: int64((lo - r.Base) / ps), Hi: int64((hi - r.Base + ps - 1) / ps)}
		var pages model.Runs[model.Page]
		for part, page := range seen.Pages.In(in) {
			for n := part.Lo; n < part.Hi; n++ {
				if !page.Has(model.Mapped) {
					pages = pages.Add(part.Len(), page)
					break
				}
				of := page
				var err error
				if of.Frame, err = p.frameAt(r.Base/ps + uint64(n)); err != nil {
					return nil, err
				}
				pages = pages.Add(1, of)
			}
		}
		out[i].Pages = slices.Clone(seen.Pages).Splice(in.Lo, pages)
	}
	return out, nil
}

// errNoFrames is why the frames of pages cannot be asked.
var errNoFrames = errors.New("pagemap shows no frame numbers without CAP_SYS_ADMIN")

// frameAt is what the flags of the frame of a page say, by the page's number from address 0 on. It is 0 of one that has left since.
func (p *process) frameAt(page uint64) (model.FrameState, error) {
	entry, err := p.proc.Entry(page)
	switch frame := entry & proc.EntryFrame; {
	case err != nil:
		return 0, err
	case entry&proc.EntryPresent == 0:
		return 0, nil
	case frame == 0:
		return 0, errNoFrames
	default:
		return p.lab.sampling.Frames.State(frame)
	}
}
