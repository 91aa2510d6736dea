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

// Examine finds out what this machine has of what lessons need. What can only be known by trying is tried in a subject of its
// own, and only where a need asks for it.
func Examine(ctx context.Context, l Lab, needs []lesson.Need) lesson.Machine {
	l.Refresh(ctx, model.Main)
	s := l.State()
	m := lesson.Machine{
		Root: s.User == "root", PageSize: s.Main().PageSize, Limits: s.Main().Limits, Kernel: s.Kernel,
		Swap: s.System.SwapTotal > 0, THP: s.System.THP != "" && s.System.THP != "never",
	}
	for _, n := range needs {
		switch n.Word {
		case "memcg":
			m.MemCgroup = tried(ctx, l, "memcg 64M", "expect ok")
		case "pagemap_scan":
			v, ok := model.KernelVersion(s.Kernel)
			m.PagemapScan = ok && !v.Before(model.Version{6, 7})
		case "zero_page":
			m.ZeroPage = tried(ctx, l, "mmap z 1", "touch z read", "expect all z zero")
		case "pkeys":
			m.ProtKeys = tried(ctx, l, "pkey_alloc k", "expect ok")
		case "secretmem":
			m.SecretMemory = tried(ctx, l, "mmap s 1 shared secret", "expect ok")
		}
	}
	return m
}

// tried reports whether the last of some lines holds on a fresh subject, which it leaves.
func tried(ctx context.Context, l Lab, lines ...string) (ok bool) {
	defer l.Do(ctx, lang.Reset{})
	l.Do(ctx, lang.Reset{})
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
