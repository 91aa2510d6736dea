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
	{call: model.CallShmat, done: mappedAnew},
	{
		name: "shmctl",
		write: says(func(p *cProgram, c lang.Shmctl) bool {
			r, _ := p.region(c.Name)
			if r == nil || r.Backing != model.Shm {
				return false
			}
			p.header("sys/shm.h")
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
		wanted:  succeeded,
		charged: true,
	},
}

// What shmctl does to a segment.
const (
	shmLock   lang.ShmOp = "lock"
	shmUnlock lang.ShmOp = "unlock"
	shmRemove lang.ShmOp = "rmid"
)

var shmConstants = map[lang.ShmOp]string{shmLock: "SHM_LOCK", shmUnlock: "SHM_UNLOCK", shmRemove: "IPC_RMID"}

// shmget makes a segment and attaches it as variable v. One that is there for a command to
// work on is removed with the program.
func (p *cProgram) shmget(v, length string, passing bool) {
	p.header("sys/shm.h", "stdio.h")
	id := p.fresh("id")
	p.files[p.begun] = id
	p.line(cCall("int "+id+" = ", "shmget", []string{"IPC_PRIVATE", length, "IPC_CREAT | 0600"}, ";")...)
	p.unless(id+" == -1", "shmget")
	addr := "NULL"
	if p.inSetup && p.layout && p.placed != nil {
		addr = p.inRoom(p.placed.Base)
	}
	p.line(cCall("char *"+v+" = ", "shmat", []string{id, addr, "0"}, ";")...)
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
	if flags == nil {
		flags = []string{"0"}
	}
	if addr == "NULL" && p.inSetup && p.layout && p.placed != nil {
		addr = p.inRoom(p.placed.Base)
	}
	id := p.behind(c.Alias)
	v := p.variable(c.Name)
	p.files[p.begun] = id
	p.line(cCall("char *"+v+" = ", "shmat", []string{id, addr, strings.Join(flags, " | ")}, ";")...)
	p.unless(v+" == (void *)-1", "shmat")
	p.header("sys/mman.h")
	p.tidy(c, v, p.size(c.Size), model.Shm)
	return true
}
