//go:build linux && (amd64 || arm64)

package sampler

import "time"

// A command is followed by a sample at once, up to 60 times a second (frame); what goes on is
// sampled 30 times, which the eye takes for motion. While nothing happens there are 20, and four where nobody
// presses a key either, so that what the kernel does of itself is seen all the same, and watching costs next to nothing.
const (
	frame      = time.Second / 60
	goingFrame = 2 * frame
	calmFrame  = 3 * frame
	idleFrame  = 15 * frame
)

// The share of a core that sampling may take: while something happens, and while
// nothing did for calm.
const (
	activeShare = 4
	calmShare   = 60
	calm        = time.Second
	idle        = 2 * time.Second
)

// Run samples until stop. What a sample costs sets when the next one is due, so a large
// region is sampled less often instead of slowing the machine down.
func (s *Sampler) Run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var soonest time.Time
	for {
		select {
		case <-s.quit:
			return
		case <-timer.C:
		case <-s.wake:
			if early := time.Until(soonest); early > 0 {
				timer.Reset(early)
				continue
			}
		}
		cost := s.Tick()
		soonest = time.Now().Add(max(frame-cost, cost*activeShare))
		timer.Reset(s.pause(cost))
	}
}

// pause returns how long to wait after a sample of a cost.
func (s *Sampler) pause(cost time.Duration) time.Duration {
	switch still := s.still(); {
	case still > idle:
		return max(idleFrame-cost, cost*calmShare)
	case still > calm:
		return max(calmFrame-cost, cost*calmShare)
	}
	return max(goingFrame-cost, cost*activeShare)
}

// still returns for how long nothing has happened.
func (s *Sampler) still() time.Duration { return s.session.Host.Now() - time.Duration(s.active.Load()) }

// Watched says that somebody is at the screen: where nothing has happened for long, samples come at full pace again, the
// first at once.
func (s *Sampler) Watched() {
	if still := s.still(); still > calm {
		s.active.Store(int64(s.session.Host.Now()))
		if still > idle {
			s.KickNow()
		}
	}
}

// Kick asks for a sample soon after a command.
func (s *Sampler) Kick() {
	s.Stir()
	s.KickNow()
}

// Stir says that something goes on: the next sample is made in its time, and told.
func (s *Sampler) Stir() {
	s.told.Store(false)
	s.active.Store(int64(s.session.Host.Now()))
}

// KickNow asks for a sample at once. What it sees is told where it differs.
func (s *Sampler) KickNow() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
