//go:build linux && (amd64 || arm64)

package memops

import (
	"incore/memops/proc"
	"incore/memops/sampler"
	"incore/memops/subject"
)

// The tests are of package memops_test but for those of what is not exported. Here is what the former need of the inside.

// What drives a Lab is of drive_test.go, since the tests of both packages drive one.
var (
	Opened        = opened
	Do            = do
	Run           = run
	OK            = ok
	AsksZeroPage  = asksZeroPage
	NeedsZeroPage = needsZeroPage
)

// ErrBudget is what a refusal for the memory that a command would take says. A test tells it from other refusals.
var ErrBudget = errBudget

// WriteFile writes a file of the kernel's with a descriptor that blocks, as os.WriteFile does not: a limit that is
// lowered is enforced only so.
var WriteFile = writeFile

// SubjectOf is the subject of a process. A test makes calls in it that no command makes, or ends it.
func SubjectOf(l *Lab, name string) *subject.Subject { return l.process(name).sub }

// SamplerOf is what observes a process. A test asks it what no sample tells, and has it do without what the kernel has.
func SamplerOf(l *Lab, name string) *sampler.Sampler { return l.process(name).sampler }

// SessionOf is what the samplers share. A test holds its gate as a call that is watched does.
func SessionOf(l *Lab) *sampler.Session { return l.sampling }

// SetSampling has the commands from now on tell what a screen is told, or not. No sampler starts or ends, so
// that a test sees what the commands tell alone.
func SetSampling(l *Lab, on bool) { l.opts.Sampling = on }

// OverLimit reports whether locking so many bytes in the first process is surely over RLIMIT_MEMLOCK. A test skips
// what this user may not lock.
func OverLimit(l *Lab, bytes uint64) bool { return mainOf(l).overLimit(bytes) }

// GroupOf is the memory cgroup that incore made for a process: a test reads and writes its files.
func GroupOf(l *Lab, name string) (h proc.Hierarchy, dir string) {
	g := l.process(name).group.get()
	return g.in, g.dir
}

// SegmentIDs are the kernel's numbers of the segments that were made. A test sees, locks and removes them from outside.
func SegmentIDs(l *Lab) (ids []int) {
	for _, s := range l.segments {
		ids = append(ids, s.id)
	}
	return ids
}
