//go:build linux && (amd64 || arm64)

package memops

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"incore/model"
)

// errBudget is wrapped where a command would take more memory than it may.
var errBudget = errors.New("more memory than incore lets a session take")

// budget is what the processes of a session may have between them. A subject goes first
// where memory runs out, but on a lecturer's laptop that comes after minutes of swapping.
type budget struct {
	available int64 // MemAvailable, or what the memory cgroup around incore leaves, bytes
	taken     int64 // what the processes have in memory and in swap, bytes
	allowed   int64 // what they may have, bytes
	asked     bool  // allowed is what --memory said
}

// left is how much more there may be.
func (b budget) left() int64 { return b.allowed - b.taken }

// account is the budget as it was last read, less what has been let through since: the
// price of asking is that of several calls, and a script has tens of thousands.
type account struct {
	left  int64
	until time.Time // when it is too old
}

// accountFor is how long an account is good for. Others take memory too.
const accountFor = time.Second

// take lets a request through if it surely fits.
func (a *account) take(bytes int64) bool {
	if bytes > a.left || time.Now().After(a.until) {
		return false
	}
	a.left -= bytes
	return true
}

// readBudget asks what there is, and what the processes have. What they share, as after
// fork, or have mapped twice, is counted each time, unless shared pages are told apart (exact).
func (l *Lab) readBudget(exact bool) budget {
	m := readMeminfo()
	b := budget{available: m.MemAvailable, allowed: l.opts.Memory, asked: l.opts.Memory != 0}
	if l.groups.found {
		if room, ok := l.groups.in.room(); ok {
			b.available = min(b.available, room) // as in a container
		}
	}
	var shared int64
	for _, p := range l.processes() {
		if p.lives() {
			own, more := p.taken(exact)
			b.taken, shared = b.taken+own, shared+more
		}
	}
	b.taken += max(shared, l.held()) // a user's file on tmpfs is in shared alone
	if !b.asked {
		// What they have is no longer available, and half of all is theirs.
		b.allowed = (b.available + b.taken) / 2
	}
	return b
}

// taken is how much a process has in memory and in swap, bytes, and apart from that what it
// has of shared memory in its page tables.
func (p *process) taken(exact bool) (own, shared int64) {
	text, err := p.proc.read(p.proc.status, nil)
	if err != nil {
		return 0, 0 // it dies
	}
	stat := parseStatus(text)
	if exact {
		if pss, shmem, ok := parsePss(readText("/proc/" + strconv.Itoa(p.sub.PID) + "/smaps_rollup")); ok {
			return pss - shmem + stat.swap, shmem
		}
	}
	return stat.rss - stat.shmem + stat.swap, stat.shmem
}

// parsePss is the process's share of what it has in memory, and what of that is shared memory
// (proc_pid_smaps(5)), bytes. ok is false where the kernel does not tell both apart: Pss_Shmem
// of smaps_rollup is there since Linux 5.3.
func parsePss(text []byte) (all, shmem int64, ok bool) {
	for line := range bytes.Lines(text) {
		if rest, found := bytes.CutPrefix(line, []byte("Pss:")); found {
			all = kibibytes(rest)
		} else if rest, found := bytes.CutPrefix(line, []byte("Pss_Shmem:")); found {
			shmem, ok = kibibytes(rest), true
		}
	}
	return all, shmem, ok
}

// affordBytes refuses bytes, of which none are resident yet, where they are too many.
func (l *Lab) affordBytes(call string, bytes int64) error {
	bytes = min(bytes, l.cgroupAllows())
	if bytes <= 0 || l.account.take(bytes) {
		return nil
	}
	b := l.readBudget(false)
	if bytes > b.left() {
		b = l.readBudget(true)
	}
	l.account = account{b.left(), time.Now().Add(accountFor)}
	if l.account.take(bytes) {
		return nil
	}
	return b.refuse(call, bytes)
}

// refuse says what a call would take, what there is, and what is allowed.
func (b budget) refuse(call string, bytes int64) error {
	size := model.FormatBytes
	rule := fmt.Sprintf("half of the %s that are available", size(b.available+b.taken))
	help := "start incore with --memory to allow more"
	if b.asked {
		rule = fmt.Sprintf("as --memory says, while %s are available", size(b.available))
		help = "start incore with a larger --memory"
	}
	if b.taken >= 1<<20 {
		rule += fmt.Sprintf(", and it has %s already", size(b.taken))
	}
	return fmt.Errorf("%s of up to %s is %w: %s, %s. Name fewer pages, or %s", call, size(bytes), errBudget, size(b.allowed), rule, help)
}

// cgroupAllows is how much the current process can take before the OOM killer of its own
// memory cgroup ends it, bytes: that is what memcg is there to show, and it hurts nobody. Swap
// is the whole machine's.
func (l *Lab) cgroupAllows() int64 {
	g := l.cur.group.get()
	if g == nil {
		return most
	}
	limit, ok := g.in.limit(g.dir)
	if !ok {
		return most
	}
	return min(most, limit+readMeminfo().SwapFree)
}
