//go:build linux && (amd64 || arm64)

package memops

import (
	"context"
	"slices"

	"incore/model"
)

// verb is how the commands of one verb are run.
type verb struct {
	name string
	run  func(context.Context, *process, model.Command) (model.Event, error)

	// left says what a call that succeeded left undone, and is "" where it did all; nil where that
	// is not looked at. was is what mlockall had asked for before the call.
	left func(p *process, c model.Command, e model.Event, was future) string

	ofSession bool // it needs no subject that lives
}

// family are verbs that belong together. The file of a family has its list and its verbs.
type family []verb

// verbs are all of them, by name, but for the two that Lab.run takes apart itself: in, which
// wraps another, and expect, which makes no call.
var verbs map[string]verb

func init() { // since syscall asks the table for the verb that makes the very call
	verbs = byName(mapVerbs, protectVerbs, lockVerbs, adviseVerbs, accessVerbs, heapVerbs, shmVerbs,
		processVerbs, limitVerbs, rawVerbs, sessionVerbs)
}

func byName(families ...family) map[string]verb {
	out := map[string]verb{}
	for _, v := range slices.Concat(families...) {
		out[v.name] = v
	}
	return out
}

// verbOf is a verb that f runs in a process. Its name is that of f's command. left, where it is
// given, says what a call that succeeded left undone.
func verbOf[C model.Command](f func(*process, C) (model.Event, error), left ...func(*process, C, model.Event, future) string) verb {
	return interruptible(func(p *process, _ context.Context, c C) (model.Event, error) { return f(p, c) }, left...)
}

// interruptible is verbOf for what takes long enough to be interrupted.
func interruptible[C model.Command](f func(*process, context.Context, C) (model.Event, error), left ...func(*process, C, model.Event, future) string) verb {
	var c C
	v := verb{name: c.Verb(), run: func(ctx context.Context, p *process, c model.Command) (model.Event, error) {
		return f(p, ctx, c.(C))
	}}
	for _, left := range left {
		v.left = func(p *process, c model.Command, e model.Event, was future) string { return left(p, c.(C), e, was) }
	}
	return v
}

// sessionVerb is a verb that is about the session and not about one process.
func sessionVerb[C model.Command](f func(*Lab, context.Context, C) (model.Event, error)) verb {
	v := interruptible(func(p *process, ctx context.Context, c C) (model.Event, error) { return f(p.lab, ctx, c) })
	v.ofSession = true
	return v
}
