package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// VerbInfo is what a help screen, a completion or a palette shows of a verb.
type VerbInfo struct {
	Name    string
	Usage   string // as in the language: mlock2 T [onfault]
	Help    string // one sentence
	Session bool   // not a command of one process, so that in does not take it: reset, wait, in itself
}

// verb is a verb with the function that reads the words after it.
type verb struct {
	VerbInfo
	parse func(*parser) (model.Command, *ParseError)
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

// VerbNames lists the verbs of the language; the caller may change the slice.
func VerbNames() []string {
	out := make([]string, len(verbs))
	for i, v := range verbs {
		out[i] = v.Name
	}
	return out
}

// row is a verb of the table.
func row(name, args, help string, parse func(*parser) (model.Command, *ParseError)) verb {
	usage := name
	if args != "" {
		usage += " " + args
	}
	return verb{VerbInfo{Name: name, Usage: usage, Help: help}, parse}
}

// ofSession is a verb that in does not take.
func ofSession(name, args, help string, parse func(*parser) (model.Command, *ParseError)) verb {
	v := row(name, args, help, parse)
	v.Session = true
	return v
}

const (
	protWords = "none|r|w|rw|rx|rwx"
	mmapUsage = "NAME SIZE [private|shared] [anon|memfd|scratch|file PATH|alias NAME] [" + protWords + "]" +
		" [locked] [populate] [noreserve] [hugetlb] [grows_down] [at T]"
)

// verbs is the one table of the language: parser, help, completion and palette
// all read it.
var verbs = slices.Concat(mappingVerbs, lockVerbs, pageVerbs, heapVerbs, processVerbs, sessionVerbs)

var mappingVerbs = []verb{
	row("mmap", mmapUsage, "Map a new region; nothing of it is resident until it is touched, unless asked.", parseMmap),
	row("munmap", "T", "Unmap pages: a hole is left.", ofTarget(func(t model.Target) model.Command { return Munmap{t} })),
	row("mremap", "NAME SIZE", "Make a region longer or shorter; it may move to another address.",
		ofNameSize("the name of a region", func(n string, s model.Size) model.Command { return Mremap{n, s} })),
	row("mseal", "T", "Seal pages: from then on no unmapping, moving or change of protection.",
		ofTarget(func(t model.Target) model.Command { return Mseal{t} })),
	row("touch", "T [read|write|exec] [every N] [random] [at RATE|max]",
		"Access one byte of every page, or of every Nth; a write unless said otherwise.", parseTouch),
}

var lockVerbs = []verb{
	row("mlock", "T", "Lock pages: bring them in now and keep them in.",
		ofTarget(func(t model.Target) model.Command { return Mlock{t} })),
	row("mlock2", "T [onfault]", "Lock pages; with onfault each one as it is first touched.", parseMlock2),
	row("munlock", "T", "Unlock pages, whole ones, whoever else has a secret there.",
		ofTarget(func(t model.Target) model.Command { return Munlock{t} })),
	row("mlockall", "[current] [future] [onfault]",
		"Lock all that is mapped (current), all that will be (future), or both.", parseMlockall),
	row("munlockall", "", "Unlock everything, and forget about future mappings.",
		noWords(Munlockall{})),
}

var pageVerbs = []verb{
	row("mprotect", "T "+protWords, "Set what may be done with pages.", parseMprotect),
	row("madvise", "T ADVICE", "Tell the kernel what will be done with pages, or what it shall do.",
		ofTargetWord("an", "advice", advices, func(t model.Target, w string) model.Command { return Madvise{t, Advice(w)} })),
	row("posix_fadvise", "T "+strings.Join(fileAdvices, "|"), "Give an advice about the file behind pages.",
		ofTargetWord("an", "advice", fileAdvices, func(t model.Target, w string) model.Command { return PosixFadvise{t, FileAdvice(w)} })),
	row("msync", "T "+strings.Join(syncModes, "|"), "Write changed pages back to their file.",
		ofTargetWord("a", "mode", syncModes, func(t model.Target, w string) model.Command { return Msync{t, SyncMode(w)} })),
	row("mincore", "T", "Ask once which pages are in core, and log the count.",
		ofTarget(func(t model.Target) model.Command { return Mincore{t} })),
	row("memset", "T BYTE", "Write a byte to every byte of the target.", parseMemset),
	row("memcpy", "T T", "Copy the second target to the first, byte by byte upwards: wrong where they overlap.",
		ofTargets(func(a, b model.Target) model.Command { return Memcpy{Dst: a, Src: b} })),
	row("memmove", "T T", "Copy the second target to the first, right even where they overlap.",
		ofTargets(func(a, b model.Target) model.Command { return Memmove{Dst: a, Src: b} })),
	row("memcmp", "T T", "Compare two targets.",
		ofTargets(func(a, b model.Target) model.Command { return Memcmp{A: a, B: b} })),
}

var heapVerbs = []verb{
	row("brk", "+SIZE|-SIZE", "Move the end of the heap up or down.", parseBrk),
	row("malloc", "NAME SIZE", "Allocate by glibc's rule: from the heap, or by an mmap of its own.",
		ofNameSize("a name for the block", func(n string, s model.Size) model.Command { return Malloc{n, s} })),
	row("free", "NAME", "Free what malloc gave.",
		ofName("the name of a block", func(n string) model.Command { return Free{n} })),
	row("mallopt", "mmap_threshold SIZE", "Set the size from which on malloc maps instead of using the heap.", parseMallopt),
	row("shmget", "NAME SIZE", "Make a System V shared memory segment and attach it.",
		ofNameSize("a name for the region", func(n string, s model.Size) model.Command { return Shmget{n, s} })),
	row("shmctl", "NAME "+strings.Join(shmOps, "|"), "Lock, unlock or remove the segment of a region.", parseShmctl),
}

var processVerbs = []verb{
	row("fork", "NAME", "Make a child of the process, with all its pages, copied as they are written.", parseFork),
	ofSession("in", "NAME COMMAND", "Run one command in that process.", parseIn),
	row("exec", "", "Start a fresh program in the same process: its regions and locks are gone.",
		noWords(Execve{})),
	row("exit", "[CODE]", "End the process.", parseExit),
	row("kill", "SIGNAL", "Send the process a signal.", parseKill),
	row("signal", strings.Join(HeldSignals, "|")+" [catch|die]", "Say whether such a signal is an answer or the end.", parseSignal),
	row("setrlimit", "memlock SIZE|unlimited [SIZE|unlimited]",
		"Set how much may be locked: RLIMIT_MEMLOCK, soft, and hard where it is said.", parseSetrlimit),
	row("capset", "-CAPABILITY", "Drop a capability, such as ipc_lock, which puts a process above its limit.", parseCapset),
	row("memcg", "SIZE|max", "Put the process in a memory cgroup of its own with that limit.", parseMemcg),
}

var sessionVerbs = []verb{
	ofSession("reset", "", "End the subject and start a fresh one, without regions.",
		noWords(Reset{})),
	ofSession("say", "TEXT", "Show a text.", parseSay),
	ofSession("wait", "DURATION", "Do nothing for a while: 2s, 500ms.", parseWait),
	ofSession("speed", "RATE|max", "Set the pace of touches that name none: 200/s.", parseSpeed),
	row("expect", "WHAT …", "Check the last call or the state against the kernel.", parseExpect),
}
