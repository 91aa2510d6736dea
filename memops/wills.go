//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"

	"incore/memops/subject"
)

// will has something undone when incore is gone, however that ended, until release is
// called. It is to be called before the thing is made that w undoes. The lane must be held.
func (l *Lab) will(w subject.Will) (release func(), err error) {
	if l.keeper == nil {
		if l.keeper, err = subject.NewKeeper(); err != nil {
			return nil, fmt.Errorf("%s, in case incore is killed: %v", w.What, err)
		}
	}
	if release, err = l.keeper.Keep(w); err != nil {
		// Not %w: that the keeper is gone does not mean that the subject is (subject.ErrGone).
		return nil, fmt.Errorf("%s, in case incore is killed: %v", w.What, err)
	}
	return release, nil
}

// closeKeeper ends the keeper, which first does what is left of its wills.
func (l *Lab) closeKeeper() error {
	if l.keeper == nil {
		return nil
	}
	k := l.keeper
	l.keeper = nil
	return k.Close()
}
