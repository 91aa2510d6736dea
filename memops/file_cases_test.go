//go:build linux && (amd64 || arm64)

package memops_test

import "testing"

// What read(2) says where it is to write to memory that cannot be written.
func TestRead(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "into a hole",
			lines: "mmap a 4; munmap a[1]; ? read a[1]",
			c:     "char *a = anon(4); munmap(a + P, P); ask(read(memfd(4), a + P, P));",
			want:  "EFAULT",
		},
		{
			about: "into what may be read alone, and what may not be accessed",
			lines: "mmap a 4 r; mmap b 4 none; ? read a; ? read b",
			c:     "char *a = map(4, PROT_READ, ANON, -1), *b = none(4); ask(read(memfd(4), a, 4 * P)); ask(read(memfd(4), b, 4 * P));",
			want:  "EFAULT, EFAULT",
		},
		{
			about: "as far as memory goes",
			lines: "mmap a 4; munmap a[3]; ? read a; ? resident a",
			c:     "char *a = anon(4); munmap(a + 3 * P, P); number(read(memfd(4), a, 4 * P) / P); resident(a, 3);",
			want:  "3, 3",
		},
		{
			about: "behind the end of a mapped file",
			lines: "mmap m 4 shared memfd; truncate m 2; ? read m[2]; ? read m",
			c:     "int fd = memfd(4); char *m = map(4, RW, MAP_SHARED, fd); if (ftruncate(fd, 2 * P)) return; ask(read(memfd(4), m + 2 * P, P)); number(read(memfd(4), m, 4 * P) / P);",
			want:  "EFAULT, 2",
		},
		{
			about: "into a page that a child has too: it is copied",
			lines: "mmap a 1; memset a 7; mmap w 1; memset w 7; mmap z 1; fork kid; ? in kid read a; ? in kid same a z; ? same a w",
			c:     "char *a = anon_of(1, 7), *w = anon_of(1, 7), *z = anon(1); IN_CHILD(number(read(memfd(1), a, P) / P); same(a, z, P)); same(a, w, P);",
			want:  "1, same, same",
		},
	})
}

// What write(2) says where it is to read memory that cannot be read.
func TestWrite(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "from a hole, and from what may not be accessed",
			lines: "mmap a 4; munmap a[1]; mmap b 2 none; ? write a[1]; ? write b",
			c:     "char *a = anon(4), *b = none(2); munmap(a + P, P); ask(write(memfd(0), a + P, P)); ask(write(memfd(0), b, 2 * P));",
			want:  "EFAULT, EFAULT",
		},
		{
			about: "from what may be read alone",
			lines: "mmap a 4 r; ? write a; ? resident a",
			c:     "char *a = map(4, PROT_READ, ANON, -1); number(write(memfd(0), a, 4 * P) / P); word(\"4\");",
			want:  "4, 4",
		},
		{
			about: "as far as memory goes",
			lines: "mmap a 4; touch a; mprotect a[2] none; ? write a",
			c:     "char *a = anon_of(4, 1); mprotect(a + 2 * P, P, PROT_NONE); number(write(memfd(0), a, 4 * P) / P);",
			want:  "2",
		},
		{
			about: "from what lies past the last address",
			lines: "? write 0xfffffffffffff000,8192; ? read 0xfffffffffffff000,8192",
			c:     "ask(syscall(SYS_write, memfd(0), 0xfffffffffffff000, 8192)); ask(syscall(SYS_read, memfd(4), 0xfffffffffffff000, 8192));",
			want:  "EFAULT, EFAULT",
		},
	})
}

// What ftruncate(2) does to the memory that maps a file.
func TestFtruncate(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "shorter: behind the new end is a bus error, and nothing else before it",
			lines: "mmap m 4 shared memfd; touch m; ? truncate m 2; ? resident m; ? touch m[1]; ? touch m[2]",
			c:     "int fd = memfd(4); char *m = memset(map(4, RW, MAP_SHARED, fd), 1, 4 * P); ask(ftruncate(fd, 2 * P)); resident(m, 4); poke(m + P); poke(m + 2 * P);",
			want:  "ok, 2, ok, SIGBUS BUS_ADRERR",
		},
		{
			about: "shorter and longer again: what was cut off is zero",
			lines: "mmap m 2 shared memfd; memset m 7; mmap z 1; ? truncate m 1; ? truncate m 2; ? same m[1] z; ? same m[0] z",
			c:     "int fd = memfd(2); char *m = memset(map(2, RW, MAP_SHARED, fd), 7, 2 * P), *z = anon(1); ask(ftruncate(fd, P)); ask(ftruncate(fd, 2 * P)); same(m + P, z, P); same(m, z, P);",
			want:  "ok, ok, same, differ",
		},
		{
			about: "to within a page: the page stays, and its end is zero",
			lines: "mmap m 1 shared memfd; memset m 7; mmap z 1; ? truncate m 100B; ? same m+100,1000 z+100,1000; ? same m+0,100 z+0,100; ? touch m",
			c:     "int fd = memfd(1); char *m = memset(map(1, RW, MAP_SHARED, fd), 7, P), *z = anon(1); ask(ftruncate(fd, 100)); same(m + 100, z + 100, 1000); same(m, z, 100); poke(m);",
			want:  "ok, same, differ, ok",
		},
		{
			about: "a private copy goes too, as soon as it is behind the end",
			lines: "mmap m 4 shared memfd; mmap p 4 private alias m; memset p 9; ? truncate m 2; ? touch p[1] read; ? touch p[3] read",
			c:     "int fd = memfd(4); char *p = memset(map(4, RW, MAP_PRIVATE, fd), 9, 4 * P); ask(ftruncate(fd, 2 * P)); peek(p + P); peek(p + 3 * P);",
			want:  "ok, ok, SIGBUS BUS_ADRERR",
		},
		{
			about: "a locked page is cut off as any other, and the lock counts still",
			lines: "mmap m 4 shared memfd; mlock m; ? truncate m 2; ? resident m; ? vmlck",
			c:     "int fd = memfd(4); char *m = map(4, RW, MAP_SHARED, fd); mlock(m, 4 * P); ask(ftruncate(fd, 2 * P)); resident(m, 4); vmlck();",
			want:  "ok, 2, 4",
		},
		{
			about: "a file that ends within a page is zero behind its end, and ends with the page",
			lines: "mmap a 4 r file {file}; mmap z 1; ? same a+8292,1000 z+100,1000; ? touch a[2] read; ? touch a[3] read",
			c:     "int fd = open(file, O_RDONLY); char *a = map(4, PROT_READ, MAP_PRIVATE, fd), *z = anon(1); same(a + 8292, z + 100, 1000); peek(a + 2 * P); peek(a + 3 * P);",
			want:  "same, ok, SIGBUS BUS_ADRERR",
		},
	})
}

// What msync(2) says.
func TestMsync(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "both at once, at once and some time",
			lines: "mmap m 2 shared memfd; ? msync m sync; ? msync m async; ? msync m sync,async; ? msync m invalidate",
			c: "char *m = map(2, RW, MAP_SHARED, memfd(2)); ask(msync(m, 2 * P, MS_SYNC)); ask(msync(m, 2 * P, MS_ASYNC)); ask(msync(m, 2 * P, MS_SYNC | MS_ASYNC)); " +
				"ask(msync(m, 2 * P, MS_INVALIDATE));",
			want: "ok, ok, EINVAL, ok",
		},
		{
			about: "a flag that there is none of",
			lines: "mmap m 2 shared memfd; ? syscall msync m 4096 MS_SYNC|0x10",
			c:     "char *m = map(2, RW, MAP_SHARED, memfd(2)); ask(msync(m, 4096, MS_SYNC | 0x10));",
			want:  "EINVAL",
		},
		{
			about: "from an address within a page",
			lines: "mmap m 2 shared memfd; ? msync m+1,10 sync",
			c:     "char *m = map(2, RW, MAP_SHARED, memfd(2)); ask(msync(m + 1, 10, MS_SYNC));",
			want:  "EINVAL",
		},
		{
			about: "over a hole, and over nothing at all",
			lines: "mmap m 4 shared memfd; munmap m[1]; ? msync m sync; ? msync m[1] async",
			c:     "char *m = map(4, RW, MAP_SHARED, memfd(4)); munmap(m + P, P); ask(msync(m, 4 * P, MS_SYNC)); ask(msync(m + P, P, MS_ASYNC));",
			want:  "ENOMEM, ENOMEM",
		},
		{
			about: "invalidate what is locked",
			lines: "mmap m 2 shared memfd; mlock m[1]; ? msync m sync; ? msync m sync,invalidate; ? msync m[0] invalidate",
			c:     "char *m = map(2, RW, MAP_SHARED, memfd(2)); mlock(m + P, P); ask(msync(m, 2 * P, MS_SYNC)); ask(msync(m, 2 * P, MS_SYNC | MS_INVALIDATE)); ask(msync(m, P, MS_INVALIDATE));",
			want:  "ok, EBUSY, ok",
		},
	})
}

// What mincore(2), madvise(2) and posix_fadvise(2) say.
func TestMincore(t *testing.T) {
	checkCases(t, []callCase{
		{
			about: "from an address within a page, and over a hole",
			lines: "mmap a 4; munmap a[1]; ? mincore a+1,1; ? mincore a; ? mincore a[2..3]",
			c:     "unsigned char v[4]; char *a = anon(4); munmap(a + P, P); ask(mincore(a + 1, 1, v)); ask(mincore(a, 4 * P, v)); ask(mincore(a + 2 * P, 2 * P, v));",
			want:  "EINVAL, ENOMEM, ok",
		},
		{
			about: "answers to where nothing can be written",
			lines: "mmap a 4; mmap v 1 r; ? syscall mincore a 8192 0; ? syscall mincore a 8192 v",
			c:     "char *a = anon(4), *v = map(1, PROT_READ, ANON, -1); ask(mincore(a, 8192, 0)); ask(mincore(a, 8192, (void *)v));",
			want:  "EFAULT, EFAULT",
		},
		{
			about: "dropped from one mapping, a page of shared memory is in core still; of private memory it is not",
			lines: "mmap a 2; mmap s 2 shared; touch a; touch s; ? madvise a dontneed; ? madvise s dontneed; ? resident a; ? resident s",
			c: "char *a = anon_of(2, 1), *s = memset(map(2, RW, MAP_SHARED | MAP_ANONYMOUS, -1), 1, 2 * P); ask(madvise(a, 2 * P, MADV_DONTNEED)); ask(madvise(s, 2 * P, MADV_DONTNEED)); " +
				"resident(a, 2); resident(s, 2);",
			want: "ok, ok, 0, 2",
		},
		{
			about: "remove takes the pages of shared memory, and of no other",
			lines: "mmap a 2; mmap s 2 shared memfd; touch a; touch s; ? madvise s[0] remove; ? resident s; ? madvise a remove; mprotect s r; ? madvise s remove",
			c: "char *a = anon_of(2, 1), *s = memset(map(2, RW, MAP_SHARED, memfd(2)), 1, 2 * P); ask(madvise(s, P, MADV_REMOVE)); resident(s, 2); ask(madvise(a, 2 * P, MADV_REMOVE)); " +
				"mprotect(s, 2 * P, PROT_READ); ask(madvise(s, 2 * P, MADV_REMOVE));",
			want: "ok, 1, EINVAL, ok",
		},
		{
			about: "a lock keeps an advice out",
			lines: "mmap a 4; mlock a[1]; ? madvise a dontneed; ? madvise a[2..3] dontneed; ? resident a",
			c:     "char *a = anon_of(4, 1); mlock(a + P, P); ask(madvise(a, 4 * P, MADV_DONTNEED)); ask(madvise(a + 2 * P, 2 * P, MADV_DONTNEED)); resident(a, 4);",
			want:  "EINVAL, ok, 1",
		},
		{
			about: "an advice over a hole is given to the rest, and ENOMEM tells of the hole",
			lines: "mmap a 4; touch a; munmap a[1]; ? madvise a dontneed; ? resident a",
			c:     "char *a = anon_of(4, 1); munmap(a + P, P); ask(madvise(a, 4 * P, MADV_DONTNEED)); resident(a + 2 * P, 2);",
			want:  "ENOMEM, 0",
		},
	})
}
