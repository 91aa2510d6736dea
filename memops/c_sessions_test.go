//go:build linux && (amd64 || arm64)

package memops_test

import (
	"runtime"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
	"incore/model/csource"
	"incore/model/lang"
)

// cSessions are sessions whose last command's C is looked at: what it has to hold, and what it has
// to leave out.
var cSessions = []struct {
	name     string
	lines    string
	has, not []string
	unsure   string // it says that it may answer otherwise, and why
	needs    func(*memops.Lab) string
}{
	{name: "a lock on all that is to come", lines: "mlockall current future; mmap q 16M", has: []string{"MCL_FUTURE", "16 * 1024 * 1024"}},
	{name: "a page that may not be accessed", lines: "mmap a 8; mmap b 8; mlock b; touch a[1]; mprotect a none; touch a[3]", has: []string{"PROT_NONE", "SIGSEGV"}, not: []string{"mlock", "*b "}},
	{name: "what was never locked", lines: "mmap a 64; munlock a[10..20]", not: []string{"mlock(a,"}},
	{name: "what was locked", lines: "mmap a 64; mlock a[12..14]; munlock a[10..20]; munlock a[12]", has: []string{"munlock(a + 12 * page, page)"}},
	{name: "locked and unlocked, and a hole", lines: "mmap a 64; mlock a[12..14]; munmap a[13]; munlock a[10..20]", has: []string{"mlock(a + 12 * page, 3 * page)", "munmap", "ENOMEM here"}},
	{name: "the limit", lines: "setrlimit memlock 16; mmap a 64; mmap b 4; mlock a[0..14]; mlock b[0]; mlock b[1]", has: []string{"16 * page", "mlock(a"}, needs: bound},
	{name: "the limit, dropped first", lines: "capset -ipc_lock; mmap a 64; setrlimit memlock 64K; mlock a[0..15]; mlock a[16]", has: []string{"capset", "ENOMEM here"}},
	{name: "many locks, of which the sum counts", lines: "capset -ipc_lock; setrlimit memlock 16; mmap a 64; mmap b 4; mmap c 8; mlock c[3]; mlock a[0..3]; mlock b[0]; mlock a[5..9]; mlock a[20..22]; mlock b[1..3]", has: []string{"mlock(rest, 14 * page)", "16 * page", "ENOMEM here"}, not: []string{"64 * page", "8 * page"}},
	{name: "locks that a lower limit would refuse", lines: "capset -ipc_lock; mmap a 64; mmap b 4; mlock a[0..3]; mlock a[5..9]; mlock a[20..22]; mlock a[30]; mlock a[32]; mlock a[34]; setrlimit memlock 4; mmap c 1 locked", has: []string{"mlock(rest, 15 * page)", "{4 * page", "EAGAIN here"}, not: []string{"64 * page"}},
	{name: "locks under a limit that was raised, in a child", lines: "setrlimit memlock 4; setrlimit memlock 32; capset -ipc_lock; mmap a 64; mlock a; fork kid; in kid mmap b 4; in kid mlock a[0]; in kid mlock a[2]; in kid mlock a[4]; in kid mlock a[6]; in kid mlock a[40]; in kid mlock a[42]; in kid mlock a[44]; in kid mlock a[8..36]", has: []string{"mlock(rest, 7 * page)", "ENOMEM here"}},
	{name: "a hole, and locks that do not matter", lines: "capset -ipc_lock; mmap b 16; mlock b; mmap a 8; munmap a[3]; mlock a", has: []string{"ENOMEM here"}, not: []string{"16 * page"}},
	{name: "nothing becomes executable", lines: "mmap a 4; prctl mdwe; touch a; mprotect a rx", has: []string{"PR_SET_MDWE", "EACCES here"}},
	{name: "protection keys", lines: "pkey_alloc k; pkey_alloc j no_write", has: []string{"key_K = pkey_alloc(0, 0)", "key_J = pkey_alloc(0, PKEY_DISABLE_WRITE)"}},
	{name: "an access by a protection key", lines: "mmap a 4; touch a; pkey_alloc k no_access; pkey_mprotect a[1] rw k; touch a", has: []string{"pkey_mprotect(a + page, page, PROT_READ | PROT_WRITE, key_K)", "SIGSEGV SEGV_PKUERR at page 1 here"}, needs: noKeys},
	{name: "a hard limit that was lowered", lines: "capset -sys_resource; setrlimit data 1M 2M; setrlimit data 3M", has: []string{"RLIMIT_DATA"}},
	{name: "a segment whose region is gone", lines: "shmget s 2; munmap s; shmat t of s rdonly; mprotect t rw", has: []string{"shmat(id, NULL, SHM_RDONLY)", "EACCES here"}},
	{name: "a transfer of more than there is", lines: "mmap e 4; write 0x1000000000,18446744073709547520", has: []string{"volatile size_t many = 0xfffffffffffff000UL", "EFAULT here"}},
	{name: "far below the others", lines: "mmap b 11 low32; mmap e 8; munmap e[3]; mmap c 2; munlock e; mremap e 8 stay; mlock e; memset b 1; mlock e[2..4]", has: []string{"ENOMEM here"}},
	{name: "nothing to give back", lines: "brk -1", unsure: "glibc has moved the break up before main"},
	{name: "a limit of nothing", lines: "capset -ipc_lock; mmap b 16; mlock b; setrlimit memlock 0; mmap a 4; mlock a", has: []string{"{0, ", "EPERM here"}, not: []string{"16 * page"}},
	{name: "all that is mapped", lines: "capset -ipc_lock; mmap a 64; mmap b 16; mlock b; munmap a[3]; setrlimit memlock 64; mlockall current", has: []string{"79 * page", "64 * page", "ENOMEM here"}, not: []string{"mlock(b", "munmap"}},
	{name: "what was locked and is gone", lines: "capset -ipc_lock; setrlimit memlock 160; mmap a 31; mmap c 40; mlockall current future; munmap a[18..22]; munlock c[0..9]; mmap b 38; mlock c", has: []string{"munmap(a + 18 * page", "ENOMEM here"}},
	{name: "locked before a fork", lines: "mmap b 32 locked populate; mmap a 24 shared; setrlimit memlock 64; munlockall; mmap f 39 locked; fork p; in p mlock a; in p mlock f; in p mlock b", has: []string{"MAP_POPULATE"}, not: []string{"MAP_LOCKED"}, needs: bound},
	{name: "beside what fork leaves out", lines: "mmap a 39 memfd; madvise a dontfork; mmap d 10 memfd; fork r; in r memset d[10] 0x66", has: []string{"at page 10 here"}},
	{name: "what exec gives back", lines: "setrlimit memlock 2; capset -ipc_lock; exec; mmap f 20 none locked; mlock2 f[12..14]", has: []string{"ENOMEM here"}, not: []string{"capset"}, needs: privileged},
	{name: "what is overwritten", lines: "mmap a 8; mprotect a r; mprotect a none; mprotect a rw; mprotect a[2..3] r; mprotect a r; touch a[1]", has: []string{"PROT_READ)"}, not: []string{"PROT_NONE"}},
	{name: "touched twice", lines: "mmap a 8; touch a[1]; touch a[1]; touch a; mincore a", has: []string{"p < a + 8 * page"}, not: []string{"(volatile char *)(a"}},
	{name: "a region that is gone", lines: "mmap a 8; touch a; mlock a; munmap a; mmap a 4; touch a[2] read", has: []string{"4 * page"}, not: []string{"8 * page", "munmap", "mlock"}},
	{name: "beside another", lines: "mmap a 8; mmap b 8 r; touch b[7..8]", has: []string{"room"}},
	{name: "past the end, into the next", lines: "mmap b 8 r; mmap a 8; mprotect a[6..9] none; touch b[1]", has: []string{"room", "PROT_NONE"}},
	{name: "sealed", lines: "mmap a 8; mseal a[3]; munmap a[2..4]", has: []string{"SYS_mseal"}},
	{name: "VMAs that never join", lines: "mmap a 8; madvise a[4..7] dontfork; touch a; madvise a dofork; mremap a 16", has: []string{"MADV_DONTFORK", "EFAULT here"}},
	{name: "a guard page", lines: "mmap a 8; madvise a[3] guard_install; touch a", has: []string{"MADV_GUARD_INSTALL", "at page 3"}, needs: lacks("guard_install")},
	{name: "guard pages and a lock", lines: "mmap a 8; mlock a[2]; madvise a guard_install", has: []string{"mlock(a + 2 * page, page)", "EINVAL here"}, needs: lacks("guard_install")},
	{name: "locked memory keeps its pages", lines: "mmap a 8; mlock a; munlock a[0..3]; madvise a[2..5] dontneed", has: []string{"munlock", "EINVAL here"}},
	{name: "what fork leaves out", lines: "mmap a 8; touch a; madvise a[2..3] dontfork; fork kid; in kid touch a", has: []string{"MADV_DONTFORK", "fork()", "at page 2"}},
	{name: "what the parent did after the fork", lines: "mmap a 8; fork kid; mprotect a none; in kid touch a[1]", not: []string{"PROT_NONE"}},
	{name: "a grandchild", lines: "mmap a 8; fork kid; in kid mprotect a[1] r; in kid fork grand; in kid munmap a; in grand touch a", has: []string{"pid2", "at page 1"}, not: []string{"munmap"}},
	{name: "what a lock refused before a fork", lines: "capset -ipc_lock; mmap e 21 locked; mlockall future; madvise e guard_install; fork q; in q mlock e; in q calloc b 3 2796203T", has: []string{"MAP_LOCKED", "ENOMEM here"}, needs: lacks("guard_install")},
	{name: "locks end with a fork", lines: "mmap a 8; mlock a; fork kid; in kid madvise a dontneed", not: []string{"mlock"}},
	{name: "locked before a fork and unlocked, and taken as one VMA", lines: "mmap e 10 shared; mlock e[0]; madvise e guard_remove; munlockall; fork q; in q mremap e 37; in q madvise e+142368,2385 guard_install", has: []string{"munlockall", "EINVAL here"}, needs: lacks("guard_install")},
	{name: "after exec", lines: "mmap a 8; mlockall future; exec; mmap a 4; mlock a", not: []string{"8 * page", "MCL_FUTURE"}},
	{name: "a part of a file", lines: "mmap m 8 shared memfd; memset m[5] 7; mmap a 4 alias m offset 4; memcmp a[1] m[5]", has: []string{" 4 * page);"}},
	{name: "a part of a file, that ends", lines: "mmap m 8 shared memfd; mmap a 4 alias m offset 6; touch a", has: []string{" 6 * page);", "SIGBUS BUS_ADRERR at page 2"}},
	{name: "a file as long as the mapping reaches", lines: "mmap m 8 memfd offset 4; mprotect m[7] none; touch m", has: []string{"4 * page + 8 * page", "at page 7"}},
	{name: "an offset within a page", lines: "mmap m 8 memfd; mmap a 4 alias m offset 100B", has: []string{" 100);", "EINVAL here"}},
	{name: "an offset that no file has", lines: "mmap m 8 memfd; mmap a 4 alias m offset 8388608T", has: []string{"EOVERFLOW here"}},
	{name: "advice about a part of a file", lines: "mmap m 8 shared scratch offset 2; posix_fadvise m[1..2] willneed", has: []string{"fd, 3 * page, 2 * page"}},
	{name: "droppable", lines: "mmap a 8 droppable; touch a; madvise a dodump", has: []string{"MAP_DROPPABLE | MAP_ANONYMOUS", "EINVAL here"}},
	{name: "droppable and locked", lines: "mmap a 8 droppable locked", has: []string{"MAP_DROPPABLE | MAP_ANONYMOUS", "EINVAL here"}},
	{name: "droppable and touched", lines: "mmap a 8 droppable; mprotect a[3] none; touch a", has: []string{"MAP_DROPPABLE", "at page 3"}, needs: func(*memops.Lab) string {
		if !kernelSince(6, 11) {
			return "MAP_DROPPABLE came with Linux 6.11"
		}
		return ""
	}},
	{name: "secret memory, private", lines: "mmap a 8 secret", has: []string{"SYS_memfd_secret", "MAP_PRIVATE", "EINVAL here"}},
	{name: "secret memory, to be executed", lines: "mmap a 8 shared secret rx", has: []string{"EPERM here"}},
	{name: "secret memory, locked", lines: "mmap a 8 shared secret; touch a; mlock a", has: []string{"SYS_memfd_secret", "MAP_SHARED", "ENOMEM here"}},
	{name: "secret memory in the middle of a lock", lines: "mmap a 12; mmap s 4 shared secret at a[4]; mlock a", has: []string{"SYS_memfd_secret", "ENOMEM here"}},
	{name: "secret memory, and an advice", lines: "mmap a 8 shared secret; munlock a; madvise a dontneed", has: []string{"SYS_memfd_secret", "EINVAL here"}},
	{name: "secret memory, once more", lines: "mmap a 4 shared secret; mmap b 8 alias a; touch b", has: []string{"at page 4"}},
	{name: "secret memory, cut off", lines: "mmap a 4 shared secret; truncate a 8", has: []string{"ftruncate(fd, 8 * page)", "EINVAL here"}},
	{name: "secret memory, counted", lines: "mmap a 8 shared secret; memset a[1..2] 7; madvise a dontneed_locked; touch a[5] read; mincore a", has: []string{"SYS_memfd_secret"}, needs: lacks("dontneed_locked")},
	{name: "secret memory over the limit", lines: "capset -ipc_lock; setrlimit memlock 16; mmap a 4; mlock a; mmap s 12 shared secret; mmap t 1 shared secret", has: []string{"16 * page", "EAGAIN here"}},
	{name: "a lock beside secret memory", lines: "capset -ipc_lock; setrlimit memlock 16; mmap s 12 shared secret; munlockall; mmap a 8; mlock a", has: []string{"16 * page", "ENOMEM here"}},
	{name: "secret memory in a child", lines: "mmap s 4 shared secret; touch s; fork kid; in kid madvise s remove", has: []string{"fork()", "EOPNOTSUPP here"}},
	{name: "a stack", lines: "mmap a 8 stack; mprotect a[0] none; touch a", has: []string{"MAP_STACK", "at page 0"}},
	{name: "noreplace where something is", lines: "mmap a 8; munmap a[0..2]; mmap b 4 at a noreplace", has: []string{"MAP_FIXED_NOREPLACE", "EEXIST here"}},
	{name: "noreplace in a hole", lines: "mmap a 8; munmap a[2..]; mmap b 4 at a[2] noreplace; mprotect b[1] none; touch b", has: []string{"at page 1"}},
	{name: "noreplace where something was", lines: "mmap a 8; munmap a[2..]; mmap b 4 at a[2] noreplace; mmap c 4 at b noreplace", has: []string{"EEXIST here"}},
	{name: "a hint", lines: "mmap a 8; munmap a[2..]; mmap b 4 near a[2]; mprotect b[1] none; touch b", has: []string{"at page 1"}},
	{name: "a hint that is not followed", lines: "mmap a 8; mmap b 4 near a; touch b", has: []string{"mmap(a,"}},
	{name: "low addresses", lines: "mmap a 8 low32; mprotect a[1] none; touch a", has: []string{"MAP_32BIT", "at page 1"}},
	{name: "more than there are of low addresses", lines: "mmap a 2G none low32", has: []string{"MAP_32BIT", "ENOMEM here"}, needs: lowAddressesMeanNothing},
	{name: "low addresses, all taken", lines: "mmap a 800M none low32; mmap b 800M none low32", has: []string{"800 * 1024", "ENOMEM here"}, unsure: "random address", needs: lowAddressesMeanNothing},
	{name: "/dev/zero, shared", lines: "mmap a 4 shared file /dev/zero; mprotect a[1] none; touch a", has: []string{"O_RDWR", "at page 1"}},
	{name: "/dev/zero, as it is anonymous", lines: "mmap a 4 file /dev/zero; touch a; madvise a free; munmap a[2]; mlock a", has: []string{"/dev/zero", "ENOMEM here"}},
	{name: "a raw call", lines: "mmap a 4; syscall mprotect a 4096 PROT_READ|0x100000", has: []string{"SYS_mprotect", "EINVAL here", "PROT_READ|0x100000"}},
	{name: "a raw call that is handed no vector", lines: "mmap a 4; syscall mincore a 16384 0", has: []string{"SYS_mincore", "EFAULT here"}},
	{name: "a raw call without a file", lines: "syscall mmap 0 4096 PROT_READ MAP_PRIVATE -1 0", has: []string{"SYS_mmap", "-1L", "EBADF here"}},
	{name: "raw calls of before", lines: "mmap a 4; syscall mlock a 4096; syscall mprotect a[1] 4096 PROT_READ; touch a", has: []string{"SYS_mprotect", "at page 1"}},
	{name: "a raw lock of before", lines: "mmap a 4; syscall mlock a[2] 4096; madvise a dontneed", has: []string{"SYS_mlock", "EINVAL here"}},
	{name: "a directory", lines: "mmap a 4 r file /", has: []string{"ENODEV here"}},
	{name: "an entry of procfs", lines: "mmap a 4 r file /proc/version", has: []string{"EIO here"}},
	{name: "/dev/zero, shared", lines: "mmap a 4 shared file /dev/zero; mprotect a[1] none; touch a", has: []string{"O_RDWR", "at page 1"}},
	{name: "/dev/zero, as it is anonymous", lines: "mmap a 4 file /dev/zero; touch a; madvise a free; munmap a[2]; mlock a", has: []string{"/dev/zero", "ENOMEM here"}},
	{name: "a directory", lines: "mmap a 4 r file /", has: []string{"ENODEV here"}},
	{name: "an entry of procfs", lines: "mmap a 4 r file /proc/version", has: []string{"EIO here"}},
	{name: "a segment", lines: "shmget s 4; mprotect s[1] none; touch s", has: []string{"shmget", "at page 1"}},
	{name: "a segment, to be read", lines: "shmget s 4; shmat t of s rdonly; touch t[2]", has: []string{"SHM_RDONLY", "at page 2"}},
	{name: "a segment, never to be written", lines: "shmget s 4; shmat t of s rdonly; mprotect t rw", has: []string{"SHM_RDONLY", "EACCES here"}},
	{name: "a segment where something is", lines: "shmget s 4; mmap a 4; shmat t of s at a", has: []string{"EINVAL here"}},
	{name: "a segment within a page", lines: "shmget s 4; mmap a 8; munmap a[2..]; shmat t of s at a+8193,1", has: []string{"EINVAL here"}},
	{name: "a segment in a hole", lines: "shmget s 4; mmap a 8; munmap a[2..]; shmat t of s at a[2]", has: []string{"shmat"}},
	{name: "a segment rounded down", lines: "shmget s 4; mmap a 8; munmap a[2..]; shmat t of s at a+8193,1 round; mprotect t[1] none; touch t", has: []string{"SHM_RND", "at page 1"}},
	{name: "a segment, detached", lines: "shmget s 4; shmat t of s; shmdt s; touch t", has: []string{"shmat"}},
	{name: "no segment to detach", lines: "mmap a 4; shmdt a", has: []string{"EINVAL here"}},
	{name: "a piece of a segment to detach", lines: "shmget s 4; munmap s[0]; shmdt s", has: []string{"shmdt(s)"}},
	{name: "read", lines: "mmap a 4; munmap a[0]; read a", has: []string{"EFAULT here"}},
	{name: "read, in part", lines: "mmap a 4; munmap a[2]; read a", has: []string{"memfd_create"}},
	{name: "write", lines: "mmap a 4 none; write a[1]", has: []string{"EFAULT here"}},
	{name: "write what is there", lines: "mmap a 4; read a[1]; write a", has: []string{"memfd_create"}},
	{name: "read, counted", lines: "mmap a 8; read a[1..2]; write a[4]; mincore a", has: []string{"mincore"}},
	{name: "a segment, asked about", lines: "shmget s 4; shmctl s stat", has: []string{"IPC_STAT"}},
	{name: "a segment, again", lines: "shmget s 4; mmap t 4 alias s r; touch t[2]", has: []string{"SHM_RDONLY", "at page 2"}},
	{name: "the heap", lines: "brk +4; mprotect heap[1] none; touch heap", has: []string{"sbrk", "at page 1"}},
	{name: "malloc", lines: "malloc x 100K; mprotect x[2] none; touch x[1..4]", has: []string{"malloc(100 * 1024)", "at page 2"}},
	{name: "malloc, a mapping of its own", lines: "malloc x 1M; mlock x; madvise x[1..2] dontneed", has: []string{"malloc(", "EINVAL here"}},
	{name: "calloc", lines: "calloc x 100 1K; mprotect x[2] none; touch x[1..4]", has: []string{"calloc(100, 1 * 1024)", "at page 2"}},
	{name: "aligned_alloc", lines: "aligned_alloc x 4K 100K; mprotect x[2] none; touch x[1..4]", has: []string{"aligned_alloc(4 * 1024, 100 * 1024)", "at page 2"}},
	{name: "aligned_alloc of what no number says", lines: "aligned_alloc x 8388609T 1", has: []string{"volatile", "EINVAL here"}},
	{name: "aligned_alloc, and room that there is not", lines: "aligned_alloc x 8388608T 1", has: []string{"volatile", "ENOMEM here"}},
	{name: "malloc_trim", lines: "malloc x 100K; memset x 1; malloc y 16B; free x; malloc_trim 0; touch heap[4] read", has: []string{"malloc_trim(0)", "sbrk"}},
	{name: "malloc_trim of what cannot be read", lines: "malloc x 100K; malloc y 2000B; free x; mprotect heap[0] none; malloc_trim 0", has: []string{"malloc_trim(0)", "SIGSEGV"}},
	{name: "mallopt", lines: "mallopt mmap_max 1; malloc x 1M; malloc y 1M; mprotect y[3] none; touch y", has: []string{"mallopt(M_MMAP_MAX, 1)", "at page 3"}},
	{name: "realloc", lines: "malloc x 1M; realloc x 2M; mprotect x[300] none; touch x[299..301]", has: []string{"realloc(x, 2 * 1024 * 1024)", "at page 300"}},
	{name: "a file that ends before", lines: "mmap m 8 memfd shared; mmap p 8 alias m; truncate p 2; touch m[1..4]", has: []string{"ftruncate(fd, 2 * page)", "at page 2"}},
	{name: "truncate", lines: "mmap m 8 memfd shared; touch m; truncate m 100B", has: []string{"ftruncate(fd, 100)"}},
	{name: "a child's truncate", lines: "mmap m 8 memfd shared; fork kid; in kid mmap k 8 alias m; in kid truncate k 2; touch m[1..4]", has: []string{"ftruncate(fd, 2 * page)", "at page 2"}},
	{name: "a parent's truncate", lines: "mmap m 8 memfd shared; fork kid; truncate m 2; in kid touch m[1..4]", has: []string{"ftruncate(fd, 2 * page)", "at page 2"}},
	{name: "more than there can be", lines: "malloc x 8388608T", has: []string{"volatile", "ENOMEM"}},
	{name: "a product that is too large", lines: "calloc x 9223372036854775807 3B", has: []string{"calloc(9223372036854775807, most)"}},
	{name: "past a block", lines: "malloc x 4088B; malloc y 4088B; memset x+7,4086 3; memcmp x+4000,100 y+4000,100", has: []string{"(uintptr_t)x + 7"}},
	{name: "realloc to nothing", lines: "malloc x 1M; realloc x 0; malloc y 2M; mprotect y[3] none; touch y", has: []string{"realloc(x, 0) != NULL", "at page 3"}},
	{name: "realloc to too much of what cannot be read", lines: "mallopt mmap_threshold 0; malloc x 4; mprotect x[0] none; realloc x 8388608T", has: []string{"realloc(x", "at page 0"}},
	{name: "a block of nothing", lines: "mallopt mmap_threshold 0; calloc b 0 8; memset b 0xca; mlock b"},
	{name: "free of what cannot be read", lines: "mallopt mmap_threshold 0; malloc x 4; mprotect x[0] none; free x", has: []string{"free(x)", "at page 0"}},
	{name: "realloc of what cannot be read", lines: "mallopt mmap_threshold 0; malloc x 4; mprotect x[0] none; realloc x 40", has: []string{"realloc(x", "at page 0"}},
	{name: "what malloc mapped while that is locked", lines: "capset -ipc_lock; setrlimit memlock 4; mlockall future; mallopt mmap_threshold 0; malloc c 2945B; mmap b 4", has: []string{"malloc(2945)", "mallopt", "EAGAIN here"}, unsure: "tables of its own"},
	{name: "a fetch from a block that was refused before", lines: "mmap e 17 none; mallopt mmap_threshold 0; mmap b 33 w; malloc a 6; madvise b[18..40] free; touch a[2] exec; memcmp a+8193,300 e+4095,300", has: []string{"(uintptr_t)a / page * page) + 2 * page", "at page 0"}, not: []string{"volatile char *)(room"}, unsure: "lies beside a block"},
	{name: "a block that was touched at random", lines: "mallopt mmap_threshold 0; malloc a 114671B; touch a random; realloc a 24552B; touch a", has: []string{"i == 0 ? a : "}},
	{name: "a touch of the page that a block begins on", lines: "mallopt mmap_threshold 0; malloc c 641B; touch c[0]; realloc c 135167B; touch c read", has: []string{"*(volatile char *)((char *)((uintptr_t)c / page * page) + 16) = "}},
	{name: "realloc of what is locked, over the limit", lines: "capset -ipc_lock; mallopt mmap_threshold 0; malloc b 1B; mlock b; setrlimit memlock 2; realloc b 36847B; madvise b[2..5] guard_install", unsure: "that was locked then", needs: lacks("guard_install")},
	{name: "locked, and where realloc took it", lines: "capset -ipc_lock; setrlimit memlock 64; mallopt mmap_threshold 0; malloc c 4081B; mlock c; realloc c 135143B; mmap b 40 locked", has: []string{"rest, 33 * page)", "EAGAIN here"}},
	{name: "a copy to a block of nothing", lines: "mallopt mmap_threshold 0; mmap f 4; calloc d 1 0; memcpy d+0,9 f+1,9; memcmp d+0,9 f+1,9"},
	{name: "free", lines: "malloc x 100B; malloc y 100B; free x"},
	{name: "a file that ends", lines: "mmap s 4 scratch; mremap s 8; touch s read", has: []string{"O_TMPFILE", "SIGBUS BUS_ADRERR at page 4"}},
	{name: "a file for reading alone", lines: "mmap e 1 file /etc/passwd r shared; mprotect e rw", has: []string{"EACCES here"}},
	{name: "at random", lines: "mmap a 40; mprotect a[7] none; mprotect a[20..25] none; touch a random", has: []string{"order[]"}},
	{name: "a copy into what may not be written", lines: "mmap a 4; mmap b 4 r; memcpy b[1..2] a[1..2]", has: []string{"byte by byte", "at page 1"}},
	{name: "the end of the heap", lines: "mmap a 4; memset a+4095,2 1; memcmp a[0] a[1]", has: []string{"memset", "memcmp"}},
	{name: "an address that is none", lines: "mmap a 4; munlock 0x10000001000,18446744073709551615", not: []string{"room"}},
	{name: "what moved", lines: "mmap a 4; touch a; mmap b 4; mremap a 300; mprotect a[299] none; touch a", has: []string{"mremap", "at page 299"}},
	{name: "a hole that is filled", lines: "mmap a 8; munmap a[3..4]; mmap b 2 r; touch a", has: []string{"room"}},
	{name: "what runs", lines: "mmap a 1 rwx; touch a exec", unsure: "no more"},
	{name: "what was written runs", lines: "mmap run 4; touch run; mprotect run rx; touch run[1..2] exec", has: []string{"run(p)"}},
	{name: "one page that was written runs, in a child", lines: "mmap a 4 rwx; touch a[2..3]; fork kid; in kid touch a[3] exec", has: []string{"run((volatile char *)(a + 3 * page))"}},
	{name: "what was written over", lines: "mmap a 4 rwx; touch a; memset a[1] 0x90; touch a exec", unsure: "no more"},
	{name: "what was dropped", lines: "mmap a 4 rwx; touch a; madvise a[1] dontneed; touch a exec", unsure: "no more"},
	{name: "what ran before what may not", lines: "mmap a 4 rx; mprotect a[2] r; touch a exec", has: []string{"at page 2 here", "are left out"}},
	{name: "a fetch that was refused", lines: "mmap a 4; touch a[1] exec; mincore a"},
	{name: "a fetch that ran", lines: "mmap a 4 rx; touch a[1] exec; mincore a"},
	{name: "what may not run", lines: "mmap a 4; touch a[1] exec", has: []string{"SEGV_ACCERR"}},
	{name: "signals", lines: "mmap a 4 none; signal SIGSEGV die; touch a", unsure: "the process ended"},
	{name: "a lock that met a hole", lines: "setrlimit memlock 160; mmap b 64; munmap b[1]; mlock b; mlockall current future; mmap c 40", needs: bound},
	{name: "an unlock that met a hole", lines: "setrlimit memlock 64; mmap a 40; mlock a; munmap a[30]; munlock a; mmap b 60; mlock b[0..56]", has: []string{"munlock(a", "ENOMEM here"}, needs: bound},
	{name: "locked in another way, and not brought in", lines: "mmap b 4 shared none; mlockall current future onfault; mlock b[2..]; mprotect b rx; mremap b 10", has: []string{"mlock(b + 2 * page", "EFAULT here"}},
	{name: "what had to be alike to grow", lines: "mmap c 4 shared; mlockall future onfault; mlock c[2]; madvise c guard_remove; mlockall current onfault; mremap c 19; munmap c[5]; fork q; in q mlock2 c onfault", has: []string{"ENOMEM here"}, needs: lacks("guard_remove")},
	{name: "what a lock of the parent brought in", lines: "mmap e 8; mlockall current; fork q; in q mincore e[7]", has: []string{"mlockall"}},
	{name: "a shared region in a hole", lines: "mmap a 8; mmap f 4 shared at a[4]; fork p; in p touch f; mincore a", unsure: "what other processes"},
	{name: "counted from another region", lines: "mmap c 8; mmap b 3; munmap b[1..4]; touch b[3]"},
	{name: "counted from what is copied", lines: "mmap f 8 at 0x1000019000,8; mmap a 4; memcpy f[0..5] a[2..7]", has: []string{"at page 4 here"}},
	{name: "a part that moved", lines: "mmap a 8; touch a; mmap room 8 none; mremap a[4..5] 2 at room[2]; mprotect a_2[1] none; touch a_2", has: []string{"char *a_2 = mremap(", "MREMAP_FIXED", "at page 1"}},
	{name: "moved out of a region", lines: "mmap a 8; mmap room 8; mremap a[4..5] 2 at room[2]; touch a", has: []string{"mremap", "at page 4"}},
	{name: "no room to grow in", lines: "mmap a 8; mremap a[2] 2 stay", has: []string{", 0)", "ENOMEM here"}},
	{name: "a place that is sealed", lines: "mmap a 4; mmap b 4; mseal b[1]; mremap a[0..1] 2 at b", has: []string{"mseal", "EPERM here"}},
	{name: "shared pages a second time", lines: "mmap a 4 shared; mremap a+0,0 4; mlock a_2[1..9]", has: []string{"mremap(a, (size_t)0, 4 * page, MREMAP_MAYMOVE", "ENOMEM here"}},
	{name: "pages that are gone, and not their mapping", lines: "mmap a 4; touch a; mmap room 8; mremap a 4 at room[2] dontunmap; mincore a", has: []string{"MREMAP_DONTUNMAP"}},
	{name: "what moved into a hole", lines: "mmap d 6; mmap c 25 shared; munmap c[0..19]; mremap d 20; munmap d[9]; mprotect c[1..24] rw"},
	{name: "after munmap", lines: "mmap a 8; munmap a; touch a[2]", has: []string{"munmap(a", "at page 2 here"}, not: []string{"room", "0x7f"}},
	{name: "locked after munmap, in pieces", lines: "mmap a 8; munmap a[0..2]; munmap a[3..7]; mlock a", has: []string{"munmap(a, 3 * page)", "ENOMEM here"}, not: []string{"room"}},
	{name: "after munmap, beside another", lines: "mmap b 4; mmap a 4; mmap c 4; munmap a; memset b+16000,600 1; madvise a cold", has: []string{"munmap(a", "ENOMEM here"}},
	{name: "what lies where one lay", lines: "mmap a 8; munmap a; mmap b 8 none at a; touch a[3] read", has: []string{"MAP_FIXED", "SEGV_ACCERR at page 3"}},
	{name: "mapped over", lines: "mmap a 4; mmap b 4 at a; mprotect b[1] r; touch a", has: []string{"MAP_FIXED", "at page 1"}},
	{name: "a name that is taken again", lines: "mmap a 4; munmap a; mmap a 2 r; touch a", has: []string{"SEGV_ACCERR"}, not: []string{"munmap", "a_again"}},
	{name: "gone, taken again and gone", lines: "mmap a 4; munmap a; mmap a 2; munmap a; touch a", has: []string{"munmap(a", "2 * page"}},
	{name: "after free", lines: "malloc x 100B; malloc y 100B; free x; memset x 3; memcmp x y", has: []string{"char *volatile x", "free(x)"}},
	{name: "after free, of a block with a mapping of its own", lines: "malloc x 1M; free x; touch x", has: []string{"char *volatile x", "free(x)", "at page 0 here"}},
	{name: "after realloc to nothing", lines: "malloc x 1M; realloc x 0; touch x[3]", has: []string{"realloc(x, 0)", "at page 3 here"}},
	{name: "what did not come with a fork", lines: "mmap a 4; touch a; madvise a dontfork; fork kid; in kid touch a[1]", has: []string{"MADV_DONTFORK", "fork()", "at page 1 here"}},
	{name: "a fetch from what is gone", lines: "mmap a 8; madvise a dontfork; fork kid; in kid touch a exec random", has: []string{"((void (*)(void))(a"}, not: []string{"0x7f"}},
	{name: "gone before an exec", lines: "mmap a 4; munmap a; exec; touch a", has: []string{"SEGV_MAPERR"}},
	{name: "no call", lines: "mmap a 4; say 'well'"},
}

// bound says where RLIMIT_MEMLOCK does not bind.
func bound(l *memops.Lab) string {
	if l.State().Main().Limits.IPCLock {
		return "this user has CAP_IPC_LOCK"
	}
	return ""
}

// privileged says where the limit binds.
func privileged(l *memops.Lab) string {
	if bound(l) == "" {
		return "this user has no CAP_IPC_LOCK"
	}
	return ""
}

// lacks says where this kernel does not have an advice.
func lacks(what lang.Advice) func(*memops.Lab) string {
	return func(l *memops.Lab) string {
		if !kernel.Probe().Advices[what] {
			return "this kernel has no " + string(what)
		}
		return ""
	}
}

// The C of the last command of a session has what its answer depends on, and nothing else, and
// answers as the call did.
func TestCOfSessions(t *testing.T) {
	cc := compilerOf(t)
	l := opened(t, memops.Options{})
	var programs []cProgram
	for _, s := range cSessions {
		t.Run(s.name, func(t *testing.T) {
			l.Do(t.Context(), lang.Reset{})
			l.Refresh(t.Context(), "")
			if s.needs != nil {
				if why := s.needs(l); why != "" {
					t.Skip(why)
				}
			}
			var e model.Event
			var before model.State
			for line := range strings.SplitSeq(s.lines, ";") {
				c, err := lang.Parse(strings.TrimSpace(line))
				if err != nil {
					t.Fatal(err)
				}
				before = l.State()
				for _, item := range l.Do(t.Context(), c) {
					if it, ok := item.(model.Event); ok && !it.Aside {
						e = it
					}
				}
				if e.Errno == "ENOSYS" {
					t.Skipf("this kernel has no %s", e.Call)
				}
			}
			text := csource.C(e, csource.PastOf(l.State(), e), nil, pageBytes)
			if text == "" {
				t.Fatalf("%s has no C: %s", e.Command, e.Strace())
			}
			for _, want := range s.has {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing; the call was %s\n%s", want, e.Strace(), text)
				}
			}
			for _, no := range s.not {
				if strings.Contains(text, no) {
					t.Errorf("%q is there, and does not matter; the call was %s\n%s", no, e.Strace(), text)
				}
			}
			why, unsure := otherwise(text)
			if unsure != (s.unsure != "") || !strings.Contains(why, s.unsure) {
				t.Errorf("it says %q, and ought to say %q\n%s", why, s.unsure, text)
			}
			if unsure || e.Call == "" {
				return
			}
			p := cProgram{text: text, session: s.lines}
			p.line, p.code = answerOf(e)
			p.countedFrom(before, e, pageBytes)
			programs = append(programs, p)
		})
	}
	if differ := runC(t, cc, programs); differ > 0 {
		t.Errorf("%d of %d programs differ", differ, len(programs))
	}
}

// lowAddressesMeanNothing says why MAP_32BIT refuses nothing.
func lowAddressesMeanNothing(*memops.Lab) string {
	if runtime.GOARCH != "amd64" {
		return "MAP_32BIT is of x86-64"
	}
	return ""
}
