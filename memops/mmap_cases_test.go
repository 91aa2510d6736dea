//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"incore/model"
)

// What the flags of mmap(2) do.
func TestMmap(t *testing.T) {
	for name, cases := range map[string][]callCase{"places": mmapPlaces, "arguments": mmapArguments, "flags": mmapFlags} {
		t.Run(name, func(t *testing.T) { checkCases(t, cases) })
	}
}

var mmapPlaces = []callCase{
	{
		about: "MAP_FIXED_NOREPLACE over all of what is there and more",
		lines: "mmap room 5 none; munmap room[0]; munmap room[4]; ? mmap b 5 none at room[0] noreplace; ? vmas room",
		c:     "char *r = none(5); munmap(r, P); munmap(r + 4 * P, P); ask((long)mmap(r, 5 * P, PROT_NONE, ANON | MAP_FIXED_NOREPLACE, -1, 0)); vmas(r, 5);",
		want:  "EEXIST, 1",
	},
	{
		about: "MAP_FIXED_NOREPLACE within what is there",
		lines: "mmap room 5 none; ? mmap b 1 at room[2] noreplace; ? touch room[2]",
		c:     "char *r = none(5); ask((long)mmap(r + 2 * P, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)); poke(r + 2 * P);",
		want:  "EEXIST, SIGSEGV SEGV_ACCERR",
	},
	{
		about: "MAP_FIXED_NOREPLACE over the last page of what is there, and over the first",
		lines: "mmap room 5 none; munmap room[0]; munmap room[4]; ? mmap b 2 at room[3] noreplace; ? mmap b 2 at room[0] noreplace",
		c:     "char *r = none(5); munmap(r, P); munmap(r + 4 * P, P); ask((long)mmap(r + 3 * P, 2 * P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)); ask((long)mmap(r, 2 * P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));",
		want:  "EEXIST, EEXIST",
	},
	{
		about: "MAP_FIXED_NOREPLACE next to what is there, below and above",
		lines: "mmap room 5 none; munmap room[0]; munmap room[4]; ? mmap b 1 at room[0] noreplace; ? mmap c 1 at room[4] noreplace; ? touch b; ? touch c; ? touch room[2]",
		c: "char *r = none(5); munmap(r, P); munmap(r + 4 * P, P); ask((long)mmap(r, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)); ask((long)mmap(r + 4 * P, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)); " +
			"poke(r); poke(r + 4 * P); poke(r + 2 * P);",
		want: "ok, ok, ok, ok, SIGSEGV SEGV_ACCERR",
	},
	{
		about: "MAP_FIXED takes the place of what is there, and nothing of it is left",
		lines: "mmap a 4; memset a 7; mmap z 1; ? mmap b 1 at a[1]; ? resident a; ? same b z; ? resident a[2..3]",
		c:     "char *a = anon_of(4, 7), *z = anon(1); char *b = ask((long)mmap(a + P, P, RW, ANON | MAP_FIXED, -1, 0)); number(3); same(b, z, P); resident(a + 2 * P, 2);",
		want:  "ok, 3, same, 2",
	},
	{
		about: "MAP_FIXED at an address within a page",
		lines: "mmap a 4; ? mmap b 1 at a+1,1; ? mmap b 1 at a+1,1 noreplace; ? vmas a",
		c:     "char *a = anon(4); ask((long)mmap(a + 1, P, RW, ANON | MAP_FIXED, -1, 0)); ask((long)mmap(a + 1, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)); vmas(a, 4);",
		want:  "EINVAL, EINVAL, 1",
	},
	{
		about: "MAP_FIXED where no process has addresses",
		lines: "? mmap a 1 at 0xffff800000000000,1; ? mmap a 1 near 0xffff800000000000,1",
		c:     "ask((long)mmap((void *)0xffff800000000000, P, RW, ANON | MAP_FIXED, -1, 0)); ask((long)mmap((void *)0xffff800000000000, P, RW, ANON, -1, 0));",
		want:  "ENOMEM, ok",
	},
	{
		about: "a hint takes the place of nothing",
		lines: "mmap a 4; memset a 7; mmap w 4; memset w 7; ? mmap b 2 near a[1]; ? same a w; ? vmas a",
		c:     "char *a = anon_of(4, 7), *w = anon_of(4, 7); ask((long)mmap(a + P, 2 * P, RW, ANON, -1, 0)); same(a, w, 4 * P); vmas(a, 4);",
		want:  "ok, same, 1",
	},
	{
		about: "a hint is followed where there is room",
		lines: "mmap a 8; munmap a[2..5]; ? mmap b 4 near a[2]; ? touch a[2..5]",
		c:     "char *a = anon(8); munmap(a + 2 * P, 4 * P); ask((long)mmap(a + 2 * P, 4 * P, RW, ANON, -1, 0)); poke(a + 5 * P);",
		want:  "ok, ok",
	},
}

var mmapArguments = []callCase{
	{
		about: "a length of nothing",
		lines: "? mmap a 0; ? mmap a 0 shared memfd",
		c:     "ask((long)mmap(0, 0, RW, ANON, -1, 0)); ask((long)mmap(0, 0, RW, MAP_SHARED, memfd(1), 0));",
		want:  "EINVAL, EINVAL",
	},
	{
		about: "a length that no process has room for",
		lines: "? mmap a 8388607T noreserve",
		c:     "ask((long)mmap(0, 8388607UL << 40, RW, ANON | MAP_NORESERVE, -1, 0));",
		want:  "ENOMEM",
	},
	{
		about: "neither shared nor private",
		lines: "? syscall mmap 0 4096 PROT_READ MAP_ANONYMOUS -1 0",
		c:     "ask((long)mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0));",
		want:  "EINVAL",
	},
	{
		about: "no file, and no MAP_ANONYMOUS",
		lines: "? syscall mmap 0 4096 PROT_READ MAP_PRIVATE -1 0; ? syscall mmap 0 4096 PROT_READ MAP_SHARED -1 0",
		c:     "ask((long)mmap(0, 4096, PROT_READ, MAP_PRIVATE, -1, 0)); ask((long)mmap(0, 4096, PROT_READ, MAP_SHARED, -1, 0));",
		want:  "EBADF, EBADF",
	},
	{
		about: "an offset that is no multiple of the page size, of a file and of none",
		lines: "mmap m 4 memfd shared; ? mmap a 1 alias m offset 100B; ? mmap a 1 offset 100B",
		c:     "ask((long)mmap(0, P, RW, MAP_SHARED, memfd(4), 100)); ask(syscall(SYS_mmap, 0, P, RW, ANON, -1, 100));",
		want:  "EINVAL, EINVAL",
	},
	{
		about: "an offset with which the file would end past the last byte",
		lines: "mmap m 4 memfd shared; ? mmap a 4 alias m offset 8388608T",
		c:     "ask((long)mmap(0, 4 * P, RW, MAP_SHARED, memfd(4), (off_t)(8388608UL << 40)));",
		want:  "EOVERFLOW",
	},
	{
		about: "a file that is open for reading alone: private it may be written, shared not",
		lines: "? mmap a 2 file {file}; ? touch a; ? mmap b 2 shared file {file}; ? mmap c 2 shared r file {file}; ? mprotect c rw",
		c: "int fd = open(file, O_RDONLY); char *a = ask((long)map(2, RW, MAP_PRIVATE, fd)), *c; poke(a); ask((long)map(2, RW, MAP_SHARED, fd)); c = ask((long)map(2, PROT_READ, MAP_SHARED, fd)); " +
			"ask(mprotect(c, 2 * P, RW));",
		want: "ok, ok, EACCES, ok, EACCES",
	},
	{
		about: "a directory, and what the kernel makes as it is read",
		lines: "? mmap a 1 r file /proc; ? mmap a 1 r file /proc/self/maps; ? mmap a 1 r file /proc/version",
		c: "int i; static const char *of[] = {\"/proc\", \"/proc/self/maps\", \"/proc/version\"}; " +
			"for (i = 0; i < 3; i++) ask((long)map(1, PROT_READ, MAP_PRIVATE, open(of[i], O_RDONLY)));",
		want: "ENODEV, ENODEV, EIO",
	},
}

var mmapFlags = []callCase{
	{
		about: "PROT_NONE: nothing may be done",
		lines: "mmap a 2 none; ? touch a read; ? touch a; ? mprotect a rw; ? touch a",
		c:     "char *a = none(2); peek(a); poke(a); ask(mprotect(a, 2 * P, RW)); poke(a);",
		want:  "SIGSEGV SEGV_ACCERR, SIGSEGV SEGV_ACCERR, ok, ok",
	},
	{
		about: "PROT_READ: no writing",
		lines: "mmap a 2 r; ? touch a read; ? touch a",
		c:     "char *a = map(2, PROT_READ, ANON, -1); peek(a); poke(a);",
		want:  "ok, SIGSEGV SEGV_ACCERR",
	},
	{
		about: "MAP_POPULATE brings all of it, but what may not be accessed",
		lines: "? mmap a 8 populate; ? resident a; ? mmap b 8 none populate; ? resident b; ? mmap m 8 shared memfd populate; ? resident m",
		c: "char *a = ask((long)map(8, RW, ANON | MAP_POPULATE, -1)), *b, *m; resident(a, 8); b = ask((long)map(8, PROT_NONE, ANON | MAP_POPULATE, -1)); resident(b, 8); " +
			"m = ask((long)map(8, RW, MAP_SHARED | MAP_POPULATE, memfd(8))); resident(m, 8);",
		want: "ok, 8, ok, 0, ok, 8",
	},
	{
		about: "MAP_POPULATE of a private file: a write afterwards is to a copy",
		lines: "mmap m 2 shared memfd; memset m 7; ? mmap a 2 private alias m populate; ? same a m; memset a[0] 9; ? same a m; mmap b 2 shared alias m; ? same b m",
		c: "int fd = memfd(2); char *m = map(2, RW, MAP_SHARED, fd), *a; memset(m, 7, 2 * P); a = ask((long)map(2, RW, MAP_PRIVATE | MAP_POPULATE, fd)); same(a, m, 2 * P); memset(a, 9, P); " +
			"same(a, m, 2 * P); same(map(2, RW, MAP_SHARED, fd), m, 2 * P);",
		want: "ok, same, differ, same",
	},
	{
		about: "MAP_LOCKED counts as locked, and brings it in",
		lines: "? mmap a 4 locked; ? vmlck; ? resident a; ? munmap a; ? vmlck",
		c:     "char *a = ask((long)map(4, RW, ANON | MAP_LOCKED, -1)); vmlck(); resident(a, 4); ask(munmap(a, 4 * P)); vmlck();",
		want:  "ok, 4, 4, ok, 0",
	},
	{
		about: "MAP_LOCKED over the limit, and where nothing may be locked",
		lines: "capset -ipc_lock; setrlimit memlock 4; ? mmap a 5 locked; ? mmap a 4 locked; setrlimit memlock 0; ? mmap b 1 locked",
		c: "limit(RLIMIT_MEMLOCK, 4 * P); ask((long)map(5, RW, ANON | MAP_LOCKED, -1)); ask((long)map(4, RW, ANON | MAP_LOCKED, -1)); limit(RLIMIT_MEMLOCK, 0); " +
			"ask((long)map(1, RW, ANON | MAP_LOCKED, -1));",
		want: "EAGAIN, ok, EPERM",
	},
	{
		about: "MAP_NORESERVE takes far more addresses than there is memory",
		lines: "? mmap a 64G noreserve; ? touch a[70000]; ? resident a[70000..70001]",
		c:     "char *a = ask((long)mmap(0, 64UL << 30, RW, ANON | MAP_NORESERVE, -1, 0)); poke(a + 70000 * P); resident(a + 70000 * P, 2);",
		want:  "ok, ok, 1",
	},
	{
		about: "MAP_SHARED: a child writes what its parent reads; MAP_PRIVATE: it does not",
		lines: "mmap a 2 shared; mmap b 2; memset a 7; memset b 7; fork kid; in kid memset a 9; in kid memset b 9; ? same a b; ? in kid same a b",
		c: "char *a = map(2, RW, MAP_SHARED | MAP_ANONYMOUS, -1), *b = anon_of(2, 7); memset(a, 7, 2 * P); if (fork() == 0) { memset(a, 9, 2 * P); exit(0); } wait(0); " +
			"same(a, b, 2 * P); IN_CHILD(memset(a, 9, 2 * P); memset(b, 9, 2 * P); same(a, b, 2 * P));",
		want: "differ, same",
	},
	{
		about: "/dev/zero, private and shared",
		lines: "? mmap a 2 file /dev/zero; ? touch a; ? resident a; ? mmap s 2 shared file /dev/zero; ? touch s; ? madvise s remove; ? resident s",
		c: "int fd = open(\"/dev/zero\", O_RDWR); char *a = ask((long)map(2, RW, MAP_PRIVATE, fd)), *s; memset(a, 1, 2 * P); word(\"ok\"); resident(a, 2); " +
			"s = ask((long)map(2, RW, MAP_SHARED, fd)); poke(s); ask(madvise(s, 2 * P, MADV_REMOVE)); resident(s, 2);",
		want: "ok, ok, 2, ok, ok, ok, 0",
	},
	{
		about: "MAP_GROWSDOWN: a write right below makes it longer, and one within the guard gap of what is below does not",
		lines: "mmap room 1200 noreserve; mmap a 4 grows_down at room[600]; munmap room[1..599]; ? touch room[599]; ? touch room[590]; ? touch room[200]",
		c:     "char *r = map(1200, RW, ANON | MAP_NORESERVE, -1); mmap(r + 600 * P, 4 * P, RW, ANON | MAP_FIXED | MAP_GROWSDOWN, -1, 0); munmap(r + P, 599 * P); poke(r + 599 * P); poke(r + 590 * P); poke(r + 200 * P);",
		want:  "ok, ok, SIGSEGV SEGV_MAPERR",
	},
	{
		about: "MAP_STACK is memory as any other",
		lines: "? mmap a 4 stack; ? touch a; ? resident a; ? mremap a 2",
		c:     "char *a = ask((long)map(4, RW, ANON | MAP_STACK, -1)); memset(a, 1, 4 * P); word(\"ok\"); resident(a, 4); ask((long)mremap(a, 4 * P, 2 * P, 0));",
		want:  "ok, ok, 4, ok",
	},
	{
		about: "MAP_DROPPABLE gets no lock, and a child has none of it",
		lines: "? mmap a 2 droppable; memset a 7; mmap z 2; ? mlock a; ? vmlck; fork kid; ? in kid same a z; ? same a z",
		c: "char *a = ask((long)map(2, RW, MAP_DROPPABLE | MAP_ANONYMOUS, -1)), *z = anon(2); memset(a, 7, 2 * P); ask(mlock(a, 2 * P)); vmlck(); IN_CHILD(same(a, z, 2 * P)); " +
			"same(a, z, 2 * P);",
		want:  "ok, ok, 0, same, differ",
		since: model.Version{6, 11},
	},
	{
		about: "MAP_DROPPABLE with what it cannot be: of a file, locked, growing down",
		lines: "? mmap a 2 droppable memfd; ? mmap a 2 droppable locked; ? mmap a 2 droppable grows_down",
		c: "ask((long)map(2, RW, MAP_DROPPABLE, memfd(2))); ask((long)map(2, RW, MAP_DROPPABLE | MAP_ANONYMOUS | MAP_LOCKED, -1)); " +
			"ask((long)map(2, RW, MAP_DROPPABLE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1));",
		want:  "EINVAL, EINVAL, EINVAL",
		since: model.Version{6, 11},
	},
}
