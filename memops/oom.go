//go:build linux && (amd64 || arm64)

package memops

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
)

// causeOfDeath says why the kernel ended a process, where that can be known. A process that has used up RLIMIT_CPU
// is sent SIGXCPU, and at the hard limit SIGKILL (setrlimit(2)). The OOM killer counts those that it
// ends in the cgroup that they are in, before it sends the signal (mm/oom_kill.c,
// __oom_kill_process). It is "" where that count has not grown.
func (p *process) causeOfDeath(d subject.Death) string {
	var cpu unix.Rlimit // incore's own, which its processes have from it
	if err := unix.Getrlimit(unix.RLIMIT_CPU, &cpu); err == nil {
		for sig, seconds := range map[unix.Signal]uint64{unix.SIGXCPU: cpu.Cur, unix.SIGKILL: cpu.Max} {
			// The limit is held against ticks, and the time told in the end is exact.
			if d.Signal == sig && seconds < 1<<32 && d.CPU >= time.Duration(seconds)*time.Second*9/10 {
				return fmt.Sprintf("it has used up RLIMIT_CPU (ulimit -t), %d s of processor time", seconds)
			}
		}
	}
	if d.Signal == unix.SIGSYS && proc.Filtered(proc.ReadText("/proc/self/status")) {
		return "incore runs under seccomp, a filter of system calls that can end a process so; whether it did is not known"
	}
	if d.Signal != unix.SIGKILL {
		return ""
	}
	whose, g := "its memory cgroup", p.group.get()
	if g == nil {
		whose, g = "the memory cgroup that incore is in", p.lab.groups.around
	}
	killed, hit, known := g.killed()
	switch {
	case !known && p.lab.machineKilled():
		return "the OOM killer: the machine ran out of memory"
	case !known, !killed:
		return ""
	case hit:
		if limit, ok := g.in.Limit(g.dir); ok {
			return "the OOM killer: " + whose + " may have " + model.FormatBytes(limit)
		}
	}
	return "the OOM killer: the machine, or a memory cgroup around this one, ran out of memory"
}

// killed reports whether the OOM killer ended a process of the cgroup since it was last
// asked, one at a time, and whether it was this cgroup's limit that was met. It is not known
// without a cgroup, or where its files do not tell.
func (g *memcg) killed() (killed, hit, known bool) {
	if g == nil {
		return false, false, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now, ok := g.in.Counts(g.dir)
	if !ok {
		return false, false, false
	}
	killed, hit = now.Kills > g.before.Kills, now.Hits > g.before.Hits
	if killed {
		g.before.Kills++
	}
	return killed, hit, true
}

// machineKilled is killed for the machine as a whole, for a kernel without memory cgroups.
func (l *Lab) machineKilled() bool {
	l.groups.mu.Lock()
	defer l.groups.mu.Unlock()
	if proc.MachineKills() <= l.groups.kills {
		return false
	}
	l.groups.kills++
	return true
}
