//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"math"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"incore/model"
)

// What is looked at around a call, so that what is said of one that failed rests on it.

// splitters are the calls that can split a VMA, or join two, and fail after that: the range that
// they are about is that of their first two arguments.
var splitters = []string{"mmap", "munmap", "mprotect", "madvise", "mlock", "mlock2", "munlock", "mremap", "mseal"}

// vicinity are the VMAs of a range and those right beside it.
type vicinity struct {
	span model.Span
	vmas []vmaLook
	ok   bool // they could be read, and are not too many
}

// vmaLook is as much of a VMA as is compared.
type vmaLook struct {
	start, end uint64 // bytes
	flags      uint64 // of PROCMAP_QUERY: protection, shared
}

// mostAround is how many VMAs are looked at around a call: a look costs half a microsecond each.
const mostAround = 4096

// aroundCall looks at the VMAs that a call is about to change.
func (p *process) aroundCall(name string, args []model.Arg) vicinity {
	if !slices.Contains(splitters, name) || len(args) < 2 || args[0].Kind != model.ArgAddr || args[1].Kind != model.ArgLen {
		return vicinity{}
	}
	return p.lookAround(reached(model.Span{Addr: args[0].Value, Len: args[1].Value}))
}

// lookAround looks at the VMAs of a span, in whole pages, and right beside it.
func (p *process) lookAround(span model.Span) (a vicinity) {
	a.span = span
	page := uint64(p.lab.pageSize)
	lo, hi := span.Addr&^(page-1), p.lab.roundUp(span.End(), 0)
	if span.End() < span.Addr || hi < lo {
		return a
	}
	lo -= min(lo, 1)
	hi += min(math.MaxUint64-hi, 1)
	maps := p.proc.maps
	var err error
	a.vmas, err = queryAround(maps, lo, hi)
	if errors.Is(err, unix.ENOTTY) { // before Linux 6.11
		a.vmas, err = readAround(maps, lo, hi)
	}
	a.ok = err == nil && p.sub.OwnsPID()
	return a
}

// mostMaps is how much of maps is read around a call, in bytes: some hundred VMAs, a tenth of a
// millisecond.
const mostMaps = 32 << 10

// readAround is queryAround for kernels that do not know it. Where maps is longer, it is an error.
func readAround(maps int, lo, hi uint64) (list []vmaLook, err error) {
	text := make([]byte, mostMaps)
	n := 0
	for n < len(text) {
		k, err := unix.Pread(maps, text[n:], int64(n))
		if err != nil {
			return nil, err
		}
		if k == 0 {
			break
		}
		n += k
	}
	if n == len(text) {
		return nil, unix.E2BIG
	}
	for _, v := range parseSmaps(text[:n], nil) {
		if v.Start < hi && v.End > lo {
			flags := uint64(v.Prot)
			if v.Shared {
				flags |= procmapShared
			}
			list = append(list, vmaLook{v.Start, v.End, flags})
		}
	}
	return list, nil
}

// queryAround are the VMAs that overlap the addresses from lo to before hi. maps is a descriptor of
// /proc/PID/maps.
func queryAround(maps int, lo, hi uint64) (list []vmaLook, err error) {
	err = eachVMA(maps, lo, hi, nil, func(q *procmapArg) error {
		if len(list) == mostAround {
			return unix.E2BIG
		}
		list = append(list, vmaLook{q.start, q.end, q.flags})
		return nil
	})
	return list, err
}

// lookedAt looks at what a call that failed was about: its VMAs, its files and the settings that it depends on.
func (p *process) lookedAt(e *model.Event, before vicinity) *model.Looked {
	looked := &model.Looked{Settings: settingsOf(e)}
	if before.ok {
		if after := p.lookAround(before.span); after.ok {
			looked.Before, looked.After = len(before.vmas), len(after.vmas)
			looked.Same = slices.Equal(before.vmas, after.vmas)
			looked.Kept = bytesOf(before.vmas) == bytesOf(after.vmas)
		}
	}
	span := before.span
	if fd := fdOf(e); fd >= 0 {
		if f, ok := p.lookAtFD("", fd); ok {
			looked.Files = append(looked.Files, f)
		}
	}
	looked.Files = append(looked.Files, p.filesIn(span)...)
	return looked
}

// bytesOf is how many bytes VMAs have.
func bytesOf(list []vmaLook) (n uint64) {
	for _, v := range list {
		n += v.end - v.start
	}
	return n
}

// lookedAtSignal looks at the files behind the address that a signal names.
func (p *process) lookedAtSignal(s *model.Signal) *model.Looked {
	if files := p.filesIn(model.Span{Addr: s.Addr, Len: 1}); len(files) > 0 {
		return &model.Looked{Files: files}
	}
	return nil
}

// fdOf is the descriptor of the file that an mmap maps, or -1.
func fdOf(e *model.Event) int {
	if e.Call == "mmap" && len(e.Args) > 4 {
		return int(int64(e.Args[4].Value))
	}
	return -1
}

// mostFiles is how many files are looked at for one call.
const mostFiles = 16

// filesIn looks at the files behind the regions of a span.
func (p *process) filesIn(s model.Span) (files []model.FileLook) {
	for _, r := range p.here().RegionsIn(s) {
		if len(files) == mostFiles {
			break
		}
		if kept, ok := p.files.of[r.Name]; ok && kept.fd != noFD {
			if f, ok := p.lookAtFD(r.Name, int(kept.fd)); ok {
				files = append(files, f)
			}
		} else if r.Sized {
			files = append(files, model.FileLook{Region: r.Name, Len: int64(r.FileLen)})
		}
	}
	return files
}

// lookAtFD looks at what a descriptor of the process names.
func (p *process) lookAtFD(region string, fd int) (f model.FileLook, ok bool) {
	path := "/proc/" + strconv.Itoa(p.sub.PID) + "/fd/" + strconv.Itoa(fd)
	var st unix.Stat_t
	var fs unix.Statfs_t
	if unix.Stat(path, &st) != nil || unix.Statfs(path, &fs) != nil || !p.sub.OwnsPID() {
		return f, false
	}
	room := int64(fs.Bavail) * fs.Bsize
	if p.proc.caps>>unix.CAP_SYS_RESOURCE&1 != 0 { // which may take the reserve of root as well
		room = int64(fs.Bfree) * fs.Bsize
	}
	return model.FileLook{
		Region: region, Len: st.Size, Room: room, Disk: fs.Blocks > 0, NoExec: fs.Flags&unix.ST_NOEXEC != 0,
	}, true
}
