//go:build linux && (amd64 || arm64)

package memops_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// kernelVersion is the first two numbers of uname -r.
type kernelVersion struct{ major, minor int }

func (k kernelVersion) atLeast(major, minor int) bool {
	return k.major > major || k.major == major && k.minor >= minor
}

// kernelSince reports whether this kernel is at least of that version.
func kernelSince(major, minor int) bool {
	var k kernelVersion
	if _, err := fmt.Sscanf(kernel.Probe().Release, "%d.%d", &k.major, &k.minor); err != nil {
		return true
	}
	return k.atLeast(major, minor)
}

// capSysResource is the number of CAP_SYS_RESOURCE (linux/capability.h).
const capSysResource = 24

// machineOf finds out what a walk has to know of the kernel and the user. The lab must
// be fresh. A machine on which one touch may bring more than one page has the test skipped.
func machineOf(t *testing.T, l *memops.Lab) machine {
	t.Helper()
	s := l.Refresh(t.Context(), model.Main)
	f := kernel.Probe()
	m := machine{
		pageSize: pageBytes, advices: f.Advices, mlock2: f.Mlock2, zeroTold: f.Scan,
		ownSize: s.Stat.VmSize, ownData: s.Stat.VmData, ownProgram: programData(t, l.State().Process(model.Main).PID), limits: s.Limits, root: os.Geteuid() == 0,
		hugeShm: !hugeShmemOff(), removes: removesReadOnly(t),
	}
	if _, err := fmt.Sscanf(f.Release, "%d.%d", &m.kernel.major, &m.kernel.minor); err != nil {
		t.Fatalf("the kernel calls itself %q: %v", f.Release, err)
	}
	// fs/proc/task_mmu.c, pte_to_pagemap_entry: bit 58 and the scan's category came with 6.15.
	m.guards = f.Advices["guard_install"] && m.kernel.atLeast(6, 15)
	for _, v := range s.VMAs {
		// The kernel's own mappings are never locked (mm/mlock.c, mlock_fixup: VM_SPECIAL).
		if !strings.HasPrefix(v.Path, "[v") {
			m.ownLocks += int64(v.End - v.Start)
		}
	}
	m.scratch = hasDisk(t, l)
	m.sysResource = hasCapability(t, capSysResource)
	if sizes := largeFolios(); len(sizes) > 0 {
		t.Skipf("huge pages of smaller sizes come unasked here (%s): one touch may be several pages", strings.Join(sizes, ", "))
	}
	return m
}

// hasDisk asks whether there is a disk for a scratch file.
func hasDisk(t *testing.T, l *memops.Lab) bool {
	last := do(t, l, "mmap a 1 scratch")
	do(t, l, "reset")
	return last.OK()
}

// removesReadOnly asks whether MADV_REMOVE takes shared memory that may only be read, but could be made writable.
func removesReadOnly(t *testing.T) bool {
	t.Helper()
	page, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	err = unix.Madvise(page, unix.MADV_REMOVE)
	if err := unix.Munmap(page); err != nil {
		t.Error(err)
	}
	return err == nil
}

// hugeShmemOff reports whether a page of shared memory comes alone.
func hugeShmemOff() bool {
	text, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/shmem_enabled")
	return err != nil || bytes.Contains(text, []byte("[never]")) || bytes.Contains(text, []byte("[advise]"))
}

// largeFolios are the sizes of huge pages, below the one that a page table's middle level
// maps, that the kernel gives without being asked
// (Documentation/admin-guide/mm/transhuge.rst).
func largeFolios() (sizes []string) {
	files, _ := filepath.Glob("/sys/kernel/mm/transparent_hugepage/hugepages-*kB/enabled")
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && bytes.Contains(text, []byte("[always]")) {
			sizes = append(sizes, filepath.Base(filepath.Dir(f)))
		}
	}
	return sizes
}

// hasCapability reports whether this process, and so the subject, has a capability.
func hasCapability(t *testing.T, number int) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	return proc.ParseStatus(text).Caps>>number&1 != 0 && proc.CapsCount()
}
