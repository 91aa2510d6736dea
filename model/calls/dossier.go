package calls

import (
	"strings"

	"incore/model"
)

// callInfo is what is told of a call that a log can have.
type callInfo struct {
	page  string // its man page
	what  string // what it is for, one sentence
	ok    string // what the value means that it returns where it succeeds
	round rounding
	args  []argumentInfo
}

// argumentInfo is an argument as its man page calls it.
type argumentInfo struct {
	name    string
	explain func(asked) (string, []Bit)
}

func arg(name string, explain func(asked) (string, []Bit)) argumentInfo {
	return argumentInfo{name, explain}
}

// The arguments that many calls have.
var (
	argStart  = arg("addr", explainAddress)
	argLength = arg("length", explainLength)
	argFile   = arg("fd", explainFile)
)

const done = "0: it is done"

// calls are all calls of a log, by the SYNOPSIS of their man pages (man-pages 6.9; mseal by
// Documentation/userspace-api/mseal.rst). touch is incore's own.
var calls = map[string]callInfo{
	"mmap": {"mmap(2)", "Maps new memory.", "the address where the mapping begins", roundsLength, []argumentInfo{
		arg("addr", addressOr("the kernel chooses where")), argLength, arg("prot", flagBits("")), arg("flags", flagBits("")), argFile,
		arg("offset", explainedAs("from the first byte of the file on, if there is one")),
	}},
	"munmap": {"munmap(2)", "Takes mappings away: any access is SIGSEGV after that.", done, roundsLength, []argumentInfo{argStart, argLength}},
	"mremap": {"mremap(2)", "Makes a mapping longer or shorter.", "the address where the mapping begins now", roundsLength, []argumentInfo{
		arg("old_address", explainAddress), arg("old_size", explainLength), arg("new_size", explainLength), arg("flags", flagBits("it may not move")),
	}},
	"mseal": {"mseal(2)", "Seals mappings: from then on they cannot be unmapped, moved or given another protection.", done, roundsLength,
		[]argumentInfo{argStart, argLength, arg("flags", explainedAs("no flags exist yet"))}},
	"mlock": {"mlock(2)", "Brings pages in, and keeps them in memory until they are unlocked.", "0: all of them are in memory, and locked", roundsOutward,
		[]argumentInfo{argStart, argLength}},
	"mlock2": {"mlock2(2)", "Locks pages, at once or each as it is first touched.", "0: all are locked, now or each as it is touched", roundsOutward,
		[]argumentInfo{argStart, argLength, arg("flags", flagBits("like mlock: all pages are brought in now"))}},
	"munlock": {"munlock(2)", "Unlocks pages. Locks do not add up: one call undoes them all.", "0: none of them is locked", roundsOutward,
		[]argumentInfo{argStart, argLength}},
	"mlockall":   {"mlockall(2)", "Locks the whole address space.", done, roundsNothing, []argumentInfo{arg("flags", flagBits("none, which is refused"))}},
	"munlockall": {"munlockall(2)", "Unlocks the whole address space, and ends MCL_FUTURE.", done, roundsNothing, nil},
	"mprotect": {"mprotect(2)", "Sets what may be done with pages.", done, roundsLength,
		[]argumentInfo{argStart, argLength, arg("prot", flagBits(""))}},
	"madvise": {"madvise(2)", "Tells the kernel how memory will be used, or has it do something at once.", done, roundsLength,
		[]argumentInfo{argStart, argLength, arg("advice", flagBits(""))}},
	"msync": {"msync(2)", "Has changes of a shared mapping written to its file.", done, roundsLength,
		[]argumentInfo{argStart, argLength, arg("flags", flagBits(""))}},
	"mincore": {"mincore(2)", "Tells of each page whether it is in memory. It brings none in.", "0: the vector has the answer", roundsLength,
		[]argumentInfo{argStart, argLength, arg("vec", explainedAs("where the answers go, a byte a page, the lowest bit of each"))}},
	"fadvise64": {"posix_fadvise(2)", "Tells the kernel how a file will be used.", done, roundsNothing, []argumentInfo{
		argFile, arg("offset", explainOffset), arg("len", explainLength), arg("advice", flagBits("")),
	}},

	"memfd_create": {"memfd_create(2)", "Makes a file that lies in memory.", "the descriptor of the file", roundsNothing,
		[]argumentInfo{arg("name", explainedAs("for /proc alone; two may have the same")), arg("flags", flagBits("none"))}},
	"ftruncate": {"ftruncate(2)", "Gives a file its length.", done, roundsNothing, []argumentInfo{argFile, arg("length", explainLength)}},
	"openat": {"openat(2)", "Opens a file.", "the descriptor of the file", roundsNothing, []argumentInfo{
		arg("dirfd", flagBits("")), arg("pathname", explainPath), arg("flags", flagBits("")),
		arg("mode", explainedAs("its owner may read and write it, nobody else")),
	}},
	"unlinkat": {"unlinkat(2)", "Takes a file's name away; the file goes with its last descriptor and mapping.", done, roundsNothing, []argumentInfo{
		arg("dirfd", flagBits("")), arg("pathname", explainedAs("the file")), arg("flags", explainedAs("none")),
	}},
	"close": {"close(2)", "Gives a descriptor back. Mappings of its file stay.", done, roundsNothing, []argumentInfo{argFile}},

	"brk": {"brk(2)", "Moves the end of the heap, the break.", "where the break is now", roundsNothing,
		[]argumentInfo{arg("addr", explainBreak)}},
	"malloc": {"malloc(3)", "Allocates memory as glibc does: from the heap, or by an mmap of its own.", "the address of the block", roundsNothing,
		[]argumentInfo{arg("size", explainLength)}},
	"free":    {"free(3)", "Gives back what malloc gave.", "free returns nothing", roundsNothing, []argumentInfo{arg("ptr", explainAddress)}},
	"mallopt": {"mallopt(3)", "Sets how malloc works.", "1: it is set", roundsNothing, []argumentInfo{arg("param", flagBits("")), arg("value", explainLength)}},

	"shmget": {"shmget(2)", "Makes a shared memory segment. It belongs to the system, and stays until it is removed.", "the number of the segment", roundsLength,
		[]argumentInfo{arg("key", explainedAs("the name of the segment for other processes, a random number")), arg("size", explainLength), arg("shmflg", flagBits(""))}},
	"shmat": {"shmat(2)", "Maps a segment.", "the address where the mapping begins", roundsLength, []argumentInfo{
		arg("shmid", explainedAs("the number of the segment")), arg("shmaddr", addressOr("the kernel chooses where")), arg("shmflg", flagBits("to be read and written")),
	}},
	"shmctl": {"shmctl(2)", "Does something to a segment.", done, roundsNothing, []argumentInfo{
		arg("shmid", explainedAs("the number of the segment")), arg("cmd", flagBits("")), arg("buf", explainedAs("not used by this")),
	}},

	"touch": {"incore's own loop, no call", "Accesses one byte of each page.", "how many pages were accessed", reachesPages, []argumentInfo{
		argStart, argLength, arg("access", explainAccess),
	}},
	"memset": {"memset(3)", "Writes the same to all bytes.", done, roundsNothing,
		[]argumentInfo{arg("s", explainAddress), arg("c", explainedAs("the byte that is written")), arg("n", explainLength)}},
	"memcpy": {"memcpy(3)", "Copies bytes upwards. The two ranges may not overlap.", done, roundsNothing,
		[]argumentInfo{arg("dest", explainAddress), arg("src", explainAddress), arg("n", explainLength)}},
	"memmove": {"memmove(3)", "Copies bytes; the two ranges may overlap.", done, roundsNothing,
		[]argumentInfo{arg("dest", explainAddress), arg("src", explainAddress), arg("n", explainLength)}},
	"memcmp": {"memcmp(3)", "Compares bytes up to the first that differ.", "the first bytes that differ, the one less the other", roundsNothing,
		[]argumentInfo{arg("s1", explainAddress), arg("s2", explainAddress), arg("n", explainLength)}},

	"clone": {"clone(2), as fork(2) calls it", "Makes a child: a copy of the process, of which pages are copied as they are written.", "the child's process ID", roundsNothing,
		[]argumentInfo{arg("flags", explainClone), arg("stack", explainedAs("the child goes on with the parent's"))}},
	"execve": {"execve(2)", "Puts a fresh program into the process: all its memory is gone, its locks too.", "it did not return: the new program runs", roundsNothing, []argumentInfo{
		arg("pathname", explainedAs("the program")), arg("argv", explainedAs("its arguments")), arg("envp", explainedAs("its environment")),
	}},
	"exit_group": {"exit_group(2)", "Ends the process with all its threads.", "it does not return", roundsNothing,
		[]argumentInfo{arg("status", explainedAs("what the parent is told"))}},
	"kill": {"kill(2)", "Sends a signal. incore made this call, to the process.", "0: it was sent", roundsNothing,
		[]argumentInfo{arg("pid", explainedAs("the process")), arg("sig", flagBits(""))}},
	"rt_sigaction": {"sigaction(2)", "Says what a signal does.", done, roundsNothing, []argumentInfo{
		arg("signum", flagBits("")), arg("act", explainHandler), arg("oldact", explainedAs("what was so before is not asked")), arg("sigsetsize", explainedAs("how many bytes a set of signals has")),
	}},
	"prlimit64": {"prlimit(2), as setrlimit(3) calls it", "Sets a limit.", done, roundsNothing, []argumentInfo{
		arg("pid", explainedAs("the process itself")), arg("resource", flagBits("")), arg("new_limit", explainedAs("the soft limit counts; the hard one is how far it may be raised")),
		arg("old_limit", explainedAs("what was so before is not asked")),
	}},
	"capget": {"capget(2)", "Tells which capabilities the thread has.", done, roundsNothing,
		[]argumentInfo{arg("hdrp", explainedAs("the thread itself")), arg("datap", explainedAs("what it has, a bit each by its number"))}},
	"capset": {"capset(2)", "Sets which capabilities the thread has.", done, roundsNothing,
		[]argumentInfo{arg("hdrp", explainedAs("the thread itself")), arg("datap", explainedAs("what it keeps, a bit each by its number"))}},
}

// explainAccess is how touch reaches the pages.
func explainAccess(w asked) (string, []Bit) {
	what := map[string]string{
		"read": "a byte of each is read", "write": "a byte of each is written", "exec": "one instruction of each is executed",
	}
	return what[firstWord(w.String())], nil
}

func firstWord(s string) string {
	for i, r := range s {
		if r == ' ' || r == ',' {
			return s[:i]
		}
	}
	return s
}

// explainHandler is what rt_sigaction was told.
func explainHandler(w asked) (string, []Bit) {
	if w.String() == "SIG_DFL" {
		return "what the kernel does by default: it ends the process", nil
	}
	return "a handler, which tells incore and goes back", nil
}

// explainOffset is where in a file a range begins.
func explainOffset(w asked) (string, []Bit) {
	if w.Value == 0 {
		return "from the first byte of the file on", nil
	}
	text, _ := explainLength(w)
	return "from there in the file on: " + text, nil
}

// explainPath is what openat opens.
func explainPath(w asked) (string, []Bit) {
	for _, a := range w.event.Args {
		if strings.Contains(a.Text, "O_TMPFILE") {
			return "the directory that the file is to lie in", nil
		}
	}
	return "the file", nil
}

// explainBreak is where the break is to be.
func explainBreak(w asked) (string, []Bit) {
	if w.Kind != model.ArgAddr {
		return "asks where the break is, and moves nothing", nil
	}
	return "where the break is to be", nil
}

// explainClone are the flags of clone, of which a signal is one.
func explainClone(w asked) (string, []Bit) {
	text, bits := flagBits("")(w)
	for i := range bits {
		if bits[i].Name == "SIGCHLD" {
			bits[i].Words = "what the parent is sent when the child ends"
		}
	}
	return text, bits
}
