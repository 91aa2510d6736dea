package csource_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/csource"
	"incore/model/lang"
	"incore/model/modeltest"
)

// cRegions are regions of every kind.
var cRegions = []model.RegionInfo{
	{Name: "a", Base: 0x7f0000000000, Len: 64 << 12, Backing: model.Anon},
	{Name: "s", Base: 0x7f0000100000, Len: 8 << 12, Backing: model.Anon, Shared: true},
	{Name: "mem", Base: 0x7f0000200000, Len: 8 << 12, Backing: model.Memfd, Shared: true},
	{Name: "other", Base: 0x7f0000280000, Len: 8 << 12, Backing: model.Memfd},
	{Name: "disk", Base: 0x7f0000300000, Len: 8 << 12, Backing: model.Scratch},
	{Name: "conf", Base: 0x7f0000400000, Len: 1 << 12, Backing: model.FileOf, Path: `/etc/host "name`},
	{Name: "seg", Base: 0x7f0000500000, Len: 4 << 12, Backing: model.Shm, Shared: true},
	{Name: "heap", Base: 0x500000, Len: 33 << 12, Backing: model.Heap},
	{Name: "blk", Base: 0x501000, Len: 1 << 12, Backing: model.Heap, Malloc: model.FromBrk, Start: 0x501010, Size: 100},
	{Name: "big", Base: 0x7f0000600000, Len: 65 << 12, Backing: model.Anon, Malloc: model.FromMmap, Start: 0x7f0000600010, Size: 64 << 12},
	{Name: "int", Base: 0x7f0000700000, Len: 4 << 12, Backing: model.Anon},
	{Name: "int_", Base: 0x7f0000800000, Len: 4 << 12, Backing: model.Anon},
}

// cCommands are the commands of every verb, in all their shapes; those of a verb that C has
// nothing like are in notInC.
var cCommands = map[string][]string{
	"mmap": {"mmap x 64", "mmap x 64 shared none", "mmap x 1M memfd", "mmap x 1 memfd hugetlb", "mmap x 2G scratch shared r locked populate noreserve",
		"mmap x 4 file '/etc/hosts' r", "mmap x 1T rwx grows_down", "mmap x 4 at a[8]", "mmap x 4 at a[8] noreplace", "mmap x 4 near a[8]", "mmap x 4 low32", "mmap x 4 stack", "mmap x 4 secret", "mmap x 4 shared secret offset 2", "mmap x 4 droppable", "mmap x 4 droppable locked at a", "mmap x 4 alias mem offset 2", "mmap x 4 memfd offset 2", "mmap x 4 memfd offset 100B", "mmap x 8 alias mem", "mmap x 8 alias mem private",
		"mmap x 4 alias seg r", "mmap x 4 alias seg rwx at a", "mmap x 8 alias disk", "mmap x 4096B hugetlb", "mmap x 4 at 0x7f12_3456_7000,4096", "mmap page 4"},
	"munmap": {"munmap a", "munmap a[3]", "munmap heap"}, "mremap": {"mremap a 128", "mremap int 1G"}, "mseal": {"mseal a[3..4]"},
	"syscall": {"syscall mprotect a[3] 4096 PROT_READ|PROT_SEM", "syscall munmap 0x7f0000300000 4096", "syscall mseal a 4096 1", "syscall mmap 0 4096 3 0 -1 0", "syscall mincore a -1 a[2]", "syscall munlockall"},
	"touch": {"touch a", "touch a[3]", "touch a[3] read", "touch a[0]", "touch a read", "touch a exec", "touch a[1] exec", "touch a every 4", "touch a random", "touch a[4..] every 3 random at 200/s",
		"touch a+100,50", "touch a+4000,5000", "touch a+100,50000 random", "touch a at 50/s", "touch a[1] at 50/s", "touch 0x1000,4096", "touch 0x1000,8192 read", "touch big", "touch blk", "touch big[1..2]", "touch conf read", "touch a+0,0", "touch a[1]+16,32", "touch big[0]+0,8", "touch big[0]+0,5000", "touch blk[0]+8,16"},
	"mlock":  {"mlock a", "mlock a[3..4]", "mlock a+100,50", "mlock 0x7f12_3456_7000,4096", "mlock blk", "mlock blk[0]", "mlock a[1]+16,32", "mlock a[0]+16,4096", "mlock a[2]+0,32", "mlock blk[0]+16,32", "mlock a[63..70]", "mlock int", "mlock int_"},
	"mlock2": {"mlock2 a", "mlock2 a[4..] onfault"}, "munlock": {"munlock a[0]"},
	"mlockall": {"mlockall current", "mlockall current future onfault", "mlockall future"}, "munlockall": {"munlockall"},
	"mprotect": {"mprotect a none", "mprotect a[3] rwx", "mprotect heap r"}, "madvise": nil, "posix_fadvise": nil,
	"msync": {"msync s sync", "msync mem async", "msync disk[0] invalidate", "msync s sync,invalidate", "msync s sync,async"}, "mincore": {"mincore a", "mincore a+0,5000"},
	"memset": {"memset a 0x41", "memset a+100,50 7", "memset blk 0", "memset a[1]+16,32 7", "memset blk[0]+4000,2 7"}, "memcpy": {"memcpy a[0] s[1]", "memcpy mem other", "memcpy a+0,100 a+50,100"},
	"memmove": {"memmove a+0,100 a+50,100"}, "memcmp": {"memcmp a[0] a[1]", "memcmp disk conf+0,32768"},
	"truncate": {"truncate mem 100B", "truncate disk 0"},
	"brk":      {"brk +4", "brk -16K", "brk +100B"}, "malloc": {"malloc x 100B", "malloc free 1M"}, "calloc": {"calloc x 16 100B", "calloc calloc 4 1M"}, "aligned_alloc": {"aligned_alloc x 4K 100B", "aligned_alloc aligned_alloc 64B 1M", "aligned_alloc x 48B 1"}, "realloc": {"realloc blk 200B", "realloc big 2M", "realloc blk 0"}, "free": {"free blk", "free big"}, "malloc_trim": {"malloc_trim 0", "malloc_trim 64K"}, "mallopt": {"mallopt mmap_threshold 64K", "mallopt trim_threshold 0", "mallopt trim_threshold -1", "mallopt top_pad 4", "mallopt mmap_max 3"},
	"shmget": {"shmget x 4", "shmget id 4"}, "shmat": {"shmat x of seg", "shmat x of seg rdonly", "shmat x of seg at a+100,1 round"}, "read": {"read a", "read a+100,50", "read a+0,0"}, "write": {"write a[1..2]", "write s"}, "shmdt": {"shmdt seg", "shmdt a"}, "shmctl": {"shmctl seg lock", "shmctl seg unlock", "shmctl seg rmid", "shmctl seg stat"},
	"fork": {"fork child", "fork i"}, "in": {"in child touch a", "in child exit 3", "in child mlock a[3..4]", "in child touch a at 50/s random", "in child memset s 1",
		"in child fork pid", "in child exec", "in child mmap x 64", "in child mincore a", "in child signal SIGSEGV", "in kid kill SIGTERM", "in a memcpy a[0] s[1]"}, "exec": {"exec"}, "exit": {"exit", "exit 7"},
	"kill": {"kill SIGTERM", "kill SIGSEGV"}, "signal": {"signal SIGSEGV", "signal SIGBUS die", "signal SIGSEGV catch"},
	"pkey_alloc": {"pkey_alloc k", "pkey_alloc k no_access", "pkey_alloc key_2 no_write"}, "pkey_mprotect": {"pkey_mprotect a[1..2] none k", "pkey_mprotect 0x7f0000300800,100 rw k"}, "pkey_free": {"pkey_free k"},
	"prctl":     {"prctl mdwe", "prctl thp_disable"},
	"setrlimit": {"setrlimit memlock 64K", "setrlimit memlock 16 unlimited", "setrlimit memlock unlimited", "setrlimit memlock 8M 16M", "setrlimit as 1G", "setrlimit stack 8M 16M"},
	"capset":    {"capset -ipc_lock", "capset -checkpoint_restore"}, "memcg": {"memcg 8M", "memcg max", "memcg 100"},
	"say": {"say hello", `say '"quoted" 100% \ ??/ /* */ ünï'`,
		`say '/*/ __builtin_abort(); //'`, "say '*/*/ x /*/*'"}, "wait": {"wait 2s", "wait 1500ms"},
}

// notInC are the verbs that are incore's own, which no program in C needs.
var notInC = map[string]string{"reset": "reset", "speed": "speed 200/s", "look": "look a", "expect": "expect ok"}

func init() {
	for _, a := range lang.Advices() {
		cCommands["madvise"] = append(cCommands["madvise"], "madvise a[3..4] "+a)
	}
	for _, a := range lang.FileAdvices() {
		cCommands["posix_fadvise"] = append(cCommands["posix_fadvise"], "posix_fadvise disk "+a, "posix_fadvise disk[2..3] "+a)
	}
	cCommands["posix_fadvise"] = append(cCommands["posix_fadvise"], "posix_fadvise a normal", "posix_fadvise 0x7f0000300800,100 dontneed", "posix_fadvise conf+10,20 normal")
}

func cEvent(line string) model.Event {
	c, _ := lang.Parse(line)
	verb := c.Verb()
	if in, ok := c.(lang.In); ok {
		verb = in.Do.Verb()
	}
	e := model.Event{Command: c, Call: verb}
	if verb == "say" || verb == "wait" || verb == "memcg" || verb == "reset" || verb == "speed" || verb == "look" {
		e.Call, e.Note = "", "something"
	}
	return e
}

// Every verb has its C, and every kind of command of it.
func TestCOfEveryVerb(t *testing.T) {
	for _, v := range lang.Verbs() {
		if line, ok := notInC[v.Name]; ok {
			if got := csource.C(cEvent(line), csource.Past{}, cRegions, 4096); got != "" {
				t.Errorf("%s has C:\n%s", line, got)
			}
			continue
		}
		if len(cCommands[v.Name]) == 0 {
			t.Errorf("%s has no case: say what C does the same, or that none does", v.Name)
		}
		for _, line := range cCommands[v.Name] {
			c, err := lang.Parse(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if c.Verb() != v.Name {
				t.Fatalf("%s is no %s", line, v.Name)
			}
			if csource.C(cEvent(line), csource.Past{}, cRegions, 4096) == "" {
				t.Errorf("%s has no C", line)
			}
		}
	}
}

// A region may be called whatever the language allows, words of C and what the program itself
// uses included.
func TestCNames(t *testing.T) {
	ident := regexp.MustCompile(`\b[a-z][a-z0-9_]*\b`)
	noise := regexp.MustCompile(`(?s)/\*.*?\*/|"(\\.|[^"\\])*"|<[^>\n]*>|(?m)^#\w+`)
	names := strings.Fields("int page fd unix linux errno stdin main i p n new class bool constexpr volatile malloc free mlock index y0 environ")
	for _, lines := range cCommands {
		for _, line := range lines {
			for _, word := range ident.FindAllString(noise.ReplaceAllString(csource.C(cEvent(line), csource.Past{}, cRegions, 4096), " "), -1) {
				if !slices.Contains(names, word) && !strings.HasSuffix(word, "_") {
					names = append(names, word)
				}
			}
		}
	}
	programs := map[string]string{}
	for _, name := range names {
		regions := []model.RegionInfo{{Name: name, Base: 0x7f0000000000, Len: 64 << 12, Backing: model.Memfd}}
		for i, line := range []string{"touch %s+100,9000 random", "mlock %s", "mincore %s", "mremap %s 128", "posix_fadvise %s normal", "touch %s"} {
			line = fmt.Sprintf(line, name)
			if _, err := lang.Parse(line); err != nil {
				continue // a word of the language
			}
			programs[fmt.Sprintf("%s%d", name, i)] = csource.C(cEvent(line), csource.Past{}, regions, 4096)
		}
	}
	if len(programs) < 300 {
		t.Fatalf("%d programs are few", len(programs))
	}
	checkC(t, programs)
}

// Two names stay two, whatever is done to them.
func TestCNamesStayApart(t *testing.T) {
	c := csource.C(cEvent("memcpy int int_"), csource.Past{}, cRegions, 4096)
	if !strings.Contains(c, "memcpy(int_, int__, 4 * page);") {
		t.Error(c)
	}
}

func TestC(t *testing.T) {
	failed := cEvent("mlock a[3..4]")
	failed.Errno, failed.Ret = "ENOMEM", -1
	aside := model.Event{Command: modeltest.Parsed("malloc x 1M"), Call: "mmap", Aside: true}
	advised := model.Event{Command: modeltest.Parsed("mmap b 64 tidy"), Call: model.CallMadvise, Aside: true}
	signalled := cEvent("touch a")
	signalled.Signal = &model.Signal{Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: 0x7f0000003000}
	for _, tt := range []struct {
		name  string
		event model.Event
		want  string
	}{
		{"mmap", cEvent("mmap b 64 locked"), `#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    size_t page = sysconf(_SC_PAGESIZE);

    /* mmap b 64 locked */
    char *b = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    if (b == MAP_FAILED) {
        printf("mmap: %s\n", strerrorname_np(errno));
        return 1;
    }
    puts("mmap: ok");
}
`},
		{"failed", failed, `#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    size_t page = sysconf(_SC_PAGESIZE);

    /* as it was mapped; what was done to it before is not known */
    char *a = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (a == MAP_FAILED)
        err(2, "mmap");

    /* mlock a[3..4] */
    if (mlock(a + 3 * page, 2 * page) == -1) {
        printf("mlock: %s\n", strerrorname_np(errno)); /* ENOMEM here */
        return 1;
    }
    puts("mlock: ok");
}
`},
		{"touch", signalled, `#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static char *base; /* pages are counted from here */

/* Tells what an access was answered with. */
static void caught(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    printf("SIGSEGV %s at page %ld of a\n",
           info->si_code == SEGV_ACCERR ? "SEGV_ACCERR" : "with another code",
           (long)(((char *)info->si_addr - base) / sysconf(_SC_PAGESIZE)));
    exit(1);
}

int main(void)
{
    size_t page = sysconf(_SC_PAGESIZE);

    /* as it was mapped; what was done to it before is not known */
    char *a = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (a == MAP_FAILED)
        err(2, "mmap");

    /* touch a */
    base = a;
    struct sigaction act = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &act, NULL); /* SIGSEGV SEGV_ACCERR at page 3 here */
    for (volatile char *p = a; p < a + 64 * page; p += page)
        *p = '\xc3';
    puts("touch: ok");
}
`},
		{"what malloc needs is malloc", aside, `#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    /* malloc x 1M */
    char *x = malloc(1 * 1024 * 1024);
    if (x == NULL) {
        printf("malloc: %s\n", strerrorname_np(errno));
        return 1;
    }
    puts("malloc: ok");
}
`},
		{"an advice aside has the C of its command", advised, `#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    size_t page = sysconf(_SC_PAGESIZE);

    /* mmap b 64 tidy */
    char *b = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b == MAP_FAILED) {
        printf("mmap: %s\n", strerrorname_np(errno));
        return 1;
    }
    /* tidy: a fault then brings in one page, and no huge one */
    madvise(b, 64 * page, MADV_NOHUGEPAGE);
    puts("mmap: ok");
}
`},
		{"in a child", cEvent("in kid touch a[0]"), `#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    size_t page = sysconf(_SC_PAGESIZE);

    /* as it was mapped; what was done to it before is not known */
    char *a = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (a == MAP_FAILED)
        err(2, "mmap");

    /* in kid touch a[0] */
    *(volatile char *)a = '\xc3';
    puts("touch: ok");
}
`},
		{"fork", cEvent("fork kid"), `#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    /* fork kid */
    pid_t pid = fork();
    if (pid == -1) {
        printf("fork: %s\n", strerrorname_np(errno));
        return 1;
    }
    if (pid == 0)
        return 0; /* the child: what is done in it comes before this */
    waitpid(pid, NULL, 0);
    puts("fork: ok");
}
`},
		{"no call was made", model.Event{Command: modeltest.Parsed("mlock a"), Refused: "over the budget"}, ""},
		{"a region that is not known", model.Event{Command: modeltest.Parsed("mlock zz"), Call: "mlock"}, ""},
		{"no command", model.Event{Call: "mlock"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, csource.C(tt.event, csource.Past{}, cRegions, 4096)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// Nothing that a name, a path or a text holds ends a comment or a string, or steers a terminal.
func TestCIsPlain(t *testing.T) {
	programs := map[string]string{}
	for n, e := range []model.Event{
		cEvent(`say 'x */ int y; /* \ "'`),
		{Command: lang.Say{Text: "a\x1b[31m\u202eb\x9bc\\"}, Note: "x"},
		{Command: modeltest.Parsed("mlock conf"), Call: "mlock"},
	} {
		regions := slices.Clone(cRegions)
		for i := range regions {
			if regions[i].Name == "conf" {
				regions[i].Path = "/tmp/a\x1b]52;c;\x07\xff\u202e\n*/\"b1"
			}
		}
		text := csource.C(e, csource.Past{}, regions, 4096)
		if text == "" {
			t.Fatalf("%q has no C", e.Command)
		}
		for _, r := range text {
			if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0xfffd) {
				t.Errorf("%q is in the C of %q:\n%s", r, e.Command, text)
			}
		}
		programs[fmt.Sprint("plain", n)] = text
	}
	checkC(t, programs)
}
