//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/model"
)

// userFile is a file of the user's, as it was when it was looked at.
type userFile struct {
	path int    // an O_PATH descriptor of incore's: it names the file and opens nothing; -1 where the path names none
	abs  string // its path from the root, since the subject's working directory is another
	stat unix.Stat_t

	block uint64 // see file
	zero  bool   // it is /dev/zero, of which no mapping is one of a file
}

// kernelFiles are the file systems whose files are not files but ways into the kernel: a
// device's memory can be mapped through sysfs. By statfs(2), f_type.
var kernelFiles = map[uint32]string{
	unix.PROC_SUPER_MAGIC: "proc", unix.SYSFS_MAGIC: "sysfs", unix.DEBUGFS_MAGIC: "debugfs",
	unix.TRACEFS_MAGIC: "tracefs", unix.SECURITYFS_MAGIC: "securityfs", 0x62656570: "configfs",
	unix.CGROUP_SUPER_MAGIC: "cgroup", unix.CGROUP2_SUPER_MAGIC: "cgroup2", unix.BPF_FS_MAGIC: "bpf",
	unix.EFIVARFS_MAGIC: "efivarfs", unix.PSTOREFS_MAGIC: "pstore", unix.SELINUX_MAGIC: "selinuxfs",
	unix.SMACK_MAGIC: "smackfs", unix.RDTGROUP_SUPER_MAGIC: "resctrl", unix.BINFMTFS_MAGIC: "binfmt_misc",
	unix.DEVPTS_SUPER_MAGIC: "devpts", unix.NSFS_MAGIC: "nsfs", 0x65735543: "fusectl", 0x19800202: "mqueue",
	unix.USBDEVICE_SUPER_MAGIC: "usbfs", unix.XENFS_SUPER_MAGIC: "xenfs", unix.OPENPROM_SUPER_MAGIC: "openpromfs",
	unix.AAFS_MAGIC: "apparmorfs", unix.BINDERFS_SUPER_MAGIC: "binderfs", unix.PID_FS_MAGIC: "pidfs",
	0xa647361: "functionfs", 0x67596969: "rpc_pipefs",
}

// kinds are what a path can name that is no regular file (inode(7)).
var kinds = map[uint32]string{
	unix.S_IFCHR: "a device", unix.S_IFBLK: "a device", unix.S_IFIFO: "a pipe", unix.S_IFSOCK: "a socket",
}

// devZero is the number of /dev/zero (kernel: Documentation/admin-guide/devices.txt).
var devZero = unix.Mkdev(1, 5)

// procFiles are the files right in /proc that are opened. Each is text, or numbers, that the kernel makes when it is
// read, and to open it does nothing else. vmcore has a mapping of its own, kcore and kmsg show what the
// kernel has, and what a module puts there may be anything.
var procFiles = []string{
	"buddyinfo", "cgroups", "cmdline", "config.gz", "consoles", "cpuinfo", "crypto", "devices", "diskstats", "dma", "execdomains", "fb", "filesystems",
	"interrupts", "iomem", "ioports", "kallsyms", "key-users", "keys", "kpagecgroup", "kpagecount", "kpageflags", "loadavg", "locks", "meminfo",
	"misc", "modules", "pagetypeinfo", "partitions", "schedstat", "slabinfo", "softirqs", "stat", "swaps", "timer_list", "uptime", "version",
	"vmallocinfo", "vmstat", "zoneinfo",
}

// sysDirs are where no file of sysfs is one of a device's: those of PCI have mappings that reach its memory
// (drivers/pci/pci-sysfs.c, resource0 and legacy_mem), and so may any driver's.
var sysDirs = []string{"/sys/kernel/", "/sys/module/", "/sys/fs/", "/sys/power/", "/sys/devices/system/", "/sys/devices/virtual/"}

// kernelMayAnswer reports whether a file of proc or sysfs, by its path without links, is one of which the kernel is
// asked for a mapping: to open it for reading does nothing, and no device's memory comes of it.
func kernelMayAnswer(real string) bool {
	if rest, ok := strings.CutPrefix(real, "/proc/"); ok {
		first, below, deeper := strings.Cut(rest, "/")
		if !deeper {
			return slices.Contains(procFiles, first)
		}
		_, err := strconv.Atoi(first)
		return first == "sys" || err == nil && path.Base(below) != "mem"
	}
	// The types of the kernel and its modules are mapped as the kernel has them (kernel/bpf/sysfs_btf.c, from Linux 6.15 on): mincore
	// and pagemap know nothing of such memory (VM_PFNMAP).
	return !strings.HasPrefix(real, "/sys/kernel/btf/") && slices.ContainsFunc(sysDirs, func(dir string) bool { return strings.HasPrefix(real, dir) })
}

// real is the path of what is open, without links.
func (u *userFile) real() string {
	real, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(u.path))
	if err != nil {
		return ""
	}
	return real
}

// seenBy makes a file below /proc/self that of a process: it is the process that opens it.
func (u *userFile) seenBy(pid int) {
	self, err := os.Readlink("/proc/self")
	own := "/proc/" + self + "/"
	rest, is := strings.CutPrefix(u.real()+"/", own)
	if err != nil || !is || strings.HasPrefix(u.abs+"/", own) { // by its number, it is meant
		return
	}
	if fd, err := unix.Open(strings.TrimSuffix(fmt.Sprintf("/proc/%d/%s", pid, rest), "/"), unix.O_PATH|unix.O_CLOEXEC, 0); err == nil {
		u.close()
		u.path = fd
	}
}

// lookAtFile looks at the file that a region is to show, without opening it: opening can
// block (a pipe) or do something (a device). What the path does not name, or not for this
// user, is left to the kernel's answer. The process pid is to open it.
func lookAtFile(path string, pid int) (*userFile, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%s: the working directory cannot be told: %w", path, err)
	}
	u := &userFile{path: -1, abs: abs}
	fd, err := unix.Open(abs, unix.O_PATH|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOMEM) {
		return nil, fmt.Errorf("open(%s, O_PATH), to look at it: %w", abs, err)
	}
	if err != nil {
		return u, nil
	}
	u.path = fd
	u.seenBy(pid)
	if err := u.check(path); err != nil {
		u.close()
		return nil, err
	}
	return u, nil
}

// check refuses what does something when it is opened, and what leads into the kernel or to a device. A directory does neither, nor
// does /dev/zero.
func (u *userFile) check(path string) error {
	var fs unix.Statfs_t
	if err := errors.Join(unix.Fstat(u.path, &u.stat), unix.Fstatfs(u.path, &fs)); err != nil {
		return fmt.Errorf("fstat(%s): %w", u.abs, err)
	}
	switch kind := u.stat.Mode & unix.S_IFMT; {
	case kind == unix.S_IFDIR && uint32(fs.Type) == unix.AUTOFS_SUPER_MAGIC:
		return fmt.Errorf("%s is a place of autofs: to open it mounts what belongs there", path)
	case kind == unix.S_IFDIR:
		return nil
	case kind == unix.S_IFCHR && u.stat.Rdev == devZero:
		u.zero = true
		return nil
	case kind != unix.S_IFREG:
		return fmt.Errorf("%s is %s, and to open one can wait or do something: of what is no regular file, incore maps directories and /dev/zero alone", path, kinds[kind])
	}
	switch name := kernelFiles[uint32(fs.Type)]; {
	case name == "proc" || name == "sysfs":
		if !kernelMayAnswer(u.real()) {
			return fmt.Errorf("%s lies on %s, and leads into the kernel or to a device: of %s, incore maps what only tells something", path, name, name)
		}
	case name != "":
		return fmt.Errorf("%s lies on %s, whose files lead into the kernel: incore does not map those", path, name)
	}
	if uint32(fs.Type) == unix.HUGETLBFS_MAGIC {
		u.block = uint64(fs.Bsize) // its huge pages' size
	}
	return nil
}

func (u *userFile) close() {
	if u.path >= 0 {
		unix.Close(u.path)
	}
}

// openUserFile has the subject open the file, for reading alone: nothing that is done to the
// memory of a region can then reach it. Nothing reaches /dev/zero, and a shared mapping of it is
// shared memory only where it is open for writing too (mm/mmap.c, do_mmap; drivers/char/mem.c, mmap_zero). The path may name another file by now, so what was
// opened is compared with what was looked at.
func (p *process) openUserFile(u *userFile) (fd uint64, e model.Event, err error) {
	mode := uint64(unix.O_RDONLY)
	if u.zero {
		mode = unix.O_RDWR
	}
	fd, e, err = p.openat(u.abs, mode|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil || !e.OK() {
		return noFD, e, err
	}
	p.aside(e)
	var now unix.Stat_t
	opened := fmt.Sprintf("/proc/%d/fd/%d", p.sub.PID, fd)
	if err := unix.Stat(opened, &now); err != nil {
		p.closeLater(fd)
		return noFD, model.Event{}, fmt.Errorf("stat(%s), to see what was opened: %w", opened, err)
	}
	if u.path < 0 || now.Dev != u.stat.Dev || now.Ino != u.stat.Ino {
		p.closeLater(fd)
		return noFD, model.Event{}, fmt.Errorf("%s is another file than it was a moment ago, or is another for another process: it is not mapped", u.abs)
	}
	return fd, e, nil
}

// unknowable reports whether mincore says resident of every page, whatever is so: that is
// what it does since Linux 5.2 unless the process owns the file, has CAP_FOWNER or may
// write to it (mm/mincore.c, can_do_mincore). incore has the subject's credentials. Of a
// writable file on a mount that is read-only the kernel says more than is told here.
func (u *userFile) unknowable() bool {
	if u.path < 0 || int(u.stat.Uid) == unix.Geteuid() {
		return false
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if unix.Capget(&header, &caps[0]) == nil && caps[0].Effective>>unix.CAP_FOWNER&1 != 0 {
		return false
	}
	return !mayWrite("/proc/self/fd/" + strconv.Itoa(u.path))
}

// mayWrite asks for the effective user, as the kernel does where it decides about a call.
// unix.Faccessat would do so by a rule of its own where the kernel says EPERM, which is
// what it says of an immutable file.
func mayWrite(path string) bool {
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return false
	}
	at := int64(unix.AT_FDCWD)
	_, _, errno := unix.Syscall6(unix.SYS_FACCESSAT2, uintptr(at), uintptr(unsafe.Pointer(name)), unix.W_OK, unix.AT_EACCESS, 0, 0)
	if errno == unix.ENOSYS { // before Linux 5.8
		return unix.Access(path, unix.W_OK) == nil
	}
	return errno == 0
}
