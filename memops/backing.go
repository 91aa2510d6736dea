//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/strace"
	"incore/model"
)

// findFile finds what is to lie behind a mapping, and opens nothing yet.
func (p *process) findFile(m *mapping) error {
	if m.cmd.HugeTLB {
		m.file.block = uint64(proc.ReadMeminfo().HugeSize)
	}
	switch {
	case m.cmd.Alias != "":
		return p.findAlias(m)
	case m.cmd.Backing == model.FileOf:
		user, err := lookAtFile(m.cmd.Path)
		if err != nil {
			return err
		}
		m.user = user
		m.file.block = user.block
		m.fill = min(m.size, uint64(max(0, user.stat.Size)))
		m.info.Unknowable = user.unknowable()
		if user.path >= 0 {
			m.info.FileLen, m.info.Sized = uint64(max(0, user.stat.Size)), true
		}
	}
	return nil
}

// findAlias makes the mapping one of what lies behind a region that is there already.
func (p *process) findAlias(m *mapping) error {
	of := p.here().Region(m.cmd.Alias)
	if of == nil {
		return p.here().NoRegion(m.cmd.Alias)
	}
	f, ok := p.files.of[of.Name]
	if !ok || f.fd == noFD {
		return fmt.Errorf("%s is %s memory: no file lies behind it that could be mapped again. A memfd, a scratch file, a file or a segment of shmget can",
			of.Name, of.Backing)
	}
	m.file = f
	m.info.Backing, m.info.Path, m.info.Unknowable = of.Backing, of.Path, of.Unknowable
	m.info.FileLen, m.info.Sized = of.FileLen, of.Sized
	return nil
}

// openFile opens what lies behind a mapping, where that is not open already. The event is
// the call that failed, where one did; then nothing stays open.
func (p *process) openFile(m *mapping) (e model.Event, err error) {
	if m.cmd.Alias != "" {
		return e, nil
	}
	switch m.info.Backing {
	case model.Memfd:
		m.file.memory = !m.cmd.HugeTLB
		m.file.fd, e, err = p.memfd(m)
	case model.Scratch:
		m.file.size = m.size
		m.file.fd, e, err = p.scratch(m.size)
	case model.FileOf:
		m.file.fd, e, err = p.openUserFile(m.user)
	}
	return e, err
}

// forgetFile closes what incore itself has open of the file.
func (m *mapping) forgetFile() {
	if m.user != nil {
		m.user.close()
	}
}

// memfd makes a memory file in the subject, of huge pages where the mapping is to be of
// those: memory that is not cannot be mapped so (mm/mmap.c, ksys_mmap_pgoff).
func (p *process) memfd(m *mapping) (fd uint64, e model.Event, err error) {
	name, err := p.textArg(m.cmd.Name)
	if err != nil {
		return noFD, e, err
	}
	flags := uint64(unix.MFD_CLOEXEC)
	size := m.size
	if m.cmd.HugeTLB {
		flags |= unix.MFD_HUGETLB
		size = p.lab.roundUp(size, m.file.block) // such a file has no other length
	}
	e, err = p.syscall("memfd_create", unix.SYS_MEMFD_CREATE, name,
		strace.Flags(flags, []strace.Flag{{unix.MFD_CLOEXEC, "MFD_CLOEXEC"}, {unix.MFD_HUGETLB, "MFD_HUGETLB"}}, "0"))
	if err != nil || !e.OK() {
		return noFD, e, err
	}
	p.aside(e)
	fd = uint64(e.Ret)
	e, err = p.truncate(fd, size)
	return fd, e, err
}
