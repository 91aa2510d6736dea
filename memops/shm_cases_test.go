//go:build linux && (amd64 || arm64)

package memops_test

import "testing"

// What shmat(2) says and does.
func TestShmat(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "a second time: one memory at two places",
			lines: "shmget s 4; ? shmat t of s; memset s 7; ? same s t; memset t[3] 9; ? same s t; ? attached s",
			c:     "int id = segment(4 * P); char *s = shmat(id, 0, 0), *t = ask((long)shmat(id, 0, 0)); memset(s, 7, 4 * P); same(s, t, 4 * P); memset(t + 3 * P, 9, P); same(s, t, 4 * P); attached(id);",
			want:  "ok, same, same, 2",
		},
		{
			about: "for reading alone",
			lines: "shmget s 2; ? shmat t of s rdonly; ? touch t read; ? touch t; ? touch s",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0), *t = ask((long)shmat(id, 0, SHM_RDONLY)); peek(t); poke(t); poke(s);",
			want:  "ok, ok, SIGSEGV SEGV_ACCERR, ok",
		},
		{
			about: "what is attached for reading alone cannot be made to be written",
			lines: "shmget s 2; shmat t of s rdonly; ? mprotect t rw; ? mprotect t none; ? mprotect t r; ? mprotect s r; ? mprotect s rw",
			c: "int id = segment(2 * P); char *s = shmat(id, 0, 0), *t = shmat(id, 0, SHM_RDONLY); ask(mprotect(t, 2 * P, RW)); ask(mprotect(t, 2 * P, PROT_NONE)); " +
				"ask(mprotect(t, 2 * P, PROT_READ)); ask(mprotect(s, 2 * P, PROT_READ)); ask(mprotect(s, 2 * P, RW));",
			want: "EACCES, ok, ok, ok, ok",
		},
		{
			about: "at a free address that is a multiple of the page size",
			lines: "shmget s 2; mmap room 8 none; munmap room[2..5]; ? shmat t of s at room[3]; ? touch t; ? vmas room[3..4]",
			c:     "int id = segment(2 * P); char *room = none(8), *t; shmat(id, 0, 0); munmap(room + 2 * P, 4 * P); t = ask((long)shmat(id, room + 3 * P, 0)); poke(t); vmas(room + 3 * P, 2);",
			want:  "ok, ok, 1",
		},
		{
			about: "at an address within a page: refused, or with SHM_RND rounded down",
			lines: "shmget s 2; mmap room 8 none; munmap room[2..5]; ? shmat t of s at room+12300,1; ? shmat t of s at room+12300,1 round; ? touch t[0]",
			c:     "int id = segment(2 * P); char *room = none(8), *t; shmat(id, 0, 0); munmap(room + 2 * P, 4 * P); ask((long)shmat(id, room + 12300, 0)); t = ask((long)shmat(id, room + 12300, SHM_RND)); poke(t);",
			want:  "EINVAL, ok, ok",
		},
		{
			about: "where something is mapped",
			lines: "shmget s 2; mmap a 4; ? shmat t of s at a[1]; ? shmat t of s at s; ? touch a",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0), *a = anon(4); ask((long)shmat(id, a + P, 0)); ask((long)shmat(id, s, 0)); poke(a);",
			want:  "EINVAL, EINVAL, ok",
		},
		{
			about: "partly where something is mapped",
			lines: "shmget s 2; mmap a 4; munmap a[1]; ? shmat t of s at a[1]; ? vmas a",
			c:     "int id = segment(2 * P); char *a = anon(4); shmat(id, 0, 0); munmap(a + P, P); ask((long)shmat(id, a + P, 0)); vmas(a, 4);",
			want:  "EINVAL, 2",
		},
		{
			about: "of a segment that is gone",
			lines: "shmget s 2; shmctl s rmid; ? shmdt s; ? shmat t of s",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0); shmctl(id, IPC_RMID, 0); ask(shmdt(s)); ask((long)shmat(id, 0, 0));",
			want:  "ok, EINVAL",
		},
		{
			about: "of a segment that is removed and attached still, which Linux allows",
			lines: "shmget s 2; shmctl s rmid; ? shmat t of s; ? attached s; ? touch t",
			c:     "int id = segment(2 * P); char *t; shmat(id, 0, 0); shmctl(id, IPC_RMID, 0); t = ask((long)shmat(id, 0, 0)); attached(id); poke(t);",
			want:  "ok, 2, ok",
		},
		{
			about: "in a child, which has what its parent attached",
			lines: "shmget s 2; fork kid; ? attached s; in kid memset s 7; ? in kid shmat t of s; ? in kid same s t; ? attached s",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0), *t; IN_CHILD(attached(id); memset(s, 7, 2 * P); t = ask((long)shmat(id, 0, 0)); same(s, t, 2 * P); attached(id));",
			want:  "2, ok, same, 3",
		},
		{
			about: "a size that is no multiple of the page size is rounded up in memory",
			lines: "shmget s 5000B; ? touch s+5001,1; ? vmas s",
			c:     "char *s = shmat(segment(5000), 0, 0); poke(s + 5001); vmas(s, 2);",
			want:  "ok, 1",
		},
	})
}

// What shmdt(2) says and does.
func TestShmdt(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "nothing is mapped there any more",
			lines: "shmget s 2; touch s; ? shmdt s; ? touch s",
			c:     "char *s = shmat(segment(2 * P), 0, 0); memset(s, 1, 2 * P); ask(shmdt(s)); poke(s);",
			want:  "ok, SIGSEGV SEGV_MAPERR",
		},
		{
			about: "a second time",
			lines: "shmget s 2; ? shmdt s; ? shmdt s",
			c:     "char *s = shmat(segment(2 * P), 0, 0); ask(shmdt(s)); ask(shmdt(s));",
			want:  "ok, EINVAL",
		},
		{
			about: "of memory that is of no segment",
			lines: "mmap a 2; mmap m 2 shared memfd; ? shmdt a; ? shmdt m; ? touch a",
			c:     "char *a = anon(2), *m = map(2, RW, MAP_SHARED, memfd(2)); ask(shmdt(a)); ask(shmdt(m)); poke(a);",
			want:  "EINVAL, EINVAL, ok",
		},
		{
			about: "the bytes are kept while the segment is",
			lines: "shmget s 2; memset s 7; mmap w 2; memset w 7; ? shmdt s; ? shmat s of s; ? same s w",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0), *w = anon_of(2, 7); memset(s, 7, 2 * P); ask(shmdt(s)); s = ask((long)shmat(id, 0, 0)); same(s, w, 2 * P);",
			want:  "ok, ok, same",
		},
		{
			about: "of one of two attachments",
			lines: "shmget s 2; shmat t of s; ? shmdt s; ? touch t; ? attached s",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0), *t = shmat(id, 0, 0); ask(shmdt(s)); poke(t); attached(id);",
			want:  "ok, ok, 1",
		},
		{
			about: "in a child the parent's stays",
			lines: "shmget s 2; fork kid; ? in kid shmdt s; ? in kid touch s; ? touch s; ? attached s",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0); IN_CHILD(ask(shmdt(s)); poke(s)); poke(s); attached(id);",
			want:  "ok, SIGSEGV SEGV_MAPERR, ok, 1",
		},
		{
			about: "of what has a hole: the rest goes",
			lines: "shmget s 4; munmap s[1]; ? shmdt s; ? touch s[3]",
			c:     "char *s = shmat(segment(4 * P), 0, 0); munmap(s + P, P); ask(shmdt(s)); poke(s + 3 * P);",
			want:  "ok, SIGSEGV SEGV_MAPERR",
		},
		{
			about: "locks go with it",
			lines: "shmget s 4; mlock s; ? vmlck; ? shmdt s; ? vmlck",
			c:     "char *s = shmat(segment(4 * P), 0, 0); mlock(s, 4 * P); vmlck(); ask(shmdt(s)); vmlck();",
			want:  "4, ok, 0",
		},
	})
}

// What shmctl(2) and shmget(2) say and do.
func TestShmctl(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "a size of nothing",
			lines: "? shmget s 0; ? shmget s 1B",
			c:     "ask(segment(0)); ask(segment(1));",
			want:  "EINVAL, ok",
		},
		{
			about: "IPC_STAT counts attachments of all processes",
			lines: "shmget s 2; ? attached s; shmat t of s; ? attached s; fork kid; ? attached s; shmdt t; ? attached s",
			c: "int id = segment(2 * P); char *t; shmat(id, 0, 0); attached(id); t = shmat(id, 0, 0); attached(id); " +
				"{ int ends[2]; char c; if (pipe(ends)) return; if (fork() == 0) { close(ends[1]); exit(read(ends[0], &c, 1)); } attached(id); shmdt(t); attached(id); }",
			want: "1, 2, 4, 3",
		},
		{
			about: "IPC_RMID marks what is attached still",
			lines: "shmget s 2; ? mode s; ? shmctl s rmid; ? mode s; ? touch s; ? shmdt s; ? mode s",
			c:     "int id = segment(2 * P); char *s = shmat(id, 0, 0); mode(id); ask(shmctl(id, IPC_RMID, 0)); mode(id); poke(s); ask(shmdt(s)); mode(id);",
			want:  "600, ok, 1600, ok, ok, EINVAL",
		},
		{
			about: "SHM_LOCK marks the segment, and locks nothing of the process",
			lines: "shmget s 2; ? shmctl s lock; ? mode s; ? vmlck; ? shmctl s unlock; ? mode s",
			c:     "int id = segment(2 * P); shmat(id, 0, 0); ask(shmctl(id, SHM_LOCK, 0)); mode(id); vmlck(); ask(shmctl(id, SHM_UNLOCK, 0)); mode(id);",
			want:  "ok, 2600, 0, ok, 600",
		},
		{
			about: "SHM_LOCK brings nothing into memory",
			lines: "shmget s 4; touch s[1]; ? shmctl s lock; ? resident s",
			c:     "int id = segment(4 * P); char *s = shmat(id, 0, 0); memset(s + P, 1, P); ask(shmctl(id, SHM_LOCK, 0)); resident(s, 4);",
			want:  "ok, 1",
		},
		{
			about: "SHM_LOCK where nothing may be locked",
			lines: "shmget s 2; capset -ipc_lock; setrlimit memlock 0; ? shmctl s lock; ? shmctl s unlock",
			c:     "int id = segment(2 * P); limit(RLIMIT_MEMLOCK, 0); ask(shmctl(id, SHM_LOCK, 0)); ask(shmctl(id, SHM_UNLOCK, 0));",
			want:  "EPERM, ok",
		},
		{
			about: "SHM_LOCK twice, and one SHM_UNLOCK",
			lines: "shmget s 2; ? shmctl s lock; ? shmctl s lock; ? shmctl s unlock; ? mode s",
			c:     "int id = segment(2 * P); shmat(id, 0, 0); ask(shmctl(id, SHM_LOCK, 0)); ask(shmctl(id, SHM_LOCK, 0)); ask(shmctl(id, SHM_UNLOCK, 0)); mode(id);",
			want:  "ok, ok, ok, 600",
		},
		{
			about: "a segment that is gone",
			lines: "shmget s 2; shmdt s; ? shmctl s rmid; ? shmctl s rmid; ? shmctl s lock",
			c:     "int id = segment(2 * P); ask(shmctl(id, IPC_RMID, 0)); ask(shmctl(id, IPC_RMID, 0)); ask(shmctl(id, SHM_LOCK, 0));",
			want:  "ok, EINVAL, EINVAL",
		},
		{
			about: "mremap makes the mapping longer, and not the segment",
			lines: "shmget s 2; ? mremap s 4; ? touch s[1]; ? touch s[2]",
			c:     "char *s = shmat(segment(2 * P), 0, 0); s = ask((long)mremap(s, 2 * P, 4 * P, MREMAP_MAYMOVE)); poke(s + P); poke(s + 2 * P);",
			want:  "ok, ok, SIGBUS BUS_ADRERR",
		},
	})
}
