//go:build linux && (amd64 || arm64)

package sampler

import (
	"incore/memops/proc"
	"incore/memops/subject"
)

// OpenFiles opens the /proc files of a subject. Its PID may be another process's by now, so
// they are the subject's where it still has the PID afterwards. Else the error is ErrGone.
func OpenFiles(sub *subject.Subject) (*proc.Files, error) {
	p, err := proc.Open(sub.PID, sub.Actor.TID)
	if sub.OwnsPID() {
		return p, err
	}
	if err == nil {
		p.Close()
	}
	return nil, subject.ErrGone
}
