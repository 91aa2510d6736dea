//go:build linux && (amd64 || arm64)

package memops

import (
	"incore/memops/proc"
	"incore/memops/subject"
)

// openSubject opens the /proc files of a subject. The PID names whoever has it, so they are
// the subject's where it still had it afterwards; else the error is ErrGone.
func openSubject(sub *subject.Subject) (*proc.Files, error) {
	p, err := proc.Open(sub.PID, sub.Actor.TID)
	if sub.OwnsPID() {
		return p, err
	}
	if err == nil {
		p.Close()
	}
	return nil, subject.ErrGone
}
