package ui_test

import (
	"slices"

	"incore/model"
)

// fakeProc is a process of a fakeLab.
type fakeProc struct {
	name    string
	pid     int
	dead    bool
	regions []*fakeRegion
	stat    model.ProcStat
}

// begin starts the first process; those before it are gone.
func (l *fakeLab) begin(pid int) {
	l.fakeProc = &fakeProc{name: "main", pid: pid, stat: model.ProcStat{RSS: 16 << 10, VmSize: 172 << 10}}
	l.procs = []*fakeProc{l.fakeProc}
	l.send(model.Started{Time: l.now, Proc: "main", PID: pid, PageSize: pageSize, Limits: l.limits, Kernel: "6.18.44", User: "uid 1000"})
}

// proc is the process of that name, or nil where it does not live.
func (l *fakeLab) proc(name string) *fakeProc {
	i := slices.IndexFunc(l.procs, func(p *fakeProc) bool { return p.name == name && !p.dead })
	if i < 0 {
		return nil
	}
	return l.procs[i]
}

// fork makes a child of the current process: what it has written is shared copy-on-write
// from then on, and its locks stay behind.
func (l *fakeLab) fork(name string, e *model.Event) {
	if l.proc(name) != nil {
		e.Call, e.Refused = "", "there is a process "+name+" already"
		return
	}
	p := &fakeProc{name: name, pid: 48213 + len(l.procs), stat: l.stat}
	p.stat.VmLck, p.stat.Minor, p.stat.Major = 0, 0, 0
	var infos []model.RegionInfo
	for _, r := range l.regions {
		l.pagesOf(r, func(pg model.Page) model.Page {
			if pg.Has(model.Mapped | model.Exclusive) {
				pg.Mapping = pg.Mapping&^model.Exclusive | model.Shared
			}
			return pg
		})
		twin := &fakeRegion{info: r.info, pages: slices.Clone(r.pages)}
		l.pagesOf(twin, func(pg model.Page) model.Page {
			pg.Lock = model.Unlocked
			if r.info.Shared { // fork does not copy what a fault finds again
				pg.Mapping &^= model.Mapped
			}
			return pg
		})
		p.regions = append(p.regions, twin)
		infos = append(infos, r.info)
	}
	l.procs = slices.DeleteFunc(l.procs, func(p *fakeProc) bool { return p.name == name })
	l.procs = append(l.procs, p)
	e.Ret = int64(p.pid)
	l.send(model.Started{Time: l.now, Proc: name, Parent: l.name, PID: p.pid, Regions: infos, PageSize: pageSize,
		Limits: l.limits, Kernel: "6.18.44", User: "uid 1000"})
}

func (l *fakeLab) pagesOf(r *fakeRegion, f func(model.Page) model.Page) {
	var with model.Runs[model.Page]
	for part, pg := range r.pages.In(model.Range{Lo: 0, Hi: r.pages.Len()}) {
		with = with.Add(part.Len(), f(pg))
	}
	r.pages = with
}

// leave takes pages that one process has copied from those who shared them: the last of
// these has them alone.
func (l *fakeLab) leave(name string, rg model.Range) {
	for i := rg.Lo; i < rg.Hi; i++ {
		var sharing []*fakeRegion
		for _, p := range l.procs {
			for _, r := range p.regions {
				if p != l.fakeProc && r.info.Name == name && r.pages.At(i).Has(model.Shared) {
					sharing = append(sharing, r)
				}
			}
		}
		if len(sharing) == 1 {
			pg := sharing[0].pages.At(i)
			pg.Mapping = pg.Mapping&^model.Shared | model.Exclusive
			sharing[0].pages = sharing[0].pages.Splice(i, model.Runs[model.Page]{}.Add(1, pg))
		}
	}
}

// end ends the current process.
func (l *fakeLab) end(d model.Died) {
	l.dead = true
	l.send(d)
}
