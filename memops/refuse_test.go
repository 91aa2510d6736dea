//go:build linux && (amd64 || arm64)

package memops_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// What incore refuses it refuses in one line, for one reason, whatever verb it is asked with.
func TestRefusedInOneLine(t *testing.T) {
	const own = "0x400000,4096"
	takeNone := []string{
		"mlockall", "munlockall", "brk", "malloc", "calloc", "aligned_alloc", "realloc", "malloc_trim", "mallopt", "fork", "exec", "exit", "kill", "signal", "setrlimit", "prctl", "pkey_alloc", "capset", "memcg",
		"reset", "say", "wait", "speed",
	}
	rows := map[string][]string{
		"mmap": {"a 4 at nope", "a 4 alias nope", "a 4 at nope[2]", "a 99999 memfd locked at nope", "a 4 at " + own}, "munmap": {"nope", own}, "mremap": {"nope 8"}, "truncate": {"nope 8"},
		"mseal": {"nope", own}, "mlock": {"nope"}, "mlock2": {"nope onfault"}, "munlock": {"nope"},
		"mprotect": {"nope r", "nope none", "nope rwx", "nope[3..4] r", own + " none"}, "madvise": {"nope dontneed", "nope populate_write", own + " dontneed"},
		"read": {"nope", own}, "write": {"nope"}, "shmdt": {"nope"}, "shmat": {"t of nope", "t of nope at nope"},
		"posix_fadvise": {"nope normal"}, "msync": {"nope sync"}, "mincore": {"nope"},
		"touch":  {"nope", "nope read", "nope exec random", "nope[2] every 3", own, own + " exec"},
		"memset": {"nope 1", own + " 1"}, "memcpy": {"nope nope", "b nope", "nope b", "nope[0] nix[0]", own + " b[0]"}, "memmove": {"nope nope", "b nope"}, "memcmp": {"nope nope", "nope nix"},
		"syscall":       {"munmap nope 4096", "mprotect nope[2] 4096 8", "mincore 0 4096 nope", "mremap nope 4096 0 0 0", "munmap 0x400000 4096", "mincore 0 4096 0x400000"},
		"pkey_mprotect": {"nope r nope", "b r nope", own + " r nope"}, "pkey_free": {"nope"},
		"free": {"nope"}, "shmget": {"nope 9999999999999"}, "shmctl": {"nope lock", "nope rmid"},
		"look":   {"nope", "zoom fit nope[2]"},
		"in":     {"nope touch a", "main touch nope", "main mprotect nope r", "nope mprotect nix r"},
		"expect": {"all nope resident", "vmas nope 1", "count nope resident 1", "all nope[2] locked"},
	}
	oneLineOf := func(line, text string) {
		t.Helper()
		if strings.IndexFunc(text, unicode.IsControl) >= 0 || strings.Contains(text, `\x`) || text == "" || strings.Count(text, "no such region") > 1 {
			t.Errorf("%s: %q", line, text)
		}
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap b 1")
	for _, verb := range lang.Verbs() {
		if len(rows[verb.Name]) == 0 && !slices.Contains(takeNone, verb.Name) {
			t.Errorf("%s has no row", verb.Name)
		}
		for _, words := range rows[verb.Name] {
			line := verb.Name + " " + words
			c, err := lang.Parse(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			for _, item := range doBriefly(t, l, c) {
				switch it := item.(type) {
				case model.Event:
					if strings.Contains(words, "nope") && verb.Name != "shmget" && it.Refused == "" {
						t.Errorf("%s was not refused: %s", line, it.Strace())
					}
					if it.Refused != "" {
						oneLineOf(line, it.Refused)
						oneLineOf(line, it.Strace())
					}
				case model.Checked:
					oneLineOf(line, it.Got)
				}
			}
		}
	}
	if got := memops.OneLine(errors.Join(errors.New("no fresh subject"), errors.New("close: EIO"))); got != "no fresh subject; close: EIO" {
		t.Errorf("joined errors are %q", got)
	}
}

// The subject's loops are not handed a range that goes past the last address: they would
// go on with the first, where their own memory is.
func TestWrappingSpans(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "mmap b 4")
	for _, line := range []string{
		"memmove 0x10000000,0xfffffffff020e001 0xff10000,0xfffffffff020e001", "memset 0x10000000,0xfffffffff0300000 1",
		"touch 0x10000000,0xfffffffff0300000 random", "touch 0x10000000,0xfffffffff0300000 exec",
		"memcpy 0x10000000,0xfffffffff0300000 0x20000000,0xfffffffff0300000", "memcmp 0x10000000,0xfffffffff0300000 0x20000000,0xfffffffff0300000",
	} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %s", line, e.Strace())
		}
	}
	// The kernel answers for itself.
	if e := do(t, l, "munmap 0x10000000,0xfffffffff0300000"); e.Refused == "" && e.Errno == "" {
		t.Errorf("munmap past the last address: %s", e.Strace())
	}
	ok(t, l, "touch a", "memcpy a b", "expect alive")
}
