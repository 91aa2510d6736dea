//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// transfer is read(2) into memory (by is a write: the kernel writes zeros there) or write(2) from it (a read). The kernel
// asks first whether the range can be user memory at all (mm: access_ok), and stops in front of a byte that it cannot reach: what came
// through by then is the answer, and EFAULT only where nothing did.
func (r *reference) transfer(p *refProcess, addr, length uint64, by lang.Access) refOutcome {
	if addr+length < addr || addr+length > taskSize {
		return refOutcome{errno: "EFAULT"}
	}
	done := uint64(0)
	for done < length {
		n := r.rest(addr+done, length-done)
		pg := p.pages[(addr+done)/uint64(r.pageSize)]
		if signal, _ := pg.access(by); signal != "" {
			break
		}
		if by == lang.Write {
			at := (addr + done) % uint64(r.pageSize)
			pg.put(r.pageSize, n == uint64(r.pageSize), func(b []byte) { clear(b[at : at+n]) })
		}
		done += n
	}
	if done == 0 && length > 0 || r.wrong == shortIsFault && done < length {
		return refOutcome{errno: "EFAULT"}
	}
	return refOutcome{ret: int64(done)}
}

// prctl sets an attribute of the process, for good: children and what is run have it too (prctl(2), PR_SET_MDWE).
func (r *reference) prctl(p *refProcess, c lang.Prctl) refOutcome {
	if c.Set != lang.MDWE {
		return refOutcome{} // that no huge pages come changes nothing of what is promised
	}
	if !r.kernel.atLeast(6, 3) {
		return refOutcome{errno: "EINVAL"}
	}
	p.mdwe = true
	return refOutcome{}
}

// prctlLine sets what cannot be taken back, so seldom.
func prctlLine(d *dice, _ *reference, p *refProcess) string {
	what := of(d, "mdwe", "thp_disable")
	return when(what != "mdwe" || p.mdwe || d.oneIn(6), "prctl "+what)
}

// rawLine is a call with its arguments as they stand: those of a verb, flags that no verb writes, and what is sure to be
// refused.
func rawLine(d *dice, r *reference, p *refProcess) string {
	name := d.region(p)
	if name == "" {
		return ""
	}
	reg, ps := p.regions[name], int(r.pageSize)
	at := name + of(d, "", fmt.Sprintf("[%d]", d.below(int(reg.pages))), fmt.Sprintf("+%d,1", d.below(int(reg.pages)*ps)))
	n := of(d, 0, 1, ps, 2*ps, 3*ps+1, 8*ps)
	return "syscall " + of(d,
		fmt.Sprintf("munmap %s %d", at, n), fmt.Sprintf("mlock %s %d", at, n), fmt.Sprintf("munlock %s %d", at, n),
		fmt.Sprintf("mlock2 %s %d %d", at, n, d.below(4)), fmt.Sprintf("mlockall %d", of(d, 0, 1, 2, 3, 4, 7, 8, 9, 16)),
		fmt.Sprintf("mprotect %s %d %s", at, n, of(d, "0", "1", "3", "PROT_READ|PROT_WRITE", "5", "PROT_SEM", "64", "0x10000003")),
		fmt.Sprintf("madvise %s %d %s", at, n, of(d, "MADV_DONTNEED", "4", "16", "MADV_POPULATE_READ", "1000", "-1")),
		fmt.Sprintf("msync %s %d %s", at, n, of(d, "0", "1", "2", "4", "5", "6", "7", "8", "MS_SYNC|0x10")),
		fmt.Sprintf("mseal %s %d %s", at, n, of(d, "1", "1", "1", "0x8000000000000000")),
		fmt.Sprintf("mincore %s %d 5", at, n),
		fmt.Sprintf("mmap %s %d 3 %s -1 0", at, n, of(d, "0", "0x20")),
		fmt.Sprintf("mremap %s %d %d %s 0", at, n, ps, of(d, "0x100000000", "2", "4")),
	)
}

// rawAddr is the address that a raw call is handed.
func (r *reference) rawAddr(p *refProcess, c lang.Syscall) (addr uint64, ok bool) {
	if !c.Args[0].Of {
		return c.Args[0].Value, true
	}
	addr, _, ok = r.span(p, c.Args[0].T)
	return addr, ok
}

// raw is a call with its arguments as they stand. The flags are asked before all else.
func (r *reference) raw(p *refProcess, c lang.Syscall) refOutcome {
	addr, _ := r.rawAddr(p, c)
	length, last := c.Args[1].Value, c.Args[2].Value
	refuse := refOutcome{errno: "EINVAL"}
	switch c.Name {
	case "munmap":
		return r.munmap(p, addr, length)
	case "mlock", "munlock", "mlock2":
		return r.rawLock(p, c.Name, addr, length, last)
	case "mlockall":
		flags := c.Args[0].Value
		if flags == 0 || flags > 7 {
			return refuse
		}
		return r.mlockall(p, lang.Mlockall{Current: flags&1 != 0, Future: flags&2 != 0, OnFault: flags&4 != 0})
	case "mprotect":
		return r.rawProtect(p, addr, length, last)
	case "madvise":
		if a := adviceOf(last); a != "" && r.advices[a] {
			return r.madvise(p, addr, length, a)
		}
		return refuse
	case "msync":
		return r.rawSync(p, addr, length, last)
	case "mseal":
		if !r.kernel.atLeast(6, 10) {
			return refOutcome{errno: "ENOSYS"}
		}
		if last != 0 {
			return refuse
		}
		return r.mseal(p, addr, length)
	case "mincore":
		return r.rawMincore(p, addr, length)
	case "mmap":
		return r.rawMap(p, length, c.Args[3].Value)
	}
	return refuse // mremap, of which incore makes such calls alone
}

// rawLock is mlock, munlock and mlock2.
func (r *reference) rawLock(p *refProcess, call string, addr, length, flags uint64) refOutcome {
	switch {
	case call == "munlock":
		return r.munlock(p, addr, length)
	case call == "mlock":
		return r.mlock(p, addr, length, model.Locked)
	case !r.mlock2:
		return refOutcome{errno: "ENOSYS"}
	case flags > 1:
		return refOutcome{errno: "EINVAL"}
	case flags == 1:
		return r.mlock(p, addr, length, model.OnFault)
	}
	return r.mlock(p, addr, length, model.Locked)
}

// rawProtect is mprotect. PROT_SEM means nothing here; what is no protection is asked about last (mm/mprotect.c,
// do_mprotect_pkey).
func (r *reference) rawProtect(p *refProcess, addr, length, prot uint64) refOutcome {
	const sem = 8
	if prot&^(7|sem) != 0 && r.aligned(addr) && length != 0 && addr+r.roundUp(length) > addr {
		return refOutcome{errno: "EINVAL"}
	}
	return r.mprotect(p, addr, length, model.Prot(prot&7))
}

// rawSync is msync, which takes no flag at all too.
func (r *reference) rawSync(p *refProcess, addr, length, flags uint64) refOutcome {
	if flags > 7 {
		return refOutcome{errno: "EINVAL"}
	}
	var modes []string
	for i, mode := range []string{"async", "invalidate", "sync"} {
		if flags>>i&1 != 0 {
			modes = append(modes, mode)
		}
	}
	return r.msync(p, addr, length, lang.SyncMode(strings.Join(modes, ",")))
}

// rawMincore is mincore with a vector where nothing is ever mapped: that is found out when the first VMA was looked at
// (mm/mincore.c).
func (r *reference) rawMincore(p *refProcess, addr, length uint64) refOutcome {
	switch {
	case !r.aligned(addr):
		return refOutcome{errno: "EINVAL"}
	case length == 0:
		return refOutcome{}
	case p.pages[addr/uint64(r.pageSize)] == nil:
		return refOutcome{errno: "ENOMEM"}
	}
	return refOutcome{errno: "EFAULT"}
}

// rawMap is an mmap that lacks a file, a length, or a type.
func (r *reference) rawMap(p *refProcess, length, flags uint64) refOutcome {
	const anonymous = 0x20
	switch {
	case flags&anonymous == 0:
		return refOutcome{errno: "EBADF"}
	case length != 0 && p.future != model.Unlocked && !r.within(p, r.locked(p)+int64(r.roundUp(length))/r.pageSize):
		return refOutcome{errno: "EAGAIN"}
	}
	return refOutcome{errno: "EINVAL"}
}

// adviceOf is the advice of a number, among those that the walk writes so.
func adviceOf(number uint64) lang.Advice {
	for _, a := range []lang.Advice{"dontneed", "dontdump", "populate_read"} {
		if lang.AdviceValue(a) == number {
			return a
		}
	}
	return ""
}
