//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"incore/model"
)

// What mremap(2) says and does, of what is asked about it elsewhere: of arguments, of growing, of shrinking, of moving, of
// MREMAP_DONTUNMAP and of limits.
func TestMremap(t *testing.T) {
	for name, cases := range map[string][]callCase{
		"arguments": mremapArguments, "growing and shrinking": mremapResizes, "moving": mremapMoves, "dontunmap": mremapStays, "limits": mremapLimits,
	} {
		t.Run(name, func(t *testing.T) { checkCases(t, cases) })
	}
}

var mremapArguments = []callCase{
	{
		about: "the old address lies within a page",
		lines: "mmap a 4; ? mremap a+1,4096 2; ? vmas a",
		c:     "char *a = anon(4); ask((long)mremap(a + 1, 4096, 2 * P, MREMAP_MAYMOVE)); vmas(a, 4);",
		want:  "EINVAL, 1",
	},
	{
		about: "nothing is mapped at the old address",
		lines: "mmap a 4; munmap a[2]; ? mremap a[2] 2; ? resident a[0]",
		c:     "char *a = anon(4); munmap(a + 2 * P, P); ask((long)mremap(a + 2 * P, P, 2 * P, MREMAP_MAYMOVE)); resident(a, 1);",
		want:  "EFAULT, 0",
	},
	{
		about: "all of it was unmapped before",
		lines: "mmap a 4; munmap a; ? mremap a 8",
		c:     "char *a = anon(4); munmap(a, 4 * P); ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE));",
		want:  "EFAULT",
	},
	{
		about: "the old range begins in the mapping and ends in a hole",
		lines: "mmap a 4; munmap a[2..3]; ? mremap a 8; ? vmas a",
		c:     "char *a = anon(4); munmap(a + 2 * P, 2 * P); ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE)); vmas(a, 4);",
		want:  "EFAULT, 1",
	},
	{
		about: "a new length of nothing",
		lines: "mmap a 2; ? mremap a 0; ? touch a[1]",
		c:     "char *a = anon(2); ask((long)mremap(a, 2 * P, 0, MREMAP_MAYMOVE)); poke(a + P);",
		want:  "EINVAL, ok",
	},
	{
		about: "a fixed place, but no right to move",
		lines: "mmap a 2; mmap b 2; ? mremap a 2 at b stay; ? syscall mremap a 4096 4096 MREMAP_FIXED 0",
		c:     "char *a = anon(2), *b = anon(2); ask((long)mremap(a, 2 * P, 2 * P, MREMAP_FIXED, b)); ask((long)mremap(a, 4096, 4096, MREMAP_FIXED, 0));",
		want:  "EINVAL, EINVAL",
	},
	{
		about: "dontunmap, but no right to move",
		lines: "mmap a 2; ? mremap a 2 dontunmap stay",
		c:     "char *a = anon(2); ask((long)mremap(a, 2 * P, 2 * P, MREMAP_DONTUNMAP, 0));",
		want:  "EINVAL",
	},
	{
		about: "a flag that there is none of",
		lines: "mmap a 2; ? syscall mremap a 4096 8192 0x100000000 0",
		c:     "char *a = anon(2); ask(syscall(SYS_mremap, a, 4096, 8192, 0x100000000, 0));",
		want:  "EINVAL",
	},
	{
		about: "the new address lies within a page",
		lines: "mmap a 2; mmap b 4; ? mremap a 2 at b+1,0; ? touch a",
		c:     "char *a = anon(2), *b = anon(4); ask((long)mremap(a, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, b + 1)); poke(a);",
		want:  "EINVAL, ok",
	},
	{
		about: "the new range begins within the old one",
		lines: "mmap a 8; ? mremap a[0..3] 4 at a[3]; ? vmas a",
		c:     "char *a = anon(8); ask((long)mremap(a, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, a + 3 * P)); vmas(a, 8);",
		want:  "EINVAL, 1",
	},
	{
		about: "the old range begins within the new one",
		lines: "mmap a 8; ? mremap a[3..6] 4 at a[0]; ? vmas a",
		c:     "char *a = anon(8); ask((long)mremap(a + 3 * P, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, a)); vmas(a, 8);",
		want:  "EINVAL, 1",
	},
	{
		about: "to where it is",
		lines: "mmap a 4; ? mremap a 4 at a[0]",
		c:     "char *a = anon(4); ask((long)mremap(a, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, a));",
		want:  "EINVAL",
	},
	{
		about: "the new range would go past the last address",
		lines: "mmap a 4; ? mremap a 4 at 0xfffffffffffff000,0",
		c:     "char *a = anon(4); ask((long)mremap(a, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0xfffffffffffff000));",
		want:  "EINVAL",
	},
	{
		about: "an old length of nothing, which private memory cannot have",
		lines: "mmap a 4; ? mremap a+0,0 4; mmap b 4 memfd; ? mremap b+0,0 4",
		c:     "char *a = anon(4), *b = map(4, RW, MAP_PRIVATE, memfd(4)); ask((long)mremap(a, 0, 4 * P, MREMAP_MAYMOVE)); ask((long)mremap(b, 0, 4 * P, MREMAP_MAYMOVE));",
		want:  "EINVAL, EINVAL",
	},
	{
		about: "an old length of nothing where it must stay",
		lines: "mmap a 4 shared; ? mremap a+0,0 4 stay",
		c:     "char *a = map(4, RW, MAP_SHARED | MAP_ANONYMOUS, -1); ask((long)mremap(a, 0, 4 * P, 0));",
		want:  "ENOMEM",
	},
}

var mremapResizes = []callCase{
	{
		about: "longer: the bytes are kept and what is added is zero",
		lines: "mmap a 4; memset a 7; ? mremap a 8; ? resident a; mmap w 8; memset w[0..3] 7; ? same a w",
		c:     "char *a = anon_of(4, 7), *w = anon(8); a = ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE)); resident(a, 8); memset(w, 7, 4 * P); same(a, w, 8 * P);",
		want:  "ok, 4, same",
	},
	{
		about: "longer than its file",
		lines: "mmap m 2 shared memfd; ? mremap m 4; ? touch m[1]; ? touch m[2]",
		c:     "char *m = map(2, RW, MAP_SHARED, memfd(2)); m = ask((long)mremap(m, 2 * P, 4 * P, MREMAP_MAYMOVE)); poke(m + P); poke(m + 2 * P);",
		want:  "ok, ok, SIGBUS BUS_ADRERR",
	},
	{
		about: "longer than its file, which then grows too",
		lines: "mmap m 2 shared memfd; mremap m 4; truncate m 4; ? touch m[3] read; ? touch m[3]",
		c:     "int fd = memfd(2); char *m = map(2, RW, MAP_SHARED, fd); m = mremap(m, 2 * P, 4 * P, MREMAP_MAYMOVE); if (ftruncate(fd, 4 * P)) return; peek(m + 3 * P); poke(m + 3 * P);",
		want:  "ok, ok",
	},
	{
		about: "longer, with something behind it and no right to move",
		lines: "mmap a 4; ? mremap a[0..1] 3 stay; ? vmas a",
		c:     "char *a = anon(4); ask((long)mremap(a, 2 * P, 3 * P, 0)); vmas(a, 4);",
		want:  "ENOMEM, 1",
	},
	{
		about: "longer, with something behind it: it moves",
		lines: "mmap a 4; memset a 7; ? mremap a[0..1] 3; ? resident a_2; ? touch a[1]; ? touch a[2]",
		c:     "char *a = anon_of(4, 7), *b = ask((long)mremap(a, 2 * P, 3 * P, MREMAP_MAYMOVE)); resident(b, 3); poke(a + P); poke(a + 2 * P);",
		want:  "ok, 2, SIGSEGV SEGV_MAPERR, ok",
	},
	{
		about: "longer where it is: with what is behind the hole it becomes one mapping",
		lines: "mmap a 8; munmap a[4..5]; ? vmas a; ? mremap a[0..3] 6 stay; ? vmas a",
		c:     "char *a = anon(8); munmap(a + 4 * P, 2 * P); vmas(a, 8); ask((long)mremap(a, 4 * P, 6 * P, 0)); vmas(a, 8);",
		want:  "2, ok, 1",
	},
	{
		about: "longer where it is, though it begins in the middle of the mapping",
		lines: "mmap a 8; munmap a[4..5]; ? mremap a[2..3] 4 stay; ? vmas a; ? touch a[5]",
		c:     "char *a = anon(8); munmap(a + 4 * P, 2 * P); ask((long)mremap(a + 2 * P, 2 * P, 4 * P, 0)); vmas(a, 8); poke(a + 5 * P);",
		want:  "ok, 1, ok",
	},
	{
		about: "one page longer than the hole behind it",
		lines: "mmap a 8; munmap a[4..5]; ? mremap a[0..3] 7 stay; ? touch a[4]",
		c:     "char *a = anon(8); munmap(a + 4 * P, 2 * P); ask((long)mremap(a, 4 * P, 7 * P, 0)); poke(a + 4 * P);",
		want:  "ENOMEM, SIGSEGV SEGV_MAPERR",
	},
	{
		about: "longer by less than a page: nothing is to be done",
		lines: "mmap a 2; touch a; ? mremap a+0,4097 4099B stay; ? resident a",
		c:     "char *a = anon_of(2, 1); ask((long)mremap(a, 4097, 4099, 0)); resident(a, 2);",
		want:  "ok, 2",
	},
	{
		about: "two mappings next to each other do not grow as one",
		lines: "mmap a 8; mprotect a[4..] r; ? mremap a 9; ? vmas a",
		c:     "char *a = anon(8); mprotect(a + 4 * P, 4 * P, PROT_READ); ask((long)mremap(a, 8 * P, 9 * P, MREMAP_MAYMOVE)); vmas(a, 8);",
		want:  "EFAULT, 2",
	},
	{
		about: "two mappings next to each other shrink as one",
		lines: "mmap a 8; touch a; mprotect a[4..] r; ? mremap a 2; ? resident a; ? vmas a",
		c:     "char *a = anon_of(8, 1); mprotect(a + 4 * P, 4 * P, PROT_READ); ask((long)mremap(a, 8 * P, 2 * P, MREMAP_MAYMOVE)); resident(a, 2); vmas(a, 8);",
		want:  "ok, 2, 1",
	},
	{
		about: "shorter in the middle: what follows stays where it is",
		lines: "mmap a 8; touch a; ? mremap a[2..5] 1; ? vmas a; ? touch a[3]; ? touch a[6]",
		c:     "char *a = anon_of(8, 1); ask((long)mremap(a + 2 * P, 4 * P, P, 0)); vmas(a, 8); poke(a + 3 * P); poke(a + 6 * P);",
		want:  "ok, 2, SIGSEGV SEGV_MAPERR, ok",
	},
	{
		about: "an old length of nothing: shared memory a second time",
		lines: "mmap a 4 shared; memset a 7; ? mremap a+0,0 4; ? same a a_2; memset a_2[1] 9; ? same a a_2; ? vmas a",
		c: "char *a = map(4, RW, MAP_SHARED | MAP_ANONYMOUS, -1), *b; memset(a, 7, 4 * P); b = ask((long)mremap(a, 0, 4 * P, MREMAP_MAYMOVE)); same(a, b, 4 * P); memset(b + P, 9, P); " +
			"same(a, b, 4 * P); vmas(a, 4);",
		want: "ok, same, same, 1",
	},
	{
		about: "what is locked stays so, and what is added is locked and there",
		lines: "mmap a 4; mlock a; ? mremap a 8; ? vmlck; ? resident a",
		c:     "char *a = anon(4); mlock(a, 4 * P); a = ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE)); vmlck(); resident(a, 8);",
		want:  "ok, 8, 8",
	},
	{
		about: "what is locked as it is touched grows without becoming resident",
		lines: "mmap a 4; mlock2 a onfault; ? mremap a 8; ? vmlck; ? resident a",
		c:     "char *a = anon(4); syscall(SYS_mlock2, a, 4 * P, 1); a = ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE)); vmlck(); resident(a, 8);",
		want:  "ok, 8, 0",
	},
}

var mremapMoves = []callCase{
	{
		about: "to a free place: the pages go along and the old place is empty",
		lines: "mmap a 4; memset a 7; mmap w 4; memset w 7; mmap room 8 none; munmap room[2..5]; ? mremap a 4 at room[2]; ? resident a; ? same a w; ? vmas room[2..5]",
		c: "char *a = anon_of(4, 7), *w = anon_of(4, 7), *room = none(8), *b; munmap(room + 2 * P, 4 * P); b = ask((long)mremap(a, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, room + 2 * P)); " +
			"resident(b, 4); same(b, w, 4 * P); vmas(room + 2 * P, 4);",
		want: "ok, 4, same, 1",
	},
	{
		about: "onto other memory, which is gone without a word",
		lines: "mmap a 1; memset a 7; mmap b 3; memset b 5; mmap w 1; memset w 7; mmap v 1; memset v 5; ? mremap a 1 at b[1]; ? same a w; ? same b[0] v; ? same b[2] v",
		c: "char *a = anon_of(1, 7), *b = anon_of(3, 5), *w = anon_of(1, 7), *v = anon_of(1, 5); ask((long)mremap(a, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, b + P)); same(b + P, w, P); " +
			"same(b, v, P); same(b + 2 * P, v, P);",
		want: "ok, same, same, same",
	},
	{
		about: "within one mapping, next to where it was",
		lines: "mmap a 8; memset a[0..1] 7; mmap w 2; memset w 7; ? mremap a[0..1] 2 at a[2]; ? touch a[0]; ? same a_2 w",
		c:     "char *a = anon(8), *w = anon_of(2, 7); memset(a, 7, 2 * P); ask((long)mremap(a, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, a + 2 * P)); poke(a); same(a + 2 * P, w, 2 * P);",
		want:  "ok, SIGSEGV SEGV_MAPERR, same",
	},
	{
		about: "shorter and to another place at once",
		lines: "mmap a 4; memset a 7; mmap w 2; memset w 7; mmap room 8 none; ? mremap a 2 at room[3]; ? same a w; ? vmas room",
		c: "char *a = anon_of(4, 7), *w = anon_of(2, 7), *room = none(8); ask((long)mremap(a, 4 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, room + 3 * P)); same(room + 3 * P, w, 2 * P); " +
			"vmas(room, 8);",
		want: "ok, same, 3",
	},
	{
		about: "longer and to another place at once",
		lines: "mmap a 2; memset a 7; mmap w 4; memset w[0..1] 7; mmap room 8 none; ? mremap a 4 at room[3]; ? resident a; ? same a w",
		c: "char *a = anon_of(2, 7), *w = anon(4), *room = none(8); memset(w, 7, 2 * P); ask((long)mremap(a, 2 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_FIXED, room + 3 * P)); resident(room + 3 * P, 4); " +
			"same(room + 3 * P, w, 4 * P);",
		want: "ok, 2, same",
	},
	{
		about: "as far as a whole page table, at an odd place of it",
		lines: "mmap a 3M tidy; memset a 7; mmap w 3M tidy; memset w 7; mmap room 8M none; ? mremap a 3M at room+0x11000,0; ? same a w",
		c: "size_t n = 3 << 20; char *a = anon_of(n / P, 7), *w = anon_of(n / P, 7), *room = none((8 << 20) / P); ask((long)mremap(a, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, room + 0x110000)); " +
			"same(room + 0x110000, w, n);",
		want: "ok, same",
	},
	{
		about: "a page that has a child too is copied at its new place as it would be at the old",
		lines: "mmap a 2; memset a 7; mmap w 2; memset w 7; mmap room 2 none; fork kid; ? in kid mremap a 2 at room; in kid memset a[0] 9; ? in kid same a w; ? same a w",
		c: "char *a = anon_of(2, 7), *w = anon_of(2, 7), *room = none(2); IN_CHILD(ask((long)mremap(a, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, room)); memset(room, 9, P); " +
			"same(room, w, 2 * P)); same(a, w, 2 * P);",
		want: "ok, differ, same",
	},
	{
		about: "a file goes along with its place in it",
		lines: "mmap m 4 shared memfd; memset m[3] 9; mmap room 4 none; ? mremap m[2..3] 2 at room[1]; mmap w 4 shared alias m; ? same m_2[1] w[3]",
		c: "int fd = memfd(4); char *m = map(4, RW, MAP_SHARED, fd), *room = none(4), *w; memset(m + 3 * P, 9, P); ask((long)mremap(m + 2 * P, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, room + P)); " +
			"w = map(4, RW, MAP_SHARED, fd); same(room + 2 * P, w + 3 * P, P);",
		want: "ok, same",
	},
	{
		about: "the protection goes along",
		lines: "mmap a 2 r; mmap room 2; ? mremap a 2 at room; ? touch a read; ? touch a",
		c:     "char *a = map(2, PROT_READ, ANON, -1), *room = anon(2); ask((long)mremap(a, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, room)); peek(room); poke(room);",
		want:  "ok, ok, SIGSEGV SEGV_ACCERR",
	},
	{
		about: "several mappings at once, with the hole between them",
		lines: "mmap a 8; memset a 7; mprotect a[4..5] r; munmap a[2]; mmap room 8 none; ? mremap a 8 at room; ? vmas a; ? touch a[5] read; ? touch a[5]",
		c: "char *a = anon_of(8, 7), *room = none(8); mprotect(a + 4 * P, 2 * P, PROT_READ); munmap(a + 2 * P, P); ask((long)mremap(a, 8 * P, 8 * P, MREMAP_MAYMOVE | MREMAP_FIXED, room)); " +
			"vmas(room, 8); peek(room + 5 * P); poke(room + 5 * P);",
		want:  "ok, 5, ok, SIGSEGV SEGV_ACCERR",
		since: model.Version{6, 17},
	},
}

var mremapStays = []callCase{
	{
		about: "the pages go, and the mapping stays, empty",
		lines: "mmap a 5; memset a 7; mmap w 5; memset w 7; mmap z 5; ? mremap a 5 dontunmap; ? resident a; ? same a_2 w; ? same a z",
		c: "char *a = anon_of(5, 7), *w = anon_of(5, 7), *z = anon(5), *b = ask((long)mremap(a, 5 * P, 5 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)); resident(a, 5); same(b, w, 5 * P); " +
			"same(a, z, 5 * P);",
		want:  "ok, 0, same, same",
		since: model.Version{5, 7},
	},
	{
		about: "of a file of memory both show the same",
		lines: "mmap m 5 shared memfd; memset m 7; ? mremap m 5 dontunmap; ? same m m_2; memset m_2[1] 9; ? same m m_2",
		c: "char *m = map(5, RW, MAP_SHARED, memfd(5)), *n; memset(m, 7, 5 * P); n = ask((long)mremap(m, 5 * P, 5 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)); same(m, n, 5 * P); " +
			"memset(n + P, 9, P); same(m, n, 5 * P);",
		want:  "ok, same, same",
		since: model.Version{5, 13},
	},
	{
		about: "to a place that is told: what lay there goes, and what is longer stays",
		lines: "mmap a 2; memset a 7; mmap b 4; memset b 5; mmap w 2; memset w 7; mmap v 2; memset v 5; ? mremap a 2 at b dontunmap; ? same a_2 w; ? same b[2..3] v; ? resident a",
		c: "char *a = anon_of(2, 7), *b = anon_of(4, 5), *w = anon_of(2, 7), *v = anon_of(2, 5); ask((long)mremap(a, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, b)); " +
			"same(b, w, 2 * P); same(b + 2 * P, v, 2 * P); resident(a, 2);",
		want:  "ok, same, same, 0",
		since: model.Version{5, 7},
	},
	{
		about: "of the second half alone",
		lines: "mmap a 10; memset a 7; mmap w 5; memset w 7; ? mremap a[5..9] 5 dontunmap; ? same a[0..4] w; ? same a_2 w; ? resident a; ? vmas a",
		c: "char *a = anon_of(10, 7), *w = anon_of(5, 7), *b = ask((long)mremap(a + 5 * P, 5 * P, 5 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)); same(a, w, 5 * P); same(b, w, 5 * P); " +
			"resident(a, 10); vmas(a, 10);",
		want:  "ok, same, same, 5, 1",
		since: model.Version{5, 7},
	},
	{
		about: "with another length",
		lines: "mmap a 4; ? mremap a 5 dontunmap; ? mremap a 3 dontunmap",
		c:     "char *a = anon(4); ask((long)mremap(a, 4 * P, 5 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)); ask((long)mremap(a, 4 * P, 3 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0));",
		want:  "EINVAL, EINVAL",
	},
	{
		about: "the lock goes with the pages, and what is locked is not given up",
		lines: "mmap a 4; mlock a; ? mremap a 4 dontunmap; ? resident a; ? madvise a dontneed; ? madvise a_2 dontneed",
		c: "char *a = anon(4), *b; mlock(a, 4 * P); b = ask((long)mremap(a, 4 * P, 4 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)); resident(a, 4); ask(madvise(a, 4 * P, MADV_DONTNEED)); " +
			"ask(madvise(b, 4 * P, MADV_DONTNEED));",
		want:  "ok, 0, ok, EINVAL",
		since: model.Version{5, 7},
	},
}

var mremapLimits = []callCase{
	{
		about: "longer than may be locked",
		lines: "mmap a 4; mlock a; capset -ipc_lock; setrlimit memlock 6; ? mremap a 8; ? mremap a 6; ? vmlck",
		c: "char *a = anon(4); mlock(a, 4 * P); limit(RLIMIT_MEMLOCK, 6 * P); ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE)); ask((long)mremap(a, 4 * P, 6 * P, MREMAP_MAYMOVE)); " +
			"vmlck();",
		want: "EAGAIN, ok, 6",
	},
	{
		about: "longer than the address space may be",
		lines: "mmap a 4; setrlimit as 4; ? mremap a 8; ? mremap a 2",
		c:     "char *a = anon(4); limit(RLIMIT_AS, 4 * P); ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE)); ask((long)mremap(a, 4 * P, 2 * P, MREMAP_MAYMOVE));",
		want:  "ENOMEM, ok",
	},
	{
		about: "longer than data may be, which private memory that may be written counts as",
		lines: "mmap a 4; mmap r 4 r; setrlimit data 4; ? mremap a 8; ? mremap r 8",
		c:     "char *a = anon(4), *r = map(4, PROT_READ, ANON, -1); limit(RLIMIT_DATA, 4 * P); ask((long)mremap(a, 4 * P, 8 * P, MREMAP_MAYMOVE)); ask((long)mremap(r, 4 * P, 8 * P, MREMAP_MAYMOVE));",
		want:  "ENOMEM, ok",
	},
}
