//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"strings"
	"testing"

	"incore/memops"
	"incore/model/lang"
)

// An expect is about the command before it, whatever calls that made, several or none. Before each
// command there is one that fails, which an expect about an older call would find.
func TestExpectIsAboutTheCommandBeforeIt(t *testing.T) {
	// setup; …; command => what is expected, or what else may hold
	rows := map[string][]string{
		"mmap":          {"mmap a 4 => ok", "mmap a 4 locked => ok", "mmap a 4 wx => ok", "mmap a 4 x => ok", "mmap a 4 memfd shared => ok", "mmap a 0 => errno EINVAL", "mmap a 4 file /none => errno ENOENT"},
		"munmap":        {"mmap a 4 scratch shared; munmap a => ok", "mmap a 4; munmap a+1,10 => errno EINVAL"},
		"truncate":      {"mmap a 4 memfd; truncate a 1 => ok", "mmap a 4 memfd; truncate a 8388608T => errno EINVAL"},
		"mremap":        {"mmap a 4; mremap a 8 => ok", "mmap a 4; mremap a 0 => errno EINVAL"},
		"mseal":         {"mmap a 4; mseal a => ok|errno ENOSYS", "mmap a 4; mseal a+1,1 => errno EINVAL|errno ENOSYS"},
		"mlock":         {"mmap a 4; mlock a => ok", "mmap a 4; munmap a[2]; mlock a => errno ENOMEM"},
		"mlock2":        {"mmap a 4; mlock2 a onfault => ok", "mmap a 4; munmap a[2]; mlock2 a => errno ENOMEM"},
		"munlock":       {"mmap a 4; munlock a => ok", "mmap a 4; munmap a[2]; munlock a => errno ENOMEM"},
		"mlockall":      {"mlockall future => ok", "mlockall => errno EINVAL"},
		"munlockall":    {"munlockall => ok"},
		"mprotect":      {"mmap a 4; mprotect a r => ok", "mmap a 4; munmap a[2]; mprotect a r => errno ENOMEM"},
		"madvise":       {"mmap a 4; madvise a dontneed => ok", "mmap a 4; madvise a+1,1 dontneed => errno EINVAL"},
		"posix_fadvise": {"mmap a 4 scratch; posix_fadvise a normal => ok", "mmap a 4; posix_fadvise a normal => errno EBADF"},
		"msync":         {"mmap a 4 scratch shared; msync a sync => ok", "mmap a 4; msync a+1,1 sync => errno EINVAL"},
		"mincore":       {"mmap a 4; mincore a => ok", "mmap a 4; mincore a+1,1 => errno EINVAL", "mmap a 20000 noreserve; mincore a => ok"},
		"touch":         {"mmap a 4; touch a => ok", "mmap a 4; touch a => minor 4", "mmap a 4; touch a => return 4", "mmap a 4 none; touch a => signal SIGSEGV"},
		"read":          {"mmap a 4; read a => ok", "mmap a 4; read a => minor 4", "mmap a 4 none; read a => errno EFAULT"},
		"write":         {"mmap a 4; write a+0,100 => return 100", "mmap a 4 none; write a => errno EFAULT"},
		"memset":        {"mmap a 4; memset a 1 => ok", "mmap a 4 r; memset a 1 => signal SIGSEGV"},
		"memcpy":        {"mmap a 4; memcpy a[0] a[1] => ok", "mmap a 4 r; memcpy a[0] a[1] => signal SIGSEGV"},
		"memmove":       {"mmap a 4; memmove a[0] a[1] => ok", "mmap a 4 r; memmove a[0] a[1] => signal SIGSEGV"},
		"memcmp":        {"mmap a 4; memcmp a[0] a[1] => ok", "mmap a 4; memset a[1] 1; memcmp a[0] a[1] => return -1", "mmap a 4 none; memcmp a[0] a[1] => signal SIGSEGV"},
		"brk":           {"brk +4 => ok", "brk +4; brk -100T => errno ENOMEM"},
		"malloc":        {"malloc a 100B => ok", "malloc a 1M => ok"},
		"aligned_alloc": {"aligned_alloc a 4K 100B => ok", "aligned_alloc a 64B 1M => ok"},
		"calloc":        {"calloc a 3 100B => ok", "calloc a 3 1M => ok"},
		"realloc":       {"malloc a 100B; realloc a 200B => ok", "malloc a 1M; realloc a 2M => ok", "malloc a 1M; realloc a 0 => ok"},
		"malloc_trim":   {"malloc_trim 0 => ok", "malloc a 100B; malloc_trim 0 => ok"},
		"free":          {"malloc a 100B; free a => ok", "malloc a 1M; free a => ok"},
		"mallopt":       {"mallopt mmap_threshold 64K => ok", "mallopt mmap_threshold 64K => return 1"},
		"shmget":        {"shmget a 4 => ok", "shmget a 0 => errno EINVAL"},
		"shmat":         {"shmget a 4; shmat b of a => ok", "shmget a 4; shmat b of a at a => errno EINVAL"},
		"shmdt":         {"shmget a 4; shmdt a => ok", "mmap a 4; shmdt a => errno EINVAL"},
		"shmctl":        {"shmget a 4; shmctl a rmid => ok", "shmget a 4; shmctl a stat => ok", "shmget a 4; shmctl a rmid; munmap a; shmctl a stat => errno EINVAL"},
		"syscall":       {"mmap a 4; syscall mlock a 4096 => ok", "mmap a 4; syscall mlock2 a 4096 2 => errno EINVAL", "mmap a 4; syscall munmap 0x400000 4096 => refused", "mmap a 4; syscall mincore a 4096 0 => errno EFAULT"},
		"fork":          {"fork kid => ok"},
		"exec":          {"exec => ok"},
		"exit":          {"fork kid; in kid exit 3 => ok", "exit => ok"},
		"kill":          {"fork kid; in kid kill SIGKILL => ok", "kill SIGWINCH => ok", "kill SIGSEGV => signal SIGSEGV"},
		"signal":        {"signal SIGSEGV die => ok", "signal SIGBUS catch => ok"},
		"setrlimit":     {"setrlimit memlock 64K => ok", "setrlimit memlock 64K 4K => errno EINVAL"},
		"pkey_alloc":    {"pkey_alloc j; pkey_alloc k => ok|errno ENOSPC|errno ENOSYS"},
		"pkey_mprotect": {"mmap a 4; pkey_alloc k; pkey_mprotect a r k => ok|refused"},
		"pkey_free":     {"pkey_alloc k; pkey_free k => ok|refused"},
		"prctl":         {"prctl thp_disable => ok"},
		"capset":        {"capset -ipc_lock => ok"},
		"memcg":         {"memcg 64M => ok|refused", "memcg max => ok|refused", "memcg 64M; memcg 32M => ok|refused"},
		"in": {
			"mmap a 4; fork kid; in kid touch a => ok", "mmap a 4; fork kid; in kid touch a => minor 4", "mmap a 4; fork kid; in kid mlock a+1,0 => ok",
			"mmap a 4; fork kid; in kid madvise a+1,1 dontneed => errno EINVAL", "fork kid; in kid exec => ok", "in nobody exec => refused",
		},
		"reset":  {"reset => ok", "fork kid; reset => ok"},
		"speed":  {"speed 1000/s => ok", "speed max => ok"},
		"say":    {"mmap a 4; touch a; say hello => minor 4", "munmap 0x1,1; say hello => errno EINVAL"},
		"look":   {"mmap a 4; touch a; look lens sharing a[2] => minor 4", "munmap 0x1,1; look zoom big => errno EINVAL"},
		"wait":   {"mmap a 4; touch a; wait 1ms => minor 4", "munmap 0x1,1; wait 1ms => errno EINVAL"},
		"expect": {"mmap a 4; touch a; expect rss > 0; expect minor 4; expect no a locked => minor 4"},
	}
	for _, verb := range lang.Verbs() {
		t.Run(verb.Name, func(t *testing.T) {
			if len(rows[verb.Name]) == 0 {
				t.Error("has no row")
			}
			for _, c := range rows[verb.Name] {
				expectAfter(t, c)
			}
		})
	}
}

// expectAfter runs the commands of a row, and before the last one a call that fails. What is expected has
// to hold, and what would be true of the older call must not.
func expectAfter(t *testing.T, c string) {
	t.Helper()
	l := opened(t, memops.Options{})
	lines, want, _ := strings.Cut(c, " => ")
	commands := strings.Split(lines, "; ")
	last := commands[len(commands)-1]
	quiet := strings.HasPrefix(last, "say") || strings.HasPrefix(last, "wait") || strings.HasPrefix(last, "expect") || strings.HasPrefix(last, "look")
	for _, line := range commands[:len(commands)-1] {
		do(t, l, line)
	}
	if !quiet {
		do(t, l, "mmap older 4 at 0x1,4096") // EINVAL: the address is no page's
	}
	e := do(t, l, last)
	checked := func(expect string) bool {
		c, err := lang.Parse("expect " + expect)
		if err != nil {
			t.Fatal(err)
		}
		return c.(lang.Expect).Check(l.State(), "").OK
	}
	held := ""
	for _, w := range strings.Split(want, "|") {
		switch {
		case w == "refused" && e.Refused != "" && !checked("ok") && !checked("errno EINVAL"):
			held = w
		case w != "refused" && checked(w):
			held = w
		}
	}
	got := fmt.Sprintf("%s %s %v %s", e.Strace(), e.Errno, e.Signal, e.Refused)
	if held == "" {
		t.Errorf("%s: expect %s does not hold of %s", c, want, got)
	}
	isOK := e.OK()
	if quiet { // of what went before
		isOK = held != "errno EINVAL"
	}
	if checked("ok") != isOK {
		t.Errorf("%s: expect ok: %v, of %s", c, checked("ok"), got)
	}
	if held == "ok" && (checked("errno EINVAL") || checked("return -1")) {
		t.Errorf("%s: an older call is judged", c)
	}
}
