package model

// VerbInfo is what a help screen, a completion or a palette shows of a verb.
type VerbInfo struct {
	Name  string
	Usage string // as in the language: mlock2 T [onfault]. Holds only what this version takes
	Help  string // one sentence
	Built bool   // false: of the language, and refused by this version's parser
}

// verb is a verb with the function that reads the words after it.
type verb struct {
	VerbInfo
	parse func(*parser) (Command, *ParseError)
}

// Verbs lists every verb of the language, in the order in which it is taught;
// the caller may change the slice.
func Verbs() []VerbInfo {
	out := make([]VerbInfo, len(verbs))
	for i, v := range verbs {
		out[i] = v.VerbInfo
	}
	return out
}

func findVerb(name string) *verb {
	for i := range verbs {
		if verbs[i].Name == name {
			return &verbs[i]
		}
	}
	return nil
}

func verbNames() []string {
	out := make([]string, len(verbs))
	for i, v := range verbs {
		out[i] = v.Name
	}
	return out
}

// built is a verb that the parser takes.
func built(name, args, help string, parse func(*parser) (Command, *ParseError)) verb {
	usage := name
	if args != "" {
		usage += " " + args
	}
	return verb{VerbInfo{name, usage, help, true}, parse}
}

// later is a verb of the language that this version only knows by name.
func later(name, args, help string) verb {
	v := built(name, args, help, nil)
	v.Built = false
	return v
}

const protWords = "none|r|w|rw|rx|rwx"

// verbs is the one table of the language: parser, help, completion and palette
// all read it.
var verbs = []verb{
	built("mmap", "NAME SIZE [private|shared] [anon|memfd] ["+protWords+"] [locked] [populate] [noreserve]",
		"Map a new region; nothing of it is resident until it is touched, unless asked.", parseMmap),
	built("munmap", "T", "Unmap pages: a hole is left.", ofTarget(func(t Target) Command { return Munmap{t} })),
	built("touch", "T [read|write|exec] [every N] [random] [at RATE|max]",
		"Access one byte of every page, or of every Nth; a write unless said otherwise.", parseTouch),
	built("mlock", "T", "Lock pages: bring them in now and keep them in.",
		ofTarget(func(t Target) Command { return Mlock{t} })),
	built("mlock2", "T [onfault]", "Lock pages; with onfault each one as it is first touched.", parseMlock2),
	built("munlock", "T", "Unlock pages, whole ones, whoever else has a secret there.",
		ofTarget(func(t Target) Command { return Munlock{t} })),
	built("mlockall", "[current] [future] [onfault]",
		"Lock all that is mapped (current), all that will be (future), or both.", parseMlockall),
	built("munlockall", "", "Unlock everything, and forget about future mappings.",
		func(*parser) (Command, *ParseError) { return Munlockall{}, nil }),
	built("mprotect", "T "+protWords, "Set what may be done with pages.", parseMprotect),
	built("madvise", "T ADVICE", "Tell the kernel what will be done with pages, or what it shall do.", parseMadvise),
	built("mincore", "T", "Ask once which pages are in core, and log the count.",
		ofTarget(func(t Target) Command { return Mincore{t} })),
	built("memset", "T BYTE", "Write a byte to every byte of the target.", parseMemset),
	built("memcpy", "T T", "Copy the second target to the first, byte by byte upwards: wrong where they overlap.",
		ofTargets(func(a, b Target) Command { return Memcpy{Dst: a, Src: b} })),
	built("memmove", "T T", "Copy the second target to the first, right even where they overlap.",
		ofTargets(func(a, b Target) Command { return Memmove{Dst: a, Src: b} })),
	built("memcmp", "T T", "Compare two targets.",
		ofTargets(func(a, b Target) Command { return Memcmp{A: a, B: b} })),
	built("reset", "", "End the subject and start a fresh one, without regions.",
		func(*parser) (Command, *ParseError) { return Reset{}, nil }),
	built("say", "TEXT", "Show a text.", parseSay),
	built("wait", "DURATION", "Do nothing for a while: 2s, 500ms.", parseWait),
	built("speed", "RATE|max", "Set the pace of touches that name none: 200/s.", parseSpeed),
	built("expect", "WHAT …", "Check the last call or the state against the kernel.", parseExpect),

	later("mremap", "NAME SIZE", "Make a region longer or shorter, moving it if need be."),
	later("mseal", "T", "Seal pages: no unmapping, no change of protection."),
	later("posix_fadvise", "T normal|random|sequential|willneed|dontneed", "Give an advice about the file behind pages."),
	later("msync", "T sync|async|invalidate", "Write changed pages back to their file."),
	later("brk", "+SIZE|-SIZE", "Grow or shrink the heap."),
	later("malloc", "NAME SIZE", "Allocate as glibc does, from brk or by an mmap of its own."),
	later("free", "NAME", "Free what malloc gave."),
	later("mallopt", "mmap_threshold SIZE", "Set from which size on malloc maps."),
	later("shmget", "NAME SIZE", "Make and attach a System V shared memory segment."),
	later("shmctl", "NAME lock|unlock|rmid", "Lock, unlock or remove such a segment."),
	later("fork", "NAME", "Make a child of the current process."),
	later("in", "NAME COMMAND", "Run one command in another process."),
	later("exec", "", "Start a fresh program in the same process."),
	later("exit", "[CODE]", "End the process."),
	later("kill", "SIGNAL", "Send the process a signal."),
	later("signal", "SIGSEGV|SIGBUS catch|die", "Say whether such a signal is an answer or the end."),
	later("setrlimit", "memlock SIZE|unlimited [HARD]", "Set RLIMIT_MEMLOCK."),
	later("capset", "-CAPABILITY", "Drop a capability."),
	later("memcg", "SIZE|max", "Put the process in a memory cgroup with that limit."),
}

// advices are those of madvise(2), by the names of its MADV_ constants.
var advices = []string{
	"normal", "random", "sequential", "willneed", "dontneed", "free", "cold", "pageout", "remove",
	"populate_read", "populate_write", "hugepage", "nohugepage", "collapse", "mergeable", "unmergeable",
	"dontfork", "dofork", "wipeonfork", "keeponfork", "dontneed_locked", "guard_install", "guard_remove",
}

// Advices lists the advices that madvise takes; the caller may change the slice.
func Advices() []string { return append([]string(nil), advices...) }

// prots are the protections that mmap and mprotect take, by their bits.
var prots = []Prot{
	ProtNone, ProtRead, ProtWrite, ProtRead | ProtWrite, ProtRead | ProtExec, ProtRead | ProtWrite | ProtExec,
}

// Protections lists the protections that mmap and mprotect take; the caller may
// change the slice.
func Protections() []Prot { return append([]Prot(nil), prots...) }

func protNames() []string {
	out := make([]string, len(prots))
	for i, p := range prots {
		out[i] = p.String()
	}
	return out
}
