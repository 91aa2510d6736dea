package csource

import (
	"strings"

	"incore/model"
	"incore/model/lang"
)

// shmVerbs is System V shared memory.
var shmVerbs = []verb{
	{
		name: "shmget",
		write: writes(func(p *cProgram, c lang.Shmget) {
			p.shmget(p.variable(c.Name), p.size(c.Size), p.inSetup)
			if !p.inSetup {
				p.say("the segment outlives the program: ipcrm, or shmctl(id, IPC_RMID, NULL)")
			}
		}),
		again:    repeats(func(t *cTold, st *cStep, c lang.Shmget) { t.makes(st, c) }),
		makes:    asked(func(c lang.Shmget) string { return c.Name }),
		askLimit: (*cSlice).askLocked,
		wanted:   succeeded,
		lies:     always,
		leaves:   unwritten,
		charged:  true,
	},
	{
		name: "shmat", call: model.CallShmat, done: mappedAnew,
		write: says((*cProgram).shmat),
		again: repeats(func(t *cTold, st *cStep, c lang.Shmat) { t.makes(st, c) }),
		makes: asked(func(c lang.Shmat) string { return c.Name }),
		names: asked(func(c lang.Shmat) []model.Target {
			list := []model.Target{{Region: c.Of}}
			if c.At != nil {
				list = append(list, *c.At)
			}
			return list
		}),
		asks: func(s *cSlice, t *cStep) { // what lies where it is to be attached
			c, _ := t.command.(lang.Shmat)
			if i := s.space.index(c.Of); i >= 0 && c.At != nil && len(t.event.Args) > 1 {
				at := t.event.Args[1].Value
				s.interest.add(model.Span{Addr: at - at%s.space.pageSize, Len: s.space.regions[i].Len})
			}
		},
		refused: func(st *cStep, pageSize uint64) bool {
			c, _ := st.command.(lang.Shmat)
			return len(st.event.Args) > 1 && !c.Round && st.event.Args[1].Value%pageSize != 0
		},
		askLimit:  (*cSlice).askLocked,
		overLimit: tryAgain,
		wanted:    succeeded,
		lies:      asked(func(c lang.Shmat) bool { return c.At == nil }),
		fixed: func(st *cStep, was map[int]bool) bool {
			c, _ := st.command.(lang.Shmat)
			return c.At != nil && (c.At.Form == model.RawSpan || len(st.names) > 0 && was[st.names[len(st.names)-1]])
		},
		leaves:  unwritten,
		charged: true,
	},
	{
		name: "shmdt", call: model.CallShmdt,
		write: says(func(p *cProgram, c lang.Shmdt) bool {
			r, v := p.region(c.Name)
			if r == nil {
				return false
			}
			p.header("sys/shm.h")
			p.check("shmdt", v)
			return true
		}),
		targets: one(func(c lang.Shmdt) model.Target { return model.Target{Region: c.Name} }),
		done: func(s *cSpace, st *cStep) {
			for _, at := range st.own {
				st.frees = at
				s.unmap(at)
			}
		},
		wanted: succeeded,
		digs:   true,
		leaves: unwritten,
	},
	{
		name: "shmctl",
		write: says(func(p *cProgram, c lang.Shmctl) bool {
			r, _ := p.region(c.Name)
			if r == nil || r.Backing != model.Shm {
				return false
			}
			p.header("sys/shm.h")
			if c.Op == shmStat {
				p.header("stdio.h")
				p.line("struct shmid_ds ds;")
				p.check("shmctl", p.behind(c.Name), shmConstants[c.Op], "&ds")
				p.line(`fprintf(stderr, "%lu attached, mode %o, %zu bytes\n", (unsigned long)ds.shm_nattch, ds.shm_perm.mode, ds.shm_segsz);`)
				return true
			}
			p.check("shmctl", p.behind(c.Name), shmConstants[c.Op], "NULL")
			return true
		}),
		warn: func(t *cTold, target *cStep) {
			if c, _ := target.command.(lang.Shmctl); target.event.Errno != "" && c.Op == shmLock {
				t.cannot("locked segments are counted for all processes of a user together")
			}
		},
		names:  named(func(c lang.Shmctl) string { return c.Name }),
		byName: true,
		asks: func(s *cSlice, t *cStep) {
			c, _ := t.command.(lang.Shmctl)
			s.limit = c.Op == shmLock && t.short()
		},
		wanted: func(s *cSlice, st *cStep, locks bool) bool {
			c, _ := st.command.(lang.Shmctl)
			return c.Op != shmStat && succeeded(s, st, locks)
		},
		charged: true,
	},
}

// What shmctl does to a segment.
const (
	shmLock   lang.ShmOp = "lock"
	shmUnlock lang.ShmOp = "unlock"
	shmRemove lang.ShmOp = "rmid"
	shmStat   lang.ShmOp = "stat"
)

var shmConstants = map[lang.ShmOp]string{shmLock: "SHM_LOCK", shmUnlock: "SHM_UNLOCK", shmRemove: "IPC_RMID", shmStat: "IPC_STAT"}

// shmget makes a segment and attaches it as variable v. One that is there for a command to
// work on is removed with the program.
func (p *cProgram) shmget(v, length string, passing bool) {
	p.header("sys/shm.h", "stdio.h")
	id := p.fresh("id")
	p.files[p.begun] = id
	p.line(cCall("int "+id+" = ", "shmget", []string{"IPC_PRIVATE", length, "IPC_CREAT | 0600"}, ";")...)
	p.unless(id+" == -1", "shmget")
	addr, flags := "NULL", "0"
	if p.inSetup && p.layout && p.placed != nil { // what was unmapped there before may be left out
		p.gnu = true
		addr, flags = p.inRoom(p.placed.Base), "SHM_REMAP"
	}
	p.line(cCall("char *"+v+" = ", "shmat", []string{id, addr, flags}, ";")...)
	p.unless(v+" == (void *)-1", "shmat")
	if c, ok := lang.Inner(p.event.Command).(lang.Shmctl); passing && !(ok && c.Op == shmRemove) {
		p.line("shmctl(" + id + ", IPC_RMID, NULL); /* it goes with the program */")
	}
}

// attachAgain is mmap alias of a segment.
func (p *cProgram) attachAgain(c lang.Mmap, addr string) bool {
	p.gnu = true
	p.header("sys/shm.h", "stdio.h")
	var flags []string
	if c.Prot&model.ProtWrite == 0 {
		flags = append(flags, "SHM_RDONLY")
	}
	if c.Prot&model.ProtExec != 0 {
		flags = append(flags, "SHM_EXEC")
	}
	if c.At != nil {
		flags = append(flags, "SHM_REMAP")
	}
	if !p.attach(c.Name, c.Alias, addr, flags) {
		return false
	}
	if c.Tidy {
		p.header("sys/mman.h")
	}
	p.tidy(c, p.vars[p.begun], p.size(c.Size), model.Shm)
	return true
}

// shmat is shmat as C.
func (p *cProgram) shmat(c lang.Shmat) bool {
	if of, _ := p.region(c.Of); of == nil || of.Backing != model.Shm {
		return false
	}
	p.header("sys/shm.h", "stdio.h")
	var flags []string
	if c.ReadOnly {
		flags = append(flags, "SHM_RDONLY")
	}
	if c.Round {
		flags = append(flags, "SHM_RND")
	}
	addr := "NULL"
	if c.At != nil {
		addr, _ = p.at(*c.At)
		if p.inSetup { // what was unmapped there before may be left out
			p.gnu = true
			flags = append(flags, "SHM_REMAP")
		}
	}
	return p.attach(c.Name, c.Of, addr, flags)
}

// attach attaches the segment of a region once more, under a name.
func (p *cProgram) attach(name, of, addr string, flags []string) bool {
	if addr == "NULL" && p.inSetup && p.layout && p.placed != nil {
		p.gnu = true
		addr, flags = p.inRoom(p.placed.Base), append(flags, "SHM_REMAP")
	}
	if flags == nil {
		flags = []string{"0"}
	}
	id := p.behind(of)
	if id == "" {
		p.missing = true
		return false
	}
	v := p.variable(name)
	p.files[p.begun] = id
	p.line(cCall("char *"+v+" = ", "shmat", []string{id, addr, strings.Join(flags, " | ")}, ";")...)
	p.unless(v+" == (void *)-1", "shmat")
	return true
}
