package csource

import (
	"math"

	"incore/model"
	"incore/model/lang"
)

// rawVerbs is the verb that makes a call with arguments as they stand.
var rawVerbs = []verb{{
	name:  "syscall",
	write: writes((*cProgram).raw),
	names: asked(func(c lang.Syscall) (list []model.Target) {
		for _, a := range c.Args {
			if a.Of {
				list = append(list, a.T)
			}
		}
		return list
	}),
	wanted: func(*cSlice, *cStep, bool) bool { return true }, // what it did is not told by its arguments
}}

// raw is a call by its number, as syscall(2) makes it.
func (p *cProgram) raw(c lang.Syscall) {
	p.gnu = true
	p.header("sys/syscall.h", "unistd.h", "stdio.h")
	if c.Name == "mseal" {
		p.define("SYS_mseal", "462", "Linux 6.10")
	}
	args := []string{"SYS_" + c.Name}
	for _, a := range c.Args[:c.Count()] {
		switch {
		case a.Of:
			at, _ := p.at(a.T)
			args = append(args, at)
			continue
		case a.Text != "":
			p.say(cNumber(a.Value) + " is " + a.Text)
		}
		if a.Value > math.MaxUint64-4096 {
			args = append(args, "-"+cNumber(-a.Value)+"L")
		} else if word := cNumber(a.Value); a.Value > math.MaxInt64 {
			args = append(args, word)
		} else {
			args = append(args, word+"UL")
		}
	}
	if p.reachesOut(c) {
		p.cannot("the call reaches past the end of its region, and what lies there is the kernel's choice")
	}
	p.checkAs(c.Name, "syscall", args...)
}

// reachesOut reports whether a call reaches past the region that its address is of.
func (p *cProgram) reachesOut(c lang.Syscall) bool {
	if !c.Args[0].Of || c.Name == "mmap" || c.Name == "mremap" {
		return false
	}
	at, ps := p.span(c.Args[0].T).Addr, uint64(p.pageSize)
	r, _, _ := p.space.named(c.Args[0].T.Region)
	return r != nil && at-r.Base+c.Args[1].Value > (r.Len+ps-1)/ps*ps
}
