package course

import (
	"context"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
)

// Lab is a running subject that a lesson is taken in, one command at a time.
type Lab interface {
	model.Lab

	// Do runs one command and returns, in order, what happened.
	Do(context.Context, model.Command) []model.Item

	// Refresh observes a process now.
	Refresh(ctx context.Context, proc string) model.Sample

	// State is the fold of everything so far.
	State() model.State
}

// Opener starts a subject of its own.
type Opener func(context.Context) (Lab, error)

// Drive runs commands of a lesson, and those that their answers lead to, until there are no more.
func Drive(ctx context.Context, l Lab, t *lesson.Taking, commands []model.Command) {
	for len(commands) > 0 && ctx.Err() == nil {
		c := commands[0]
		commands = commands[1:]
		for _, item := range l.Do(ctx, c) {
			commands = append(commands, t.Fold(item)...)
		}
	}
}

// tries are what a need asks for that can only be known by trying: commands, of which the last one says whether it is there.
var tries = map[string][]string{
	"memcg":     {"memcg 64M", "expect ok"},
	"zero_page": {"mmap z 1", "touch z read", "expect all z zero"},
	"pkeys":     {"pkey_alloc k", "expect ok"},
	"secretmem": {"mmap s 1 shared secret", "expect ok"},
}

// Examine finds out what this machine has of what lessons need. It asks l, and changes nothing there; what can only be known by trying is
// tried in a subject of its own, where a need asks for it. Its error is of that one's start.
func Examine(ctx context.Context, l Lab, needs []lesson.Need, open Opener) (lesson.Machine, error) {
	l.Refresh(ctx, model.Main)
	s := l.State()
	v, ok := model.KernelVersion(s.Kernel)
	m := lesson.Machine{
		Root: s.User == "root", PageSize: s.Main().PageSize, Limits: s.Began, Kernel: s.Kernel,
		Swap: s.System.SwapTotal > 0, THP: s.System.THP != "" && s.System.THP != "never",
		PagemapScan: ok && !v.Before(model.Version{6, 7}),
	}
	has := map[string]*bool{"memcg": &m.MemCgroup, "zero_page": &m.ZeroPage, "pkeys": &m.ProtKeys, "secretmem": &m.SecretMemory}
	var own Lab
	for _, n := range needs {
		if tries[n.Word] == nil {
			continue
		}
		if own == nil {
			var err error
			if own, err = open(ctx); err != nil {
				return m, err
			}
			defer own.Close()
		}
		*has[n.Word] = tried(ctx, own, tries[n.Word]...)
	}
	return m, nil
}

// tried reports whether the last of some lines holds on a fresh subject, and leaves one.
func tried(ctx context.Context, l Lab, lines ...string) (ok bool) {
	defer l.Do(ctx, lang.Reset{})
	for _, line := range lines {
		c, err := lang.Parse(line)
		if err != nil {
			return false
		}
		for _, item := range l.Do(ctx, c) {
			if checked, is := item.(model.Checked); is {
				ok = checked.OK
			}
		}
	}
	return ok
}
