package wire

import (
	"incore/model"
)

type wireLooked struct {
	Before   int              `json:"vmas_before,omitempty"`
	After    int              `json:"vmas_after,omitempty"`
	Same     bool             `json:"unchanged"`
	Kept     bool             `json:"still_mapped"`
	Files    []wireFile       `json:"files,omitempty"`
	Settings map[string]int64 `json:"settings,omitempty"`
}

type wireFile struct {
	Region string `json:"region"`
	Len    int64  `json:"length_bytes"`
	Room   *int64 `json:"room_bytes,omitempty"` // of the file system, where it has a size
	NoExec bool   `json:"noexec,omitempty"`
	Dir    bool   `json:"directory,omitempty"`
	Kernel string `json:"kernel,omitempty"`
}

func toWireLooked(l model.Looked) wireLooked {
	w := wireLooked{Before: l.Before, After: l.After, Same: l.Same, Kept: l.Kept, Settings: l.Settings}
	for _, f := range l.Files {
		file := wireFile{Region: f.Region, Len: f.Len, NoExec: f.NoExec, Dir: f.Dir, Kernel: f.Kernel}
		if f.Disk {
			file.Room = &f.Room
		}
		w.Files = append(w.Files, file)
	}
	return w
}

func (w wireLooked) looked() model.Looked {
	l := model.Looked{Before: w.Before, After: w.After, Same: w.Same, Kept: w.Kept, Settings: w.Settings}
	for _, f := range w.Files {
		file := model.FileLook{Region: f.Region, Len: f.Len, NoExec: f.NoExec, Dir: f.Dir, Kernel: f.Kernel}
		if f.Room != nil {
			file.Room, file.Disk = *f.Room, true
		}
		l.Files = append(l.Files, file)
	}
	return l
}
