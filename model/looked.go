package model

// Looked holds what incore saw right before and right after a call that failed. Explanations rest on
// it.
type Looked struct {
	// Before and After are how many VMAs lay in the range of the call and right beside it; both
	// are 0 where they were not counted. Same says that they begin, end and are protected as
	// they were, Kept that as many bytes are mapped.
	Before, After int
	Same, Kept    bool
	// Files are what lies behind the regions that the call reached, as it is after the call.
	Files []FileLook
	// Settings are numbers of the system that an answer of the call depends on, by their names
	// in proc(5): "kernel.shmmax".
	Settings map[string]int64
}

// FileLook is a file behind a region, as it was looked at (fstat(2), fstatfs(2)).
type FileLook struct {
	Region string // the name of the region that it lies behind
	Len    int64  // bytes
	Room   int64  // bytes that the file system has left for the process; 0 too where it has no size
	Disk   bool   // the file system has a size
	NoExec bool   // it lies where nothing may be executed (a noexec mount)
	Dir    bool   // it is a directory
	Kernel string // its file system, where the kernel makes the content when it is read: "proc" "sysfs"
}

// File returns what was seen of the file behind a region.
func (l *Looked) File(region string) (FileLook, bool) {
	if l != nil {
		for _, f := range l.Files {
			if f.Region == region {
				return f, true
			}
		}
	}
	return FileLook{}, false
}

// Setting returns a number of the system that was looked at.
func (l *Looked) Setting(name string) (n int64, ok bool) {
	if l == nil {
		return 0, false
	}
	n, ok = l.Settings[name]
	return n, ok
}
