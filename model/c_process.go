package model

import (
	"fmt"
	"strings"
	"time"
)

// process adds the commands about a process as a whole, and those that are no call at all.
func (p *cProgram) process(c Command) bool {
	switch c := c.(type) {
	case Fork:
		v := cName(c.Name)
		p.header("unistd.h", "stdio.h", "sys/wait.h")
		p.line("pid_t "+v+" = fork();", "if ("+v+" == -1)", cIndent+`perror("fork");`+p.outcome("clone"),
			"if ("+v+" == 0)", cIndent+"return 0; /* the child: what is done in it comes before this */",
			"waitpid("+v+", NULL, 0);")
	case Execve:
		p.gnu = true
		p.header("unistd.h")
		p.line("if (*environ == NULL)", cIndent+"return 0; /* the fresh program: nothing of before is in its memory */",
			`char *argv[] = {"fresh", NULL}, *envp[] = {NULL};`)
		p.line(`execve("/proc/self/exe", argv, envp); /* returns only where it failed */`)
		p.header("stdio.h")
		p.line(`perror("execve");` + p.outcome("execve"))
	case Exit:
		p.header("unistd.h")
		p.line(fmt.Sprintf("_exit(%d); /* exit_group(2), and nothing that exit(3) does before */", c.Code))
	case Kill:
		p.header("signal.h", "unistd.h")
		p.check("kill", "getpid()", c.Signal)
	case SetSignal:
		p.signal(c)
	case Setrlimit:
		p.setrlimit(c)
	case Capset:
		p.capset(c)
	case Memcg:
		p.memcg(c)
	case Say:
		p.header("stdio.h")
		p.line("puts(" + cString(c.Text) + ");")
	case Wait:
		p.gnu = true
		p.header("time.h")
		p.line(fmt.Sprintf("nanosleep(&(struct timespec){%d, %d}, NULL);", c.For/time.Second, c.For%time.Second))
	default:
		return false
	}
	return true
}

// inChild forks, has the child do the command, and waits for it.
func (p *cProgram) inChild(name string, c Command) bool {
	before := p.body
	p.body = nil
	if !p.command(c) {
		return false
	}
	does := p.body
	p.body = before
	p.say("in the process " + name + ", a child")
	if p.copies(c) {
		p.say("written before the fork: the two share it, and the child's write makes a copy")
		p.line(does...)
	}
	p.header("err.h", "unistd.h", "sys/wait.h")
	p.line("pid_t pid = fork();", "if (pid == -1)", cIndent+`err(1, "fork");`, "if (pid == 0) {")
	for _, line := range does {
		p.line(cIndent + line)
	}
	p.line(cIndent+"return 0;", "}", "waitpid(pid, NULL, 0);")
	return true
}

// copies reports whether a command is a write to private memory of a region, which is what copies a
// page that parent and child share.
func (p *cProgram) copies(c Command) bool {
	var t Target
	switch c := c.(type) {
	case Touch:
		if c.Access == Write {
			t = c.T
		}
	case Memset:
		t = c.T
	case Memcpy:
		t = c.Dst
	case Memmove:
		t = c.Dst
	}
	r := p.has(t.Region)
	return r != nil && !r.Shared && p.event.Signal == nil
}

// signal sets a handler that jumps back, or the default.
func (p *cProgram) signal(c SetSignal) {
	p.gnu = true
	p.header("signal.h")
	if c.Die {
		p.line("struct sigaction act = {.sa_handler = SIG_DFL};")
		p.checkAs("rt_sigaction", "sigaction", "== -1", c.Signal, "&act", "NULL")
		return
	}
	p.header("setjmp.h", "stdio.h")
	p.top = append(p.top, "static sigjmp_buf back;", "", "static void caught(int sig)", "{", cIndent+"siglongjmp(back, sig);", "}")
	p.line("struct sigaction act = {.sa_handler = caught};")
	p.checkAs("rt_sigaction", "sigaction", "== -1", c.Signal, "&act", "NULL")
	p.line("if (sigsetjmp(back, 1) == 0) {", cIndent+"/* accesses come here */", "} else {",
		cIndent+`puts("`+c.Signal+`");`, "}")
}

func (p *cProgram) setrlimit(c Setrlimit) {
	p.header("sys/resource.h")
	amount := func(a Amount) string {
		if a.Unlimited {
			return "RLIM_INFINITY"
		}
		return p.size(a.Size)
	}
	if c.Hard != nil {
		p.line("struct rlimit limit = {" + amount(c.Soft) + ", " + amount(*c.Hard) + "}; /* soft, hard */")
	} else {
		p.line("struct rlimit limit;")
		p.check("getrlimit", "RLIMIT_MEMLOCK", "&limit")
		p.line("limit.rlim_cur = " + amount(c.Soft) + ";")
	}
	p.line("if (setrlimit(RLIMIT_MEMLOCK, &limit) == -1)")
	p.header("stdio.h")
	p.line(cIndent + `perror("setrlimit");` + p.outcome("prlimit64"))
}

// capset is made by syscall(2): glibc has no wrapper, libcap has cap_set_proc(3).
func (p *cProgram) capset(c Capset) {
	p.gnu = true
	p.header("linux/capability.h", "sys/syscall.h", "unistd.h")
	name := "CAP_" + strings.ToUpper(c.Drop)
	p.say("glibc has no function for these two calls; libcap has cap_set_proc()")
	p.line("struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};", "struct __user_cap_data_struct data[2];")
	p.checkAs("capget", "syscall", "== -1", "SYS_capget", "&head", "data")
	p.line("data[CAP_TO_INDEX("+name+")].effective &= ~CAP_TO_MASK("+name+");",
		"data[CAP_TO_INDEX("+name+")].permitted &= ~CAP_TO_MASK("+name+");")
	p.checkAs("capset", "syscall", "== -1", "SYS_capset", "&head", "data")
}

// memcg writes the files of a cgroup of version 2.
func (p *cProgram) memcg(c Memcg) {
	p.header("stdio.h", "sys/stat.h")
	limit := `"max"`
	if !c.Limit.Unlimited {
		limit = cString(fmt.Sprint(c.Limit.Size.Bytes(p.pageSize)))
	}
	p.top = append(p.top, "static void put(const char *path, const char *text)", "{", cIndent+`FILE *f = fopen(path, "w");`,
		cIndent+"if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)", cIndent+cIndent+"perror(path);", "}")
	const dir = "/sys/fs/cgroup/incore"
	p.say("cgroup v2, as root. incore takes a name of its own, in the cgroup that it is in.")
	p.check("mkdir", cString(dir), "0755")
	p.line("put("+cString(dir+"/memory.max")+", "+limit+");", "put("+cString(dir+"/cgroup.procs")+`, "0"); /* 0: the process that writes it */`)
}
