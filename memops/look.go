//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// What is looked at around a call, so that what is said of one that failed rests on it.

// splitters are the calls that can split a VMA, or join two, and fail after that: the range that
// they are about is that of their first two arguments.
var splitters = []string{"mmap", "munmap", "mprotect", "pkey_mprotect", "madvise", "mlock", "mlock2", "munlock", "mremap", "mseal"}

// vicinity are the VMAs of a range and those right beside it.
type vicinity struct {
	span model.Span
	vmas []proc.Borders
	ok   bool // they could be read, and are not too many
}

// aroundCall looks at the VMAs that a call is about to change.
func (p *process) aroundCall(name string, args []model.Arg) vicinity {
	if !slices.Contains(splitters, name) || len(args) < 2 || args[0].Kind != model.ArgAddr || args[1].Kind != model.ArgLen {
		return vicinity{}
	}
	return p.lookAround(kernel.Reached(model.Span{Addr: args[0].Value, Len: args[1].Value}))
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
	var err error
	a.vmas, err = p.proc.Around(lo, hi)
	a.ok = err == nil && p.sub.OwnsPID()
	return a
}

// lookedAt looks at what a call that failed was about: its VMAs, its files and the settings that it depends on.
func (p *process) lookedAt(e *model.Event, before vicinity) *model.Looked {
	looked := &model.Looked{Settings: p.attributesFor(e, settingsOf(e))}
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
func bytesOf(list []proc.Borders) (n uint64) {
	for _, v := range list {
		n += v.End - v.Start
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
	if p.proc.Caps()>>unix.CAP_SYS_RESOURCE&1 != 0 { // which may take the reserve of root as well
		room = int64(fs.Bfree) * fs.Bsize
	}
	return model.FileLook{
		Region: region, Len: st.Size, Room: room, Disk: fs.Blocks > 0, NoExec: fs.Flags&unix.ST_NOEXEC != 0,
		Dir: st.Mode&unix.S_IFMT == unix.S_IFDIR, Kernel: kernelFiles[uint32(fs.Type)],
	}, true
}

// settingsFor are the settings of the system that an answer depends on, by call and errno, as
// proc_sys_vm(5), proc_sys_kernel(5) and proc_sys_fs(5) name them.
var settingsFor = map[failure][]string{
	{"shmget", "EINVAL"}:       {"kernel.shmmax"},
	{"shmget", "ENOSPC"}:       {"kernel.shmmni", "kernel.shmall"},
	{"memfd_create", "EACCES"}: {"vm.memfd_noexec"},
	{"mmap", "EPERM"}:          {"vm.mmap_min_addr"},
	{"shmat", "EPERM"}:         {"vm.mmap_min_addr"},
}

// failure is what a call was answered with.
type failure struct{ call, errno string }

// settingsOf reads those that the answer of a call depends on.
func settingsOf(e *model.Event) map[string]int64 {
	out := map[string]int64{}
	for _, name := range settingsFor[failure{e.Call, e.Errno}] {
		if text := proc.ReadText("/proc/sys/" + strings.ReplaceAll(name, ".", "/")); text != nil {
			out[name] = proc.Number(text)
		}
	}
	if e.Call == "shmget" && e.Errno == "ENOSPC" {
		// Of /proc/sysvipc/shm each line but the first is a segment (proc_sysvipc_shm(5)).
		out["segments"] = int64(max(0, bytes.Count(proc.ReadText("/proc/sysvipc/shm"), []byte("\n"))-1))
	}
	if e.Call == "memfd_secret" && e.Errno == "ENOSYS" {
		lookAtSecretmem(out)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// lookAtSecretmem looks at whether the kernel was built with memfd_secret, and whether it was started with it: what root may read says
// so for certain, else the kernel's command line does, where nothing there is what the kernel does by itself, -1.
func lookAtSecretmem(out map[string]int64) {
	const module = "/sys/module/secretmem"
	if _, err := os.Stat("/sys/module"); err != nil {
		return
	}
	out["CONFIG_SECRETMEM"] = 0
	if _, err := os.Stat(module); err != nil {
		return
	}
	out["CONFIG_SECRETMEM"] = 1
	if text := proc.ReadText(module + "/parameters/enable"); text != nil {
		out["secretmem.enable"] = enabled(string(bytes.TrimSpace(text)))
		return
	}
	if line := proc.ReadText("/proc/cmdline"); line != nil {
		out["secretmem.enable"] = -1
		for _, word := range strings.Fields(string(line)) {
			if is, ok := strings.CutPrefix(word, "secretmem.enable="); ok {
				out["secretmem.enable"] = enabled(is)
			}
		}
	}
}

// enabled is 1 of a parameter that is on, as the kernel takes its words (lib/kstrtox.c, kstrtobool).
func enabled(word string) int64 {
	if word = strings.ToLower(word); word == "on" || strings.HasPrefix(word, "y") || strings.HasPrefix(word, "t") || strings.HasPrefix(word, "1") {
		return 1
	}
	return 0
}
