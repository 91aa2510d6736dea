/* Makes the calls of standard input, a line each, and writes what glibc's malloc answers: glibc_test.go says how they read.
   It has nothing of the heap itself, and all else that it needs is in memory before the first call. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGE 4096
#define ALIGNED (1 << 24) /* the heap begins at a multiple of that */

static char in[1 << 20], out[1 << 22], *start;
static void *blocks[4096];
static size_t sizes[4096];

static long faults(void) {
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_minflt;
}

static long heap(void) { return (char *)sbrk(0) - start; }

/* Brings in all that is mapped, so that the faults to come are those of the heap. mlockall would need a limit for all of it. */
static int bring(void) {
	int fd = open("/proc/self/maps", O_RDONLY);
	ssize_t n = 0;
	for (ssize_t got; (got = read(fd, out + n, sizeof out - 1 - n)) > 0; n += got)
		;
	close(fd);
	for (char *line = out; *line; line = strchr(line, '\n') + 1) {
		char *p;
		uintptr_t lo = strtoull(line, &p, 16), hi = strtoull(p + 1, &p, 16);
		if (p[1] == 'r') /* those of the kernel's own are brought in as they are used, and not by the heap */
			madvise((void *)lo, hi - lo, p[2] == 'w' ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
	}
	memset(out, 0, n);
	return n > 0;
}

int main(void) {
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	size_t n = 0;
	for (ssize_t got; (got = read(0, in + n, sizeof in - 1 - n)) > 0; n += got)
		;
	if (!bring())
		return 2;
	sbrk((ALIGNED - (uintptr_t)sbrk(0) % ALIGNED) % ALIGNED);
	start = sbrk(0);
	volatile char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long was = faults() + page[0]; /* by a read a page of zeros is mapped, where the kernel has one */
	page[0] = 1;
	char *o = out + sprintf(out, "z = A %d\n", faults() - was > 1);
	for (char *line = in, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		char what = *line;
		uint64_t v[3] = {0};
		char *p = line + 1;
		for (int i = 0; i < 3 && p < end; i++)
			v[i] = what == 's' || what == 'o' ? (uint64_t)strtoll(p, &p, 10) : strtoull(p, &p, 10);
		void *b = NULL;
		int answer = 0;
		long before = faults();
		switch (what) {
		case 'm': b = malloc(v[1]); break;
		case 'c': b = calloc(v[1], v[2]); break;
		case 'r': b = realloc(blocks[v[0]], v[1]); break;
		case 'a': b = aligned_alloc(v[1], v[2]); break;
		case 'f': free(blocks[v[0]]); break;
		case 'u': memset(blocks[v[0]], 1, sizes[v[0]]); break;
		case 'o': answer = mallopt((int)v[0], (int)v[1]); break;
		case 't': answer = malloc_trim(v[0]); break;
		case 's': sbrk((intptr_t)v[0]); break;
		case 'w': {
			char *at = (char *)(((uintptr_t)sbrk(0) + PAGE - 1) / PAGE * PAGE) + v[0];
			if (mmap(at, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at)
				return 3;
			break;
		}
		}
		long took = faults() - before;
		o += sprintf(o, "%.*s = ", (int)(end - line), line);
		size_t head = b ? ((size_t *)b)[-1] : 0;
		switch (what) {
		case 'm': case 'c': case 'r': case 'a':
			if (b) {
				blocks[v[0]] = b;
				sizes[v[0]] = what == 'c' ? v[1] * v[2] : what == 'a' ? v[2] : v[1];
			}
			if (!b)
				o += sprintf(o, "N");
			else if (head & 2)
				o += sprintf(o, "M %zu", head);
			else if ((char *)b >= start && (char *)b < (char *)sbrk(0))
				o += sprintf(o, "B %zd %zu", (char *)b - start, head);
			else
				o += sprintf(o, "X %zu", head);
			break;
		case 'o': case 't':
			o += sprintf(o, "A %d", answer);
			break;
		default:
			o += sprintf(o, "D");
		}
		o += sprintf(o, " %ld %ld\n", heap(), what == 's' || what == 'w' ? 0 : took);
	}
	return write(1, out, o - out) == o - out ? 0 : 4;
}
