//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"incore/memops/kernel"
	"incore/memops/proc"
	"incore/model"
)

// errBudget is wrapped where a command would take more memory than it may.
var errBudget = errors.New("more memory than incore lets a session take")

// budget is what the processes of a session may have between them. A subject goes first
// where memory runs out, but on a lecturer's laptop that comes after minutes of swapping.
type budget struct {
	available int64 // MemAvailable, or what the memory cgroup around incore leaves, bytes
	taken     int64 // what the processes have in memory and in swap, with page tables and VMAs, bytes
	allowed   int64 // what they may have, bytes
	asked     bool  // allowed is what --memory said
}

// left is how much more there may be.
func (b budget) left() int64 { return b.allowed - b.taken }

// need is what a command can come to take, bytes.
type need struct {
	pages  int64
	tables int64 // of pages of page tables
	vmas   int64 // of the kernel's own memory for VMAs: of a fork
}

func (n need) sum() int64 { return min(most, n.pages) + min(most, n.tables) + min(most, n.vmas) }

// String is "65M and 136K of page tables".
func (n need) String() string {
	size := model.FormatBytes
	switch {
	case n.tables == 0 && n.vmas == 0:
		return size(n.pages)
	case n.pages == 0 && n.vmas == 0:
		return size(n.tables) + " of page tables"
	case n.pages == 0:
		return size(n.tables) + " of page tables and " + size(n.vmas) + " of VMAs"
	}
	return size(n.pages) + " and " + size(n.tables) + " of page tables"
}

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
	m := proc.ReadMeminfo()
	b := budget{available: m.MemAvailable, allowed: l.opts.Memory, asked: l.opts.Memory != 0}
	if l.groups.found {
		if room, ok := l.groups.in.Room(); ok {
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
// has of shared memory in its page tables. The tables themselves count, and the VMAs.
func (p *process) taken(exact bool) (own, shared int64) {
	stat, err := p.proc.Status()
	if err != nil {
		return 0, 0 // it dies
	}
	kernels := stat.Tables + p.sampler.VMABytes(exact)
	secretRSS, secretPss := p.secretsOf() // which the kernel counts as of files
	if exact {
		if pss, shmem, ok := proc.Pss(p.sub.PID); ok {
			shmem += secretPss
			return pss - shmem + stat.Swap + kernels, shmem
		}
	}
	shmem := stat.Shmem + secretRSS
	return stat.RSS - shmem + stat.Swap + kernels, shmem
}

// afford refuses what a command needs, of which nothing is there yet, where it is too much.
func (p *process) afford(call string, n need) error {
	bytes := min(n.sum(), p.cgroupAllows())
	if bytes <= 0 || p.lab.account.take(bytes) {
		return nil
	}
	b := p.lab.readBudget(false)
	if bytes > b.left() {
		b = p.lab.readBudget(true)
	}
	p.lab.account = account{b.left(), time.Now().Add(accountFor)}
	if p.lab.account.take(bytes) {
		return nil
	}
	return b.refuse(call, n, p.lab.pageSize)
}

// refuse says what a call would take, what there is, and what is allowed.
func (b budget) refuse(call string, n need, pageSize int64) error {
	size := model.FormatBytes
	what := n.String()
	if n.tables > n.pages+n.vmas {
		what += fmt.Sprintf(" (%s for each %s of addresses that it reaches)", size(pageSize), size(int64(kernel.Reaches(pageSize)[0])))
	}
	rule := fmt.Sprintf("half of the %s that are available", size(b.available+b.taken))
	help := "start incore with --memory to allow more"
	if b.asked {
		rule = fmt.Sprintf("as --memory says, while %s are available", size(b.available))
		help = "start incore with a larger --memory"
	}
	if b.taken >= 1<<20 {
		rule += fmt.Sprintf(", and it has %s already", size(b.taken))
	}
	first := "Name fewer pages"
	if call == "fork" {
		what, first = strings.Replace(what, " that it reaches", " in use", 1), "Unmap something first"
	}
	return fmt.Errorf("%s of up to %s is %w: %s, %s. %s, or %s", call, what, errBudget, size(b.allowed), rule, first, help)
}

// cgroupAllows is how much the process can take before the OOM killer of its own
// memory cgroup ends it, bytes: that is what memcg is there to show, and it hurts nobody. Swap
// is the whole machine's.
func (p *process) cgroupAllows() int64 {
	g := p.group.get()
	if g == nil {
		return most
	}
	limit, ok := g.in.Limit(g.dir)
	if !ok {
		return most
	}
	return min(most, limit+proc.ReadMeminfo().SwapFree)
}
