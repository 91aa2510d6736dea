/*
 * What the C of call_cases_test.go is made of. Each case is a function, run in a process of its own; what it asks is
 * printed as one line of words.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 8
#endif
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static size_t P;          /* the page size */
static const char *file;  /* a file of two pages and 100 bytes that may be read, full of 'x' */
static int *made;         /* the segments of this process, which its parent removes */
static char line[4096];

static void word(const char *s) { strcat(strcat(line, *line ? ", " : ""), s); }

static void number(long n)
{
    char s[32];
    snprintf(s, sizeof s, "%ld", n);
    word(s);
}

/* ask says what a call came to, by its value. */
static void *ask(long value)
{
    static const struct { int number; const char *name; } names[] = {
        {EPERM, "EPERM"}, {EIO, "EIO"}, {EBADF, "EBADF"}, {EAGAIN, "EAGAIN"}, {ENOMEM, "ENOMEM"}, {EACCES, "EACCES"}, {EFAULT, "EFAULT"},
        {EBUSY, "EBUSY"}, {EEXIST, "EEXIST"}, {ENODEV, "ENODEV"}, {EINVAL, "EINVAL"}, {EOVERFLOW, "EOVERFLOW"}, {EOPNOTSUPP, "EOPNOTSUPP"},
    };
    size_t i;
    if (value != -1) {
        word("ok");
        return (void *)value;
    }
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == errno) {
            word(names[i].name);
            return (void *)value;
        }
    number(errno);
    return (void *)value;
}

static sigjmp_buf back;

static void caught(int number, siginfo_t *info, void *context)
{
    (void)context;
    word(number == SIGBUS ? "SIGBUS BUS_ADRERR" : info->si_code == SEGV_ACCERR ? "SIGSEGV SEGV_ACCERR" : "SIGSEGV SEGV_MAPERR");
    siglongjmp(back, 1);
}

/* poke writes a byte and peek reads one, and each says whether a signal came of it. */
static void poke(void *at)
{
    if (!sigsetjmp(back, 1)) {
        *(volatile char *)at = 1;
        word("ok");
    }
}

static void peek(void *at)
{
    if (!sigsetjmp(back, 1)) {
        (void)*(volatile char *)at;
        word("ok");
    }
}

static void same(const void *a, const void *b, size_t n) { word(memcmp(a, b, n) ? "differ" : "same"); }

/* resident says how many pages of a range are, by mincore, which skips no hole: a range is to be mapped throughout. */
static void resident(void *at, size_t pages)
{
    unsigned char v[1024];
    size_t i;
    long n = 0;
    if (mincore(at, pages * P, v) == -1) {
        ask(-1);
        return;
    }
    for (i = 0; i < pages; i++)
        n += v[i] & 1;
    number(n);
}

/* vmlck is how many pages the process has locked, of /proc/self/status. */
static void vmlck(void)
{
    char s[4096], *at;
    int fd = open("/proc/self/status", O_RDONLY);
    ssize_t n = read(fd, s, sizeof s - 1);
    s[n > 0 ? n : 0] = 0;
    close(fd);
    at = strstr(s, "VmLck:");
    number(at ? strtol(at + 6, 0, 10) * 1024 / (long)P : -1);
}

/* vmas is how many VMAs are in a range, of /proc/self/maps. */
static void vmas(void *from, size_t pages)
{
    unsigned long lo, hi, start = (unsigned long)from;
    long n = 0;
    char s[1024];
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(s, sizeof s, f))
        if (sscanf(s, "%lx-%lx", &lo, &hi) == 2 && lo < start + pages * P && hi > start)
            n++;
    if (f)
        fclose(f);
    number(n);
}

static char *map(size_t pages, int prot, int flags, int fd) { return mmap(0, pages * P, prot, flags, fd, 0); }
static char *anon(size_t pages) { return map(pages, RW, ANON, -1); }
static char *anon_of(size_t pages, char byte) { return memset(anon(pages), byte, pages * P); }
static char *none(size_t pages) { return map(pages, PROT_NONE, ANON | MAP_NORESERVE, -1); }

/* memfd is a file of memory of so many pages. */
static int memfd(size_t pages)
{
    int fd = memfd_create("m", 0);
    if (ftruncate(fd, pages * P) == -1)
        exit(1);
    return fd;
}

/* segment is a segment of so many bytes, or -1. */
static int segment(size_t bytes)
{
    int id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
    if (id != -1)
        made[++made[0]] = id;
    return id;
}

static void attached(int id)
{
    struct shmid_ds d;
    if (shmctl(id, IPC_STAT, &d) == -1)
        ask(-1);
    else
        number(d.shm_nattch);
}

/* mode says the mode of a segment, in octal. */
static void mode(int id)
{
    struct shmid_ds d;
    char s[32];
    if (shmctl(id, IPC_STAT, &d) == -1) {
        ask(-1);
        return;
    }
    snprintf(s, sizeof s, "%o", (unsigned)d.shm_perm.mode);
    word(s);
}

/* limit sets a limit, memlock's as one that holds for root too. */
static void limit(int which, size_t bytes)
{
    struct rlimit r;
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    getrlimit(which, &r);
    r.rlim_cur = bytes;
    setrlimit(which, &r);
    if (which == RLIMIT_MEMLOCK && syscall(SYS_capget, &head, sets) == 0) {
        sets[0].effective &= ~(1U << CAP_IPC_LOCK);
        syscall(SYS_capset, &head, sets);
    }
}

/* alone runs what follows in a child, and waits for it; the words are the child's as well. */
static int child_end(int to)
{
    if (write(to, line, sizeof line) < 0)
        exit(1);
    exit(0);
}

#define IN_CHILD(what)                                       \
    do {                                                     \
        int ends_[2];                                        \
        pid_t kid_;                                          \
        if (pipe(ends_) == -1)                               \
            exit(1);                                         \
        kid_ = fork();                                       \
        if (kid_ == 0) {                                     \
            what;                                            \
            child_end(ends_[1]);                             \
        }                                                    \
        close(ends_[1]);                                     \
        if (read(ends_[0], line, sizeof line) <= 0)          \
            word("the child died");                          \
        close(ends_[0]);                                     \
        waitpid(kid_, 0, 0);                                 \
    } while (0)

static int run(void (*cases[])(void), int count, char **argv)
{
    int i;
    P = sysconf(_SC_PAGESIZE);
    file = argv[1];
    made = mmap(0, P, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (i = 0; i < count; i++) {
        pid_t kid = fork();
        if (kid == 0) {
            static char stack[1 << 16];
            stack_t alt = {.ss_sp = stack, .ss_size = sizeof stack};
            struct sigaction act = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK};
            sigaltstack(&alt, 0);
            sigaction(SIGSEGV, &act, 0);
            sigaction(SIGBUS, &act, 0);
            cases[i]();
            strcat(line, "\n");
            exit(write(1, line, strlen(line)) < 0);
        }
        int status;
        waitpid(kid, &status, 0);
        for (; made[0] > 0; made[0]--)
            shmctl(made[made[0]], IPC_RMID, 0);
        if (status && printf("died of %d\n", status) && fflush(stdout))
            return 1;
    }
    return 0;
}
