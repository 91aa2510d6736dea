//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"slices"

	"incore/memops/order"
	"incore/memops/subject"
)

// wills are the system calls that undo things when incore is gone, and the process that makes them. That one
// may be killed as any other, by the OOM killer for one: another then takes its place.
type wills struct {
	mu     order.Mutex[order.Wills]
	keeper *subject.Keeper // made when it is first needed
	held   []*heldWill     // in the order in which they were made
}

// heldWill is a will that is not released.
type heldWill struct {
	will     subject.Will
	withdraw func() // from the keeper that has it; nil where none has
}

// will has something undone when incore is gone, however that ended, until release is
// called. It is to be called before the thing is made that w undoes.
func (l *Lab) will(w subject.Will) (release func(), err error) { return l.wills.keep(w) }

// closeKeeper ends the keeper, which first does what is left of its wills.
func (l *Lab) closeKeeper() error { return l.wills.close() }

// keep has a will kept by a keeper that lives.
func (k *wills) keep(w subject.Will) (release func(), err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := &heldWill{will: w}
	if err = k.renew(); err == nil {
		err = k.enter(h)
	}
	if errors.Is(err, subject.ErrGone) {
		// Not %w: that the keeper is gone does not mean that the subject is (subject.ErrGone).
		return nil, fmt.Errorf("%s: the process that removes it if incore is killed has ended", w.What)
	} else if err != nil {
		return nil, fmt.Errorf("%s, in case incore is killed: %v", w.What, err)
	}
	k.held = append(k.held, h)
	return func() { k.release(h) }, nil
}

// renew sees to it that there is a keeper that lives, and that it has the wills that are held.
func (k *wills) renew() (err error) {
	if k.keeper != nil && !k.keeper.Dead() {
		return nil
	}
	if k.keeper != nil {
		_ = k.keeper.Close() // tells what it has not undone: the next one has that to do
		k.keeper = nil
	}
	for _, h := range k.held {
		h.withdraw = nil
	}
	if k.keeper, err = subject.NewKeeper(); err != nil {
		k.keeper = nil
		return err
	}
	for _, h := range k.held {
		if err := k.enter(h); err != nil {
			return err
		}
	}
	return nil
}

func (k *wills) enter(h *heldWill) (err error) {
	h.withdraw, err = k.keeper.Keep(h.will)
	return err
}

// release withdraws a will.
func (k *wills) release(h *heldWill) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = slices.DeleteFunc(k.held, func(other *heldWill) bool { return other == h })
	if h.withdraw != nil {
		h.withdraw()
	}
}

// close ends the keeper. Where it is dead and something is left to do, another does that.
func (k *wills) close() (err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.held) > 0 {
		err = k.renew()
	}
	if k.keeper == nil {
		return err
	}
	err = errors.Join(err, k.keeper.Close())
	k.keeper, k.held = nil, nil
	return err
}
