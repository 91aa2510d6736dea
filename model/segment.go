package model

import (
	"fmt"
	"strings"
)

// Segment is what the system says of a System V shared memory segment (shmctl(2), IPC_STAT). The zero value was not asked for.
type Segment struct {
	Attached      int64  // how many attachments there are, of all processes
	Mode          uint64 // the permissions, and SegmentRemoved and SegmentLocked
	Size          uint64 // bytes, as shmget was asked for
	Creator, Last int    // the PIDs of who made it and of who attached or detached it last; 0 of nobody
}

// The flags of a segment's mode beside the permissions (sys/shm.h; they are not of POSIX).
const (
	SegmentRemoved = 0o1000 // SHM_DEST: it goes with its last attachment
	SegmentLocked  = 0o2000 // SHM_LOCKED
)

// String returns it in words: 2 attached, mode 0600, SHM_LOCK, 16K, made by PID 12, last attached or detached by PID 14.
func (s Segment) String() string {
	words := []string{fmt.Sprintf("%d attached", s.Attached), fmt.Sprintf("mode 0%o", s.Mode&0o777)}
	if s.Mode&SegmentLocked != 0 {
		words = append(words, "SHM_LOCK")
	}
	if s.Mode&SegmentRemoved != 0 {
		words = append(words, "goes with its last attachment")
	}
	words = append(words, FormatSize(s.Size), fmt.Sprintf("made by PID %d", s.Creator))
	if s.Last != 0 {
		words = append(words, fmt.Sprintf("last attached or detached by PID %d", s.Last))
	}
	return strings.Join(words, ", ")
}
