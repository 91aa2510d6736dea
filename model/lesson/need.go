package lesson

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"incore/model"
	"incore/model/lang"
)

// Need is what a lesson or a step cannot do without.
type Need struct {
	Not   bool          // it is needed that this is not so
	Word  string        // one of NeedWords
	Linux model.Version // of linux: the first version that will do
	Size  model.Size    // of memlock and page
}

// NeedWords are what can be needed, in the order in which they are told.
var NeedWords = []string{"root", "cap_ipc_lock", "swap", "thp", "memcg", "pagemap_scan", "zero_page", "pkeys", "secretmem", "linux", "memlock", "page"}

// String is the need as it is written.
func (n Need) String() string {
	out := n.Word
	switch n.Word {
	case "linux":
		out += " " + n.Linux.String()
	case "memlock", "page":
		out += " " + n.Size.String()
	}
	if n.Not {
		return "no " + out
	}
	return out
}

// parseNeeds reads a comma list of needs that stands at a line and column.
func parseNeeds(file string, line, col int, text string) ([]Need, *lang.ParseError) {
	var out []Need
	for _, part := range strings.Split(text, ",") {
		n, msg, hint := parseNeed(strings.Fields(part))
		if msg != "" {
			word := strings.TrimLeft(part, " ")
			return nil, &lang.ParseError{File: file, Line: line, Col: col + len(part) - len(word), Word: strings.TrimRight(word, " "), Msg: msg, Hint: hint}
		}
		out = append(out, n)
		col += utf8.RuneCountInString(part) + 1
	}
	return out, nil
}

// near is the hint at the word that may have been meant, or "".
func near(word string, words []string) string {
	if is := lang.Nearest(word, words); is != "" {
		return "did you mean " + is + "?"
	}
	return ""
}

func parseNeed(words []string) (n Need, msg, hint string) {
	if len(words) > 0 && words[0] == "no" {
		n.Not, words = true, words[1:]
	}
	if len(words) == 0 {
		return n, "a need is missing", "such as memlock 4, root, linux 6.13"
	}
	n.Word = words[0]
	if !slices.Contains(NeedWords, n.Word) {
		return n, "nothing that can be needed", near(n.Word, NeedWords)
	}
	valued := n.Word == "linux" || n.Word == "memlock" || n.Word == "page"
	if valued != (len(words) == 2) {
		return n, "needs " + map[bool]string{true: "a value", false: "no value"}[valued], "such as memlock 4, root, linux 6.13"
	}
	if !valued {
		return n, "", ""
	}
	if n.Word == "linux" {
		v, ok := model.KernelVersion(words[1])
		if n.Linux = v; !ok || v.String() != words[1] {
			return n, "not a version", "such as linux 6.13"
		}
		return n, "", ""
	}
	size, err := lang.ParseSize(words[1])
	if err != nil {
		return n, "not a size", "such as memlock 4, which is 4 pages, or memlock 64K"
	}
	n.Size = size
	return n, "", ""
}

// Machine is what needs are held against: what this kernel, user and session have.
type Machine struct {
	Root         bool         // the user is root
	PageSize     int64        // bytes
	Limits       model.Limits // of the subject
	Kernel       string       // uname -r
	Swap         bool         // there is swap
	THP          bool         // huge pages come where they are asked for
	MemCgroup    bool         // a memory cgroup can be made
	PagemapScan  bool         // Linux 6.7
	ZeroPage     bool         // a read of untouched memory maps the page of zeros
	ProtKeys     bool         // protection keys
	SecretMemory bool         // memfd_secret
}

// Lacks says in words why a need is not met here, or "" where it is.
func (m Machine) Lacks(n Need) string {
	met, what := m.has(n)
	switch {
	case met == !n.Not:
		return ""
	case n.Not:
		return "needs " + n.String()
	}
	return "needs " + what
}

func (m Machine) has(n Need) (bool, string) {
	switch n.Word {
	case "root":
		return m.Root, "root"
	case "cap_ipc_lock":
		return m.Limits.IPCLock && !m.Limits.InNamespace, "CAP_IPC_LOCK"
	case "swap":
		return m.Swap, "swap, of which this machine has none"
	case "thp":
		return m.THP, "transparent huge pages, which are off here"
	case "memcg":
		return m.MemCgroup, "the right to make a memory cgroup"
	case "pagemap_scan":
		return m.PagemapScan, "PAGEMAP_SCAN, of Linux 6.7"
	case "zero_page":
		return m.ZeroPage, "a kernel that maps its page of zeros for a read"
	case "pkeys":
		return m.ProtKeys, "a processor with protection keys"
	case "secretmem":
		return m.SecretMemory, "memfd_secret, which is off here"
	case "linux":
		v, ok := model.KernelVersion(m.Kernel)
		return ok && !v.Before(n.Linux), fmt.Sprintf("Linux %s; this is %s", n.Linux, m.Kernel)
	case "page":
		return n.Size.Bytes(m.PageSize) == uint64(m.PageSize), fmt.Sprintf("pages of %s; here they are of %d bytes", n.Size, m.PageSize)
	case "memlock":
		limit := m.Limits.MemlockSoft
		ok := limit == model.Unlimited || m.Limits.IPCLock && !m.Limits.InNamespace || uint64(limit) >= n.Size.Bytes(m.PageSize)
		return ok, fmt.Sprintf("%s to be locked; RLIMIT_MEMLOCK is %s", n.Size, model.FormatLimit(limit))
	}
	return false, n.Word
}

// LacksAny is the first reason why a need is not met, or "".
func (m Machine) LacksAny(needs []Need) string {
	for _, n := range needs {
		if why := m.Lacks(n); why != "" {
			return why
		}
	}
	return ""
}
