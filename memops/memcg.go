//go:build linux && (amd64 || arm64)

package memops

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"incore/memops/order"
	"incore/memops/proc"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// memcg is a memory cgroup that a process of the session is in: one that incore made, or
// the one that incore itself is in. One that was made is removed once the process that it
// was made for, and those that it forked, have gone.
type memcg struct {
	in      proc.Hierarchy
	dir     string
	owner   *process
	release func() // gives up the will to remove it

	mu      order.Mutex[order.Cgroup]
	members int
	before  proc.OOMCounts // of its counts, those that are accounted for
}

// memcgs is what a session knows of memory cgroups.
type memcgs struct {
	in     proc.Hierarchy
	found  bool
	made   int    // guarded by the lane
	around *memcg // the one that incore is in; nil where there is none

	mu    order.Mutex[order.Cgroup]
	kills int64 // of MachineKills: those that are accounted for
}

// findMemcgs looks for the hierarchy, and counts what ran out before.
func findMemcgs() *memcgs {
	m := &memcgs{kills: proc.MachineKills()}
	if m.in, m.found = proc.FindHierarchy(proc.ReadText("/proc/self/mountinfo"), proc.ReadText("/proc/self/cgroup")); m.found {
		m.around = &memcg{in: m.in, dir: m.in.Own}
		m.around.before, _ = m.in.Counts(m.in.Own)
	}
	return m
}

// group is the memory cgroup that a process is in, where incore made one for it.
type group struct {
	mu   order.Mutex[order.Member]
	g    *memcg
	gone bool // the process is dead
}

// get is the cgroup, or nil.
func (p *group) get() *memcg {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.g
}

// move says that the process is in another cgroup now. One that has died meanwhile is in none.
func (p *group) move(g *memcg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.g
	p.g = g
	if p.gone {
		old = g
	}
	old.leave()
}

// end says that the process is dead.
func (p *group) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	p.g.leave()
}

// join says that a process was forked by one that is in the cgroup of parent.
func (p *group) join(parent *group) {
	p.g = parent.get()
	p.g.join()
}

// memcg puts the process into a memory cgroup of its own, or changes the limit of
// the one that it has. These are writes to files, by incore, and no call of the subject.
func (p *process) memcg(c lang.Memcg) (model.Event, error) {
	limit := int64(model.Unlimited)
	if !c.Limit.Unlimited {
		limit = int64(min(c.Limit.Size.Bytes(p.lab.pageSize), proc.NoLimit))
	}
	g := p.group.get()
	var err error
	if g != nil && g.owner == p {
		err = p.lab.lower(g, limit)
	} else if g, err = p.newMemcg(limit); err == nil {
		p.group.move(g)
	}
	if !p.sub.OwnsPID() || !p.lives() {
		err = subject.ErrGone // it died meanwhile
	}
	if err != nil {
		return model.Event{}, err
	}
	return model.Event{Note: g.String()}, nil
}

func (g *memcg) String() string {
	limit := "no limit"
	if n, ok := g.in.Limit(g.dir); ok {
		limit = model.FormatBytes(n)
	}
	return fmt.Sprintf("in %s, %s %s", g.dir, g.in.LimitFile(), limit)
}

// setLimit changes the limit. Version 1 first drops pages until the new one holds, and
// answers EBUSY where it cannot; version 2 kills (memory.rst; cgroup-v2.rst, memory.max).
func (g *memcg) setLimit(bytes int64) error {
	err := writeFile(filepath.Join(g.dir, g.in.LimitFile()), g.in.LimitWord(bytes))
	if isBusy(err) {
		held := proc.ReadNumber(filepath.Join(g.dir, "memory.usage_in_bytes"))
		return fmt.Errorf("the memory cgroup holds %s, of which the kernel cannot drop enough: %w", model.FormatBytes(held), err)
	}
	return err
}

// lower is setLimit for the cgroup of a process of the session. Where the kernel killed one of those in it, that
// one's end is waited for: the signal has been sent, and a process of that size takes a moment to go.
func (l *Lab) lower(g *memcg, bytes int64) error {
	before, told := g.in.Counts(g.dir)
	var in []*process
	for _, p := range l.processes() {
		if p.group.get() == g && p.lives() {
			in = append(in, p)
		}
	}
	err := g.setLimit(bytes)
	if after, ok := g.in.Counts(g.dir); !told || !ok || after.Kills == before.Kills {
		return err
	}
	for until := time.Now().Add(removeWithin); time.Now().Before(until); time.Sleep(time.Millisecond) {
		for _, p := range in {
			select {
			case <-p.ended:
				return err
			default:
			}
		}
	}
	return err
}

// newMemcg makes a memory cgroup with the process in it, in the first place that
// allows it: the cgroup that incore is in, or one above it.
func (p *process) newMemcg(limit int64) (*memcg, error) {
	in := p.lab.groups.in
	if !p.lab.groups.found {
		return nil, errors.New("no memory cgroup can be made: no hierarchy of cgroups that limits memory is mounted")
	}
	var failed []error
	for _, place := range in.Places() {
		g, err := p.tryMemcg(in, place, limit)
		if err == nil {
			return g, nil
		}
		failed = append(failed, err)
	}
	return nil, noMemcg(in, failed)
}

// sameName is how many names are tried where another incore, that is gone, left some.
const sameName = 8

func (p *process) tryMemcg(in proc.Hierarchy, place string, limit int64) (g *memcg, err error) {
	for range sameName {
		p.lab.groups.made++
		g = &memcg{in: in, owner: p, members: 1}
		g.dir = filepath.Join(place, fmt.Sprintf("incore-%d-%d", os.Getpid(), p.lab.groups.made))
		if g.release, err = p.lab.will(subject.WillRmdir(g.dir)); err != nil {
			return nil, err
		}
		if err = makeCgroup(in, g.dir, in.LimitWord(limit), p.sub.PID); err == nil {
			return g, nil
		}
		if !errors.Is(err, errLeft) {
			g.release() // it is not there, or another's
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return nil, err
}

// noMemcg says why none could be made: what the first place answered, the one above it
// where that was another, and what would help.
func noMemcg(in proc.Hierarchy, failed []error) error {
	text := failed[0].Error()
	for _, err := range failed[1:] {
		if !errors.Is(err, reason(failed[0])) {
			text += "; " + err.Error()
			break
		}
	}
	help := "It takes root"
	if in.V2 {
		help = "It takes root, or a cgroup that is yours, as systemd-run --user --scope incore has it"
	}
	return fmt.Errorf("no memory cgroup can be made: %s. %s", text, help)
}

// reason is what an error of a place comes down to: an errno, or errNoController.
func reason(err error) error {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return errno
	}
	return errNoController
}

// join says that one process more is in the cgroup.
func (g *memcg) join() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.members++
}

// removeWithin bounds the wait until a cgroup is empty. A process that has been waited for
// is out of it; one of whose threads the last is still on its way is not for a moment.
const removeWithin = 2 * time.Second

// leave tells that a process has left the cgroup, or is dead. The last one has it removed.
func (g *memcg) leave() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.members--; g.members > 0 {
		return
	}
	for until := time.Now().Add(removeWithin); ; time.Sleep(time.Millisecond) {
		err := os.Remove(g.dir)
		if isBusy(err) && time.Now().Before(until) {
			continue
		}
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			g.release()
		}
		return // what is left is removed after incore's end
	}
}

// isBusy tells that a cgroup cannot be removed yet because a process is in it.
func isBusy(err error) bool { return errors.Is(err, syscall.EBUSY) }
