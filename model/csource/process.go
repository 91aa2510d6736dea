package csource

import (
	"fmt"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// processVerbs is what makes, replaces and ends processes, and what is about signals.
var processVerbs = []verb{
	{
		name:  "fork",
		write: writes((*cProgram).fork),
		again: repeats(func(t *cTold, _ *cStep, c lang.Fork) {
			t.forked = true
			t.forkOff(c.Name)
		}),
		forks: true,
	},
	{
		name: "exec", call: model.CallExecve,
		write: writes((*cProgram).execve),
		tells: true,
		done: func(s *cSpace, _ *cStep) {
			for len(s.regions) > 0 {
				s.drop(s.regions[0].Name)
			}
			*s = cSpace{pageSize: s.pageSize, count: s.count, file: s.file, past: s.past}
		},
		leaves: func(begin *spans, _ *cStep) { *begin = nil },
	},
	{
		name: "exit",
		write: writes(func(p *cProgram, c lang.Exit) {
			p.header("unistd.h")
			p.line(fmt.Sprintf("_exit(%d); /* exit_group(2), and nothing that exit(3) does before */", c.Code))
		}),
		tells: true,
	},
	{
		name: "kill",
		write: writes(func(p *cProgram, c lang.Kill) {
			p.header("signal.h", "unistd.h")
			p.check("kill", "getpid()", c.Signal)
		}),
	},
	{name: "signal", write: writes((*cProgram).signal), tells: true},
}

func (p *cProgram) fork(lang.Fork) {
	v := p.fresh("pid")
	p.names()
	p.header("unistd.h", "sys/wait.h")
	p.line("pid_t "+v+" = fork();", "if ("+v+" == -1) {", cIndent+`printf("fork: %s\n", strerrorname_np(errno));`+p.outcome("clone"), cIndent+"return 1;", "}",
		"if ("+v+" == 0)", cIndent+"return 0; /* the child: what is done in it comes before this */",
		"waitpid("+v+", NULL, 0);")
}

func (p *cProgram) execve(lang.Execve) {
	p.names()
	p.header("unistd.h")
	p.start = append(p.start, "if (*environ == NULL)", cIndent+"return 0; /* the fresh program: nothing of before is in its memory */")
	p.line(`char *argv[] = {"fresh", NULL}, *envp[] = {NULL};`)
	p.line(`execve("/proc/self/exe", argv, envp); /* returns only where it failed */`)
	p.line(`printf("execve: %s\n", strerrorname_np(errno));`+p.outcome("execve"), "return 1;")
}

// forkOff makes the child in which all that follows is done.
func (p *cProgram) forkOff(name string) {
	p.header("err.h", "unistd.h", "sys/wait.h")
	v := p.fresh("pid")
	p.line("pid_t "+v+" = fork();", "if ("+v+" == -1)", cIndent+`err(2, "fork");`,
		"if ("+v+" != 0) { /* the parent ends as its child does */",
		cIndent+"int status;", cIndent+"waitpid("+v+", &status, 0);",
		cIndent+"return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);", "}")
	p.say("what follows is in the child, " + name)
}

// catcher has a signal that the call is answered with caught and told: its page is counted from
// the region that it lies in.
func (p *cProgram) catcher(t model.Target) {
	g := p.event.Signal
	if g == nil || p.inSetup {
		return
	}
	at, name, from := p.counted(g.Addr, t)
	p.gnu = true
	p.header("signal.h", "stdio.h", "stdlib.h")
	print := []string{cIndent + `printf("` + g.Name + ` %s at page %ld of ` + name + `\n",`,
		cIndent + `       info->si_code == ` + g.Code + ` ? "` + g.Code + `" : "with another code",`,
		cIndent + `       (long)(((char *)info->si_addr - base) / sysconf(_SC_PAGESIZE)));`}
	if name == "" {
		print[0] = cIndent + `printf("` + g.Name + ` %s at %p\n",`
		print[2] = cIndent + "       info->si_addr);"
	} else {
		p.header("unistd.h")
		p.top = append(p.top, "static char *base; /* pages are counted from here */", "")
		p.line("base = " + from + ";")
	}
	if name == string(model.Heap) {
		p.line("setvbuf(stdout, NULL, _IONBF, 0); /* what is caught is printed without memory of the heap */")
	}
	p.top = append(p.top, "/* Tells what an access was answered with. */",
		"static void caught(int sig, siginfo_t *info, void *context)", "{", cIndent+"(void)sig, (void)context;")
	p.top = append(append(p.top, print...), cIndent+"exit(1);", "}")
	p.line("struct sigaction act = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};",
		"sigaction("+g.Name+", &act, NULL); /* "+g.Name+" "+g.Code+at+" here */")
}

// counted returns an address by its page, the region that this is counted from, and that as an
// expression.
func (p *cProgram) counted(addr uint64, t model.Target) (at, name, from string) {
	ps := uint64(p.pageSize)
	n := p.space.inside(model.Span{Addr: addr, Len: 1})
	var r *model.RegionInfo
	if i := slices.Index(p.space.number, n); n >= 0 && p.vars[n] != "" && i >= 0 {
		r = &p.space.regions[i]
	} else if t.Form != model.RawSpan || n >= 0 {
		r, n, _ = p.space.named(t.Region)
	}
	if r == nil || p.vars[n] == "" || addr < r.Base {
		return "", "", "NULL"
	}
	from = p.vars[n]
	if r.Malloc != "" {
		p.header("stdint.h")
		from = "(char *)((uintptr_t)" + from + " / page * page)"
	}
	return fmt.Sprintf(" at page %d", (addr-r.Base)/ps), r.Name, from
}

// signal sets a handler that jumps back, or the default.
func (p *cProgram) signal(c lang.SetSignal) {
	p.gnu = true
	p.header("signal.h")
	if c.Die {
		p.line("struct sigaction act = {.sa_handler = SIG_DFL};")
		p.checkAs("rt_sigaction", "sigaction", c.Signal, "&act", "NULL")
		return
	}
	p.header("setjmp.h", "stdio.h")
	p.top = append(p.top, "static sigjmp_buf back;", "", "static void caught(int sig)", "{", cIndent+"siglongjmp(back, sig);", "}")
	p.line("struct sigaction act = {.sa_handler = caught};")
	p.checkAs("rt_sigaction", "sigaction", c.Signal, "&act", "NULL")
	p.line("if (sigsetjmp(back, 1) == 0) {", cIndent+"/* accesses come here */", "} else {",
		cIndent+`puts("`+c.Signal+`");`, "}")
}
