//go:build linux && (amd64 || arm64)

package subject

import "runtime"

// OpenKeys has the observer read by every protection key, whatever the actor may. What a thread may do by a key is a register of its
// own, and a new thread has that of its maker (pkeys(7)). It is called where the process has such keys: without them
// there is no such register.
func (s *Subject) OpenKeys() error {
	all := uint64(0) // PKRU has a bit for each thing that is forbidden
	if runtime.GOARCH == "arm64" {
		all = 0x7777_7777_7777_7777 // POR_EL0 has one for each that is allowed: read, execute, write
	}
	_, err := s.Observer.Call(rights, all)
	return err
}
